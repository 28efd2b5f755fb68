"""Was it worth it?: an adapter against the base, few-shot and the nearest-neighbour floor on rows it never saw."""

import streamlit as st

from lib.errors import LabError
from lib.evaluation.rewording import HOW_REWORDED
from lib.evaluation.worth import KNOWN_ROWS
from lib.evaluation.worth_records import Worth
from lib.settings import Workspace
from lib.training.set_store import version_of
from lib.training.values import Adapter, TrainingSet
from pages.ui import (
    frame,
    markup,
    progress,
    services,
    state,
    tune_experiments_job,
    tune_worth_job,
    tune_worth_results,
    tune_worth_watch,
)

_CHOSEN = "tune.adapter"
_ROWS = (5, 20, 60, 200)


def draw(workspace: Workspace) -> None:
    """The choice and the button, the comparison that runs, and what the last one found."""
    st.markdown(
        "Held-out rows were never used in training. The same rows go to the **base** with an instruction, to the base "
        "with **worked examples** (few-shot), to the **fine-tuned** model, and to a **look-up** that copies the "
        "nearest training example: a tuned model that does not beat the look-up has learnt nothing useful."
    )
    job = tune_worth_job.job(workspace.id)
    if job is not None and job.running:
        tune_worth_watch.watch(job)
        return
    if job is not None:
        if failure := progress.failure_of(job):
            frame.show_failure(failure)
        progress.raise_bug(job)
    adapter = _adapter(workspace)
    if adapter is None:
        return
    found = _found(workspace, adapter)
    _prepare(workspace, adapter, again=found is not None)
    if found is not None:
        tune_worth_results.draw(found, adapter)


def _adapter(workspace: Workspace) -> Adapter | None:
    """The adapter that is looked at; the way to one where there is none."""
    store = services.lab().tuning.adapters
    names = store.names(workspace.id)
    if not names:
        with st.container(border=True, key="tune.worth.empty"):
            st.subheader("No adapter yet", anchor=False)
            st.markdown("Train one first: with the sample tickets it takes some minutes; Train says how many.")
            if st.button("Train one", type="primary", key="tune.worth.train"):
                state.remember("fine_tune.go", "Train")
                st.rerun()
        return None
    before = state.recall(_CHOSEN, workspace.adapter)
    widget = "tune.worth.adapter"
    comparable = [name for name in names if name not in tune_experiments_job.ADAPTERS.values()]
    state.put(widget, before if before in names else (comparable or names)[0])
    name = st.selectbox("Adapter", names, key=widget, on_change=_choose, args=(widget,))
    return store.load(workspace.id, name)


def _prepare(workspace: Workspace, adapter: Adapter, *, again: bool) -> None:
    """The set that it is compared on, how many rows, and the button."""
    if adapter.name in tune_experiments_job.ADAPTERS.values():
        st.info("This adapter belongs to an experiment: its figures are under Experiments.", icon=":material/info:")
        return
    training_set = _training_set(workspace, adapter)
    if training_set is None:
        return
    if adapter.trainset_sha256 and version_of(training_set) != adapter.trainset_sha256:
        st.warning(
            "The set has changed since this adapter was trained: some of its held-out rows may have been learnt.",
            icon=":material/warning:",
        )
    held_out = len(training_set.held_out)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        most = _most_rows(held_out)
        label = "Compare again" if again else "Compare on held-out rows"
        if st.button(label, type="primary", icon=":material/balance:", key="tune.worth.start", disabled=not held_out):
            with frame.failures_shown():
                tune_worth_job.start(workspace, adapter, training_set, most_rows=most)
                st.rerun()
    known = min(KNOWN_ROWS, most, len(training_set.train))
    if not held_out:
        st.caption("This set has no held-out rows: split it under Training set. Without them nothing can be judged.")
        return
    st.caption(
        f"{min(most, held_out)} held-out rows to each; {known} training rows and {known} paraphrases also to the "
        f"fine-tuned model; 24 general questions before and after. {HOW_REWORDED}"
    )


def _training_set(workspace: Workspace, adapter: Adapter) -> TrainingSet | None:
    """The set that the adapter was trained on; None, with words, where it is gone."""
    try:
        return services.lab().tuning.sets.load(workspace.id, adapter.trainset)
    except LabError as error:
        st.info(
            f"{markup.plain(error.message)} {markup.plain(adapter.name)} was trained on it; without its held-out rows "
            "there is nothing to compare on.",
            icon=":material/info:",
        )
        return None


def _most_rows(held_out: int) -> int:
    offered = [count for count in _ROWS if count < held_out]
    offered.append(held_out)
    if len(offered) == 1:
        return held_out
    key = f"tune.worth.rows.{held_out}"
    state.seed(key, min(60, held_out))
    chosen = st.selectbox(
        "Held-out rows",
        offered,
        format_func=lambda count: f"All {count}" if count == held_out else str(count),
        key=key,
        width=150,
        help="More rows take longer and give narrower intervals.",
    )
    return chosen or held_out


def _found(workspace: Workspace, adapter: Adapter) -> Worth | None:
    try:
        return tune_worth_job.kept().worth_of(workspace.id, adapter.name)
    except LabError as error:
        frame.show_failure(error)
        return None


def _choose(widget: str) -> None:
    state.remember(_CHOSEN, state.typed(widget, ""))
