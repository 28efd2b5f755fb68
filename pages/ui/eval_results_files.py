"""What can be taken away of an evaluation, and what its set-ups were."""

import streamlit as st

from lib.charts.setup_words import setting_rows
from lib.evaluation.results import Results
from pages.ui import eval_results_kept, eval_results_table


def offer(found: Results) -> None:
    """The files that an evaluation can be taken away in; each is made when it is clicked."""
    evaluation = found.evaluation
    with st.popover("Take it away", icon=":material/download:"):
        st.download_button(
            "Report: one HTML file",
            lambda: eval_results_kept.as_html(found),
            f"evaluation-{evaluation.id}.html",
            "text/html",
            key="evaluate.results.html",
            icon=":material/description:",
            on_click="ignore",
            help="Charts, figures, settings and every case; it opens without a network.",
        )
        st.download_button(
            "Runs as JSONL: everything",
            lambda: eval_results_kept.as_jsonl(evaluation),
            f"evaluation-{evaluation.id}.jsonl",
            "application/jsonl",
            key="evaluate.results.jsonl",
            on_click="ignore",
        )
        st.download_button(
            "Runs as CSV: for a spreadsheet",
            lambda: eval_results_kept.as_csv(evaluation),
            f"evaluation-{evaluation.id}.csv",
            "text/csv",
            key="evaluate.results.csv",
            on_click="ignore",
        )


def settings(found: Results) -> None:
    """The set-ups side by side, and where they differ."""
    rows = setting_rows([setup.setup for setup in found.setups])
    labels = [eval_results_table.column_of(setup.setup.label) for setup in found.setups]
    st.dataframe(
        [
            {"Setting": row.name, "Differs": "≠" if row.differs else ""} | dict(zip(labels, row.values, strict=True))
            for row in rows
        ],
        hide_index=True,
        key="evaluate.results.settings",
    )
