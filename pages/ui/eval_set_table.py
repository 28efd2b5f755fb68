"""The cases of a set as a table: read-only for a sample set. One row for each piece of evidence."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from lib.errors import BadInput, EvalFileRejected
from lib.evaluation.case_table import CaseRow, cases_from, merged, rows_of
from lib.records import EvalSet
from lib.settings import Workspace
from pages.ui import eval_set_files, eval_sets, markup, state

_SHOWN = ("id", "question", "answer", "document", "quote", "answerable", "tags", "reviewed")
_START = "evaluate.set.table.start"
"""Where the rows are held with which the table on the screen began: the editor's own changes come on top of them."""
_TEXTS = ("id", "question", "answer", "document", "quote", "tags", "format")


def draw(workspace: Workspace, eval_set: EvalSet) -> None:
    """The table, and for an own set the way to save it."""
    if eval_sets.is_sample(eval_set.name):
        st.caption("A sample set is read-only. Make a copy to change it.")
        st.button(
            "Copy to edit",
            key="evaluate.set.copy_to_edit",
            icon=":material/content_copy:",
            on_click=eval_set_files.copy,
            args=(workspace, eval_set),
        )
        st.dataframe(
            _frame(eval_set), hide_index=True, column_order=_SHOWN, column_config=_columns(), key="evaluate.set.read"
        )
        return
    st.caption(
        "Click a cell to change it; the last row adds a case. Further evidence of a case is a row with the same id and "
        "no question. Tags are separated by semicolons. Cases whose box “Counts” is empty are drafts."
    )
    edited = _editor(eval_set)
    _save(workspace, eval_set, edited)


def rows_in(table: pd.DataFrame) -> tuple[CaseRow, ...]:
    """The table's rows as values; what is missing in a cell is empty."""
    return tuple(
        CaseRow(
            **{name: "" if pd.isna(row[name]) else str(row[name]) for name in _TEXTS},
            answerable=_truth(row["answerable"]),
            reviewed=_truth(row["reviewed"]),
            start=None if pd.isna(row["start"]) else int(row["start"]),
            end=None if pd.isna(row["end"]) else int(row["end"]),
        )
        for row in table.to_dict("records")
    )


@dataclass(frozen=True, slots=True)
class _Edit:
    """A table under work: the set that it began from, and its rows as they were last seen."""

    base: EvalSet
    table: pd.DataFrame

    @property
    def changed(self) -> bool:
        """Whether anything was edited."""
        return tuple(row for row in rows_in(self.table) if not row.blank) != rows_of(self.base.cases)


def _editor(eval_set: EvalSet) -> _Edit:
    """The edited table; edits survive a visit to another page, because what was edited is the next start."""
    last: _Edit | None = state.recall(_last(eval_set.name), None)
    if last is None or (last.base != eval_set and not last.changed):
        last = _Edit(eval_set, _frame(eval_set))
        _fresh()
    key = f"evaluate.set.table.{eval_set.name}.{state.recall('evaluate.set.round', 0)}"
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
    state.remember(_last(eval_set.name), edit)
    return edit


def _save(workspace: Workspace, eval_set: EvalSet, edit: _Edit) -> None:
    rows, changed = rows_in(edit.table), edit.changed
    with st.container(horizontal=True, vertical_alignment="center"):
        saved = st.button(
            "Save the table", type="primary", key="evaluate.set.save", icon=":material/save:", disabled=not changed
        )
        if changed:
            st.button(
                "Discard the changes",
                key="evaluate.set.discard",
                type="tertiary",
                on_click=_discard,
                args=(eval_set.name,),
            )
            st.markdown(":orange[:material/edit: Not saved yet]")
    if not saved:
        return
    try:
        edited = cases_from(rows)
        kept = eval_sets.store().change(workspace.id, eval_set.name, lambda now: merged(edit.base.cases, edited, now))
    except EvalFileRejected as error:
        _problems(error)
    except BadInput as error:
        st.error(markup.plain(f"{error.message} {error.hint}"), icon=":material/error:")
    else:
        _discard(eval_set.name)
        count = len(kept.cases)
        state.remember("evaluate.set.said", f"Saved: {count:,} case{'' if count == 1 else 's'}.")
        st.rerun()


def _problems(error: EvalFileRejected) -> None:
    """What is wrong in which row; the edits stay in the table."""
    listed = "\n".join(f"- Row {problem.line}: {markup.plain(problem.what)}" for problem in error.problems)
    more = f"\n\nAnd {error.more:,} more." if error.more else ""
    st.error(f"**Nothing was saved, and your edits are still there.**\n\n{listed}{more}", icon=":material/error:")


def _discard(name: str) -> None:
    """Forget the edits: the table begins anew from what is kept."""
    state.take(_last(name), None)


def _last(name: str) -> str:
    return f"evaluate.set.edit.{name}"


def _fresh() -> None:
    """Give the table another key, so that it takes its rows anew."""
    state.remember("evaluate.set.round", state.recall("evaluate.set.round", 0) + 1)


def _frame(eval_set: EvalSet) -> pd.DataFrame:
    names = list(CaseRow.__dataclass_fields__)
    table = pd.DataFrame([asdict(row) for row in rows_of(eval_set.cases)], columns=names)
    kinds = dict.fromkeys(_TEXTS, "str") | {"answerable": "boolean", "reviewed": "boolean"}
    return table.astype(kinds | {"start": "Int64", "end": "Int64"})


def _truth(value: object) -> bool | None:
    return bool(value) if isinstance(value, bool | np.bool_) else None


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "id": config.TextColumn("Id", width=110),
        "question": config.TextColumn("Question", width="large"),
        "answer": config.TextColumn("Expected answer", width="medium"),
        "document": config.TextColumn("Document", width="medium", help="The name as the page Documents shows it."),
        "quote": config.TextColumn("Quote that proves it", width="large", help="Must stand in the document."),
        "answerable": config.CheckboxColumn("Answerable", help="Whether the documents hold the answer."),
        "tags": config.TextColumn("Tags"),
        "reviewed": config.CheckboxColumn("Counts", help="Drafts count in no evaluation until they are reviewed."),
    }
