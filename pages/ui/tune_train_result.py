"""How the last training ended: what was made and the ways on from it, or why nothing was made."""

from dataclasses import replace

import streamlit as st

from lib.domain import ApproachName
from lib.errors import TrainingFailed
from lib.settings import Workspace
from lib.training.overfitting import overfits_from
from lib.training.values import Trained, TrainingRun
from pages.ui import frame, markup, state, tune_adapters, tune_train_samples, tune_train_watch, tune_train_work
from pages.ui.eval_run_watch import time_words


def draw(workspace: Workspace) -> None:
    """The report of the last training of this workspace, unless it was put away; nothing if there is none."""
    run = tune_train_work.run_of(workspace)
    if run is None or run.running or run.phase == "interrupted":
        return
    with st.container(border=True, key="tune.result"):
        if run.phase == "failed":
            st.markdown(f"**The training of {markup.plain(run.name)} ended without an adapter.**")
            frame.show_failure(TrainingFailed(run.error or "The training failed.", hint=run.hint))
        else:
            _made(workspace, run)
        for note in run.notes:
            st.caption(f":material/info: {markup.plain(note)}")
        if run.curve.training:
            tune_train_watch.picture(run.curve, steps=0, key="tune.result.curve")
            if samples := tune_train_watch.samples_of(run):
                with st.expander("What it wrote meanwhile", icon=":material/edit_note:"):
                    tune_train_samples.draw(samples)
        st.button(
            "Put this away",
            type="tertiary",
            key="tune.result.away",
            on_click=tune_train_work.tuning().forget,
            args=(workspace.id, run.name),
        )


def ask_with(workspace: Workspace, name: str, question: str = "") -> None:
    """Make the adapter the workspace's, let the model that it was made for answer, and go to Ask.

    `question` is asked there at once if there is one.
    """
    one = next(one for one in tune_adapters.listed(workspace) if one.name == name)
    wearing = tune_adapters.wearing(workspace, one, answering=True)
    state.keep(replace(wearing, question=question or workspace.question))
    state.remember("ask.approach", ApproachName.FINE_TUNED)
    if question:
        state.remember("ask.go", True)
    st.switch_page("pages/ask.py")


def _made(workspace: Workspace, run: TrainingRun) -> None:
    st.success(f"**{markup.plain(run.name)}** is ready. {_words(run)}", icon=":material/check_circle:")
    question = _held_out_question(workspace, run)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Ask it now", type="primary", icon=":material/chat:", key="tune.result.ask"):
            ask_with(workspace, run.name, question)
        if st.button("Was it worth it?", icon=":material/balance:", key="tune.result.worth"):
            state.remember("tune.adapter", run.name)
            state.remember("fine_tune.go", "Was it worth it?")
            st.rerun()
        if question:
            st.caption("Asks the first of the held-out examples, which it has not seen.")


def _words(run: TrainingRun) -> str:
    """How long it took, which step was kept and what that says."""
    done = next((event for event in reversed(run.events) if isinstance(event, Trained)), None)
    if done is None:
        return ""
    why = {"stopped": ", stopped by you", "time budget": ", ended by the time budget"}.get(done.ended, "")
    lowest = dict(run.curve.validation).get(done.kept_step)
    loss = f" (validation loss {lowest:.3f})" if lowest is not None else ""
    overfits = overfits_from(run.curve)
    after = " After it, the model only learnt the examples by heart." if overfits is not None else ""
    took = time_words(done.seconds)
    return f"{done.steps} steps in {took}{why}; the weights of step {done.kept_step} were kept{loss}.{after}"


def _held_out_question(workspace: Workspace, run: TrainingRun) -> str:
    """The input of the set's first held-out example; "" where there is none."""
    tuning = tune_train_work.tuning()
    if run.trainset not in tuning.sets.names(workspace.id):
        return ""
    held_out = tuning.sets.load(workspace.id, run.trainset).held_out
    return held_out[0].input if held_out else ""
