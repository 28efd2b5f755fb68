"""Two answers side by side: streamed together, then whole, each with its citations and what it took."""

import textwrap

import streamlit as st

from lib.domain import Answer, ApproachName, Passage
from lib.errors import LabError
from lib.records import Verdicts
from lib.settings import Workspace
from pages.ui import answer as drawn
from pages.ui import asking, compare_figures, compare_run, frame, markup, parts, progress, source_view, theme, verdicts
from pages.ui.compare_run import Kind, Pair, Side

_POLL_S = 0.15
_LONGEST_PLACE = 56

_STYLE = """<style>
.st-key-compare-left, .st-key-compare-right { border-top: 4px solid var(--ob-side) !important; }
.ob-figures.ob-figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.2rem, 1fr));
  gap: 0.5rem 0.8rem; margin: 0.2rem 0 0.9rem; padding: 0 !important; font-variant-numeric: tabular-nums; }
.ob-figures.ob-figures dt { margin: 0; font-size: 0.8rem; opacity: 0.78; order: 2; font-weight: 400; }
.ob-figures.ob-figures dd { margin: 0; font-weight: 600; font-size: 1.02rem; }
.ob-figures div { display: flex; flex-direction: column; }
.ob-time { height: 0.7rem; margin-top: 0.3rem; }
.ob-times { display: flex; flex-wrap: wrap; gap: 0.1rem 0.9rem; font-size: 0.8rem; opacity: 0.85;
  margin-top: 0.25rem; }
.ob-times i { display: inline-block; width: 0.7em; height: 0.7em; border-radius: 2px; margin-right: 0.35em; }
.ob-clamp { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden;
  font-size: 0.88rem; opacity: 0.88; }
.ob-clamp mark { background: rgba(226, 172, 58, 0.38); color: inherit; border-radius: 3px; padding: 0 1px; }
</style>"""


def draw(pair: Pair) -> None:
    """Both answers, with one Stop for what still comes; polled by one fragment while both are on their way."""
    st.html(_STYLE + _side_colours(pair))
    if all(side.live for side in pair.sides):
        st.fragment(_both_streaming, run_every=_POLL_S)(pair)
        return
    for column, side in zip(st.columns(2, gap="medium"), pair.sides, strict=True):
        with column:
            if side.live:
                st.fragment(_one_streaming, run_every=_POLL_S)(pair, side)
            else:
                _finished(pair, side)
    if not pair.live:
        with st.popover("What the numbers mean", icon=":material/straighten:"):
            st.markdown(compare_figures.NUMBERS)


def passages(pair: Pair) -> None:
    """What was read, compact; every passage opens in its source."""
    if pair.kind is Kind.APPROACHES:
        carried = " and the text that it carries along" if pair.left.workspace.attached.strip() else ""
        st.subheader("What RAG read", anchor=False)
        st.caption(f"Prompt-only read nothing but the question{carried}; the rest comes from the model's weights.")
        _passages_of(pair.right)
        return
    st.subheader("What each one read", anchor=False)
    for column, side in zip(st.columns(2, gap="medium"), pair.sides, strict=True):
        with column:
            st.markdown(f"**{_head(side)}**")
            _passages_of(side)


def settings_words(workspace: Workspace) -> str:
    """The RAG settings that tell one side from another, in a few words."""
    retrieval = workspace.retrieval
    search = {"hybrid": "hybrid search", "dense": "search by meaning", "lexical": "search by words"}[
        retrieval.retriever
    ]
    if retrieval.retriever == "hybrid":
        search += ", RRF" if retrieval.fusion == "rrf" else f", weight of meaning {retrieval.dense_weight:g}"
    said = [parts.cut_words(workspace.chunking), f"{search}", f"top {retrieval.top_k}"]
    if retrieval.min_score:
        said.append(f"minimum score {retrieval.min_score:g}")
    if retrieval.documents:
        count = len(retrieval.documents)
        said.append(f"{count} document{'' if count == 1 else 's'} only")
    return " · ".join(said)


def _both_streaming(pair: Pair) -> None:
    if not all(side.live for side in pair.sides):
        st.rerun()
    for column, side in zip(st.columns(2, gap="medium"), pair.sides, strict=True):
        with column:
            _streaming(pair, side)
    st.button("Stop both", icon=":material/stop_circle:", key="compare.stop", on_click=pair.stop)


def _one_streaming(pair: Pair, side: Side) -> None:
    if not side.live:
        st.rerun()
    _streaming(pair, side)
    st.button("Stop", icon=":material/stop_circle:", key="compare.stop", on_click=pair.stop)


def _streaming(pair: Pair, side: Side) -> None:
    if side.asked is None:
        return
    with st.container(border=True, key=f"compare-{side.name}"):
        _header(pair, side)
        st.html(markup.block(f"{markup.safe_html(side.asked.text)}<span class='ob-note'>▍</span>", "ob-answer"))
        st.caption(_doing(pair, side))


