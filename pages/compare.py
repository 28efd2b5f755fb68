"""Compare: one question, up to four answers beside each other, and what the difference teaches."""

from dataclasses import replace

import streamlit as st

from lib.domain import ApproachName
from lib.settings import Workspace
from pages.ui import (
    adapter_choice,
    compare_answer,
    compare_between,
    compare_columns,
    compare_passages,
    compare_ready,
    compare_run,
    compare_settings,
    frame,
    markup,
    parts,
    services,
    state,
    theme,
)
from pages.ui.compare_run import Comparison, Kind

LEAD = "One question, one base model, answers side by side: what do documents change, what does training, what do both?"
KINDS = {Kind.APPROACHES: ":material/compare: Approaches", Kind.SETTINGS: ":material/tune: Two RAG settings"}
FEWEST = 2


def choose_kind() -> Kind:
    """What is set beside what."""
    state.seed("compare.kind", state.recall("compare.kind", Kind.APPROACHES))
    chosen = st.segmented_control(
        "What to compare",
        list(KINDS),
        format_func=lambda kind: KINDS[kind],
        key="compare.kind",
        required=True,
        label_visibility="collapsed",
    )
    kind = Kind(chosen or Kind.APPROACHES)
    state.remember("compare.kind", kind)
    return kind


def choose_approaches(workspace: Workspace) -> tuple[tuple[ApproachName, ...], str]:
    """Which approaches answer, in their order, and with which adapter the tuned ones; all four once there is one."""
    trained = bool(workspace.adapter)
    first = list(theme.APPROACHES) if trained else [ApproachName.PROMPT_ONLY, ApproachName.RAG]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = st.pills(
            "Approaches, same base model",
            list(theme.APPROACHES),
            selection_mode="multi",
            default=state.first("compare.approaches", state.recall("compare.approaches", first)),
            format_func=lambda name: f"{theme.look(name).icon} {theme.look(name).label}",
            key="compare.approaches",
            help="Fine-tuned and hybrid answer with the adapter that is chosen beside them.",
            wrap=True,
            width="content",
        )
        state.remember("compare.approaches", list(chosen))
        adapter = workspace.adapter
        if {ApproachName.FINE_TUNED, ApproachName.HYBRID} & set(chosen):
            adapter = adapter_choice.draw(workspace, "compare", reader=ApproachName.HYBRID in chosen)
    return tuple(name for name in theme.APPROACHES if name in chosen), adapter


def settings(kind: Kind) -> Workspace:
    """What may be changed without leaving: search, documents, chunk size, and the variation B."""
    whose = "A" if kind is Kind.SETTINGS else "Search"
    words = markup.plain(compare_answer.settings_words(state.workspace()))
    box = st.expander(f"{whose}: {words}", icon=":material/tune:", on_change="rerun", key="compare.settings")
    if box.open:
        with box:
            compare_settings.search_controls()
            compare_settings.chunk_size(state.workspace().question)
    if kind is Kind.SETTINGS:
        with st.container(border=True, key="compare-variation"):
            compare_settings.variation_controls(state.workspace().question)
    return state.workspace()


def ask(kind: Kind, workspace: Workspace, approaches: tuple[ApproachName, ...]) -> None:
    """Start all answers."""
    if not workspace.question.strip():
        st.warning("Type a question first, or choose a ready one.", icon=":material/edit:")
    elif kind is Kind.SETTINGS:
        compare_run.ask_settings(workspace, compare_settings.variation(workspace))
    elif len(approaches) < FEWEST:
        st.warning("Choose at least two approaches to set beside each other.", icon=":material/compare:")
    else:
        compare_run.ask_approaches(workspace, approaches)


def outdated(compared: Comparison, workspace: Workspace) -> None:
    """Say when what stands below was asked otherwise than the controls above say now."""
    asked = compared.asked_of
    if compared.question != workspace.question:
        st.caption(f":material/history: The answers below are to: “{markup.plain(compared.question)}”")
    elif not compare_settings.same(asked, workspace) or (asked.model, asked.adapter) != (
        workspace.model,
        workspace.adapter,
    ):
        st.caption(":material/history: The settings have changed since. Press Compare to answer under the new ones.")


frame.begin_page("pages/compare.py", "Compare", LEAD)
workspace = state.workspace()
if not services.documents(workspace.id):
    parts.empty_state(
        "No documents yet",
        "Without documents all answers would come from the weights alone. Load a sample corpus with one click, or "
        "bring your own.",
        "pages/start.py",
        "Load a sample corpus",
    )
    st.stop()
kind = choose_kind()
approaches, adapter = choose_approaches(workspace) if kind is Kind.APPROACHES else ((), workspace.adapter)
parts.question_box("compare.question", button="Compare")
if parts.question_sent("compare.question") or state.take("compare.go", False):
    ask(kind, replace(state.workspace(), adapter=adapter), approaches)
    compare_ready.close()
compared = compare_run.current(kind)
compare_ready.offer("compare.question", go="compare.go", expanded=compared is None)
workspace = settings(kind)
if compared is None:
    st.info(
        "Nothing compared yet. Choose a ready question, or type one and press Compare."
        if not workspace.question
        else "Press Compare: each approach answers the same question.",
        icon=":material/compare:",
    )
    st.stop()
outdated(compared, replace(workspace, adapter=adapter))
compare_columns.draw(compared)
if not compared.live:
    compare_between.draw(compared)
    compare_passages.draw(compared)
