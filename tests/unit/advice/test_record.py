"""The decision record: dated, with the recommendation, its reasons, what would flip it, approvals and all answers."""

from datetime import date

from lib.advice.questionnaire import QUESTIONS
from lib.advice.recommend import advise
from lib.advice.record import decision_record
from lib.advice.situation import Change, Dependence, Failure, Material, Risk, Situation

SUPPORT = Situation(
    failures=(Failure.FACTS_STALE,),
    dependence=Dependence.DOCUMENTS,
    material=Material.LARGER,
    change=Change.WEEKLY,
    risks=(Risk.CUSTOMERS,),
)


def test_the_record_holds_everything_that_the_page_said():
    advice = advise(SUPPORT)
    text = decision_record(advice, today=date(2026, 3, 5))
    assert "Date: 2026-03-05" in text
    assert "## Recommendation: RAG" in text
    assert f"### RAG: retrieve, then answer: {advice.first.score} points" in text
    assert all(reason.text in text for each in advice.ranked for reason in (*each.reasons_for, *each.reasons_against))
    assert all(f"{flip.question} {flip.answer}" in text for flip in advice.flips)
    assert "reaches a customer" in text
    assert all(f"| {asked.text} |" in text for asked in QUESTIONS)
    assert "| weekly or faster |" in text


def test_an_empty_section_says_so():
    text = decision_record(advise(Situation()), today=date(2026, 3, 5))
    assert "No risk was named." in text
    assert "| nothing measured yet |" in text
