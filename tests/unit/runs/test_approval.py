"""Which answers wait for a person: by tag first, else by coarse words; the areas are the framework's."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from lib.records import RunRecord
from lib.runs.approval import AREAS, VALIDATION, approval_area, area_of_words

Made = Callable[..., RunRecord]


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("How much is the refund?", "money"),
        ("It costs $40.", "money"),
        ("Can we terminate the contract?", "legal"),
        ("What dose may the patient take?", "medical"),
        ("Who resets my PASSWORD?", "security"),
        ("What are the access rights of a guest?", "security"),
        ("Tell the customer that we are sorry.", "customers"),
        ("May I merge this pull-request?", "code"),
        ("Where is the source code?", "code"),
        ("Draft a press release.", "brand"),
        ("When does the canteen open?", ""),
        ("A payload, a lawn and a codex.", ""),
        ("", ""),
    ],
)
def test_words_name_the_area(text: str, area: str) -> None:
    assert area_of_words(text) == area


def test_an_answer_in_several_areas_waits_under_the_gravest() -> None:
    assert area_of_words("The customer asks for the price of the medicine.") == "medical"


def test_question_and_answer_both_count(made: Made) -> None:
    assert approval_area(made("a", question="What is due?", text="A refund.")) == "money"
    assert approval_area(made("a", question="Is there a refund?", text="Yes.")) == "money"


def test_a_tag_decides_before_any_word_and_also_in_an_evaluation(made: Made) -> None:
    about_pay = made("a", text="The pay is good.", tags=("Legal", "easy"))
    assert approval_area(about_pay) == "legal"
    assert approval_area(replace(about_pay, evaluation="e1")) == "legal"


def test_an_answer_that_is_held_waits_whatever_it_is_about_but_not_in_an_evaluation(made: Made) -> None:
    record = made("a", question="What is the pay?", text="Noon.")
    held = replace(record, answer=replace(record.answer, held=True))
    assert approval_area(held) == VALIDATION
    assert approval_area(replace(held, evaluation="e1")) == ""
    assert approval_area(replace(held, tags=("legal",))) == VALIDATION


def test_words_ask_for_nothing_in_an_evaluation(made: Made) -> None:
    assert approval_area(made("a", text="The pay is good.", evaluation="e1")) == ""


def test_where_there_is_no_answer_there_is_nothing_to_approve(made: Made) -> None:
    asked = made("a", question="What is the pay?", text="I do not know the pay.")
    assert approval_area(replace(asked, answer=replace(asked.answer, abstained=True))) == ""
    assert approval_area(replace(asked, error="the model broke off")) == ""
    assert approval_area(made("a", question="What is the pay?", text=" ")) == ""


def test_the_areas_are_those_of_the_framework() -> None:
    assert {area for area, _ in AREAS} == {"money", "legal", "medical", "security", "customers", "code", "brand"}
