"""Fine-tune, first step: the examples to learn from. Choose or make a set, see how it stands, write, split, spoil."""

from importlib import import_module

import streamlit as st

from lib.settings import Workspace
from lib.training.findings import Severity
from lib.training.health import HealthReport
from lib.training.set_store import sample_names, sample_set
from lib.training.values import TrainingSet
from pages.ui import frame, markup, state, tune_set_files, tune_set_make, tune_sets

_VIEWS = {
    "examples": ("tune_set_table", ":material/table_rows: Examples"),
    "health": ("tune_set_health", ":material/health_and_safety: Health check"),
    "split": ("tune_set_split", ":material/call_split: Split and spoil"),
    "make": ("tune_set_make", ":material/auto_awesome: Make more"),
    "files": ("tune_set_files", ":material/swap_vert: Upload, export, remove"),
}


def draw(workspace: Workspace) -> None:
    """The chosen set with its health and everything that can be done with it, or the ways to a first one."""
    if failure := tune_sets.take_failure():
        frame.show_failure(failure)
    if said := tune_sets.take_said():
        st.success(said, icon=":material/check_circle:")
    name = tune_sets.chosen(workspace)
    if not name:
        _nothing_yet(workspace)
        return
    _chooser(workspace, name)
    training_set = tune_sets.store().load(workspace.id, name)
    report = tune_sets.health(workspace, training_set)
    _line(training_set, report)
    import_module(f"pages.ui.{_VIEWS[_part(report)][0]}").draw(workspace, training_set)


def _part(report: HealthReport) -> str:
    """Which part of the work on the set is on the screen."""
    found = len(report.of(Severity.STOP)) + len(report.of(Severity.WARN))
    labels = {name: label for name, (_, label) in _VIEWS.items()}
    labels["health"] += f" ({found})" if found else ""
    state.seed(tune_sets.PART, state.recall(tune_sets.PART, "examples"))
    chosen = st.segmented_control(
        "Part",
        list(labels),
        format_func=lambda name: labels[name],
        key=tune_sets.PART,
        required=True,
        label_visibility="collapsed",
    )
    part = chosen or "examples"
    state.remember(tune_sets.PART, part)
    return part


def _nothing_yet(workspace: Workspace) -> None:
    """No set at all: the ways to get one."""
    with st.container(border=True, key="tune.set.empty"):
        st.subheader("No examples yet", anchor=False)
        st.markdown(
            "A training set is a list of questions with exactly the answers that you want: some fifty show a form, a "
            "few hundred teach it well. Begin with a sample, upload yours, or write them."
        )
        with st.container(horizontal=True):
            for sample in sample_names():
                st.button(
                    f"Load the sample set: {markup.plain(sample_set(sample).title)}",
                    type="primary",
                    key=f"tune.set.sample.{sample}",
                    icon=":material/dataset:",
                    on_click=tune_sets.load_sample,
                    args=(workspace, sample),
                    help=markup.plain(sample_set(sample).summary),
                )
            st.button(
                "Begin an empty set",
                key="tune.set.begin",
                icon=":material/add:",
                on_click=tune_set_files.begin,
                args=(workspace, tune_sets.FIRST_NAME),
            )
    tune_set_files.upload(workspace)
    tune_set_make.draw_first(workspace)


def _chooser(workspace: Workspace, name: str) -> None:
    offered = tune_sets.names(workspace)
    widget = f"tune.set.chosen.{len(offered)}"
    state.put(widget, name)
    st.selectbox("Training set", offered, key=widget, on_change=lambda: tune_sets.choose(state.typed(widget, name)))


def _line(training_set: TrainingSet, report: HealthReport) -> None:
    """The set in one line: how many examples for what, and whether anything is wrong."""
    count = len(training_set.examples)
    said = [
        f"**{count:,} example{'' if count == 1 else 's'}**",
        f"{len(training_set.train):,} to train on",
        f"{len(training_set.validation):,} to validate",
        f"{len(training_set.held_out):,} held out",
    ]
    if report.labels:
        what = f"of “{markup.plain(report.label_field)}”" if report.label_field else "of answers"
        said.append(f"{sum(bool(label.label) for label in report.labels)} kinds {what}")
    st.markdown(" · ".join(said))
    stops, warnings = report.of(Severity.STOP), report.of(Severity.WARN)
    if stops:
        st.error(
            f"**Not fit to train on**: {markup.plain(stops[0].title)}."
            + (f" And {len(stops) - 1} more; see the health check." if len(stops) > 1 else ""),
            icon=":material/block:",
        )
        return
    count = len(warnings)
    things = f"{count} thing{'s' * (count != 1)} to look at first: see the health check."
    fit = ":green[:material/check_circle:] Nothing stands in the way of training."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":orange[:material/warning:] {things}" if warnings else fit, width="content")
        icon = ":material/model_training:"
        st.button("Train on it", key="tune.set.train", icon=icon, type="tertiary", on_click=_to_training)


def _to_training() -> None:
    state.remember("fine_tune.go", "Train")
