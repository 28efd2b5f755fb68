"""What lies between two answers: which statements the documents carry, what the example teaches, what differs."""

import streamlit as st

from lib.advice.illustrate import FrameworkRow
from lib.domain import Passage
from lib.records import StatementCheck
from lib.retrieval.movement import gone, movements
from pages.ui import compare_run, frame, markup, source, theme
from pages.ui.compare_run import Kind, Pair

_NEAR, _NEAR_CHARACTERS = 0.5, 25
"""From this closeness and length on, the nearest sentence is worth showing beside a statement it does not carry."""


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
            _statements(pair, checks)
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


def _statements(pair: Pair, checks: tuple[StatementCheck, ...]) -> None:
    st.subheader("What the documents say of the prompt-only answer", anchor=False)
    answer = pair.left.answer
    if not checks:
        abstained = answer is not None and answer.abstained
        st.caption("It said that it does not know." if abstained else "It states nothing that could be looked up.")
        return
    carried = sum(check.supported for check in checks)
    st.markdown(f"**{carried} of {len(checks)}** statements stand in the documents (higher is better).")
    for number, check in enumerate(checks, start=1):
        _statement(check, number, pair.question)
    st.caption(
        "Checked strictly: one sentence of the documents must carry the statement's words, numbers, names and meaning. "
        "Not mentioned does not mean false; it means that nobody could look it up here."
    )


def _statement(check: StatementCheck, number: int, question: str) -> None:
    mark = (
        ":green[:material/check_circle: **supported**]"
        if check.supported
        else ":orange[:material/help: **not mentioned**]"
    )
    with st.container(key=f"compare-statement-{number}", gap="xxsmall"):
        st.markdown(f"{mark} · {markup.plain(check.text)}")
        if check.sentence is None or check.passage is None or not _worth_showing(check):
            return
        lead = "The documents say" if check.supported else "The nearest that they say"
        sentence = " ".join(check.sentence.text.split())
        st.html(markup.block(f"{lead}: “{markup.safe_html(sentence)}”", "ob-quote", "ob-note"))
        name = check.passage.chunk.document
        if st.button(
            markup.plain(name), key=f"compare.statement.{number}", icon=":material/menu_book:", type="tertiary"
        ):
            source.show_span(name, check.sentence.start, check.sentence.end, question)


def _worth_showing(check: StatementCheck) -> bool:
    """Whether the sentence found helps: it carries the statement, or is near and long enough to say something."""
    near = check.sentence is not None and len(check.sentence.text) >= _NEAR_CHARACTERS and check.score >= _NEAR
    return check.supported or near


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
