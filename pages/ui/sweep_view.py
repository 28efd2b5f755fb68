"""Sweep: which chunk size, search and top-k find the evidence best, as heat maps that fill in while it runs."""

import streamlit as st

from lib.evaluation.scoring import measure
from lib.evaluation.sweep_cells import SWEEP_METRICS, choose
from lib.settings import Workspace
from pages.ui import parts, services, state, sweep_cell, sweep_choice, sweep_job, sweep_map, sweep_run, sweep_verdict
from pages.ui.sweep_choice import Chosen

_VIEWS = {"tokens": "Tokens (budget)", "passages": "Passages (k)"}
_FAIR = {
    "passages": "At the same k bigger chunks always win, because they hand over more text; the budget view is the fair "
    "one.",
    "tokens": "Every cell of a row may hand over the same amount of text: the fair way to compare chunk sizes.",
}


def draw(workspace: Workspace) -> None:
    """The controls, the maps as far as they are filled, the recommendation, and one cell with its failing questions."""
    st.markdown(
        "A sweep asks every question of an eval set under **every chunk size and search** and looks whether its "
        "evidence comes; no model answers. What is found is kept, so a sweep that is stopped goes on where it was."
    )
    if not services.documents(workspace.id):
        parts.empty_state(
            "Nothing to search yet",
            "Bring documents, or load a sample corpus: it comes with its eval set.",
            "pages/documents.py",
            "Go to Documents",
        )
        return
    chosen = sweep_choice.choose(workspace)
    if chosen is None:
        _no_set()
        return
    job = sweep_job.job(workspace.id)
    if job is not None and not job.running:
        sweep_run.ended(job)
    if done := state.take("sweep.taken", ""):
        st.success(done, icon=":material/check_circle:")
    if not chosen.cases:
        st.warning(
            f"None of the {len(chosen.asked)} answerable questions of this set has its evidence in these documents."
        )
        return
    unit, metric = _looked_at()
    board = sweep_job.board(workspace, chosen)
    if job is not None and job.running:
        sweep_run.watch(job)
    else:
        sweep_run.offer(workspace, chosen, board)
    _results(workspace, chosen, unit, metric)


def _no_set() -> None:
    with st.container(border=True):
        st.subheader("No eval set yet", anchor=False)
        st.markdown(
            "A sweep looks for evidence that is known. Upload questions with their evidence, write or draft some."
        )
        if st.button("Make an eval set", type="primary", key="sweep.make"):
            state.remember("evaluate.go", "Eval set")
            st.rerun()


def _looked_at() -> tuple[str, str]:
    """Which amount is held fixed, and which metric colours the cells."""
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    state.seed("sweep.view", state.recall("sweep.view", "tokens"))
    unit = left.segmented_control(
        "Compare at the same number of", list(_VIEWS), format_func=lambda one: _VIEWS[one], key="sweep.view",
        required=True,
    )  # fmt: skip
    state.seed("sweep.metric", state.recall("sweep.metric", "recall"))
    metric = right.selectbox(
        "Colour", SWEEP_METRICS, format_func=lambda name: measure(name).title, key="sweep.metric",
        help="  \n".join(f"**{measure(name).title}**: {measure(name).explanation}" for name in SWEEP_METRICS),
    )  # fmt: skip
    state.remember("sweep.view", unit)
    state.remember("sweep.metric", metric)
    st.caption(_FAIR[unit or "tokens"])
    return unit or "tokens", metric


@st.fragment
def _results(workspace: Workspace, chosen: Chosen, unit: str, metric: str) -> None:
    """The maps, the recommendation and one cell: a fragment, so that looking around runs nothing else again."""
    board = sweep_job.board(workspace, chosen)
    limits = [limit for limit in chosen.limits if limit.unit == unit]
    row = sweep_verdict.row(limits, unit)
    choice = choose(board.at(row), metric)
    sweep_map.draw(chosen, board, limits, metric, choice.best if choice else None)
    if choice is None:
        return
    sweep_verdict.draw(workspace, choice, metric, complete=not board.missing)
    with st.container(border=True, key="sweep.behind"):
        cell = sweep_map.chosen_cell([cell for cell in board.cells if cell.limit in limits], choice.chosen)
        sweep_cell.figures(cell)
        if cell != choice.chosen:
            sweep_cell.take_over(workspace, cell, label="Take over this cell", key="sweep.take.cell")
        sweep_cell.failures(workspace, chosen, cell)
