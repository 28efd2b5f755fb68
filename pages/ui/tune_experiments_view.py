"""The Experiments step of Fine-tune: style or facts, and change a fact."""

import streamlit as st

from lib.settings import Workspace
from pages.ui import progress, services, state, tune_experiments_fact, tune_experiments_style

_STYLE, _FACT = "Style or facts", "Change a fact"


def draw(workspace: Workspace) -> None:
    """The choice of the experiment, and the experiment."""
    widget = "tune.experiments.which"
    state.seed(widget, state.recall(widget, _STYLE))
    which = st.segmented_control("Experiment", [_STYLE, _FACT], key=widget, required=True)
    state.remember(widget, which or _STYLE)
    ingest = services.ingest_job(workspace.id)
    if ingest is not None and ingest.running:
        st.caption("The sample company's documents are read.")
        progress.watch(ingest, key="tune.experiments.ingest")
        return
    if which == _FACT:
        tune_experiments_fact.draw(workspace)
    else:
        tune_experiments_style.draw(workspace)
