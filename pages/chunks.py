"""Chunks: how the documents are cut, drawn on the text, and what another cut would find."""

import streamlit as st

from pages.ui import chunk_lab, frame, parts, ready_questions, services, state

frame.begin_page(
    "pages/chunks.py",
    "Chunks",
    "Search does not find documents, it finds chunks of them. Drag the size and watch where the cuts fall, and what a "
    "question finds then. Nothing changes for the other screens until you apply it.",
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
question = parts.question_box("chunks.question", label="A question to watch", button="Watch")
ready_questions.offer("chunks.question")
chunk_lab.draw(question)
