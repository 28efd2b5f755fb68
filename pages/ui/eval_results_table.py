"""Cases as a table, one row each with what became of it in every set-up; a row that is clicked opens the case."""

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import streamlit as st

from lib.evaluation.results import RIGHT, UNJUDGED, Asked, Results
from lib.evaluation.scoring import METRICS, measure
from lib.records import EvalCase
from pages.ui import state

CHOSEN = "evaluate.case"
"""Where it is held which case is open, and from which table: (table, case id)."""

_HEIGHT = 390
_TAKEN = {"Question", "Expected", "Case", "Setting", "Differs", *(each.title for each in METRICS)}
"""Names of columns that are no set-up's."""


def draw(found: Results, cases: Sequence[EvalCase], *, key: str, by: tuple[str, str] | None = None) -> EvalCase | None:
    """The table; the case that was opened in it. With `by`, (set-up, figure), its value has a column."""
    if not cases:
        st.caption("No cases.")
        return None
    ids = [case.id for case in cases]
    # Ticks are kept by position, so other rows are another table.
    rows = f"{crc32(repr(ids).encode()):08x}.{state.recall('evaluate.round', 0)}"
    widget = f"evaluate.results.table.{key}.{found.evaluation.id}.{rows}"
    st.dataframe(
        _rows(found, cases, by),
        hide_index=True,
        key=widget,
        height=min(_HEIGHT, 38 + 35 * len(cases)),
        selection_mode="single-row",
        on_select=lambda: _selected(widget, key, ids),
        column_config={"Question": st.column_config.TextColumn(width=320)},
    )
    held: tuple[str, str] = state.recall(CHOSEN, ("", ""))
    return next((case for case in cases if held == (key, case.id)), None)


def forget_choice() -> None:
    """No case is open; tables start with nothing ticked."""
    state.remember(CHOSEN, ("", ""))
    state.remember("evaluate.round", state.recall("evaluate.round", 0) + 1)


def mark(one: Asked) -> str:
    """What became of an answer, in a cell."""
    return {RIGHT: "✓", UNJUDGED: UNJUDGED}.get(one.outcome, f"✗ {one.outcome}")


def column_of(label: str) -> str:
    """The name of a set-up's column: a person may have called it as another column is called."""
    return f"{label} (set-up)" if label in _TAKEN else label


def _rows(found: Results, cases: Sequence[EvalCase], by: tuple[str, str] | None) -> list[dict[str, str]]:
    answers = {(setup.setup.label, one.case.id): one for setup in found.setups for one in setup.asked}
    labels = [setup.setup.label for setup in found.setups if setup.asked]
    rows = []
    for case in cases:
        row = {"Question": case.question}
        if by is not None:
            row[measure(by[1]).title] = _value(answers.get((by[0], case.id)), by[1])
        marks = {label: answers.get((label, case.id)) for label in labels}
        row |= {column_of(label): mark(one) if one else "" for label, one in marks.items()}
        rows.append(row | {"Expected": case.answer or ("" if case.answerable else "to abstain"), "Case": case.id})
    return rows


def _value(one: Asked | None, name: str) -> str:
    value = measure(name).of(one.scores) if one else None
    return "" if value is None else measure(name).shown(value)


def _selected(widget: str, key: str, ids: Sequence[str]) -> None:
    event: Any = state.typed(widget, None)
    rows = event["selection"]["rows"] if event else []
    state.remember(CHOSEN, (key, ids[rows[0]]) if rows and rows[0] < len(ids) else ("", ""))
