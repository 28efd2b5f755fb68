"""The health check of a training set: what was found, what it would do to the model, and the way out in one click."""

import pandas as pd
import streamlit as st

from lib.settings import Workspace
from lib.training.findings import Finding, Severity
from lib.training.health import HealthReport
from lib.training.lengths import Lengths
from lib.training.mending import mend_for
from lib.training.set_files import parts_of
from lib.training.values import TrainingSet
from pages.ui import markup, tune_sets

_LOOKS = {
    Severity.STOP: (":red[:material/block:]", "Stops training"),
    Severity.WARN: (":orange[:material/warning:]", "Mend this first"),
    Severity.NOTE: (":blue[:material/info:]", "Good to know"),
}
_SHOWN_ROWS = 200
_SHOWN_LABELS = 40
_ROW_PX = 35


def draw(workspace: Workspace, training_set: TrainingSet) -> None:
    """The findings, gravest first, then how the answers and the lengths are spread."""
    report = tune_sets.health(workspace, training_set)
    if not report.findings:
        st.success(
            "Nothing found: no duplicates, no contradictions, no personal data, nothing too long, and nothing that an "
            "eval set asks.",
            icon=":material/verified:",
        )
    for finding in report.findings:
        _card(workspace, training_set, finding)
    _labels(report)
    with st.spinner("Counting tokens"):
        counted = tune_sets.health(workspace, training_set, lengths=True)
    _lengths(counted.lengths)


def _card(workspace: Workspace, training_set: TrainingSet, finding: Finding) -> None:
    icon, words = _LOOKS[finding.severity]
    key = f"tune.health.{finding.kind.name.lower()}"
    with st.container(border=True, key=key):
        st.markdown(f"{icon} **{markup.plain(finding.title)}**  \n:small[{words}]")
        st.markdown(f"{markup.plain(finding.effect)} **Way out:** {markup.plain(finding.way_out)}")
        if mend := mend_for(finding.kind):
            st.button(
                mend.label,
                key=f"{key}.mend",
                icon=":material/build:",
                type="primary" if finding.severity is Severity.STOP else "secondary",
                on_click=_mend,
                args=(workspace, training_set, finding),
            )
        if finding.groups:
            with st.expander(f"Show the {len(finding.examples):,} rows", icon=":material/table_rows:"):
                _rows(training_set, finding)


def _mend(workspace: Workspace, training_set: TrainingSet, finding: Finding) -> None:
    mend = mend_for(finding.kind)
    if mend is None:
        return
    before = len(training_set.examples)
    after = len(mend.change(training_set, finding).examples)
    gone = f" {before - after:,} of {before:,} examples were removed." if after < before else ""
    tune_sets.change(
        workspace,
        training_set.name,
        lambda now: mend.change(now, finding),
        f"Mended: {markup.plain(finding.kind.value)}.{gone}",
    )


def _rows(training_set: TrainingSet, finding: Finding) -> None:
    """The rows concerned, those that belong together beside each other under one number."""
    known = {example.id: (example, part) for example, part in parts_of(training_set)}
    rows = [
        (number, known[id][1].value, known[id][0].input, known[id][0].output, id)
        for number, group in enumerate(finding.groups, start=1)
        for id in group
        if id in known
    ]
    table = pd.DataFrame(rows[:_SHOWN_ROWS], columns=["group", "For", "Input", "Answer", "Id"])
    together = any(len(group) > 1 for group in finding.groups)
    shown = ["group", "For", "Input", "Answer", "Id"] if together else ["For", "Input", "Answer", "Id"]
    st.dataframe(
        table,
        hide_index=True,
        column_order=shown,
        column_config={"group": st.column_config.NumberColumn("Group", width="small")},
        key=f"tune.health.{finding.kind.name.lower()}.rows",
    )
    if len(rows) > _SHOWN_ROWS:
        st.caption(f"The first {_SHOWN_ROWS} of {len(rows):,} rows.")


def _lengths(lengths: Lengths | None) -> None:
    if lengths is None:
        return
    st.subheader("Lengths", anchor=False)
    left, middle, right = st.columns(3)
    left.metric("Half of them have at most", f"{lengths.median:,} tokens", border=True)
    middle.metric("The longest has", f"{lengths.longest:,} tokens", border=True)
    right.metric("The window holds", f"{lengths.window:,} tokens", border=True)
    st.caption(
        f"Input and answer together, in the model's own tokens, counted in {lengths.counted:,} examples. Longer ones "
        "take more time and memory; those over the window are refused."
    )


def _labels(report: HealthReport) -> None:
    """How often each kind of answer stands in each part."""
    if not report.labels:
        return
    what = f"by “{markup.plain(report.label_field)}”" if report.label_field else "by their whole text"
    st.subheader("Balance", anchor=False)
    st.caption(f"Answers {what}, and how many examples each has. Even bars are good: what is rare is seldom learnt.")
    most = max(label.train for label in report.labels)
    table = pd.DataFrame(
        [(label.label or "(none)", label.train, label.validation, label.held_out) for label in report.labels],
        columns=["Answer", "To train on", "To validate", "Held out"],
    )
    st.dataframe(
        table.head(_SHOWN_LABELS),
        hide_index=True,
        key="tune.health.labels",
        height=_ROW_PX * (min(len(table), _SHOWN_LABELS) + 1) + 3,
        column_config={
            "To train on": st.column_config.ProgressColumn(min_value=0, max_value=max(most, 1), format="%d"),
        },
    )
    if len(table) > _SHOWN_LABELS:
        st.caption(f"The {_SHOWN_LABELS} most frequent of {len(table)}.")
