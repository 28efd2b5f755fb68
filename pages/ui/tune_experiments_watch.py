"""Style or facts as it runs: the training that goes on, then the answers as they come, and a Stop that works."""

import streamlit as st

from lib.evaluation.style_or_facts import FactAnswer, Lesson, LessonBegun, ScoringBegun, StyleAnswer
from lib.training.values import TrainingStep
from pages.ui import markup, tune_experiments_job
from pages.ui.jobs import Job

WORDS = {Lesson.STYLE: "the voice", Lesson.FACTS: "the facts"}
"""The lessons, for people."""
_POLL_S = 0.8


def watch(running: Job[object], workspace_id: str) -> None:
    """Draw the running experiment anew until it is over; then the page runs again."""
    st.fragment(_watched, run_every=_POLL_S)(running, workspace_id)


def _watched(running: Job[object], workspace_id: str) -> None:
    if not running.running:
        st.rerun()
    events = running.events
    scoring = next((event for event in events if isinstance(event, ScoringBegun)), None)
    if scoring is not None:
        answers = [event for event in events if isinstance(event, StyleAnswer | FactAnswer)]
        st.progress(min(1.0, len(answers) / scoring.answers), text=f"{len(answers)} of {scoring.answers} answers")
        for answer in reversed(answers[-4:]):
            asked = answer.message if isinstance(answer, StyleAnswer) else answer.question
            st.markdown(f"{answer.learner.value} · {markup.plain(asked)} :gray[{markup.plain(answer.text[:120])}]")
    else:
        _training(events)
    with st.container(horizontal=True, vertical_alignment="center"):
        if running.stopped:
            st.caption("Stopping after the step under way.")
        else:
            st.button(
                "Stop", icon=":material/stop_circle:", key="tune.experiments.stop",
                on_click=tune_experiments_job.stop, args=(workspace_id,),
            )  # fmt: skip
            st.caption("You may visit other screens meanwhile; nothing is lost.")


def _training(events: tuple[object, ...]) -> None:
    begun = [event for event in events if isinstance(event, LessonBegun)]
    for place, lesson in enumerate(begun):
        start = events.index(lesson)
        end = events.index(begun[place + 1]) if place + 1 < len(begun) else len(events)
        step = next((event for event in reversed(events[start:end]) if isinstance(event, TrainingStep)), None)
        words = f"Training {WORDS[lesson.lesson]}"
        if lesson.ready:
            st.progress(1.0, text=f"{WORDS[lesson.lesson].capitalize()}: trained before")
        elif step is None:
            st.progress(0.0, text=f"{words}: a process of its own loads the base model, which takes about 20 s")
        else:
            spent = min(1.0, max(step.step / step.of, step.seconds / (step.seconds + step.left_s or 1)))
            st.progress(spent, text=f"{words}: step {step.step}, loss {step.loss:.2f}, {step.left_s:.0f} s left")
