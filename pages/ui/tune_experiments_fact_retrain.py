"""Teaching the tuned model the new fact: the facts lesson trained again with the changed row."""

from dataclasses import replace

import streamlit as st

from lib.errors import LabError
from lib.evaluation.experiment_material import facts_material
from lib.evaluation.fact_change import KeptOriginal, retaught
from lib.evaluation.style_or_facts import RECIPE, Lesson
from lib.settings import Workspace
from lib.training.values import TrainingRun, TrainingStep
from pages.ui import frame, services, state, tune_experiments_job
from pages.ui import tune_experiments_fact_work as work

_FAILURE = "tune.fact.retrain.failure"
_RETRAINING = "tune.fact.retraining"


def draw(workspace: Workspace, adapter: str, kept: KeptOriginal) -> None:
    """The facts lesson with the new fact in it, trained again; only that adapter's rows are known here."""
    if failure := state.take(_FAILURE, None):
        frame.show_failure(failure)
    run = services.lab().tuning.state(workspace.id)
    if run is not None and run.running:
        _training(run)
        return
    if state.take(_RETRAINING, False):
        work.ask_both(workspace, kept.edit.question, adapter)
        st.rerun()
    taught, rows = retaught(facts_material().training_set, kept.edit)
    if adapter != tune_experiments_job.ADAPTERS[Lesson.FACTS] or not rows:
        st.caption("No row of the facts lesson holds this fact: change the training set, then train on it under Train.")
        return
    if st.button("Train again with the new fact", icon=":material/model_training:", key="tune.fact.retrain"):
        before = services.lab().tuning.adapters.load(workspace.id, adapter).settings
        settings = replace(RECIPE, time_budget_s=before.time_budget_s)
        try:
            services.lab().tuning.start(workspace.id, taught, adapter, settings)
            state.remember(_RETRAINING, True)
        except LabError as error:
            state.remember(_FAILURE, error)
        st.rerun()


def _training(run: TrainingRun) -> None:
    step = next((event for event in reversed(run.events) if isinstance(event, TrainingStep)), None)
    if step is None:
        st.progress(0.0, text="Training again: a process of its own loads the base model")
        return
    st.progress(step.step / step.of, text=f"Training again: step {step.step} of {step.of}, {step.seconds:.0f} s so far")
