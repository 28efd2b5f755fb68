"""A comparison as it runs: how far it is, who answers, the last answers, and a Stop that works."""

import streamlit as st

from lib.evaluation.worth_records import Contender
from pages.ui import markup, tune_worth_job
from pages.ui.eval_run_watch import time_words
from pages.ui.jobs import Job

_POLL_S = 0.8
_LAST = 5
_SAID = 110


def watch(job: Job[object]) -> None:
    """Draw a running comparison anew until it is over; then the page runs again."""
    st.fragment(_watched, run_every=_POLL_S)(job)


def _watched(job: Job[object]) -> None:
    if not job.running:
        st.rerun()
    total, done = tune_worth_job.expected(job), tune_worth_job.done(job)
    answers = tune_worth_job.answers(job)
    asked = [answer for answer in answers if answer.contender != Contender.FLOOR]
    text = "The held-out rows are looked up and the model is made ready" if not asked else f"{done} of {total} answers"
    if len(asked) > 3:
        per_answer = sum(answer.ms for answer in asked) / len(asked) / 1000
        text += f", about {time_words((total - done) * per_answer)} left"
    st.progress(min(1.0, done / total) if total else 0.0, text=text)
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.stopped:
            st.caption("Stopping after the answer under way. What is there is kept.")
        else:
            st.button("Stop", icon=":material/stop_circle:", key="tune.worth.stop", on_click=job.stop)
            st.caption("You may visit other screens meanwhile; nothing is lost.")
    for answer in reversed(asked[-_LAST:]):
        sign = ":material/check:" if answer.text == answer.wanted else ":material/arrow_right_alt:"
        said = markup.plain((answer.text or answer.error)[:_SAID])
        st.markdown(f"{sign} {answer.contender.value} · {markup.plain(answer.question[:_SAID])} :gray[{said}]")
