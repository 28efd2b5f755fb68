"""Retrieve: what is found for a question, with every number that decided it, and where it lies among all chunks."""

from dataclasses import replace

import streamlit as st

from lib.settings import Workspace
from pages.ui import frame, live_panel, map_view, parts, passage_view, ready_questions, services, state, why_not_view


def settings(workspace: Workspace) -> Workspace:
    """How to search, as controls; kept in the workspace, so Ask and Compare search the same way."""
    chosen = parts.retrieval_controls(workspace.retrieval, "retrieve")
    names = [entry.name for entry in services.documents(workspace.id)]
    state.seed("retrieve.documents", [name for name in workspace.retrieval.documents if name in names])
    only = st.multiselect(
        "Only in these documents", names, key="retrieve.documents", placeholder="All documents are searched"
    )
    changed = replace(workspace, retrieval=replace(chosen, documents=tuple(only)))
    state.keep(changed)
    return changed


frame.begin_page(
    "pages/retrieve.py",
    "Retrieve",
    "An answer can only be as good as the passages it stands on. Ask, and see what is found, why, and what is missed.",
)
workspace = state.workspace()
if not services.documents(workspace.id):
    parts.empty_state(
        "Nothing to search yet",
        "Bring documents, or load a sample corpus with one click; then ask a question here.",
        "pages/documents.py",
        "Go to Documents",
    )
    st.stop()
asked, ready = st.columns([1.5, 1], gap="medium", vertical_alignment="bottom")
with asked:
    question = parts.question_box("retrieve.question", button="Search")
with ready:
    ready_questions.offer("retrieve.question")
workspace = settings(state.workspace())
live = st.expander("Chunk size, live", icon=":material/content_cut:", on_change="rerun", key="retrieve.live")
if live.open:
    with live, frame.failures_shown():
        if question:
            live_panel.size_explorer(question, key="retrieve")
        else:
            st.caption("Ask a question first: then the passages follow the chunk size while you drag it.")
why_not_view.draw(workspace, question)

listed, mapped = st.tabs(["Passages", "Map of all chunks"], on_change="rerun", key="retrieve.view")
with frame.failures_shown():
    passages = services.passages(workspace, question) if question else ()
    if mapped.open:
        with mapped:
            map_view.draw(workspace, question, passages)
    elif not question:
        listed.info("No question yet. Type one above, or choose a ready one.", icon=":material/search:")
    elif not passages:
        listed.warning(
            "Nothing was found that scores enough. Lower the minimum score, search in all documents, or ask in the "
            "documents' own words.",
            icon=":material/search_off:",
        )
    else:
        with listed:
            with st.expander("What the numbers mean", icon=":material/straighten:"):
                st.markdown(passage_view.NUMBERS)
            passage_view.found(passages, question=question, retrieval=workspace.retrieval)
