"""A training as it runs: how far it is, how the loss falls, what the model writes, and a Stop that keeps it."""

import streamlit as st

from lib.charts.loss_curve import loss_curve
from lib.settings import Workspace
from lib.training.values import Curve, Sampled, TrainingRun, TrainingStep, Validated
from pages.ui import markup, theme, tune_train_samples, tune_train_work
from pages.ui.eval_run_watch import time_words

_POLL_S = 1.0


def watch(workspace: Workspace) -> None:
    """Draw the training that runs anew until it is over; then the page runs again."""
    st.fragment(_watched, run_every=_POLL_S)(workspace)


def picture(curve: Curve, *, steps: int, key: str) -> None:
    """The loss by step, with the best step and where it overfits; `steps` as `loss_curve` takes them."""
    drawn = loss_curve(curve, steps=steps)
    drawn.figure.update_layout(template=theme.TEMPLATE)
    st.plotly_chart(drawn.figure, key=key, alt=drawn.alt, config={"displayModeBar": False})


def samples_of(run: TrainingRun) -> tuple[Sampled, ...]:
    """What was written meanwhile, in order."""
    return tuple(event for event in run.events if isinstance(event, Sampled))


def progress_words(run: TrainingRun) -> str:
    """How far the training is: step, epoch, speed and the time left."""
    step = _last_step(run)
    if run.phase == "saving":
        return "The best step is made into an adapter and saved"
    if step is None:
        return "A process of its own loads the base model, which takes about 20 s"
    left = f"about {time_words(step.left_s)} left" if step.step < step.of else "the last step is done"
    return (
        f"Step {step.step} of {step.of} · epoch {step.epoch:.1f} of {run.settings.epochs} · "
        f"{step.tokens_per_s:,.0f} tokens/s · {left}"
    )


def _watched(workspace: Workspace) -> None:
    run = tune_train_work.run_of(workspace)
    if run is None or not run.running:
        st.rerun()
    step = _last_step(run)
    st.subheader(f"Training {markup.plain(run.name)}", anchor=False)
    st.progress(step.step / step.of if step else 0.0, text=progress_words(run))
    _stop_line(workspace, run)
    for note in run.notes:
        st.caption(f":material/info: {markup.plain(note)}")
    if step is None:
        return
    st.markdown(_loss_words(run))
    picture(run.curve, steps=step.of, key="tune.watch.curve")
    tune_train_samples.draw(samples_of(run))


def _stop_line(workspace: Workspace, run: TrainingRun) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if tune_train_work.is_stopping(run):
            st.caption("Stopping after the step under way; what was learnt up to the best step becomes the adapter.")
            return
        st.button(
            "Stop and keep the best so far",
            icon=":material/stop_circle:",
            key="tune.stop",
            on_click=tune_train_work.stop,
            args=(workspace.id, run.name),
        )
        st.caption("Visit other screens or close the browser meanwhile: it goes on, and shows here again.")


def _loss_words(run: TrainingRun) -> str:
    """The two losses now, in words."""
    step = _last_step(run)
    validated = next((event for event in reversed(run.events) if isinstance(event, Validated)), None)
    said = [f"Training loss **{step.loss:.3f}**" if step else ""]
    if validated is not None:
        best = " (the best so far)" if validated.best else ""
        said.append(f"validation loss **{validated.loss:.3f}** at step {validated.step}{best}")
    return ", ".join(said) + ". Lower is better; what counts is the validation loss, of examples it never learns from."


def _last_step(run: TrainingRun) -> TrainingStep | None:
    return next((event for event in reversed(run.events) if isinstance(event, TrainingStep)), None)
