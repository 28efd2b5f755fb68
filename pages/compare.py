"""Compare: one question, two answers beside each other, and what the difference teaches."""

import streamlit as st

from lib.settings import Workspace
from pages.ui import (
    compare_between,
    compare_columns,
    compare_ready,
    compare_run,
    compare_settings,
    frame,
    markup,
    parts,
    services,
    state,
)
from pages.ui.compare_run import Kind, Pair

LEAD = "One question, two answers, side by side: what does the model know alone, and what do the documents change?"
KINDS = {
    Kind.APPROACHES: ":material/compare: Prompt-only and RAG",
    Kind.SETTINGS: ":material/tune: Two RAG settings",
}


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


def settings(kind: Kind) -> Workspace:
    """What may be changed without leaving: search, documents, chunk size, and the variation B."""
    whose = "A" if kind is Kind.SETTINGS else "RAG"
    words = markup.plain(compare_columns.settings_words(state.workspace()))
    box = st.expander(f"{whose}: {words}", icon=":material/tune:", on_change="rerun", key="compare.settings")
    if box.open:
        with box:
            compare_settings.search_controls()
            compare_settings.chunk_size(state.workspace().question)
    if kind is Kind.SETTINGS:
        with st.container(border=True, key="compare-variation"):
            compare_settings.variation_controls(state.workspace().question)
    return state.workspace()


def ask(kind: Kind, workspace: Workspace) -> None:
    """Start both answers."""
    if not workspace.question.strip():
        st.warning("Type a question first, or choose a ready one.", icon=":material/edit:")
    elif kind is Kind.APPROACHES:
        compare_run.ask_approaches(workspace)
    else:
        compare_run.ask_settings(workspace, compare_settings.variation(workspace))


def outdated(pair: Pair, workspace: Workspace) -> None:
    """Say when what stands below was asked otherwise than the controls above say now."""
    asked = pair.right if pair.kind is Kind.APPROACHES else pair.left
    if pair.question != workspace.question:
        st.caption(f":material/history: The answers below are to: “{markup.plain(pair.question)}”")
    elif not compare_settings.same(asked.workspace, workspace) or asked.workspace.model != workspace.model:
        st.caption(":material/history: The settings have changed since. Press Compare to answer under the new ones.")


frame.begin_page("pages/compare.py", "Compare", LEAD)
workspace = state.workspace()
if not services.documents(workspace.id):
    parts.empty_state(
        "No documents yet",
        "Without documents both answers would be the same. Load a sample corpus with one click, or bring your own.",
        "pages/start.py",
        "Load a sample corpus",
    )
    st.stop()
kind = choose_kind()
parts.question_box("compare.question", button="Compare")
if parts.question_sent("compare.question") or state.take("compare.go", False):
    ask(kind, state.workspace())
    compare_ready.close()
pair = compare_run.current(kind)
compare_ready.offer("compare.question", go="compare.go", expanded=pair is None)
workspace = settings(kind)
if pair is None:
    st.info(
        "Nothing compared yet. Choose a ready question, or type one and press Compare."
        if not workspace.question
        else "Press Compare: both answers come at the same time.",
        icon=":material/compare:",
    )
    st.stop()
outdated(pair, workspace)
compare_columns.draw(pair)
if not pair.live:
    compare_between.draw(pair)
    compare_columns.passages(pair)
