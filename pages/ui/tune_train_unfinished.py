"""Trainings that a crash or a restart cut off: go on from the last checkpoint, or give them up."""

import streamlit as st

from lib.errors import LabError
from lib.settings import Workspace
from lib.training.values import TrainingStep
from pages.ui import markup, tune_train_work


def draw(workspace: Workspace) -> None:
    """A box for each unfinished training; nothing if there are none."""
    for name in tune_train_work.tuning().unfinished(workspace.id):
        with st.container(border=True, key=f"tune.unfinished.{name}"):
            st.markdown(
                f"**The training of {markup.plain(name)} was cut off{_how_far(workspace, name)}.** It can go on from "
                "its last whole checkpoint. An adapter of that name made earlier is untouched."
            )
            with st.container(horizontal=True):
                st.button(
                    "Resume",
                    type="primary",
                    icon=":material/play_arrow:",
                    key=f"tune.resume.{name}",
                    on_click=_resume,
                    args=(workspace.id, name),
                )
                st.button(
                    "Discard",
                    icon=":material/delete:",
                    key=f"tune.discard.{name}",
                    on_click=tune_train_work.tuning().forget,
                    args=(workspace.id, name),
                )


def _resume(workspace_id: str, name: str) -> None:
    try:
        tune_train_work.tuning().resume(workspace_id, name)
    except LabError as error:
        tune_train_work.keep_failure(error)


def _how_far(workspace: Workspace, name: str) -> str:
    run = tune_train_work.run_of(workspace)
    if run is None or run.name != name:
        return ""
    step = next((event for event in reversed(run.events) if isinstance(event, TrainingStep)), None)
    return f" at step {step.step} of {step.of}" if step else " before its first step"
