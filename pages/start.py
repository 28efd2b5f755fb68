"""Start: what Openbook is for, and one click to the first cited answer."""

from dataclasses import replace

import streamlit as st

from lib.corpus.samples import SampleCorpus
from lib.settings import Workspace
from pages.ui import flow, frame, markup, progress, services, state

LEAD = (
    "**RAG is an open-book exam; fine-tuning is studying before it.** Bring documents and see, side by side and with "
    "figures, what a better prompt, retrieval or training would do for them. The one question: "
    "*which failure are we fixing?*"
)


def load(workspace: Workspace, corpus: SampleCorpus) -> None:
    """Start to ingest a sample corpus, with its first question set."""
    services.forget_ingest(workspace.id)
    services.start_ingest(workspace, services.uploads_of(corpus.id))
    state.keep(replace(workspace, corpus=corpus.id, question=corpus.first_question))
    state.remember("start.loading", True)


def to_first_answer() -> None:
    """Ask the question that is set, on the Ask screen."""
    state.remember("ask.go", True)
    st.switch_page("pages/ask.py")


def corpus_cards(workspace: Workspace, *, primary: bool) -> None:
    """One card for each sample corpus, with the button that loads it."""
    corpora = services.corpora()
    for column, corpus in zip(st.columns(max(1, len(corpora))), corpora, strict=False):
        with column, st.container(border=True, height="stretch"):
            st.subheader(markup.plain(corpus.title), anchor=False)
            st.markdown(markup.plain(corpus.summary))
            st.button(
                "Load the sample corpus",
                key=f"start.load.{corpus.id}",
                type="primary" if primary and corpus == corpora[0] else "secondary",
                icon=":material/play_arrow:",
                on_click=load,
                args=(workspace, corpus),
            )
            st.caption(f"Asks: “{markup.plain(corpus.first_question)}” · Licence: {markup.plain(corpus.licence)}")


def left_off(workspace: Workspace) -> None:
    """What is here from before, and the way on."""
    entries = services.documents(workspace.id)
    with st.container(border=True, key="start.left_off"):
        st.subheader("Where you left off", anchor=False)
        pages = sum(entry.pages or 0 for entry in entries)
        st.markdown(
            f"**{len(entries)}** documents, {pages:,} pages or slides" if pages else f"**{len(entries)}** documents"
        )
        if workspace.question:
            st.markdown(f"Last question: “{markup.plain(workspace.question)}”")
        with st.container(horizontal=True):
            if workspace.question and st.button(
                "Ask it again", type="primary", icon=":material/chat:", key="start.again"
            ):
                to_first_answer()
            if st.button("Go to Ask", icon=":material/arrow_forward:", key="start.ask"):
                st.switch_page("pages/ask.py")


frame.begin_page("pages/start.py", "Openbook", LEAD)
workspace = state.workspace()
job = services.ingest_job(workspace.id)
if job is not None and job.running:
    with st.container(border=True):
        st.subheader("Reading the documents", anchor=False)
        st.caption("You may look at other screens meanwhile: nothing is lost. Then the first question is answered.")
        progress.watch(job, key="start")
    st.stop()
if job is not None and state.take("start.loading", False):
    done = progress.ended(job)
    if done is not None and not done.stopped:
        to_first_answer()
    if failure := progress.failure_of(job):
        frame.show_failure(failure)

entries = services.documents(workspace.id)
if entries:
    left_off(workspace)
    st.header("Load a sample corpus", anchor=False)
else:
    st.header("Start here: one click to a first answer with its source", anchor=False)
corpus_cards(workspace, primary=not entries)
st.page_link("pages/documents.py", label="Or bring your own documents", icon=":material/upload_file:")
flow.strip(flow.steps_done(entries, asked=bool(workspace.question), answered=state.recall("ask.answered", False)))
