"""Whether the chosen set may be learnt from: one line where it may, what stands against it where it may not."""

import streamlit as st

from lib.settings import Workspace
from lib.training.findings import Severity
from lib.training.values import TrainingSet
from pages.ui import markup, state, tune_sets


def draw(workspace: Workspace, training_set: TrainingSet) -> bool:
    """The line, with the way back to the set; whether nothing stands against training."""
    report = tune_sets.health(workspace, training_set)
    warnings = len(report.of(Severity.WARN))
    sound = not report.stops
    said = f"{warnings} thing{'s' * (warnings != 1)} to look at" if warnings else "nothing stands against training"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{_sizes(training_set)}{f' · {said}' * sound}", width="content")
        st.button(
            "Look at the set" if sound else "Mend the set",
            type="tertiary",
            icon=":material/dataset:",
            key="tune.look",
            on_click=to_sets,
            args=("examples" if sound and not warnings else "health",),
        )
    for finding in report.stops:
        st.error(
            f"**{markup.plain(finding.title)}** {markup.plain(finding.effect)} {markup.plain(finding.way_out)}",
            icon=":material/block:",
        )
    return sound


def to_sets(part: str = "examples") -> None:
    """Lead to that part of the step where sets are made and mended."""
    state.remember(tune_sets.PART, part)
    state.remember("fine_tune.go", "Training set")


def _sizes(training_set: TrainingSet) -> str:
    parts = (
        (training_set.train, "to train on"),
        (training_set.validation, "to validate with"),
        (training_set.held_out, "held out"),
    )
    return ", ".join(f"{len(part):,} {what}" for part, what in parts)
