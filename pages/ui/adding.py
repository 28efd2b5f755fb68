"""The ways for documents to come in: files, pasted text, sample corpora."""

from dataclasses import replace

import streamlit as st

from lib.corpus.outcomes import Upload
from lib.settings import LIMITS, Workspace
from pages.ui import markup, services, state

TYPES = ["pdf", "docx", "pptx", "xlsx", "csv", "html", "htm", "md", "markdown", "txt", "json"]


def ingest(workspace: Workspace, uploads: list[Upload]) -> None:
    """Start reading these files; the uploader is emptied, because the job has them now."""
    services.forget_ingest(workspace.id)
    services.start_ingest(workspace, uploads)
    state.remember("documents.round", state.recall("documents.round", 0) + 1)


def upload_tab(workspace: Workspace) -> None:
    """Files of every kind, many at once."""
    files = st.file_uploader(
        f"Files to read, up to {LIMITS.files_per_upload} at once",
        type=TYPES,
        accept_multiple_files=True,
        key=f"documents.upload.{state.recall('documents.round', 0)}",
    )
    if files and st.button(
        f"Read {len(files)} file{'' if len(files) == 1 else 's'}",
        type="primary",
        icon=":material/play_arrow:",
        key="documents.read",
    ):
        ingest(workspace, [Upload(file.name, file.getvalue()) for file in files])
        st.rerun()


def paste_tab(workspace: Workspace) -> None:
    """A text under a name of its own."""
    with st.form("documents.paste", border=False):
        name = st.text_input("Name", key="documents.paste.name", placeholder="meeting-notes")
        text = st.text_area("Text", key="documents.paste.text", height=180)
        sent = st.form_submit_button("Read this text", type="primary", icon=":material/play_arrow:")
    if sent and not (text or "").strip():
        st.warning("There is no text to read yet: paste some, then press the button again.")
    elif sent:
        title = (name or "").strip() or "pasted-text"
        file = title if title.endswith((".md", ".txt")) else f"{title}.md"
        ingest(workspace, [Upload(file, (text or "").encode())])
        st.rerun()


def sample_tab(workspace: Workspace) -> None:
    """The corpora that come with the lab."""
    for corpus in services.corpora():
        st.markdown(f"**{markup.plain(corpus.title)}**: {markup.plain(corpus.summary)}")
        if st.button("Load the sample corpus", key=f"documents.load.{corpus.id}", icon=":material/play_arrow:"):
            state.keep(replace(workspace, corpus=corpus.id, question=corpus.first_question))
            ingest(workspace, list(services.uploads_of(corpus.id)))
            st.rerun()
