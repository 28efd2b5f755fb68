"""What people rely on in the advice: realistic situations, monotone rules, reasons that add up, flips that are true."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.advice.questionnaire import answered, answers, question, single_changes
from lib.advice.recommend import APPROVALS, advise, rank, score
from lib.advice.rules import BARS, RULES
from lib.advice.situation import (
    Budget,
    Change,
    Dependence,
    Domain,
    Examples,
    Failure,
    Form,
    Latency,
    Material,
    PromptEffort,
    Risk,
    Situation,
    Sourcing,
    Volume,
)
from lib.domain import ApproachName

PROMPT, RAG = ApproachName.PROMPT_ONLY, ApproachName.RAG
TUNED, HYBRID = ApproachName.FINE_TUNED, ApproachName.HYBRID

FOUR = (PROMPT, RAG, TUNED, HYBRID)


def _several(enum, nothing):
    members = [member for member in enum if member is not nothing]
    return st.lists(st.sampled_from(members), unique=True).map(lambda chosen: tuple(m for m in members if m in chosen))


situations = st.builds(
    Situation,
    failures=_several(Failure, Failure.UNMEASURED),
    prompt_effort=st.sampled_from(PromptEffort),
    dependence=st.sampled_from(Dependence),
    change=st.sampled_from(Change),
    sourcing=st.sampled_from(Sourcing),
    material=st.sampled_from(Material),
    form=st.sampled_from(Form),
    examples=st.sampled_from(Examples),
    volume=st.sampled_from(Volume),
    latency=st.sampled_from(Latency),
    budget=st.sampled_from(Budget),
    domain=st.sampled_from(Domain),
    risks=_several(Risk, Risk.NONE),
)

LIBRARY = Situation(dependence=Dependence.DOCUMENTS, material=Material.LARGER)
TRAINABLE = Situation(
    prompt_effort=PromptEffort.STILL_FAILS, form=Form.FIXED, examples=Examples.HUNDREDS, change=Change.NEVER
)
BOTH = replace(
    LIBRARY,
    prompt_effort=PromptEffort.STILL_FAILS,
    form=Form.FIXED,
    examples=Examples.HUNDREDS,
    sourcing=Sourcing.SHOWN,
)

CASES = (
    ("an idea nobody has tried", Situation(), PROMPT),
    (
        "rewording drafts, at most the tone is off, no prompt tried yet",
        Situation(failures=(Failure.WRONG_FORM,), examples=Examples.FEW),
        PROMPT,
    ),
    (
        "order status: one live value is missing",
        Situation(failures=(Failure.FACTS_MISSING,), dependence=Dependence.VALUES, change=Change.WEEKLY),
        PROMPT,
    ),
    (
        "a ten-page house rule that fits the prompt",
        Situation(failures=(Failure.FACTS_MISSING,), dependence=Dependence.DOCUMENTS, material=Material.FITS),
        RAG,
    ),
    (
        "one stable document to be summarised, nothing goes wrong",
        Situation(dependence=Dependence.DOCUMENTS, material=Material.FITS),
        PROMPT,
    ),
    (
        "support assistant over weekly changing articles",
        replace(
            LIBRARY,
            failures=(Failure.FACTS_MISSING, Failure.FACTS_STALE),
            change=Change.WEEKLY,
            sourcing=Sourcing.SHOWN,
            risks=(Risk.CUSTOMERS,),
        ),
        RAG,
    ),
    (
        "policy search with sources",
        replace(LIBRARY, failures=(Failure.FACTS_MISSING,), sourcing=Sourcing.SHOWN),
        RAG,
    ),
    (
        "legal research under audit, no budget for training",
        replace(
            LIBRARY,
            failures=(Failure.FACTS_MISSING,),
            sourcing=Sourcing.AUDITED,
            budget=Budget.NONE,
            risks=(Risk.LEGAL,),
        ),
        RAG,
    ),
    (
        "finance documents, monthly figures, thousands of past answers, high volume",
        replace(
            LIBRARY,
            failures=(Failure.FACTS_STALE,),
            change=Change.MONTHLY,
            sourcing=Sourcing.AUDITED,
            examples=Examples.THOUSANDS,
            volume=Volume.HIGH,
        ),
        RAG,
    ),
    ("developer documentation, nothing measured yet", replace(LIBRARY, change=Change.WEEKLY), RAG),
    (
        "JSON extraction, prompt still failing, hundreds of examples",
        replace(TRAINABLE, failures=(Failure.WRONG_FORM,)),
        TUNED,
    ),
    (
        "the same extraction before any strong prompt",
        replace(TRAINABLE, failures=(Failure.WRONG_FORM,), prompt_effort=PromptEffort.NOT_YET),
        PROMPT,
    ),
    (
        "brand voice at high volume, rules not kept",
        replace(
            TRAINABLE,
            failures=(Failure.WRONG_FORM, Failure.RULES_NOT_KEPT),
            volume=Volume.HIGH,
            risks=(Risk.BRAND,),
        ),
        TUNED,
    ),
    (
        "ticket routing into our own categories",
        replace(TRAINABLE, failures=(Failure.WRONG_CATEGORY,), form=Form.FREE, examples=Examples.THOUSANDS),
        TUNED,
    ),
    (
        "a medical speciality that reasons its own way",
        replace(TRAINABLE, form=Form.FREE, domain=Domain.NARROW, risks=(Risk.MEDICAL,)),
        TUNED,
    ),
    (
        "support with current policy in the house tone",
        replace(BOTH, failures=(Failure.FACTS_STALE, Failure.WRONG_FORM), change=Change.WEEKLY),
        HYBRID,
    ),
    (
        "legal memos from the case file",
        replace(
            BOTH,
            failures=(Failure.FACTS_MISSING, Failure.WRONG_FORM),
            sourcing=Sourcing.AUDITED,
            domain=Domain.NARROW,
            risks=(Risk.LEGAL,),
        ),
        HYBRID,
    ),
    (
        "coding with internal documentation and house style",
        replace(
            BOTH,
            failures=(Failure.FACTS_MISSING, Failure.RULES_NOT_KEPT),
            sourcing=Sourcing.NONE,
            change=Change.MONTHLY,
            risks=(Risk.CODE,),
        ),
        HYBRID,
    ),
    (
        "both failures, but not one example to train on",
        replace(BOTH, failures=(Failure.FACTS_STALE, Failure.WRONG_FORM), examples=Examples.NONE),
        RAG,
    ),
    (
        "both failures, but no budget for training",
        replace(BOTH, failures=(Failure.FACTS_STALE, Failure.WRONG_FORM), change=Change.WEEKLY, budget=Budget.NONE),
        RAG,
    ),
    (
        "product facts that someone wants trained in",
        replace(LIBRARY, failures=(Failure.FACTS_MISSING,), examples=Examples.THOUSANDS, volume=Volume.HIGH),
        RAG,
    ),
)


@pytest.mark.parametrize(("situation", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_known_situation_gets_the_frameworks_answer(situation, expected):
    ranked = rank(situation)
    assert ranked[0].approach is expected, [(each.approach.value, each.score, each.barred) for each in ranked]


@given(situations)
@settings(max_examples=200)
def test_all_four_choices_are_ranked_and_the_first_is_never_barred(situation):
    ranked = rank(situation)
    assert {each.approach for each in ranked} == set(FOUR)
    assert not ranked[0].barred
    open_scores = [each.score for each in ranked if not each.barred]
    assert open_scores == sorted(open_scores, reverse=True)


def _gap(situation, one, other):
    return score(situation, one) - score(situation, other)


@given(situations)
@settings(max_examples=150)
def test_faster_change_never_weakens_rag_against_fine_tuning(situation):
    gaps = [_gap(replace(situation, change=change), RAG, TUNED) for change in Change]
    assert gaps == sorted(gaps)


@given(situations)
@settings(max_examples=150)
def test_stricter_sourcing_never_weakens_rag_against_the_two_without_sources(situation):
    for other in (PROMPT, TUNED):
        gaps = [_gap(replace(situation, sourcing=sourcing), RAG, other) for sourcing in Sourcing]
        assert gaps == sorted(gaps)


@given(situations)
@settings(max_examples=150)
def test_more_examples_never_weaken_fine_tuning(situation):
    few, hundreds, thousands = (
        score(replace(situation, examples=examples), TUNED)
        for examples in (Examples.FEW, Examples.HUNDREDS, Examples.THOUSANDS)
    )
    assert few <= hundreds <= thousands


@given(situations)
@settings(max_examples=150)
def test_more_volume_never_weakens_fine_tuning_against_a_prompt(situation):
    gaps = [_gap(replace(situation, volume=volume), TUNED, PROMPT) for volume in Volume]
    assert gaps == sorted(gaps)


@given(situations)
@settings(max_examples=300)
def test_hybrid_is_first_only_when_a_knowledge_and_a_behaviour_failure_are_named(situation):
    if rank(situation)[0].approach is HYBRID:
        assert {Failure.FACTS_MISSING, Failure.FACTS_STALE} & set(situation.failures)
        assert {Failure.WRONG_FORM, Failure.WRONG_CATEGORY, Failure.RULES_NOT_KEPT} & set(situation.failures)


@given(situations)
@settings(max_examples=200)
def test_without_examples_nothing_that_needs_training_is_first(situation):
    assert rank(replace(situation, examples=Examples.NONE))[0].approach in (PROMPT, RAG)


@given(situations)
@settings(max_examples=200)
def test_facts_alone_never_lead_to_fine_tuning(situation):
    only_facts = replace(situation, failures=(Failure.FACTS_MISSING,))
    assert rank(only_facts)[0].approach in (PROMPT, RAG)


@given(situations)
@settings(max_examples=100)
def test_reasons_add_up_to_the_score_and_name_the_answers_they_rest_on(situation):
    for each in rank(situation):
        reasons = (*each.reasons_for, *each.reasons_against)
        assert sum(reason.points for reason in reasons) == each.score
        assert all(reason.answers for reason in reasons if not reason.text.startswith("The simplest version"))


@given(situations)
@settings(max_examples=30, deadline=None)
def test_flips_are_exactly_the_single_changes_that_put_another_choice_first(situation):
    advice = advise(situation)
    tried = [(change.answer, rank(change.situation)[0].approach) for change in single_changes(situation)]
    assert [(flip.answer, flip.approach) for flip in advice.flips] == [
        (answer, approach) for answer, approach in tried if approach is not advice.first.approach
    ]


def test_a_flip_is_reported_with_the_choice_it_leads_to():
    advice = advise(replace(TRAINABLE, failures=(Failure.WRONG_FORM,)))
    found = [(flip.question, flip.answer, flip.approach) for flip in advice.flips]
    assert ("Has a strong prompt been tried?", "not yet", PROMPT) in found
    assert ("How many clean examples are there?", "none", PROMPT) in found


def test_every_rule_and_bar_can_apply_in_some_situation():
    for rule in (*RULES, *BARS):
        reached = Situation()
        for condition in rule.conditions:
            reached = _meeting(condition, reached)
        assert all(condition.holds(reached) for condition in rule.conditions), rule.reason


def _meeting(condition, situation):
    offered = question(condition.field)
    if condition.holds(situation):
        return situation
    fitting = next(o.value for o in offered.options if (o.value in condition.values) is not condition.negated)
    given = tuple(v for v in answers(situation, condition.field) if offered.multiple and v is not offered.nothing.value)
    return answered(situation, condition.field, (*given, fitting))


def test_each_risk_has_one_place_for_human_approval_in_the_order_of_the_question():
    every = tuple(risk for risk in Risk if risk is not Risk.NONE)
    assert tuple(approval.risk for approval in APPROVALS) == every
    assert [a.risk for a in advise(Situation(risks=(Risk.MONEY, Risk.LEGAL))).approvals] == [Risk.MONEY, Risk.LEGAL]
    assert advise(Situation()).approvals == ()


@pytest.mark.parametrize(
    ("situation", "words"),
    [
        (Situation(dependence=Dependence.VALUES), "small tool"),
        (Situation(form=Form.FIXED), "structured workflow"),
        (Situation(failures=(Failure.WRONG_CATEGORY,)), "structured workflow"),
        (Situation(dependence=Dependence.DOCUMENTS), "pasted in"),
        (Situation(), "strong prompt"),
    ],
)
def test_the_variant_of_prompt_only_is_said(situation, words):
    prompt_only = next(each for each in rank(situation) if each.approach is PROMPT)
    assert words in prompt_only.variant
