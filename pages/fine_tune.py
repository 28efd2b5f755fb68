"""Fine-tune: examples, training on this machine, and whether it was worth it."""

from importlib import import_module

import streamlit as st

from pages.ui import frame, state

LEAD = (
    "Show the built-in model examples until it answers in their form. Fine-tuning changes **how** the model answers; "
    "what it knows comes from your documents."
)
VIEWS = {
    "Training set": "tune_set_view",
    "Train": "tune_train_view",
    "Was it worth it?": "tune_worth_view",
    "Experiments": "tune_experiments_view",
}
_ICONS = {
    "Training set": ":material/dataset:",
    "Train": ":material/model_training:",
    "Was it worth it?": ":material/balance:",
    "Experiments": ":material/science:",
}


def chosen_view() -> str:
    """Which step is on the screen; kept for the session, and led to by other screens through "fine_tune.go"."""
    offered = list(VIEWS)
    if asked := state.take("fine_tune.go", ""):
        state.put("fine_tune.view", asked)
    state.seed("fine_tune.view", state.recall("fine_tune.view", offered[0]))
    chosen = st.segmented_control(
        "Step",
        offered,
        format_func=lambda name: f"{_ICONS[name]} {name}",
        key="fine_tune.view",
        required=True,
        label_visibility="collapsed",
    )
    view = chosen or offered[0]
    state.remember("fine_tune.view", view)
    return view


frame.begin_page("pages/fine_tune.py", "Fine-tune", LEAD)
workspace = state.workspace()
view = chosen_view()
with frame.failures_shown():
    import_module(f"pages.ui.{VIEWS[view]}").draw(workspace)
