"""Pointing at the words that should have come: the evidence of the question's own eval case, or words looked up."""

import textwrap
from collections.abc import Sequence

import streamlit as st

from lib.errors import LabError
from lib.evaluation.sentence_search import FoundSentence, find_sentences
from lib.evaluation.spans import Span
from lib.records import EvalSet
from lib.settings import Workspace
from pages.ui import markup, services, state

OFFERED = 8
_SHOWN = 160


def chosen(workspace: Workspace, question: str) -> Span | None:
    """The words chosen, or None as long as there are none to choose from."""
    words = st.text_input(
        "Words of the passage that should have come",
        key="why_not.words",
        placeholder="Type or paste some words of it: every document is looked through",
    )
    found = _by_words(workspace, words) if words.strip() else _by_case(workspace, question)
    if not found:
        _nothing(bool(words.strip()))
        return None
    spans = [one.span for one in found]
    texts = {one.span: one.text for one in found}
    state.seed("why_not.choice", spans[0])
    if state.typed("why_not.choice", None) not in spans:
        state.put("why_not.choice", spans[0])
    label = "Which of these?" if words.strip() else "This question is in an eval set. Its evidence:"
    return st.radio(label, spans, key="why_not.choice", format_func=lambda span: _label(span, texts[span]))


def evidence_of(workspace: Workspace, question: str) -> tuple[Span, ...]:
    """The evidence of the cases that ask this question, in any eval set; the same span once."""
    measuring = services.lab().measuring
    sets = measuring.eval_sets
    spans: dict[Span, None] = {}
    for name in dict.fromkeys((*sets.names(workspace.id), *sets.sample_names())):
        try:
            cases = sets.load(workspace.id, name).cases
        except LabError:
            continue
        asked = tuple(case for case in cases if case.question.strip() == question.strip())
        for located in measuring.located(workspace.id, EvalSet(name, asked)).values() if asked else ():
            spans |= dict.fromkeys(located.spans)
    return tuple(spans)


def _by_words(workspace: Workspace, words: str) -> Sequence[FoundSentence]:
    names = [entry.name for entry in services.documents(workspace.id) if entry.status != "rejected"]
    return find_sentences([services.document(workspace.id, name) for name in names], words, most=OFFERED)


def _by_case(workspace: Workspace, question: str) -> Sequence[FoundSentence]:
    found = []
    for span in evidence_of(workspace, question)[:OFFERED]:
        text = services.document(workspace.id, span.document).text
        found.append(FoundSentence(span, text[span.start : span.end]))
    return found


def _nothing(looked: bool) -> None:
    if looked:
        st.caption("No document holds at least half of these words. Paste some as they stand there.")
    else:
        st.caption("This question is in no eval set, so say above which words should have come.")


def _label(span: Span, text: str) -> str:
    return f"**{markup.plain(span.document)}** · {markup.plain(textwrap.shorten(text, _SHOWN, placeholder=' …'))}"
