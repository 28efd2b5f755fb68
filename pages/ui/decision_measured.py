"""What was measured of each choice, beside the advice: it speaks for it, against it, or cannot tell."""

from collections.abc import Mapping, Sequence

import streamlit as st

from lib.advice.measured import MeasuredLine
from lib.advice.recommend import Advice
from lib.domain import ApproachName
from pages.ui import flows, markup, theme

_MARKS: Mapping[bool | None, str] = {
    True: ":green[:material/thumb_up: **speaks for it**]",
    False: ":red[:material/thumb_down: **speaks against it**]",
    None: ":gray[:material/monitoring:]",
}


def of_first(advice: Advice, measured: Sequence[MeasuredLine]) -> None:
    """Under the recommendation: the measured line that says most of it, those that speak before those that cannot."""
    held = [line for line in measured if line.approach is advice.first.approach]
    told = sorted(held, key=lambda line: line.speaks_for is None)[:1]
    for line in told:
        st.markdown(_text(line))


def in_few_words(approach: ApproachName, measured: Sequence[MeasuredLine]) -> str:
    """Which way the measurements of a choice speak, for its title."""
    held = [line for line in measured if line.approach is approach]
    said = {line.speaks_for for line in held}
    if said == {None}:
        return "measured, open" if any(line.measured for line in held) else "not measured"
    return " and ".join(
        word for speaks, word in ((True, "measured for"), (False, "measured against")) if speaks in said
    )


def lines(approach: ApproachName, measured: Sequence[MeasuredLine]) -> None:
    """All lines of one choice, each place that they come from linked once."""
    held = [line for line in measured if line.approach is approach]
    if not held:
        return
    st.markdown(f"**Measured of {theme.look(approach).label}**")
    st.markdown("\n".join(f"- {_text(line)}" for line in held))
    with st.container(horizontal=True):
        for screen in dict.fromkeys(line.screen for line in held):
            flows.way_to(screen)


def _text(line: MeasuredLine) -> str:
    return f"{_MARKS[line.speaks_for]} {markup.plain(line.text)}"
