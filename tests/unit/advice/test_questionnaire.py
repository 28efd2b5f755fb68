"""The questionnaire: every field asked once, defaults offered, wrong answers refused with the options named."""

from dataclasses import fields

import pytest

from lib.advice.questionnaire import QUESTIONS, answered, answers, from_kept, kept_form, question, single_changes
from lib.advice.situation import Change, Dependence, Failure, Risk, Situation
from lib.errors import BadInput


def test_each_field_of_a_situation_is_asked_exactly_once():
    assert [asked.field for asked in QUESTIONS] == [field.name for field in fields(Situation)]


def test_the_default_of_every_question_is_one_of_its_answers():
    for asked in QUESTIONS:
        for value in answers(Situation(), asked.field):
            assert asked.label(value)


def test_nothing_chosen_reads_as_the_questions_own_nothing():
    assert answers(Situation(), "failures") == (Failure.UNMEASURED,)
    assert answers(Situation(risks=(Risk.CODE,)), "risks") == (Risk.CODE,)


def test_several_answers_are_kept_in_the_order_of_the_question():
    situation = answered(Situation(), "failures", (Failure.WRONG_FORM, Failure.FACTS_MISSING))
    assert situation.failures == (Failure.FACTS_MISSING, Failure.WRONG_FORM)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("change", ()),
        ("change", (Change.YEARLY, Change.WEEKLY)),
        ("change", (Dependence.VALUES,)),
        ("failures", (Failure.UNMEASURED,)),
    ],
)
def test_an_answer_that_is_not_offered_is_refused_with_the_options(field, given):
    with pytest.raises(BadInput) as refused:
        answered(Situation(), field, given)
    assert question(field).options[0].label in refused.value.hint


def test_single_changes_cover_every_other_option_once_and_change_one_field_only():
    situation = Situation(failures=(Failure.FACTS_STALE,))
    changes = list(single_changes(situation))
    offered = sum(len(asked.options) - (0 if asked.multiple else 1) for asked in QUESTIONS)
    assert len(changes) == len({change.situation for change in changes}) == offered
    for change in changes:
        differing = [
            f.name for f in fields(Situation) if getattr(change.situation, f.name) != getattr(situation, f.name)
        ]
        assert differing == [change.question.field]


def test_taking_away_the_only_failure_leaves_nothing_measured():
    changes = {change.answer: change.situation for change in single_changes(Situation(failures=(Failure.FACTS_STALE,)))}
    gone = changes["no longer “facts are out of date”"]
    assert gone.failures == ()


def test_answers_survive_being_kept_and_only_those_that_differ_are_kept():
    situation = Situation(failures=(Failure.FACTS_STALE,), change=Change.WEEKLY, risks=(Risk.MONEY, Risk.CODE))
    assert kept_form(Situation()) == ()
    assert kept_form(situation) == (
        ("failures", ("facts-stale",)),
        ("change", ("weekly",)),
        ("risks", ("money", "code")),
    )
    assert from_kept(kept_form(situation)) == situation


def test_kept_answers_that_are_offered_no_more_fall_back_to_the_default():
    kept = (("change", ("hourly",)), ("colour", ("red",)), ("risks", ("money", "weather")))
    assert from_kept(kept) == Situation(risks=(Risk.MONEY,))
