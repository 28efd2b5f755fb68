"""Parts that several screens draw."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import streamlit as st

from lib.domain import Passage
from lib.settings import LIMITS, ChunkSettings, ModelChoice, RetrievalSettings, Workspace
from pages.ui import eval_set_case, markup, services, source, state

_STRATEGIES = {"recursive": "Recursive", "markdown": "By headings", "sentence": "By sentence", "fixed": "Fixed length"}
RETRIEVERS = {"hybrid": "Hybrid", "dense": "By meaning (dense)", "lexical": "By words (lexical)"}
TOP_K_SHOWN = 20
_FUSIONS = {"convex": "Weighted sum", "rrf": "Reciprocal ranks (RRF)"}


def workspace_status(workspace: Workspace) -> None:
    """Where this workspace stands: documents, cut, model."""
    count = len(services.documents(workspace.id))
    lines = (
        f":material/folder_open: {count} document{'' if count == 1 else 's'}",
        f":material/content_cut: {cut_words(workspace.chunking)}",
        f":material/memory: {markup.plain(model_words(workspace.model))}",
    )
    st.caption("This workspace  \n" + "  \n".join(lines))
    if services.fake_models():
        st.badge("Stand-in models", icon=":material/science:", color="orange")


def cut_words(chunking: ChunkSettings) -> str:
    """Chunk settings in a few words."""
    overlap = f", overlap {chunking.overlap}" if chunking.overlap else ""
    return f"{_STRATEGIES[chunking.strategy]}, {chunking.size} tokens{overlap}"


def model_words(choice: ModelChoice) -> str:
    """Which model answers, in a few words."""
    if choice.kind == "endpoint":
        return choice.model or "Endpoint without a model"
    if choice.kind == "gguf":
        return choice.model or "No model file"
    return {"built-in": "Built-in SmolLM2 135M", "extractive": "Extractive: quotes only", "echo": "Echo (stand-in)"}[
        choice.kind
    ]


def empty_state(title: str, text: str, page: str, button: str) -> None:
    """What a screen shows before there is something to show: the next step, as a button that goes there."""
    with st.container(border=True, key=f"empty.{page.rpartition('/')[2].removesuffix('.py')}"):
        st.subheader(title, anchor=False)
        st.markdown(text)
        if st.button(button, type="primary", key=f"empty.{page}.go"):
            st.switch_page(page)


def safe_text(text: str, *, words: Sequence[str] = (), spans: Sequence[markup.Span] = (), small: bool = False) -> None:
    """Text of a document or a model, with marks, and never anything but text."""
    st.html(markup.block(markup.safe_html(text, words=words, spans=spans), *(("ob-note",) if small else ())))


def passage_card(passage: Passage, *, question: str, key: str) -> None:
    """One passage: rank, scores, place, its text with the question's words marked, and a way to its source."""
    chunk = passage.chunk
    with st.container(border=True, key=f"{key}.{passage.rank}"):
        head, button = st.columns([5, 1.4], vertical_alignment="center")
        place = f" · {markup.plain(chunk.place.label)}" if chunk.place.label else ""
        head.markdown(f"**{passage.rank}.** **{markup.plain(chunk.document)}**{place}")
        if button.button("In its source", key=f"{key}.open.{chunk.id}", icon=":material/open_in_new:", type="tertiary"):
            source.show_span(chunk.document, chunk.start, chunk.end, question)
        safe_text(chunk.text, words=markup.question_words(question))
        st.caption(_scores(passage))
        if st.button(eval_set_case.LABEL, key=f"{key}.case.{chunk.id}", icon=eval_set_case.ICON, type="tertiary"):
            eval_set_case.open_for(chunk.document, chunk.start, chunk.end, question)


def question_box(key: str, *, label: str = "Question", button: str = "Ask") -> str:
    """The question as last sent; Enter sends. It is kept in the workspace, for every screen."""
    workspace = state.workspace()
    with st.form(f"{key}.form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        asked = st.text_input(
            label,
            state.first(key, workspace.question),
            key=key,
            max_chars=LIMITS.question_characters,
            placeholder="Ask something that the documents hold",
        )
        sent = st.form_submit_button(button, type="primary", icon=":material/arrow_forward:")
    if sent:
        state.remember(f"{key}.sent", True)
        state.keep(replace(workspace, question=asked or ""))
    return state.workspace().question


def question_sent(key: str) -> bool:
    """Whether the question box of that key was sent just now; true once for each time."""
    return state.take(f"{key}.sent", False)


def retrieval_controls(settings: RetrievalSettings, key: str) -> RetrievalSettings:
    """How passages are found, as controls; seeded from `settings`, returns what they say now."""
    left, middle, right = st.columns(3, vertical_alignment="top")
    retriever = left.selectbox(
        "Search",
        list(RETRIEVERS),
        index=list(RETRIEVERS).index(state.first(f"{key}.retriever", settings.retriever)),
        format_func=lambda name: RETRIEVERS[name],
        key=f"{key}.retriever",
        help="By meaning finds other words for the same thing; by words finds names and numbers. Hybrid uses both.",
    )
    top_k = middle.slider(
        "Passages (top-k)",
        1,
        TOP_K_SHOWN,
        state.first(f"{key}.top_k", min(settings.top_k, TOP_K_SHOWN)),
        key=f"{key}.top_k",
        help="How many passages are handed on.",
    )
    min_score = right.slider(
        "Minimum score",
        0.0,
        1.0,
        state.first(f"{key}.min_score", float(settings.min_score)),
        step=0.05,
        key=f"{key}.min_score",
        help="Passages that score lower are dropped. Higher is better; the scale depends on the search.",
    )
    found = replace(settings, retriever=cast("Any", retriever), top_k=int(top_k), min_score=float(min_score))
    return _fusion_controls(found, key) if retriever == "hybrid" else found


def _fusion_controls(settings: RetrievalSettings, key: str) -> RetrievalSettings:
    left, middle, _ = st.columns(3, vertical_alignment="top")
    fusion = left.selectbox(
        "How both legs are joined",
        list(_FUSIONS),
        index=list(_FUSIONS).index(state.first(f"{key}.fusion", settings.fusion)),
        format_func=lambda name: _FUSIONS[name],
        key=f"{key}.fusion",
    )
    if fusion == "rrf":
        return replace(settings, fusion="rrf")
    weight = middle.slider(
        "Weight of meaning",
        0.0,
        1.0,
        state.first(f"{key}.dense_weight", float(settings.dense_weight)),
        step=0.05,
        key=f"{key}.dense_weight",
        help="1 searches by meaning alone, 0 by words alone; 0.7 was best over the lab's test corpora.",
    )
    return replace(settings, fusion="convex", dense_weight=float(weight))


def _scores(passage: Passage) -> str:
    legs = {"dense": "by meaning", "lexical": "by words", "rerank": "reranked"}
    said = [f"score {passage.score:.3f} (higher is better)"]
    for hit in passage.legs:
        said.append(f"{legs[hit.leg]}: rank {hit.rank}, {hit.score:.3f}")
    said.append(f"{passage.chunk.tokens} tokens")
    return " · ".join(said)
