"""Why not this passage? The words that should have come, what kept them out, and changes that lift them in."""

from dataclasses import replace

import streamlit as st

from lib.domain import Progress
from lib.evaluation.why_not import Inquiry, Trying, WhyNot
from lib.settings import RetrievalSettings, Workspace
from pages.ui import apply_view, autopsy_view, frame, markup, parts, progress, state, why_not_changes, why_not_job
from pages.ui import why_not_result as drawn
from pages.ui import why_not_target as target
from pages.ui.jobs import Job

POLL_S = 0.4
OPEN = "retrieve.why_not"
_PENDING = "why_not.pending"


def ask_from_elsewhere(inquiry: Inquiry) -> None:
    """Go to Retrieve with the question and the passage filled in, and find out at once."""
    workspace = state.workspace()
    state.keep(replace(workspace, question=inquiry.question))
    state.remember(_PENDING, inquiry)
    st.switch_page("pages/retrieve.py")


def draw(workspace: Workspace, question: str) -> None:
    """The folded part under the passages; it opens by itself for a passage that another screen asks about."""
    pending: Inquiry | None = state.take(_PENDING, None)
    if pending is not None:
        state.put(OPEN, True)
        why_not_job.start(workspace.id, pending)
    folded = st.expander("Why not this passage?", icon=":material/troubleshoot:", on_change="rerun", key=OPEN)
    if folded.open:
        with folded, frame.failures_shown():
            _opened(workspace, question)


def _opened(workspace: Workspace, question: str) -> None:
    st.caption(
        "Point at words that should have come: their rank in each leg, which words count, what came before them, and "
        "which change of a setting would lift them in. Each change is really searched with."
    )
    if not question:
        st.info("Ask a question first.", icon=":material/search:")
        return
    span = target.chosen(workspace, question)
    if span is not None and st.button("Find out", type="primary", icon=":material/troubleshoot:", key="why_not.start"):
        why_not_changes.put_away()
        inquiry = Inquiry(question, span, workspace.chunking, workspace.retrieval)
        why_not_job.start(workspace.id, inquiry).wait(apply_view.INSTANT_S)
    job = why_not_job.job(workspace.id)
    if job is not None:
        _told(workspace, job, question)


def _told(workspace: Workspace, job: Job[object], question: str) -> None:
    found = why_not_job.last_found(job)
    if found is not None and found.inquiry.question != question:
        return
    if found is not None:
        _reasons(workspace, found)
    if job.running:
        st.fragment(_watched, run_every=POLL_S)(job, found)
    elif failure := progress.failure_of(job):
        frame.show_failure(failure)
    progress.raise_bug(job)
    if found is not None:
        why_not_changes.draw(workspace, found, running=job.running)


def _reasons(workspace: Workspace, found: WhyNot) -> None:
    st.html(drawn.STYLE)
    st.markdown(drawn.heading(found))
    inquiry = found.inquiry
    if (inquiry.chunking, inquiry.retrieval) != (workspace.chunking, workspace.retrieval):
        st.caption(
            f"Found with {parts.cut_words(inquiry.chunking)}; {search_words(inquiry.retrieval)}. "
            "The settings in use now are others."
        )
    if not found.whole:
        autopsy_view.draw(workspace.id, inquiry.span, inquiry.chunking)
    st.html(drawn.standings(found))
    st.markdown("**The question's words in it**, with what each adds to its BM25 score")
    st.html(drawn.words(found.words))
    if found.competitors:
        st.markdown("**What came before it**")
        st.html("".join(drawn.rival(one, found, inquiry.question) for one in found.competitors))


def _watched(job: Job[object], drawn_already: WhyNot | None) -> None:
    if not job.running or why_not_job.last_found(job) is not drawn_already:
        st.rerun()
    last = job.events[-1] if job.events else None
    if isinstance(last, Trying):
        share, text = last.done / last.total, f"Trying {last.trial.kind.value}: {last.trial.words}"
    elif isinstance(last, Progress):
        share = last.done / last.total if last.total else 0.0
        text = f"Preparing other cuts: reading every document once. {progress.line(last)}"
    else:
        share, text = 0.0, "Preparing other cuts" if last else "Looking up the passage in each leg"
    st.progress(share, text=markup.plain(text))
    st.button("Stop", icon=":material/stop_circle:", key="why_not.stop", on_click=job.stop)


def search_words(retrieval: RetrievalSettings) -> str:
    """Search settings in a few words."""
    said = {"hybrid": "hybrid search", "dense": "search by meaning", "lexical": "search by words"}[retrieval.retriever]
    if retrieval.retriever == "hybrid":
        said += (
            " by reciprocal ranks" if retrieval.fusion == "rrf" else f", weight of meaning {retrieval.dense_weight:g}"
        )
    return f"{said}, top-k {retrieval.top_k}"
