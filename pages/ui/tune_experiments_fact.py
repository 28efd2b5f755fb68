"""Change a fact: edit a line of a document; RAG follows at once, the tuned model keeps what it was taught."""

from collections.abc import Sequence
from zlib import crc32

import streamlit as st

from lib.errors import LabError
from lib.evaluation.fact_change import SAMPLE_EDIT, FactEdit, KeptOriginal
from lib.evaluation.style_or_facts import Lesson
from lib.settings import Workspace
from pages.ui import (
    frame,
    markup,
    progress,
    services,
    state,
    tune_experiments_documents,
    tune_experiments_fact_meters,
    tune_experiments_job,
)
from pages.ui import tune_experiments_fact_work as work

_FAILURE = "tune.fact.failure"
_MARKS = 400
"""Characters of a line that can be chosen; a longer one is a paragraph, of which a part is edited."""


def draw(workspace: Workspace) -> None:
    """The edit, the two answers with their clocks and meters, and the way back."""
    st.markdown(
        "A price changes, a rule changes. **RAG** reads the document anew; a **fine-tuned** model has to be trained "
        "again. Change one line and watch both."
    )
    if failure := state.take(_FAILURE, None):
        frame.show_failure(failure)
    names = work.documents(workspace)
    if not names:
        tune_experiments_documents.offer(
            workspace,
            "There is no document yet whose text can be edited here (Markdown, text, CSV, HTML, JSON). The sample "
            "company has a fact ready.",
            key="tune.fact",
        )
        return
    adapter = _adapter(workspace)
    kept = work.originals().load(workspace.id)
    running = work.job(workspace.id)
    busy = running is not None and running.running
    if running is not None and not busy:
        if found := progress.failure_of(running):
            frame.show_failure(found)
        progress.raise_bug(running)
    if kept is None:
        _editor(workspace, names, adapter, busy=busy)
    else:
        _changed(workspace, kept, adapter, busy=busy)
    tune_experiments_fact_meters.draw(workspace, adapter, kept)


def _adapter(workspace: Workspace) -> str:
    """The adapter that answers beside RAG; "" where there is none."""
    offered = services.lab().tuning.adapters.names(workspace.id)
    if not offered:
        st.caption(
            "No adapter is trained here, so only RAG answers. Run **Style or facts** once: its facts lesson learns the "
            "fact below."
        )
        return ""
    first = tune_experiments_job.ADAPTERS[Lesson.FACTS]
    widget = "tune.fact.adapter"
    _offered(widget, offered, first)
    return st.selectbox("Tuned model beside RAG", offered, key=widget) or ""


def _editor(workspace: Workspace, names: tuple[str, ...], adapter: str, *, busy: bool) -> None:
    """Document, line, its new text and the question, with the button."""
    sample = SAMPLE_EDIT.document
    _offered("tune.fact.document", names, sample)
    left, right = st.columns([1, 2])
    document = left.selectbox("Document", names, key="tune.fact.document") or names[0]
    lines = _lines(workspace, document)
    ready = SAMPLE_EDIT.old if document == sample and SAMPLE_EDIT.old in lines else lines[0]
    line_key = f"tune.fact.line.{document}"
    _offered(line_key, lines, ready)
    line = right.selectbox("Line", lines, key=line_key) or ready
    is_sample = document == sample and line == SAMPLE_EDIT.old
    with st.form("tune.fact.form", border=True):
        new_key = f"tune.fact.new.{crc32(line.encode())}"
        state.seed(new_key, SAMPLE_EDIT.new if is_sample else line)
        new = st.text_area("New text of the line", key=new_key, height=80)
        question_key = f"tune.fact.question.{crc32(line.encode())}"
        state.seed(question_key, SAMPLE_EDIT.question if is_sample else "")
        question = st.text_input(
            "Question that it changes the answer to", key=question_key, placeholder="Ask what the line answers"
        )
        sent = st.form_submit_button("Save the change", type="primary", icon=":material/edit:", disabled=busy)
    if sent:
        _save(workspace, FactEdit(document, line, (new or "").strip(), (question or "").strip()), adapter)


def _save(workspace: Workspace, edit: FactEdit, adapter: str) -> None:
    if not edit.question:
        st.error("Write the question that the line answers: both are asked it.", icon=":material/error:")
        return
    try:
        work.save(workspace, edit, adapter)
    except LabError as error:
        state.remember(_FAILURE, error)
    st.rerun()


def _changed(workspace: Workspace, kept: KeptOriginal, adapter: str, *, busy: bool) -> None:
    """What was changed, and what can be done now."""
    with st.container(border=True, key="tune.fact.changed"):
        st.markdown(
            f"**{markup.plain(kept.edit.document)}** says now: {markup.plain(kept.edit.new)}  \n"
            f":gray[before: {markup.plain(kept.edit.old)}]"
        )
        with st.container(horizontal=True):
            if st.button("Ask both again", icon=":material/refresh:", key="tune.fact.ask", disabled=busy):
                work.ask_both(workspace, kept.edit.question, adapter)
                st.rerun()
            if st.button("Put the old text back", icon=":material/undo:", key="tune.fact.undo", disabled=busy):
                work.undo(workspace, kept, adapter)
                st.rerun()


def _offered(widget: str, options: Sequence[str], first: str) -> None:
    """Give a box a value that it offers: what was chosen before may be gone."""
    if state.typed(widget, "") not in options:
        state.put(widget, first if first in options else options[0])


def _lines(workspace: Workspace, document: str) -> list[str]:
    """The lines and, for the ready fact, its sentence; each that stands once in the file."""
    text = work.text_of(workspace, document)
    found = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in dict.fromkeys(found) if len(line) <= _MARKS and text.count(line) == 1]
    if document == SAMPLE_EDIT.document and text.count(SAMPLE_EDIT.old) == 1:
        lines = [SAMPLE_EDIT.old, *lines]
    return lines or [text.strip()[:_MARKS]]