def _doing(pair: Pair, side: Side) -> str:
    asked = side.asked
    if asked is None or asked.text:
        return "answering"
    if asked.passages is not None:
        return f"{len(asked.passages)} passages found, the model reads"
    if side.indexing is not None:
        return f"making its index first · {progress.line(side.indexing)}"
    if side.approach is ApproachName.PROMPT_ONLY:
        return "the model reads"
    if any(other.indexing is not None for other in pair.sides):
        return "waiting for the other's index, so that both answer together"
    return "searching"


def _finished(pair: Pair, side: Side) -> None:
    with st.container(border=True, key=f"compare-{side.name}"):
        _header(pair, side)
        if side.asked is None:
            _cannot_take_part()
            return
        failure = side.asked.job.failure
        if isinstance(failure, LabError):
            frame.show_failure(failure)
        elif failure is not None and not side.asked.job.stopped:
            raise failure
        if side.answer is not None:
            _answer(pair, side, side.answer)
        asking.warn_not_recorded(side.asked)


def _answer(pair: Pair, side: Side, answer: Answer) -> None:
    found = _verdicts(pair, side)
    if answer.stopped:
        st.caption(":material/stop_circle: Stopped by you: this is what had come by then.")
    if answer.abstained:
        drawn.draw_abstention(answer)
    elif answer.text:
        unsupported = verdicts.NOT_MENTIONED if side.approach is ApproachName.PROMPT_ONLY else "unsupported"
        drawn.words(
            answer, key=f"compare-{side.name}", checks=found.statements if found else (), unsupported=unsupported
        )
    if answer.usage.output_tokens >= _limit(side):
        st.caption(f":material/content_cut: Cut off at its limit of {_limit(side)} tokens; Ask changes the limit.")
    drawn.warn_without_source(answer)
    drawn.citations(answer, key=f"compare-{side.name}", found=found)
    drawn.quotes(answer)
    if found is not None and side.approach is not ApproachName.PROMPT_ONLY:
        verdicts.draw(found, question=answer.question, key=f"compare-{side.name}")
    if not answer.stopped:
        longest = max(side.answer.timings.total for side in pair.sides if side.answer is not None)
        st.html(compare_figures.figures(answer) + compare_figures.timeline(answer, longest))


def _verdicts(pair: Pair, side: Side) -> Verdicts | None:
    """None where the check cannot be made; what lies between the answers says why."""
    try:
        with st.spinner("Holding the answers against the documents"):
            return compare_run.verdicts_of(pair, side)
    except LabError:
        return None


def _limit(side: Side) -> int:
    alone = side.approach is ApproachName.PROMPT_ONLY
    return (side.workspace.prompt_only if alone else side.workspace.rag).answer_tokens


def _header(pair: Pair, side: Side) -> None:
    st.markdown(f"#### {_head(side)}")
    model = markup.plain(parts.model_words(side.workspace.model))
    if pair.kind is Kind.SETTINGS:
        st.caption(markup.plain(settings_words(side.workspace)))
    elif side is pair.left:
        carried = " and a carried text" if side.workspace.attached.strip() else ""
        st.caption(f"{model} sees the question{carried} alone")
    else:
        st.caption(f"{model} sees passages · {markup.plain(settings_words(side.workspace))}")


def _head(side: Side) -> str:
    look = theme.look(side.approach)
    return f"{look.icon} {look.label}" if side.label == look.label else f"{look.icon} {side.label}"


def _cannot_take_part() -> None:
    st.markdown(
        "**Nothing to quote from.** The extractive answerer only repeats sentences of the passages, so without "
        "passages it has nothing to say. The built-in model can write this column; then the two have "
        "different models."
    )
    st.button(
        "Let the built-in model answer here",
        icon=":material/memory:",
        key="compare.lend",
        on_click=compare_run.lend_built_in,
    )


def _passages_of(side: Side) -> None:
    found = (side.asked.passages if side.asked else None) or ()
    if side.asked is None or not found:
        st.caption("No passages.")
        return
    tokens = sum(passage.chunk.tokens for passage in found)
    st.caption(f"{len(found)} passages with {tokens:,} tokens were found; a click opens one in its source.")
    words = markup.question_words(side.asked.question)
    for passage in found:
        text = markup.safe_html(" ".join(passage.chunk.text.split()), words=words)
        with st.container(gap=None):
            if st.button(
                f"**{passage.rank}.** {_where(passage)}",
                key=f"compare.{side.name}.open.{passage.chunk.id}",
                type="tertiary",
                help="Open in its source",
            ):
                source_view.open_at(found, passage.rank, side.asked.question)
            st.html(f'<div class="ob-clamp">{text}</div>')


def _where(passage: Passage) -> str:
    place = f" · {passage.chunk.place.label}" if passage.chunk.place.label else ""
    return markup.plain(textwrap.shorten(f"{passage.chunk.document}{place}", _LONGEST_PLACE, placeholder=" …"))


def _side_colours(pair: Pair) -> str:
    """Each column wears its approach's colour; the variation's line is dashed, as both are RAG."""
    rules = "".join(
        f".st-key-compare-{side.name} {{ --ob-side: {theme.look(side.approach).colour}; }}" for side in pair.sides
    )
    dashed = ".st-key-compare-right { border-top-style: dashed !important; }" if pair.kind is Kind.SETTINGS else ""
    return f"<style>{rules}{dashed}</style>"
