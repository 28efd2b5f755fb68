"""Chunks: how the documents are cut, drawn on the text, and what another cut would find."""

import streamlit as st

from pages.ui import chunk_lab, frame, parts, ready_questions, services, state

frame.begin_page(
    "pages/chunks.py",
    "Chunks",
    "Search finds chunks, not documents. Drag the size: cuts and finds follow at once. Other screens change on Apply.",
)
workspace = state.workspace()
if not services.documents(workspace.id):
    parts.empty_state(
        "Nothing to cut yet",
        "Bring documents, or load a sample corpus with one click; then the cuts are drawn here on their text.",
        "pages/documents.py",
        "Go to Documents",
    )
    st.stop()
asked, ready = st.columns([1.5, 1], gap="medium", vertical_alignment="bottom")
with asked:
    question = parts.question_box("chunks.question", label="A question to watch", button="Watch")
with ready:
    ready_questions.offer("chunks.question")
chunk_lab.draw(question)
