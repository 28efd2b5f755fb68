"""Runs: what was asked and answered, from any screen: search it, rate it, approve it, repeat it, take it away."""

import streamlit as st

from lib.errors import NotFound
from lib.runs.query import RunQuery
from lib.settings import Workspace
from pages.ui import frame, parts, run_filters, run_list, run_log, run_review, run_twice, run_view, state

LEAD = "Every answer, from any screen, with everything that made it: search, compare, rate, approve, repeat."
VIEWS = ("Runs", "Review queue")


def choose_view(workspace: Workspace) -> str:
    """All runs, or those that wait for a person."""
    waiting = run_log.waiting(workspace.id)
    labels = {
        "Runs": ":material/list: Runs",
        "Review queue": f":material/gavel: Review queue ({waiting:,} open)"
        if waiting
        else ":material/gavel: Review queue",
    }
    state.seed("runs.view", state.recall("runs.view", "Runs"))
    chosen = st.segmented_control(
        "View",
        VIEWS,
        format_func=lambda view: labels[view],
        key="runs.view",
        required=True,
        label_visibility="collapsed",
    )
    state.remember("runs.view", chosen or "Runs")
    return chosen or "Runs"


def opened(workspace: Workspace) -> None:
    """The run that is open, or two beside each other."""
    try:
        kept = [run_log.run(workspace.id, run_id) for run_id in run_list.opened()]
    except NotFound:
        run_list.open_runs()
        return
    if len(kept) == 1:
        run_view.draw(kept[0])
    elif len(kept) == 2:
        run_twice.draw_two(*kept)
    elif kept:
        st.info(f"{len(kept)} runs are ticked. Two can be compared.", icon=":material/compare:")


def all_runs(workspace: Workspace) -> None:
    """Search, table, and what is open."""
    query = run_filters.draw(workspace.id)
    page = run_log.find(workspace.id, query)
    if page.rows:
        run_list.draw(page, query)
        run_list.take_away(workspace.id, page, query)
    else:
        st.info("No run says that. Search for other words, or clear the filters.", icon=":material/search_off:")
        st.button("Show all runs", key="runs.all", on_click=run_filters.clear)
    opened(workspace)


frame.begin_page("pages/runs.py", "Runs", LEAD)
workspace = state.workspace()
with frame.failures_shown():
    if run_log.find(workspace.id, RunQuery(limit=0)).total == 0:
        parts.empty_state(
            "No runs yet",
            "Every answer that you ask for is kept here, with its sources, its prompt and its settings.",
            "pages/ask.py",
            "Ask a question",
        )
    elif choose_view(workspace) == "Runs":
        all_runs(workspace)
    else:
        run_review.draw(workspace)
