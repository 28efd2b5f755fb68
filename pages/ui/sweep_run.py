"""Starting a sweep, going on with one, and watching it."""

import streamlit as st

from lib.evaluation.sweep import SweepPlan, SweepProgress
from lib.settings import Workspace
from pages.ui import frame, progress, sweep_job
from pages.ui.jobs import Job
from pages.ui.sweep_choice import Chosen
from pages.ui.sweep_job import Board

_POLL_S = 0.8


def offer(workspace: Workspace, chosen: Chosen, board: Board) -> None:
    """What is there, what the rest would take, and the button."""
    cases = "1 case" if chosen.left_out == 1 else f"{chosen.left_out} cases"
    are = "is" if chosen.left_out == 1 else "are"
    left_out = f" {cases} without evidence in these documents {are} left out." if chosen.left_out else ""
    sizes, ways = len(chosen.plan.chunkings), len(chosen.plan.retrievals)
    about = f"{sizes} chunk sizes x {ways} searches = {board.columns} columns, {len(chosen.cases)} questions each."
    if not board.missing:
        st.caption(f"All is there: {about}{left_out}")
        return
    texts, seconds = sweep_job.to_embed(workspace.id, board.missing)
    cost = f"{texts:,} texts to embed, about {max(1, seconds):.0f} s" if texts else "nothing to embed, a few seconds"
    there = f"**{board.there} of {board.columns} columns are there.** To go on: " if board.there else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        label = "Go on" if board.there else "Start the sweep"
        if st.button(label, type="primary", icon=":material/play_arrow:", key="sweep.start"):
            sweep_job.start(workspace, chosen.plan, chosen.cases)
            st.rerun()
        st.markdown(f"{there}{cost}. {about}{left_out}")


def watch(job: Job[object]) -> None:
    """How far the sweep is, what it is doing, and the way to stop it; a column that comes runs the page again."""
    st.fragment(_watched, run_every=_POLL_S)(job, sweep_job.done(job))


def ended(job: Job[object]) -> None:
    """Tell of a sweep that failed; a failure that is a bug is raised."""
    if failure := progress.failure_of(job):
        frame.show_failure(failure)
    progress.raise_bug(job)


def _watched(job: Job[object], drawn: int) -> None:
    there = sweep_job.done(job)
    if not job.running or there != drawn:
        st.rerun()
    plan = next((event for event in job.events if isinstance(event, SweepPlan)), None)
    last = next((event for event in reversed(job.events) if isinstance(event, SweepProgress)), None)
    total = len(plan.setups) if plan else 0
    doing = "Looking what is there already"
    if last is not None:
        verb = "Embedding" if last.unit == "texts" else "Searching"
        doing = f"{verb} with chunks of {last.chunking.size} tokens: {last.done:,} of {last.total:,} {last.unit}"
    st.progress(there / total if total else 0.0, text=f"{there} of {total} columns · {doing}")
    if job.stopped:
        st.caption("Stopping: the step under way is finished. What is there is kept.")
    else:
        st.button("Stop", icon=":material/stop_circle:", key="sweep.stop", on_click=job.stop)
