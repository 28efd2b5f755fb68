"""Pointing at a passage that did not come, on Retrieve, up to a change that lifts it in."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.corpus.quotes import find_quote
from lib.domain import Answer, ApproachName
from lib.evaluation.spans import Span
from lib.evaluation.why_not import Inquiry
from lib.records import EvalCase, EvalSet, Failure, FailureLabel, GoldEvidence, Origin, RunRecord
from lib.settings import RetrievalSettings
from pages.ui import services, why_not_job, why_not_result

WANTED = "A doctor's note is due from the eleventh day of absence."
QUESTION = "From which day on is the note of a visitor, or of a doctor, asked for?"
TEXTS = {
    "leave": f"Leave is agreed with the team. {WANTED} Full pay goes on for 13 weeks.",
    **{
        f"visitors{number}": f"When a visitor asks for a note, the note of day {number} is in the folder of the office."
        for number in range(9)
    },
}

Open = Callable[[str], AppTest]
Index = Callable[..., None]
Wait = Callable[..., AppTest]


@pytest.fixture
def asked(open_page: Open, indexed: Index) -> AppTest:
    """Retrieve with a question whose passage is not among the first one, and the part opened."""
    indexed(**TEXTS)
    house = services.lab()
    retrieval = RetrievalSettings(top_k=1, dense_weight=1.0)
    house.keep(replace(house.workspace("default"), question=QUESTION, retrieval=retrieval))
    app = open_page("retrieve")
    app.session_state["retrieve.why_not"] = True
    return app.run()


@pytest.fixture
def found(asked: AppTest, until_over: Wait) -> AppTest:
    """The same with the passage pointed at and looked into."""
    asked.text_input(key="why_not.words").set_value("doctor's note is due").run()
    asked.button(key="why_not.start").click().run()
    return until_over(asked, "why-not:default")


def html(app: AppTest) -> str:
    return "".join(block.proto.body for block in app.get("html"))


def said(app: AppTest) -> str:
    return "\n".join(block.value for block in app.markdown)


def span_of(words: str, document: str = "leave.md") -> Span:
    start, end = find_quote(services.lab().document("default", document).text, words) or (0, 0)
    return Span(document, start, end)


def test_words_of_the_documents_find_their_sentence(asked: AppTest) -> None:
    asked.text_input(key="why_not.words").set_value("note doctors absence").run()
    offered = asked.radio(key="why_not.choice")
    assert "eleventh day of absence" in offered.options[0]
    assert offered.value == span_of(WANTED)


def test_words_that_stand_nowhere_are_said_to(asked: AppTest) -> None:
    asked.text_input(key="why_not.words").set_value("sabbatical regulations").run()
    assert any("No document holds" in caption.value for caption in asked.caption)
    assert not [button for button in asked.button if button.key == "why_not.start"]


def test_the_evidence_of_the_questions_own_case_is_offered(asked: AppTest) -> None:
    case = EvalCase("c1", QUESTION, "the eleventh day", (GoldEvidence("leave.md", WANTED),))
    services.lab().measuring.eval_sets.keep("default", EvalSet("mine", (case,)))
    asked.run()
    assert asked.radio(key="why_not.choice").value == span_of(WANTED)


def test_rank_legs_words_and_rivals_are_shown(found: AppTest) -> None:
    job = why_not_job.job("default")
    assert job is not None
    result = why_not_job.last_found(job)
    assert result is not None
    assert result.rank is not None
    assert result.rank > 1
    assert "only the first 1 are handed on" in said(found).replace("\\", "")
    drawn = html(found)
    for standing in result.standings:
        assert f"{standing.score:.3f}" in drawn
    doctor = next(word for word in result.words if word.word == "doctor")
    assert f"doctor {doctor.weight:.2f}" in drawn
    assert "visitor: not in it" in drawn
    assert re.search(r"1st · visitors\d", drawn)


def test_a_change_that_is_taken_over_lifts_the_passage_in(found: AppTest) -> None:
    take = next(b for b in found.button if b.key and b.key.startswith("why_not.take.top-k"))
    take.click().run()
    assert not found.exception
    workspace = services.lab().workspace("default")
    assert workspace.retrieval.top_k > 1
    assert found.slider(key="retrieve.top_k").value == workspace.retrieval.top_k
    passages = services.passages(workspace, QUESTION)
    assert "leave.md" in {passage.chunk.document for passage in passages}
    assert any("The settings in use now are others" in caption.value for caption in found.caption)


def test_a_passage_that_came_is_said_to_have_come(asked: AppTest, until_over: Wait) -> None:
    asked.slider(key="retrieve.top_k").set_value(20).run()
    asked.text_input(key="why_not.words").set_value(WANTED).run()
    asked.button(key="why_not.start").click().run()
    app = until_over(asked, "why-not:default")
    assert "among the 20 that are handed on" in said(app)
    assert not [button for button in app.button if button.key and button.key.startswith("why_not.take")]


def test_another_question_puts_the_old_finding_away(found: AppTest) -> None:
    found.text_input(key="retrieve.question").set_value("Where is the folder?")
    next(button for button in found.button if button.label == "Search").click().run()
    assert "ob-why" not in html(found)


def test_hostile_words_of_a_document_stay_words(found: AppTest) -> None:
    job = why_not_job.job("default")
    assert job is not None
    result = why_not_job.last_found(job)
    assert result is not None
    rival = result.competitors[0]
    chunk = replace(rival.passage.chunk, text="<img src=x onerror=alert(1)>", document="<b>x</b>.md")
    hostile = replace(rival, passage=replace(rival.passage, chunk=chunk))
    drawn = why_not_result.rival(hostile, result, "<i>q</i>")
    assert "<img" not in drawn
    assert "<b>x" not in drawn


# From a failure to its cause


def failed(label: FailureLabel, **more: object) -> tuple[RunRecord, EvalCase]:
    """A wrong answer in the run log, with its case."""
    house = services.lab()
    workspace = house.workspace("default")
    passages = services.passages(replace(workspace, retrieval=RetrievalSettings(top_k=1, dense_weight=1.0)), QUESTION)
    answer = Answer(QUESTION, ApproachName.RAG, "echo", "Day 3.", abstained=False, passages=passages)
    failure = Failure(label, "It came 10th of 10; top-k is 1.", passage=more.get("passage"))  # type: ignore[arg-type]
    now = datetime(2026, 11, 21, tzinfo=UTC)
    record = RunRecord("run-1", now, Origin.EVALUATE, workspace, answer, failure=failure, correct=False)
    house.measuring.runs.add(record)
    return record, EvalCase("c1", QUESTION, "the eleventh day", (GoldEvidence("leave.md", WANTED),))


SCRIPT = """
import streamlit as st
from pages.ui import failure_view, state
state.mark_entered()
record, case = st.session_state["shown"]
failure_view.draw_failure(record.failure, record, case)
"""


def shown(record: RunRecord, case: EvalCase | None) -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=30)
    app.session_state["shown"] = (record, case)
    app.run()
    assert not app.exception, app.exception
    return app


def test_a_failure_shows_its_label_its_evidence_and_what_to_do(indexed: Index) -> None:
    indexed(**TEXTS)
    app = shown(*failed(FailureLabel.NOT_RETRIEVED))
    assert "**Not retrieved**" in said(app)
    assert "came 10th of 10" in said(app).replace("\\", "")
    assert any("Look what kept it out" in caption.value for caption in app.caption)
    assert app.button(key="failure.run-1.why").label == "Why did it not come?"


def test_without_the_case_there_is_no_way_to_the_passage(indexed: Index) -> None:
    indexed(**TEXTS)
    record, _ = failed(FailureLabel.NOT_RETRIEVED)
    assert not [button for button in shown(record, None).button if button.key == "failure.run-1.why"]


def test_a_persons_label_is_kept_with_the_run_and_can_be_taken_back(indexed: Index) -> None:
    indexed(**TEXTS)
    record, case = failed(FailureLabel.NOT_RETRIEVED)
    app = shown(record, case)
    app.selectbox(key="failure.run-1.label").set_value(FailureLabel.STALE.value).run()
    runs = services.lab().measuring.runs
    assert runs.remarks("default", "run-1").label is FailureLabel.STALE
    assert "**Stale version**" in said(app)
    assert "the rule said *not retrieved*" in said(app)
    app.selectbox(key="failure.run-1.label").set_value("As the rule says").run()
    assert runs.remarks("default", "run-1").label is None


def test_split_evidence_is_drawn_with_its_cut(indexed: Index) -> None:
    long = " ".join(f"Paragraph {number} says that room {number} is cold." for number in range(60))
    indexed(rooms=long)
    border = services.lab().chunks("default", services.lab().workspace("default").chunking)[0].end
    quote = " ".join(long[border - 60 : border + 60].split()[1:-1])
    record, case = failed(FailureLabel.SPLIT)
    case = replace(case, evidence=(GoldEvidence("rooms.md", quote),))
    app = shown(record, case)
    assert "is split over 2 chunks" in said(app)
    assert "would have kept it together" in said(app)
    assert re.search(r'class="[ab] e"', html(app))


def test_a_failure_elsewhere_opens_the_passage_on_retrieve_and_finds_out(
    open_page: Open, indexed: Index, until_over: Wait
) -> None:
    indexed(**TEXTS)
    app = open_page("retrieve")
    retrieval = RetrievalSettings(top_k=1, dense_weight=1.0)
    inquiry = Inquiry(QUESTION, span_of(WANTED), services.lab().workspace("default").chunking, retrieval)
    app.session_state["held.why_not.pending"] = inquiry
    app.text_input(key="retrieve.question").set_value(QUESTION)
    next(button for button in app.button if button.label == "Search").click().run()
    app = until_over(app, "why-not:default")
    assert "only the first 1 are handed on" in said(app)
    assert "ob-why" in html(app)
