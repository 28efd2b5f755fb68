"""What a training will take, before the button: minutes and memory, from a step measured on this machine."""

import os

import streamlit as st

from lib.errors import LabError
from lib.settings import Workspace
from lib.training.fitting import free_memory_bytes
from lib.training.values import TrainingSet, TrainingSettings
from pages.ui import frame, tune_train_work
from pages.ui.eval_run_watch import time_words
from pages.ui.tune_train_work import Expected

_POLL_S = 0.7


def draw(workspace: Workspace, training_set: TrainingSet, settings: TrainingSettings) -> bool:
    """The estimate, or that it is being made; whether the training can begin."""
    found = tune_train_work.expected(workspace, training_set, settings)
    if found is None:
        st.fragment(_measuring, run_every=_POLL_S)(workspace, training_set, settings)
        return False
    if isinstance(found, LabError):
        frame.show_failure(found)
        return False
    st.markdown(words(found))
    if found.found.measured:
        st.button(
            "Measure again",
            type="tertiary",
            icon=":material/speed:",
            key="tune.measure_again",
            help="The step was measured once and is remembered. Other work on this machine may have slowed it then.",
            on_click=tune_train_work.measure_again,
            args=(workspace, training_set, settings),
        )
    return True


def words(expected: Expected) -> str:
    """The estimate in a sentence or two."""
    found = expected.found
    basis = "from a step measured on this machine" if found.measured else "typical for two cores"
    whole = time_words(expected.unlimited.seconds)
    cut = f" The time budget ends it early: all epochs would take about {whole}." if expected.is_cut else ""
    saves = " Memory is short: activations are computed twice, which takes longer." if found.saves_memory else ""
    memory = f"{found.memory_bytes / 1e9:.1f} GB of memory"
    return (
        f":material/schedule: **About {time_words(found.seconds)}** and **{memory}** "
        f"({basis}), for {expected.unlimited.steps:,} steps over {expected.unlimited.tokens:,} tokens.{cut}{saves} "
        f"{machine_words()}"
    )


def machine_words() -> str:
    """What this machine has for it."""
    cores = os.cpu_count() or 1
    free = f"{free_memory_bytes() / 1e9:.1f} GB of free memory"
    return f"This machine has {cores} core{'' if cores == 1 else 's'} and {free}."


def _measuring(workspace: Workspace, training_set: TrainingSet, settings: TrainingSettings) -> None:
    if tune_train_work.expected(workspace, training_set, settings) is not None:
        st.rerun()
    st.markdown(
        ":material/hourglass_top: **Measuring a step** on this machine: how long it will take, and how much memory"
    )
    st.caption("The first time this takes about half a minute, because the model must be loaded to train.")
