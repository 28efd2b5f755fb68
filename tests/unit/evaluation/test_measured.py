"""An evaluation's figures: each set-up's metrics over its own answers, differences over shared cases only."""

from dataclasses import replace
from datetime import UTC, datetime

from lib.domain import Answer, ApproachName, Timings
from lib.evaluation.measured import difference, measured
from lib.records import EvalCase, EvalSet, Evaluation, Failure, FailureLabel, Origin, RunRecord, SetUp
from lib.settings import Workspace

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CASES = tuple(EvalCase(f"c{number}", f"Question {number}?", "nine months") for number in range(20))
SETUPS = tuple(SetUp(label, ApproachName.PROMPT_ONLY, Workspace()) for label in ("A", "B", "C"))
EVALUATION = Evaluation("e", NOW, "default", EvalSet("set", CASES), SETUPS, "v1")


def record(setup: str, case: EvalCase, text: str) -> RunRecord:
    answer = Answer(case.question, ApproachName.PROMPT_ONLY, "m", text, abstained=False, timings=Timings(total=100.0))
    failure = None if "nine" in text else Failure(FailureLabel.NO_KNOWLEDGE, "It guessed.")
    return RunRecord(
        f"{setup}-{case.id}", NOW, Origin.EVALUATE, Workspace(), answer, failure=failure, setup=setup, case_id=case.id
    )


RECORDS = (
    *(record("A", case, "nine months") for case in reversed(CASES)),
    *(record("B", case, "two years") for case in CASES[:10]),
)


def test_each_set_up_has_its_figures_in_the_order_of_the_cases_and_those_without_answers_are_left_out() -> None:
    found = measured(EVALUATION, RECORDS, {})
    assert [one.setup.label for one in found.setups] == ["A", "B"]
    first, second = found.setups
    assert [one.case_id for one in first.records] == [case.id for case in CASES]
    assert first.metric("correct").value == 1.0
    assert (second.metric("correct").value, second.metric("correct").cases) == (0.0, 10)
    assert second.failures == ((FailureLabel.NO_KNOWLEDGE, 10),)
    assert first.metric("recall") is None, "nothing was retrieved"


def test_a_difference_is_over_the_cases_that_both_answered() -> None:
    first, second = measured(EVALUATION, RECORDS, {}).setups
    found = difference("correct", second, first)
    assert found is not None
    assert (found.cases, found.difference, found.told_apart) == (10, 1.0, True)
    assert "A" in found.sentence
    assert difference("recall", first, second) is None


def test_records_of_cases_or_set_ups_that_are_not_asked_do_not_count() -> None:
    stray = replace(RECORDS[0], case_id="unknown")
    other = replace(RECORDS[0], setup="D")
    assert measured(EVALUATION, (stray, other), {}).setups == ()
