"""What lies between two answers: which statements the documents carry, what the example teaches, what differs."""

import streamlit as st

from lib.advice.illustrate import FrameworkRow
from lib.domain import Passage
from lib.retrieval.movement import gone, movements
from pages.ui import compare_run, compare_statements, frame, markup, theme
from pages.ui.compare_run import Kind, Pair


def draw(pair: Pair) -> None:
    """What this comparison shows; call it when both sides are over."""
    if pair.kind is Kind.SETTINGS:
        _differences(pair)
    elif pair.left.answer is not None:
        with frame.failures_shown():
            with st.spinner("Checking the prompt-only answer against the documents"):
                checks = compare_run.checked(pair)
                row = compare_run.illustrated(pair)
            if row is not None:
                _row(row)
            _why(pair)
            compare_statements.draw(pair, checks)
            return
    _why(pair)


def _why(pair: Pair) -> None:
    ready = compare_run.ready_question(pair)
    if ready is not None:
        st.markdown(f":material/lightbulb: **Chosen to show: {markup.plain(ready.shows)}.** {markup.plain(ready.why)}")


def _row(row: FrameworkRow) -> None:
    look = theme.look(row.approach)
    case = f"is a case for {look.label}" if row.take else f"shows a limit of {look.label}"
    with st.container(border=True, key="compare-row"):
        st.markdown(f"#### {look.icon} This example {case}")
        st.html(markup.block(f"The framework: {markup.safe_html(row.rule)}", "ob-quote"))
        st.markdown(markup.plain(row.reason))
        st.page_link("pages/decide.py", label="What would it be for your own case? Decide", icon=":material/alt_route:")


def _differences(pair: Pair) -> None:
    """What the variation changed in what the model could read."""
    one, other = (_passages(side) for side in pair.sides)
    if not one and not other:
        return
    moved = movements(one, other)
    shared = sum(movement.before is not None for movement in moved)
    new, lost = len(moved) - shared, len(gone(one, other))
    st.subheader("What B changed", anchor=False)
    st.markdown(
        f"B found **{shared}** of its {len(other)} passages in places that A found too, **{new}** in new ones, and "
        f"lost **{lost}** of A's. A hands {_tokens(one):,} tokens on, B {_tokens(other):,}: fewer is "
        "cheaper, as long as the answer is still in them."
    )


def _passages(side: compare_run.Side) -> tuple[Passage, ...]:
    return (side.asked.passages if side.asked else None) or ()


def _tokens(passages: tuple[Passage, ...]) -> int:
    return sum(passage.chunk.tokens for passage in passages)
