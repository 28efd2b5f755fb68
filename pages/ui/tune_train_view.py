"""The Train step of Fine-tune: dials, what the training will take, the training as it runs, what was made."""

import streamlit as st

from lib.errors import LabError
from lib.settings import Workspace
from lib.training.values import TrainingSet, TrainingSettings
from pages.ui import (
    frame,
    markup,
    state,
    tune_adapters_view,
    tune_sets,
    tune_train_dials,
    tune_train_estimate,
    tune_train_health,
    tune_train_result,
    tune_train_unfinished,
    tune_train_watch,
    tune_train_work,
)


def draw(workspace: Workspace) -> None:
    """The training that runs; or what the last one made, the dials and the button, and the adapters there are."""
    run = tune_train_work.run_of(workspace)
    if run is not None and run.running:
        tune_train_watch.watch(workspace)
        return
    if failure := tune_train_work.take_failure():
        frame.show_failure(failure)
    tune_train_result.draw(workspace)
    tune_train_unfinished.draw(workspace)
    _prepare(workspace)
    tune_adapters_view.draw(workspace)


def _prepare(workspace: Workspace) -> None:
    """From the set to the button."""
    training_set = _training_set(workspace)
    if training_set is None:
        return
    health = st.container()  # checked against the longest example as it is dialled below
    name, free = _name(workspace, training_set)
    settings = tune_train_dials.draw()
    with health:
        sound = tune_train_health.draw(workspace, training_set)
    if not sound:
        return
    possible = tune_train_estimate.draw(workspace, training_set, settings)
    if st.button(
        f"Train {markup.plain(name)}" if name else "Train",
        type="primary",
        icon=":material/model_training:",
        key="tune.start",
        disabled=not (possible and free),
    ):
        _start(workspace, training_set, name, settings)


def _training_set(workspace: Workspace) -> TrainingSet | None:
    """The set that is learnt from; the way to one where there is none."""
    chosen = tune_sets.chosen(workspace)
    if not chosen:
        with st.container(border=True, key="tune.empty"):
            st.subheader("Nothing to learn from yet", anchor=False)
            st.markdown(
                "Training needs examples: questions with exactly the answers you want. Load the sample set with one "
                "click, upload yours, or make them from answers that you approved."
            )
            st.button("Choose a training set", type="primary", key="tune.make", on_click=tune_train_health.to_sets)
        return None
    offered = tune_sets.names(workspace)
    # A list that has grown is another widget: a browser that still shows the old one would choose by its place.
    widget = f"tune.train.set.{len(offered)}"
    state.put(widget, chosen)
    name = st.selectbox("Training set", offered, key=widget, on_change=_choose, args=(widget,))
    return tune_sets.store().load(workspace.id, name)


def _name(workspace: Workspace, training_set: TrainingSet) -> tuple[str, bool]:
    """The name that the adapter will have, and whether it can; says so if it cannot, or if it replaces one."""
    key = f"tune.name.{training_set.name}"
    state.seed(key, state.recall(key, tune_train_work.default_name(training_set.name)))
    name = (st.text_input("Name of the adapter", key=key, max_chars=60) or "").strip()
    state.remember(key, name)
    store = tune_train_work.tuning().adapters
    try:
        store.check_name(workspace.id, name)
    except LabError as error:
        st.caption(f":red[{markup.plain(error.message)}] {markup.plain(error.hint)}")
        return name, False
    if name in store.names(workspace.id):
        st.caption(
            f":material/swap_horiz: There is an adapter **{markup.plain(name)}** already. It answers until the new "
            "one is whole, then gives way to it."
        )
    return name, True


def _start(workspace: Workspace, training_set: TrainingSet, name: str, settings: TrainingSettings) -> None:
    try:
        tune_train_work.start(workspace, training_set, name, settings)
    except LabError as error:
        tune_train_work.keep_failure(error)
    st.rerun()


def _choose(widget: str) -> None:
    tune_sets.choose(state.typed(widget, ""))
