"""Whom an evaluation asks: approaches, and RAG with one setting changed at a time or with settings of one's own."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from lib.domain import ApproachName
from lib.evaluation.variations import NAMES, set_up, variations, with_settings
from lib.records import SetUp
from lib.settings import Workspace
from pages.ui import adapter_choice, markup, parts, services, state, theme

OFFERED = tuple(ApproachName)
_READING = (ApproachName.RAG, ApproachName.GOLD_CONTEXT)
"""Approaches that an answerer which only quotes can take part in."""
_OWN = "evaluate.own"
_COLUMNS = {"name": "", "size": 200, "overlap": 0, "search": "hybrid", "top_k": 5}


def choose(workspace: Workspace) -> tuple[SetUp, ...]:
    """The set-ups chosen, in the order of the approaches; their labels differ."""
    approaches, workspace = _trained(_approaches(workspace), workspace)
    chosen = [set_up(name, workspace) for name in OFFERED if name in approaches]
    offered = {one.label: one for one in variations(workspace, window=services.window_tokens())}
    before: list[str] = state.recall("evaluate.variations", [])
    state.seed("evaluate.variations", [label for label in before if label in offered])
    labels = st.pills(
        "Also RAG with one thing changed",
        list(offered),
        selection_mode="multi",
        format_func=lambda label: label.removeprefix("RAG, "),
        key="evaluate.variations",
        help="Each is a set-up of its own beside RAG as it is set now. One change at a time says what the change does.",
        wrap=True,
    )
    state.remember("evaluate.variations", list(labels))
    taken = {one.label for one in chosen} | set(labels)
    return (*chosen, *(offered[label] for label in labels), *_own(workspace, taken))


def _approaches(workspace: Workspace) -> tuple[ApproachName, ...]:
    quotes_only = workspace.model.kind == "extractive"
    offered = [name for name in OFFERED if not quotes_only or name in _READING]
    before = state.recall("evaluate.approaches", [ApproachName.PROMPT_ONLY, ApproachName.RAG])
    state.seed("evaluate.approaches", [name for name in before if name in offered])
    chosen = st.pills(
        "Approaches",
        offered,
        selection_mode="multi",
        format_func=lambda name: f"{theme.look(name).icon} {NAMES[name]}",
        key="evaluate.approaches",
        help="All on the same base model. Gold context hands the passage that holds the answer straight to the model: "
        "what is still wrong then is the model's failure, not the search's.",
        wrap=True,
    )
    state.remember("evaluate.approaches", list(chosen))
    if quotes_only:
        st.caption(
            "The answerer that quotes needs passages and writes nothing, so only RAG and gold context take part. "
            "Another model: see Models."
        )
    return tuple(ApproachName(name) for name in chosen)


def _trained(chosen: tuple[ApproachName, ...], workspace: Workspace) -> tuple[tuple[ApproachName, ...], Workspace]:
    """The approaches that can be asked, and the workspace with the adapter that the tuned ones answer with."""
    if not {ApproachName.FINE_TUNED, ApproachName.HYBRID} & set(chosen):
        return chosen, workspace
    with st.container(width=340, key="evaluate-adapter"):
        adapter = adapter_choice.draw(workspace, "evaluate", reader=ApproachName.HYBRID in chosen)
    workspace = replace(workspace, adapter=adapter)
    if adapter or ApproachName.FINE_TUNED not in chosen:
        return chosen, workspace
    st.caption(":material/model_training: Fine-tuned takes no part until an adapter is chosen.")
    return tuple(name for name in chosen if name is not ApproachName.FINE_TUNED), workspace


def _own(workspace: Workspace, taken: set[str]) -> tuple[SetUp, ...]:
    """Set-ups typed into a table, kept for the session."""
    with st.expander("Set-ups of your own", icon=":material/tune:"):
        st.caption("One line a set-up: RAG with these settings, everything else as in the workspace.")
        table = st.data_editor(
            _kept_table(),
            num_rows="dynamic",
            hide_index=True,
            key="evaluate.own.table",
            column_config=_column_config(),
        )
    state.remember(f"{_OWN}.now", table)
    rows = [row for row in table.to_dict("records") if str(row["name"] or "").strip()]
    own = []
    for row in rows:
        name = str(row["name"]).strip()
        if name in taken:
            st.warning(f"There is a set-up “{markup.plain(name)}” already: give this one another name.")
            continue
        taken.add(name)
        own.append(_of_row(name, row, workspace))
    return tuple(own)


def _kept_table() -> pd.DataFrame:
    """The table as it was when the screen was entered: the editor's own changes come on top of it."""
    if state.typed("evaluate.own.table", None) is None:
        state.remember(_OWN, state.recall(f"{_OWN}.now", pd.DataFrame(columns=list(_COLUMNS))))
    return state.recall(_OWN, pd.DataFrame(columns=list(_COLUMNS)))


def _of_row(name: str, row: Mapping[Hashable, Any], workspace: Workspace) -> SetUp:
    def number(column: str) -> int:
        value = row[column]
        return int(value) if isinstance(value, int | float) and not pd.isna(value) else int(str(_COLUMNS[column]))

    chunking = replace(workspace.chunking, size=number("size"), overlap=number("overlap"))
    search = str(row["search"]) if row["search"] in parts.RETRIEVERS else "hybrid"
    retrieval = replace(workspace.retrieval, retriever=search, top_k=number("top_k"))  # type: ignore[arg-type]
    return with_settings(name, workspace, chunking, retrieval)


def _column_config() -> dict[str, Any]:
    column = st.column_config
    most = services.window_tokens()
    return {
        "name": column.TextColumn("Name", required=True, max_chars=40),
        "size": column.NumberColumn("Chunk size, tokens", min_value=20, max_value=most, default=200, step=1),
        "overlap": column.NumberColumn("Overlap, tokens", min_value=0, max_value=most // 2, default=0, step=1),
        "search": column.SelectboxColumn("Search", options=list(parts.RETRIEVERS), default="hybrid"),
        "top_k": column.NumberColumn("Passages (top-k)", min_value=1, max_value=50, default=5, step=1),
    }
