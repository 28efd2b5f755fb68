"""The changes that lift a passage in, each as a card that takes it over."""

from dataclasses import replace

import streamlit as st

from lib.evaluation.changes import Change
from lib.evaluation.failure_words import ordinal
from lib.evaluation.why_not import WhyNot
from lib.settings import ChunkSettings, RetrievalSettings, Workspace
from pages.ui import apply_view, markup, parts, state

_DRAFT = "why_not.draft"


def draw(workspace: Workspace, found: WhyNot, *, running: bool) -> None:
    """Every change that does it, or that none of those tried does; a cut is applied below them."""
    if found.came:
        return
    if found.changes:
        st.markdown(f"**What lifts it in**: {found.tried} changes were tried, one thing at a time; these do")
        for change in found.changes:
            _change(change)
    elif not running:
        st.warning(
            f"None of the {found.tried} changes tried lifts it in, one thing at a time. The question and the passage "
            "may simply share too little: ask in the document's words, or say more of it in the question.",
            icon=":material/block:",
        )
    if found.untried:
        st.caption(markup.plain(found.untried))
    draft: ChunkSettings | None = state.recall(_DRAFT, None)
    if draft is not None:
        with st.container(border=True, key="why_not.apply"):
            apply_view.draw(workspace, draft, f"**{parts.cut_words(draft)}.**")


def _change(change: Change) -> None:
    trial = change.trial
    kind = trial.kind.value
    with st.container(border=True, key=f"why_not.change.{kind}.{trial.retrieval.retriever}"):
        said, button = st.columns([3.4, 1.2], vertical_alignment="center")
        by_live = "  \n:small[Tried by live search; applying embeds the chunks properly, so the rank can differ.]"
        said.markdown(
            f"**{kind.capitalize()}**: {markup.plain(trial.words)}. It then comes **{ordinal(change.rank)}**."
            f"{by_live if change.cuts_anew else ''}"
        )
        button.button(
            "See what it takes" if change.cuts_anew else "Take it over",
            key=f"why_not.take.{kind}.{trial.retrieval.retriever}",
            icon=":material/content_cut:" if change.cuts_anew else ":material/check:",
            width="stretch",
            on_click=_take_cut if change.cuts_anew else _take_search,
            args=(trial.chunking,) if change.cuts_anew else (trial.retrieval,),
        )


def _take_cut(chunking: ChunkSettings) -> None:
    state.remember(_DRAFT, chunking)


def _take_search(retrieval: RetrievalSettings) -> None:
    """Write the setting into the workspace and into the page's controls, which would write theirs back otherwise."""
    state.keep(replace(state.workspace(), retrieval=retrieval))
    for name in ("retriever", "top_k", "min_score", "fusion", "dense_weight"):
        state.put(f"retrieve.{name}", getattr(retrieval, name))
    state.put("retrieve.documents", list(retrieval.documents))


def put_away() -> None:
    """Forget a cut that was chosen and not applied."""
    state.remember(_DRAFT, None)
