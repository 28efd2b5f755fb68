"""An evaluation asks everything once, goes on after a failure, and can be stopped and resumed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lib.domain import Answer, ApproachName, Chunk, Passage
from lib.embedding.hashing import HashingEmbedder
from lib.errors import ModelUnreachable
from lib.evaluation.locating import Located
from lib.evaluation.runner import FAILURES_IN_A_ROW, Arm, Bench, expected_records, run_evaluation
from lib.evaluation.spans import Span
from lib.records import EvalCase, EvalSet, Evaluation, FailureLabel, RunRecord, SetUp
from lib.settings import Workspace

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = "Probes are compared with a reference every nine months."
CHUNK = Chunk("d", "manual.md", 0, len(TEXT), TEXT, 9)
GOLD = Span("manual.md", 0, len(TEXT))
CASES = tuple(EvalCase(f"c{number}", f"Question {number}?", "nine months") for number in range(7))


def setup(label: str, approach: ApproachName = ApproachName.RAG) -> SetUp:
    return SetUp(label, approach, Workspace())


def evaluation(*setups: SetUp) -> Evaluation:
    return Evaluation("e", NOW, "default", EvalSet("set", CASES), setups, "v1")


def answer(case: EvalCase, text: str = "Every nine months.") -> Answer:
    return Answer(case.question, ApproachName.RAG, "m", text, abstained=False, passages=(Passage(CHUNK, 1, 1.0),))


def arm(label: str, say: str = "Every nine months.", failing: Sequence[str] = (), approach=ApproachName.RAG) -> Arm:
    def asked(case: EvalCase, gold: Sequence[Span]) -> Answer:
        if case.id in failing:
            raise ModelUnreachable("Nothing answers at http://localhost:1.")
        return answer(case, say)

    return Arm(setup(label, approach), asked, lambda: (CHUNK,), lambda _q: (Passage(CHUNK, 1, 1.0),))


def bench() -> Bench:
    ids = iter(range(1_000))
    return Bench(HashingEmbedder(), lambda: NOW, lambda _at: f"id{next(ids)}", ())


def located(spans=(GOLD,)):
    return {case.id: Located(spans) for case in CASES}


def test_every_case_is_asked_of_every_set_up_before_the_next_case() -> None:
    arms = [arm("A"), arm("B", say="Every two years.")]
    records = list(run_evaluation(evaluation(setup("A"), setup("B")), arms, located(), bench()))
    asked = [(record.setup, record.case_id) for record in records]
    assert asked == [(label, case.id) for case in CASES for label in ("A", "B")]
    assert all(record.correct for record in records if record.setup == "A")
    wrong = [record for record in records if record.setup == "B"]
    assert {record.failure.label for record in wrong} <= {FailureLabel.IGNORED, FailureLabel.UNSUPPORTED_CLAIM}


def test_what_is_done_is_not_asked_again() -> None:
    done = {("A", case.id) for case in CASES[:5]}
    records = run_evaluation(evaluation(setup("A")), [arm("A")], located(), bench(), done)
    assert [record.case_id for record in records] == ["c5", "c6"]


def test_a_model_that_fails_once_marks_its_case_and_the_rest_goes_on() -> None:
    records = list(run_evaluation(evaluation(setup("A")), [arm("A", failing=["c2"])], located(), bench()))
    assert [record.case_id for record in records] == [case.id for case in CASES]
    failed = records[2]
    assert failed.error == "Nothing answers at http://localhost:1."
    assert failed.correct is False
    assert failed.failure is not None
    assert failed.failure.label is FailureLabel.MODEL_FAILED
    assert failed.answer.text == ""


def test_a_model_that_is_not_there_ends_the_evaluation_with_its_error() -> None:
    seen: list[RunRecord] = []
    asked = run_evaluation(evaluation(setup("A")), [arm("A", failing=[case.id for case in CASES])], located(), bench())
    with pytest.raises(ModelUnreachable):
        seen.extend(asked)
    assert len(seen) == FAILURES_IN_A_ROW < len(CASES)


def test_gold_context_is_asked_only_where_the_evidence_was_found() -> None:
    found = located() | {"c1": Located(())}
    gold = arm("G", approach=ApproachName.GOLD_CONTEXT)
    whole = evaluation(setup("G", ApproachName.GOLD_CONTEXT))
    records = list(run_evaluation(whole, [gold], found, bench()))
    assert [record.case_id for record in records] == ["c0", "c2", "c3", "c4", "c5", "c6"]
    assert expected_records(whole, found) == {("G", record.case_id) for record in records}


def test_drafts_do_not_count() -> None:
    drafts = EvalSet("set", (CASES[0], replace(CASES[1], reviewed=False)))
    whole = replace(evaluation(setup("A")), eval_set=drafts)
    assert [record.case_id for record in run_evaluation(whole, [arm("A")], located(), bench())] == ["c0"]
