"""An evaluation as it runs: how far it is, who was right how often, the last answers, and a Stop that works."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from lib.records import SetUp
from pages.ui import evaluating, markup
from pages.ui.evaluating import Begun, Came
from pages.ui.jobs import Job

_POLL_S = 0.7
_LAST = 6
_TELLING = 4
"""Answers from which the time left is told: the first one waits for the model to load."""


def watch(job: Job[object]) -> None:
    """Draw a running evaluation anew until it is over; then the page runs again."""
    st.fragment(_watched, run_every=_POLL_S)(job)


def time_words(seconds: float) -> str:
    """A stretch of time for people, never less than a second."""
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _watched(job: Job[object]) -> None:
    if not job.running:
        st.rerun()
    begun = evaluating.begun(job)
    if begun is None:
        st.progress(0.0, text="Looking for the evidence in the documents")
        return
    answers = evaluating.answers(job)
    done = begun.done + len(answers)
    st.progress(min(1.0, done / begun.expected) if begun.expected else 1.0, text=_progress_words(begun, answers))
    _tallies(begun.evaluation.setups, answers)
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.stopped:
            st.caption("Stopping after the answer under way. What is there is kept.")
        else:
            st.button("Stop", icon=":material/stop_circle:", key="evaluate.stop", on_click=job.stop)
            st.caption("You may visit other screens meanwhile; nothing is lost.")
    for came in reversed(answers[-_LAST:]):
        st.markdown(_case_line(came))


def _progress_words(begun: Begun, answers: Sequence[Came]) -> str:
    done = begun.done + len(answers)
    if not answers:
        return f"{done} of {begun.expected} answers: the indexes and the model are made ready"
    if len(answers) < _TELLING or done >= begun.expected:
        return f"{done} of {begun.expected} answers"
    spent = (answers[-1].at - answers[0].at).total_seconds() / (len(answers) - 1)
    return f"{done} of {begun.expected} answers, about {time_words((begun.expected - done) * spent)} left"


def _tallies(setups: Sequence[SetUp], answers: Sequence[Came]) -> None:
    """How many were right of those that can be judged."""
    asked = Counter(came.setup for came in answers)
    judged = Counter(came.setup for came in answers if came.correct is not None)
    right = Counter(came.setup for came in answers if came.correct)
    columns = st.columns(min(4, len(setups)))
    for place, setup in enumerate(setups):
        nothing = "none to judge yet" if asked[setup.label] else "waiting"
        value = f"{right[setup.label]} of {judged[setup.label]} right" if judged[setup.label] else nothing
        columns[place % len(columns)].markdown(f"**{markup.plain(setup.label)}**  \n{value}")


def _case_line(came: Came) -> str:
    signs = {True: ":material/check:", False: ":material/close:", None: ":material/remove:"}
    sign = ":material/error:" if came.error else signs[came.correct]
    label = f" · *{came.label.value}*" if came.label else ""
    return f"{sign} {markup.plain(came.setup)} · {markup.plain(came.question)} :gray[{markup.plain(came.said)}]{label}"
