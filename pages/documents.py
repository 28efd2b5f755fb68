"""Documents: bring files, watch them being read, see what was read of each, take them away again."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from lib.corpus.outcomes import DocumentEntry, Upload
from lib.errors import LabError
from lib.settings import LIMITS, Workspace
from pages.ui import frame, markup, progress, reading, services, state

TYPES = ["pdf", "docx", "pptx", "xlsx", "csv", "html", "htm", "md", "markdown", "txt", "json"]
LEAD = "Bring the documents that answers should stand on, and see what was read of each."


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


def table(entries: tuple[DocumentEntry, ...]) -> tuple[str, ...]:
    """All documents; returns the names of the rows that are chosen."""
    rows = pd.DataFrame(
        {
            "Document": [entry.name for entry in entries],
            "Status": [entry.status for entry in entries],
            "Pages": ["" if entry.pages is None else str(entry.pages) for entry in entries],
            "Characters": [entry.characters for entry in entries],
            "Size (kB)": [entry.size / 1000 for entry in entries],
            "Remarks": [entry.reason for entry in entries],
        }
    )
    chosen = st.dataframe(
        rows,
        hide_index=True,
        key=f"documents.table.{state.recall('documents.round', 0)}",
        on_select="rerun",
        selection_mode="multi-row",
        column_config={"Size (kB)": st.column_config.NumberColumn(format="%.1f")},
    )
    return tuple(entries[row].name for row in chosen.selection.rows if row < len(entries))


def remove(workspace_id: str, names: tuple[str, ...]) -> None:
    """Remove these documents, or all if none is named; the table starts with nothing ticked."""
    try:
        services.remove(workspace_id, names) if names else services.remove_all(workspace_id)
    except LabError as failure:
        state.remember("documents.failure", failure)
    services.forget_ingest(workspace_id)
    state.remember("documents.round", state.recall("documents.round", 0) + 1)


@st.dialog("Remove documents?")
def confirm_removal(workspace: Workspace, names: tuple[str, ...]) -> None:
    """Say what goes, and remove it only on a second click."""
    everything = len(names) == len(services.documents(workspace.id))
    st.markdown(
        "All documents and their index." if everything else ", ".join(markup.plain(name) for name in names[:20])
    )
    st.caption("Your own files on disk are not touched; only what the lab keeps of them goes.")
    if st.button(
        f"Remove {len(names)}",
        type="primary",
        key="documents.remove.sure",
        icon=":material/delete:",
        on_click=remove,
        args=(workspace.id, () if everything else names),
    ):
        st.rerun()


def last_ingest(workspace: Workspace) -> None:
    """The running ingest, or how the last one ended."""
    job = services.ingest_job(workspace.id)
    if job is None:
        return
    with st.container(border=True, key="documents.ingest"):
        if job.running:
            progress.watch(job, key="documents")
            return
        if failure := progress.failure_of(job):
            frame.show_failure(failure)
        elif done := progress.ended(job):
            progress.report(done)
        st.button(
            "Put this away",
            type="tertiary",
            key="documents.away",
            on_click=services.forget_ingest,
            args=(workspace.id,),
        )


frame.begin_page("pages/documents.py", "Documents", LEAD)
workspace = state.workspace()
if failure := state.take("documents.failure", None):
    frame.show_failure(failure)
last_ingest(workspace)
entries = services.documents(workspace.id)
with st.expander("Add documents", expanded=not entries, icon=":material/add:"):
    for tab, draw in zip(
        st.tabs(["Upload files", "Paste text", "Sample corpora"]), (upload_tab, paste_tab, sample_tab), strict=True
    ):
        with tab:
            draw(workspace)
if not entries:
    st.info(
        "Nothing here yet. Upload files, paste a text, or load a sample corpus above.", icon=":material/folder_open:"
    )
    st.stop()

st.caption(f"{len(entries)} documents. Tick rows to read or remove them.")
chosen = table(entries)
with st.container(horizontal=True):
    if st.button("Remove the ticked", disabled=not chosen, key="documents.remove", icon=":material/delete:"):
        confirm_removal(workspace, chosen)
    if st.button("Remove all", key="documents.remove_all", type="tertiary"):
        confirm_removal(workspace, tuple(entry.name for entry in entries))
readable = [entry.name for entry in entries if entry.status != "rejected"]
if readable:
    st.header("Read", anchor=False)
    first = next((name for name in chosen if name in readable), readable[0])
    name = st.selectbox("Document", readable, index=readable.index(first), key=f"documents.read.{first}")
    with frame.failures_shown():
        reading.draw(services.document(workspace.id, name))
