"""The cases of a set as a table: read-only for a sample set. One row for each piece of evidence."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from lib.errors import BadInput, EvalFileRejected
from lib.evaluation.case_table import CaseRow, cases_from, rows_of
from lib.records import EvalSet
from lib.settings import Workspace
from pages.ui import eval_set_files, eval_sets, markup, state

_SHOWN = ("id", "question", "answer", "document", "quote", "answerable", "tags", "reviewed")
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


def _editor(eval_set: EvalSet) -> pd.DataFrame:
    """The edited table; edits survive a visit to another page, because what was edited is the next start."""
    key = f"evaluate.set.table.{eval_set.name}.{state.recall('evaluate.set.round', 0)}"
    if state.typed(key, None) is None:
        kept: tuple[EvalSet, pd.DataFrame] | None = state.recall(f"{key}.edited", None)
        unchanged = kept is not None and kept[0] == eval_set
        state.remember(f"{key}.base", kept[1] if kept is not None and unchanged else _frame(eval_set))
    base: pd.DataFrame = state.recall(f"{key}.base", _frame(eval_set))
    edited: pd.DataFrame = st.data_editor(
        base,
        key=key,
        num_rows="dynamic",
        hide_index=True,
        column_order=_SHOWN,
        column_config=_columns(),
    )
    state.remember(f"{key}.edited", (eval_set, edited))
    return edited


def _save(workspace: Workspace, eval_set: EvalSet, edited: pd.DataFrame) -> None:
    rows = rows_in(edited)
    changed = tuple(row for row in rows if not row.blank) != rows_of(eval_set.cases)
    with st.container(horizontal=True, vertical_alignment="center"):
        saved = st.button(
            "Save the table", type="primary", key="evaluate.set.save", icon=":material/save:", disabled=not changed
        )
        if changed:
            st.button("Discard the changes", key="evaluate.set.discard", type="tertiary", on_click=_fresh)
            st.markdown(":orange[:material/edit: Not saved yet]")
    if not saved:
        return
    try:
        cases = cases_from(rows)
        eval_sets.store().keep(workspace.id, EvalSet(eval_set.name, cases))
    except EvalFileRejected as error:
        _problems(error)
    except BadInput as error:
        st.error(markup.plain(f"{error.message} {error.hint}"), icon=":material/error:")
    else:
        _fresh()
        state.remember("evaluate.set.said", f"Saved: {len(cases):,} case{'' if len(cases) == 1 else 's'}.")
        st.rerun()


def _problems(error: EvalFileRejected) -> None:
    """What is wrong in which row; the edits stay in the table."""
    listed = "\n".join(f"- Row {problem.line}: {markup.plain(problem.what)}" for problem in error.problems)
    more = f"\n\nAnd {error.more:,} more." if error.more else ""
    st.error(f"**Nothing was saved, and your edits are still there.**\n\n{listed}{more}", icon=":material/error:")


def _fresh() -> None:
    """Begin anew from what is kept."""
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
