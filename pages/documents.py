"""Documents: bring files, watch them being read, see what was read of each, take them away again."""

import pandas as pd
import streamlit as st

from lib.corpus.outcomes import DocumentEntry
from lib.errors import LabError
from lib.settings import Workspace
from pages.ui import adding, frame, markup, progress, reading, services, state

LEAD = "Bring the documents that answers should stand on, and see what was read of each."


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


def interrupted(workspace: Workspace) -> None:
    """Offer to go on with an ingest that a crash or a shutdown cut off."""
    names = services.pending(workspace.id)
    job = services.ingest_job(workspace.id)
    if not names or (job is not None and job.running):
        return
    what = "1 file came and was" if len(names) == 1 else f"{len(names)} files came and were"
    st.warning(
        f"An earlier reading was cut off: {what} not indexed. What was there is untouched.",
        icon=":material/history:",
    )
    if st.button("Go on with them", type="primary", key="documents.resume"):
        services.start_ingest(workspace, ())
        st.rerun()


frame.begin_page("pages/documents.py", "Documents", LEAD)
workspace = state.workspace()
if failure := state.take("documents.failure", None):
    frame.show_failure(failure)
last_ingest(workspace)
interrupted(workspace)
entries = services.documents(workspace.id)
with st.expander("Add documents", expanded=not entries, icon=":material/add:"):
    for tab, draw in zip(
        st.tabs(["Upload files", "Paste text", "Sample corpora"]),
        (adding.upload_tab, adding.paste_tab, adding.sample_tab),
        strict=True,
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
    st.button(
        "Rebuild the index",
        type="tertiary",
        key="documents.rebuild",
        help="Reads every file again and makes the index anew: for when a search says that it is damaged.",
        on_click=services.start_rebuild,
        args=(workspace.id,),
    )
readable = [entry.name for entry in entries if entry.status != "rejected"]
if readable:
    st.header("Read", anchor=False)
    first = next((name for name in chosen if name in readable), readable[0])
    name = st.selectbox("Document", readable, index=readable.index(first), key=f"documents.read.{first}")
    with frame.failures_shown():
        reading.draw(services.document(workspace.id, name))
