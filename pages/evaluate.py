"""Evaluate: how good the answers are, why the wrong ones are wrong, and whether a difference is real."""

from importlib import import_module

import streamlit as st

from pages.ui import frame, state

LEAD = (
    "Ask a set of questions whose answers are known, and see how often each set-up is right, **why** it is wrong "
    "where it is, and whether a difference is more than luck."
)
VIEWS = {
    "Eval set": "eval_set_view",
    "Run": "eval_run_view",
    "Results": "eval_results",
    "Sweep": "sweep_view",
}
_ICONS = {
    "Eval set": ":material/quiz:",
    "Run": ":material/play_circle:",
    "Results": ":material/bar_chart:",
    "Sweep": ":material/grid_on:",
}


def chosen_view() -> str:
    """Which part of the work is on the screen; kept for the session, and led to by other screens."""
    asked = state.take("evaluate.go", "")
    if asked:
        state.put("evaluate.view", asked)
    offered = list(VIEWS)
    state.seed("evaluate.view", state.recall("evaluate.view", offered[0]))
    chosen = st.segmented_control(
        "Step",
        offered,
        format_func=lambda name: f"{_ICONS[name]} {name}",
        key="evaluate.view",
        required=True,
        label_visibility="collapsed",
    )
    view = chosen or offered[0]
    state.remember("evaluate.view", view)
    return view


frame.begin_page("pages/evaluate.py", "Evaluate", LEAD)
workspace = state.workspace()
view = chosen_view()
with frame.failures_shown():
    import_module(f"pages.ui.{VIEWS[view]}").draw(workspace)
