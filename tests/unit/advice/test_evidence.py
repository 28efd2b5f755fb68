"""Decide shows measured facts beside its questions, and suggests an answer only where the figures point to one."""

from dataclasses import replace
from datetime import UTC, datetime

from lib.advice.evidence import WorkspaceFacts, evidence
from lib.advice.questionnaire import QUESTIONS
from lib.advice.situation import Dependence, Examples, Failure, Material, PromptEffort, Risk
from lib.domain import Answer, ApproachName, Timings
from lib.evaluation.results import results_of
from lib.records import EvalCase, EvalSet, Evaluation, FailureLabel, Origin, RunRecord, SetUp
from lib.records import Failure as FailureOf
from lib.settings import PromptSettings, Workspace

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CASES = tuple(EvalCase(f"c{number}", f"Question {number}?", "nine months") for number in range(40))
ALONE, RAG = ApproachName.PROMPT_ONLY, ApproachName.RAG
FACTS = WorkspaceFacts(corpus_tokens=44_000, window_tokens=4_096, approved=0)


def record(approach, case, *, right, label=FailureLabel.NO_KNOWLEDGE):
    answer = Answer(
        case.question, approach, "m", "nine months" if right else "two years", False, timings=Timings(total=100)
    )
    failure = None if right else FailureOf(label, "because")
    return RunRecord(
        f"{approach}-{case.id}", NOW, Origin.EVALUATE, Workspace(), answer, failure=failure, setup=approach.value,
        case_id=case.id,
    )  # fmt: skip


def found(*records, workspace=None, approaches=(ALONE, RAG)):
    setups = tuple(SetUp(name.value, name, workspace or Workspace()) for name in approaches)
    return results_of(Evaluation("e", NOW, "default", EvalSet("set", CASES), setups, "v1"), records, {})


def by_field(*records, facts=FACTS, **kwargs):
    return {each.field: each for each in evidence(found(*records, **kwargs), facts)}


RIGHT_BY_RAG = tuple(record(approach, case, right=approach is RAG) for case in CASES for approach in (ALONE, RAG))


def test_every_question_has_its_line_in_order_and_an_empty_evaluation_has_none():
    assert [each.field for each in evidence(found(*RIGHT_BY_RAG), FACTS)] == [asked.field for asked in QUESTIONS]
    assert evidence(found(), FACTS) == ()


def test_documents_are_suggested_when_rag_is_really_better_and_not_otherwise():
    assert by_field(*RIGHT_BY_RAG)["dependence"].suggests == (Dependence.DOCUMENTS,)
    both_right = [record(approach, case, right=True) for case in CASES for approach in (ALONE, RAG)]
    assert by_field(*both_right)["dependence"].suggests == ()
    alone = [record(ALONE, case, right=False) for case in CASES]
    assert "Evaluate prompt-only and RAG together" in by_field(*alone)["dependence"].text


def test_a_failure_is_named_from_a_tenth_of_the_answers_on():
    def stale(count):
        return by_field(*(record(RAG, case, right=place >= count, label=FailureLabel.STALE)
                          for place, case in enumerate(CASES)))["failures"]  # fmt: skip

    assert stale(4).suggests == (Failure.FACTS_STALE,)
    assert stale(3).suggests == ()
    assert "stale version (4)" in stale(4).text
    assert by_field(*RIGHT_BY_RAG)["failures"].suggests == (Failure.FACTS_MISSING,)


def test_a_prompt_of_ones_own_that_fails_counts_as_tried_the_labs_own_does_not():
    wrong = [record(ALONE, case, right=False) for case in CASES]
    assert by_field(*wrong)["prompt_effort"].suggests == (PromptEffort.NOT_YET,)
    strong = replace(Workspace(), prompt_only=PromptSettings(name="strict", instruction="Answer in one word."))
    tried = by_field(*wrong, workspace=strong)["prompt_effort"]
    assert tried.suggests == (PromptEffort.STILL_FAILS,)
    assert "strict" in tried.text
    right = [record(ALONE, case, right=True) for case in CASES]
    assert by_field(*right, workspace=strong)["prompt_effort"].suggests == ()


def test_material_and_examples_follow_from_the_workspace():
    facts = WorkspaceFacts(3_000, 4_096, 60)
    said = by_field(*RIGHT_BY_RAG, facts=facts)
    assert said["material"].suggests == (Material.FITS,)
    assert by_field(*RIGHT_BY_RAG)["material"].suggests == (Material.LARGER,)
    assert said["examples"].suggests == (Examples.HUNDREDS,)


def test_risks_are_read_from_the_questions_and_suggested_when_they_are_frequent():
    assert by_field(*RIGHT_BY_RAG)["risks"].suggests == ()
    asked = [replace(case, question="What is the refund?") if place < 5 else case for place, case in enumerate(CASES)]
    asked[9] = replace(asked[9], question="Which clause of the contract holds?")
    evaluation = replace(found(*RIGHT_BY_RAG).evaluation, eval_set=EvalSet("set", tuple(asked)))
    [risks] = [each for each in evidence(results_of(evaluation, RIGHT_BY_RAG, {}), FACTS) if each.field == "risks"]
    assert "money (5), legal (1)" in risks.text
    assert risks.suggests == (Risk.MONEY,)
