"""The runs as a table whose rows open, with the files that they can be taken away in."""

from typing import Any
from zlib import crc32

import pandas as pd
import streamlit as st

from lib.runs.query import RunPage, RunQuery, RunRow
from pages.ui import run_filters, run_log, state, theme

OPEN = "runs.open"
"""Where the ids of the opened runs are held: none, one that is shown, or two that are compared."""

_MARKS = {True: "✓", False: "✗", None: ""}
_TABLE_HEIGHT = 390
_STYLE = '<style>button[aria-label="Download as CSV"] { display: none; }</style>'
"""The table's own download writes cells as they are, formulas too; Export does not."""


def opened() -> tuple[str, ...]:
    """The ids of the runs that are open."""
    return state.recall(OPEN, ())


def open_runs(*ids: str) -> None:
    """Open one run, or two beside each other; none closes."""
    state.remember(OPEN, ids)


def close_all() -> None:
    """Close what is open; the table starts with nothing ticked."""
    open_runs()
    state.remember("runs.round", state.recall("runs.round", 0) + 1)


def draw(page: RunPage, query: RunQuery) -> None:
    """The table; a row ticked opens the run, two ticked are compared."""
    ids = tuple(row.id for row in page.rows)
    # Ticks are kept by position, so other rows are another table.
    key = f"runs.table.{crc32(' '.join(ids).encode()):08x}.{state.recall('runs.round', 0)}"
    st.html(_STYLE)
    st.dataframe(
        _table(page.rows),
        hide_index=True,
        key=key,
        height=min(_TABLE_HEIGHT, 38 + 35 * len(page.rows)),
        on_select=lambda: _selected(key, ids),
        selection_mode="multi-row",
        column_config={
            "When": st.column_config.DatetimeColumn(format="DD MMM, HH:mm:ss", help="In UTC"),
            "Question": st.column_config.TextColumn(width="medium"),
            "Answer": st.column_config.TextColumn(width="medium"),
            "Supported": st.column_config.NumberColumn(
                format="percent", help="Share of the answer's statements that the sources carry; 100 % is best."
            ),
            "Right": st.column_config.TextColumn(help="Whether it says what the eval case expects"),
            "Took (s)": st.column_config.NumberColumn(format="%.1f", help="From the question to the last word"),
        },
    )
    _turning(page, query)


def take_away(workspace_id: str, page: RunPage, query: RunQuery) -> None:
    """Everything that was found, as files; made only when they are clicked."""
    with st.popover("Export", icon=":material/download:"):
        st.caption(f"The {page.total:,} runs that were found, whole.")
        st.download_button(
            "JSONL: everything",
            lambda: run_log.as_jsonl(workspace_id, query),
            "runs.jsonl",
            "application/jsonl",
            key="runs.export.jsonl",
            on_click="ignore",
        )
        st.download_button(
            "CSV: for a spreadsheet",
            lambda: run_log.as_csv(workspace_id, query),
            "runs.csv",
            "text/csv",
            key="runs.export.csv",
            on_click="ignore",
        )
        st.caption("Open a run to take it as an HTML page. In the CSV no cell is a formula.")


def _selected(key: str, ids: tuple[str, ...]) -> None:
    chosen: Any = state.typed(key, None)
    rows = chosen["selection"]["rows"] if chosen else ()
    open_runs(*(ids[row] for row in rows if row < len(ids)))


def _turning(page: RunPage, query: RunQuery) -> None:
    first, last = query.offset + 1, query.offset + len(page.rows)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{first:,} to {last:,} of {page.total:,} runs, newest first. Tick one to open it, two to compare them.",
            width="stretch",
        )
        if page.total > run_filters.PAGE_ROWS:
            newer = max(0, query.offset - run_filters.PAGE_ROWS)
            st.button("Newer", key="runs.newer", disabled=query.offset == 0, on_click=run_filters.turn, args=(newer,))
            st.button("Older", key="runs.older", disabled=last >= page.total, on_click=run_filters.turn, args=(last,))


def _table(rows: tuple[RunRow, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "When": [row.at.replace(tzinfo=None) for row in rows],
            "Question": [row.question for row in rows],
            "Answer": [_answer(row) for row in rows],
            "Approach": [theme.look(row.approach).label for row in rows],
            "Right": [_MARKS[row.correct] for row in rows],
            "Supported": [row.faithfulness for row in rows],
            "Why wrong": [row.label or "" for row in rows],
            "Rating": ["★" * row.stars for row in rows],
            "Approval": [f"{row.area}: {row.review}" if row.review else "" for row in rows],
            "Took (s)": [row.total_ms / 1000 for row in rows],
            "Model": [row.model for row in rows],
            "From": [row.setup or str(row.origin) for row in rows],
        }
    )


def _answer(row: RunRow) -> str:
    if row.error:
        return f"failed: {row.error}"
    return "abstained" if row.abstained else " ".join(row.answer.split())
