"""Why an answer is wrong, with what shows it, the way to its cause, and a person's word against the rule's."""

from functools import partial

import streamlit as st

from lib.errors import LabError
from lib.evaluation.chunk_spans import held_together, pieces, whole_in
from lib.evaluation.spans import Span
from lib.evaluation.why_not import Inquiry
from lib.records import EvalCase, EvalSet, Failure, FailureLabel, RunRecord
from pages.ui import autopsy_view, frame, markup, run_acting, run_log, services, source, state, why_not_view

MEANINGS = {
    FailureLabel.MODEL_FAILED: "The model gave no answer. Look at its connection under Models.",
    FailureLabel.SHOULD_HAVE_ABSTAINED: "The documents do not hold the answer, and the model gave one all the same.",
    FailureLabel.WRONG_FORMAT: "The model knew it. Say in the instruction which form the answer must have.",
    FailureLabel.FORM_MISSED: "Behaviour, not knowledge: an example in the prompt, a schema, then fine-tuning.",
    FailureLabel.NO_KNOWLEDGE: "Nothing was looked up, so the model could only remember or guess. RAG may mend it.",
    FailureLabel.NOT_IN_CORPUS: "The evidence is not there: bring the document, or mend the case.",
    FailureLabel.STALE: "The wrong one of two versions won. Remove the old one, or filter by document.",
    FailureLabel.SPLIT: "No chunk holds the evidence whole. Another size, an overlap or another cut may keep it.",
    FailureLabel.NOT_RETRIEVED: "The chunk is in the index and was not handed on. Look what kept it out.",
    FailureLabel.ABSTAINED_WRONGLY: "The model had the passage and gave up: a matter of the model or its instruction.",
    FailureLabel.UNSUPPORTED_CLAIM: "The model had the passage and said what no passage says.",
    FailureLabel.IGNORED: "The model had the passage and used something else: try fewer passages or a larger model.",
}
"""What each label means for what to do next."""

RULES_WORD = "As the rule says"


def draw_failure(failure: Failure, record: RunRecord, case: EvalCase | None) -> None:
    """The label, its evidence, the way to the cause, and the select box to overrule it.

    Without the case (it was changed or removed) there is no way to the passages that should have come.
    """
    key = f"failure.{record.id}"
    overruled = _overruled(record)
    with st.container(border=True, key=key):
        label = overruled or failure.label
        said = f" :small[overruled; the rule said *{failure.label.value}*]" if overruled else ""
        st.markdown(f":material/troubleshoot: **{label.value.capitalize()}**{said}")
        st.markdown(markup.plain(failure.evidence))
        st.caption(MEANINGS[label])
        with frame.failures_shown():
            _to_the_cause(failure, record, case, key=key)
        _overrule(record, failure, overruled, key=key)


def _to_the_cause(failure: Failure, record: RunRecord, case: EvalCase | None, *, key: str) -> None:
    if failure.label is FailureLabel.SPLIT:
        span = _first_split(record, case)
        if span is not None:
            autopsy_view.draw(record.workspace.id, span, record.workspace.chunking)
    elif failure.label is FailureLabel.NOT_RETRIEVED:
        span = _first_missing(record, case)
        if span is not None and st.button("Why did it not come?", icon=":material/troubleshoot:", key=f"{key}.why"):
            settings = record.workspace
            inquiry = Inquiry(record.answer.question, span, settings.chunking, settings.retrieval)
            why_not_view.ask_from_elsewhere(inquiry)
    elif failure.label is FailureLabel.NOT_IN_CORPUS:
        _page("Go to Documents", "pages/documents.py", ":material/folder_open:", key=f"{key}.documents")
    elif failure.label is FailureLabel.MODEL_FAILED:
        _page("Go to Models", "pages/models.py", ":material/memory:", key=f"{key}.models")
    elif failure.passage is not None:
        chunk = failure.passage.chunk
        if st.button("Open the passage in its source", icon=":material/menu_book:", key=f"{key}.source"):
            source.show_span(chunk.document, chunk.start, chunk.end, record.answer.question)


def _page(label: str, page: str, icon: str, *, key: str) -> None:
    if st.button(label, icon=icon, key=key):
        st.switch_page(page)


def _first_missing(record: RunRecord, case: EvalCase | None) -> Span | None:
    """The first piece of evidence, where it stands today, that is not in the passages."""
    given = record.answer.passages
    places = pieces(_evidence(record, case))
    return next((one[0] for one in places if not any(held_together(span, given) for span in one)), None)


def _first_split(record: RunRecord, case: EvalCase | None) -> Span | None:
    """The first piece of evidence that no chunk of today's documents holds whole."""
    chunks = services.chunks(record.workspace.id, record.workspace.chunking)
    places = pieces(_evidence(record, case))
    return next((one[0] for one in places if not any(whole_in(chunks, span) for span in one)), None)


def _evidence(record: RunRecord, case: EvalCase | None) -> tuple[Span, ...]:
    if case is None:
        return ()
    located = services.lab().measuring.located(record.workspace.id, EvalSet("one case", (case,)))
    return located[case.id].spans


def _overruled(record: RunRecord) -> FailureLabel | None:
    try:
        return services.lab().measuring.runs.remarks(record.workspace.id, record.id).label
    except LabError:
        return None


def _overrule(record: RunRecord, failure: Failure, now: FailureLabel | None, *, key: str) -> None:
    """A select box whose choice is kept with the run at once."""
    state.seed(f"{key}.label", now.value if now else RULES_WORD)
    st.selectbox(
        "Is the reason another one?",
        [RULES_WORD, *(label.value for label in FailureLabel if label is not failure.label)],
        key=f"{key}.label",
        help="Your word counts instead of the rule's and is kept with the run.",
        on_change=_keep,
        args=(record, f"{key}.label"),
    )
    run_acting.outcome(key, "Kept.")


def _keep(record: RunRecord, widget: str) -> None:
    said = state.typed(widget, RULES_WORD)
    label = None if said == RULES_WORD else FailureLabel(said)
    run_acting.attempt(partial(run_log.relabel, record, label), widget.removesuffix(".label"))
