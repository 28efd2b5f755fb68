"""What lies between the answers: what the example teaches, which statements the documents carry, what differs."""

import streamlit as st

from lib.advice.illustrate import FrameworkRow
from lib.domain import Passage
from lib.retrieval.movement import gone, movements
from pages.ui import compare_checks, compare_statements, frame, markup, theme
from pages.ui.compare_run import Comparison, Kind, Side


def draw(compared: Comparison) -> None:
    """What this comparison shows; call it when all sides are over."""
    if compared.kind is Kind.SETTINGS:
        _differences(compared)
        _why(compared)
        return
    with frame.failures_shown():
        alone = [side for side in compared.sides if not side.searches and side.answer is not None]
        with st.spinner("Checking what was said without documents against them"):
            checks = [compare_checks.checked(side) for side in alone]
            rows = compare_checks.illustrated(compared)
        _rows(rows)
        _why(compared)
        for side, found in zip(alone, checks, strict=True):
            compare_statements.draw(side, found)
        if any(checks):
            compare_statements.how()
        return
    _why(compared)


def _why(compared: Comparison) -> None:
    ready = compare_checks.ready_question(compared)
    if ready is not None:
        st.markdown(f":material/lightbulb: **Chosen to show: {markup.plain(ready.shows)}.** {markup.plain(ready.why)}")


def _rows(rows: tuple[FrameworkRow, ...]) -> None:
    """A lesson for each pair of approaches, the way to the reader's own case under them."""
    if not rows:
        return
    with st.grid(len(rows), min_column_width=300, gap="medium") as grid:
        for place, row in enumerate(rows, start=1):
            with grid.cell(), st.container(border=True, key=f"compare-row-{place}", height="stretch"):
                look = theme.look(row.approach)
                case = f"is a case for {look.label}" if row.take else f"shows a limit of {look.label}"
                st.markdown(f"#### {look.icon} This example {case}")
                st.html(markup.block(f"The framework: {markup.safe_html(row.rule)}", "ob-quote"))
                st.markdown(markup.plain(row.reason))
    st.page_link("pages/decide.py", label="What would it be for your own case? Decide", icon=":material/alt_route:")


def _differences(compared: Comparison) -> None:
    """What the variation changed in what the model could read."""
    one, other = (_passages(side) for side in compared.sides)
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


def _passages(side: Side) -> tuple[Passage, ...]:
    return (side.asked.passages if side.asked else None) or ()


def _tokens(passages: tuple[Passage, ...]) -> int:
    return sum(passage.chunk.tokens for passage in passages)
