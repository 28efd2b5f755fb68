"""The examples of a set as a table to edit. Kept only when the person says so."""

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
import streamlit as st

from lib.errors import LabError, TrainingFileRejected
from lib.settings import Workspace
from lib.training.set_rows import Part
from lib.training.set_table import SetRow, merged, rows_of, set_from
from lib.training.values import TrainingSet
from pages.ui import markup, state, tune_sets

_SHOWN = ("part", "input", "output", "tags", "id")
_START = "tune.set.table.start"
"""Where the rows are held with which the table on the screen began: the editor's own changes come on top of them."""


def draw(workspace: Workspace, training_set: TrainingSet) -> None:
    """The instruction, the table, and the way to save it."""
    _instruction(training_set)
    st.caption(
        "Click a cell to change it; the last row adds an example. To remove rows, select them on the left and press "
        "the bin. What is held out is never learnt from: it judges."
    )
    edit = _editor(training_set)
    _save(workspace, training_set, edit)


def rows_in(table: pd.DataFrame) -> tuple[SetRow, ...]:
    """The table's rows as values; what is missing in a cell is empty."""
    names = list(SetRow.__dataclass_fields__)
    return tuple(
        SetRow(**{name: "" if pd.isna(row[name]) else str(row[name]) for name in names})
        for row in table.to_dict("records")
    )


@dataclass(frozen=True, slots=True)
class _Edit:
    """A table under work: the set that it began from, and its rows as they were last seen."""

    base: TrainingSet
    table: pd.DataFrame

    @property
    def changed(self) -> bool:
        """Whether anything was edited."""
        return tuple(row for row in rows_in(self.table) if not row.blank) != rows_of(self.base)


def _instruction(training_set: TrainingSet) -> None:
    said = training_set.instruction
    if said:
        st.markdown(f"**Instruction** before every example: “{markup.plain(said)}”")


def _editor(training_set: TrainingSet) -> _Edit:
    """The edited table; edits survive a visit to another page, because what was edited is the next start."""
    last: _Edit | None = state.recall(_last(training_set.name), None)
    if last is None or (last.base != training_set and not last.changed):
        last = _Edit(training_set, _frame(training_set))
        state.remember("tune.set.round", state.recall("tune.set.round", 0) + 1)
    key = f"tune.set.table.{training_set.name}.{state.recall('tune.set.round', 0)}"
    if state.typed(key, None) is None:
        state.remember(_START, last.table)
    table: pd.DataFrame = st.data_editor(
        state.recall(_START, last.table),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        column_order=_SHOWN,
        column_config=_columns(),
    )
    edit = _Edit(last.base, table)
    state.remember(_last(training_set.name), edit)
    return edit


def _save(workspace: Workspace, training_set: TrainingSet, edit: _Edit) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        saved = st.button(
            "Save the table", type="primary", key="tune.set.save", icon=":material/save:", disabled=not edit.changed
        )
        if edit.changed:
            st.button(
                "Discard the changes",
                key="tune.set.discard",
                type="tertiary",
                on_click=_discard,
                args=(training_set.name,),
            )
            st.markdown(":orange[:material/edit: Not saved yet]")
    if not saved:
        return
    try:
        edited = set_from(rows_in(edit.table), edit.base)
        kept = tune_sets.store().change(workspace.id, training_set.name, lambda now: merged(edit.base, edited, now))
    except TrainingFileRejected as error:
        _problems(error)
    except LabError as error:
        st.error(markup.plain(f"{error.message} {error.hint}"), icon=":material/error:")
    else:
        _discard(training_set.name)
        count = len(kept.examples)
        tune_sets.attempt(lambda: None, f"Saved: {count:,} example{'' if count == 1 else 's'}.")
        st.rerun()


def _problems(error: TrainingFileRejected) -> None:
    """What is wrong in which row; the edits stay in the table."""
    listed = "\n".join(f"- Row {problem.line}: {markup.plain(problem.what)}" for problem in error.problems)
    more = f"\n\nAnd {error.more:,} more." if error.more else ""
    st.error(f"**Nothing was saved, and your edits are still there.**\n\n{listed}{more}", icon=":material/error:")


def _discard(name: str) -> None:
    """Forget the edits: the table begins anew from what is kept."""
    state.take(_last(name), None)


def _last(name: str) -> str:
    return f"tune.set.edit.{name}"


def _frame(training_set: TrainingSet) -> pd.DataFrame:
    names = list(SetRow.__dataclass_fields__)
    table = pd.DataFrame([asdict(row) for row in rows_of(training_set)], columns=names)
    return table.astype(dict.fromkeys(names, "str"))


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "part": config.SelectboxColumn(
            "For", options=[part.value for part in Part], default=Part.TRAIN.value, width=110, required=True
        ),
        "input": config.TextColumn("Input: what a person writes", width="large"),
        "output": config.TextColumn("Answer, exactly as it should be", width="large"),
        "tags": config.TextColumn("Tags", help="Separated by semicolons.", width="small"),
        "id": config.TextColumn("Id", disabled=True, width="small"),
    }
