"""The five steps of a hybrid answer as a row that fills while they happen."""

from collections.abc import Sequence

import streamlit as st

from pages.ui import markup
from pages.ui.hybrid_steps import FlowState, StepState

_LOOKS = {
    StepState.WAITING: (":material/radio_button_unchecked:", "gray"),
    StepState.ACTIVE: (":material/pending:", "orange"),
    StepState.DONE: (":material/check_circle:", "green"),
    StepState.BROKEN: (":material/gavel:", "red"),
    StepState.SKIPPED: (":material/remove_circle_outline:", "gray"),
}


def draw(states: Sequence[FlowState], *, key: str) -> None:
    """Each step with its sign, its name and what it found; wraps on narrow screens."""
    with st.grid(len(states), min_column_width=140, gap="small", key=f"{key}.flow") as grid:
        for step in states:
            icon, colour = _LOOKS[step.state]
            with grid.cell():
                said = markup.plain(step.said) if step.said else step.state.value
                st.markdown(f":{colour}[{icon}] **{step.number}. {step.title}**  \n:gray[:small[{said}]]")
