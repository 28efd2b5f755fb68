"""The mix: every answer counted once, right ones first, and each segment names the answers behind it."""

from datetime import UTC, datetime

import pytest

from lib.charts.failure_mix import LOOKS, failure_mix, mix_of
from lib.domain import Answer, ApproachName
from lib.evaluation.results import RIGHT, UNJUDGED, UNLABELLED, outcome
from lib.records import Failure, FailureLabel, Origin, RunRecord
from lib.settings import Workspace

ANSWER = Answer("q", ApproachName.RAG, "m", "a", abstained=False)


def record(*, correct: bool | None, failure: FailureLabel | None = None, error: str = "") -> RunRecord:
    held = Failure(failure, "because") if failure else None
    return RunRecord(
        "r",
        datetime(2026, 1, 1, tzinfo=UTC),
        Origin.EVALUATE,
        Workspace(),
        ANSWER,
        correct=correct,
        failure=held,
        error=error,
    )


@pytest.mark.parametrize(
    ("correct", "failure", "error", "name"),
    [
        (True, None, "", RIGHT),
        (False, FailureLabel.SPLIT, "", "split by chunking"),
        (False, None, "", UNLABELLED),
        (None, None, "", UNJUDGED),
        (False, None, "no answer within 60 s", "model failed"),
        (None, FailureLabel.MODEL_FAILED, "no answer within 60 s", "model failed"),
    ],
)
def test_every_answer_has_one_outcome(
    correct: bool | None, failure: FailureLabel | None, error: str, name: str
) -> None:
    assert outcome(record(correct=correct, failure=failure, error=error)) == name


def test_a_persons_label_goes_before_the_rules() -> None:
    wrong = record(correct=False, failure=FailureLabel.NOT_RETRIEVED)
    assert outcome(wrong, FailureLabel.STALE) == "stale version"


def test_right_answers_come_first_and_counts_add_up() -> None:
    bar = mix_of("RAG", ["not retrieved", RIGHT, "stale version", RIGHT, "not retrieved"])
    assert bar.counts == ((RIGHT, 2), ("stale version", 1), ("not retrieved", 2))
    assert bar.answers == 5


def test_every_label_has_a_look_of_its_own() -> None:
    assert {label.value for label in FailureLabel} <= {str(name) for name in LOOKS}
    assert len({(look.colour, look.pattern) for look in LOOKS.values()}) == len(LOOKS)


def test_each_segment_prints_its_count_and_leads_to_its_answers() -> None:
    figure = failure_mix([mix_of("A", [RIGHT, RIGHT, "not retrieved"]), mix_of("B", [RIGHT])]).figure
    right, missed = figure.data
    assert list(right.x) == [2, 1]
    assert list(right.text) == ["2", "1"]
    assert list(right.y) == ["A", "B"]
    assert [list(each) for each in missed.customdata] == [["A", "not retrieved"]]
    assert list(figure.layout.yaxis.categoryarray) == ["B", "A"]


def test_a_click_does_not_end_in_plotlys_error_for_a_style_of_one_side_only() -> None:
    for trace in failure_mix([mix_of("A", [RIGHT, "not retrieved"])]).figure.data:
        assert trace.selected.textfont.color == trace.unselected.textfont.color == trace.textfont.color


def test_the_text_alternative_counts_every_outcome() -> None:
    alt = failure_mix([mix_of("A", [RIGHT, "not retrieved"]), mix_of("B", [])]).alt
    assert "A: 1 right, 1 not retrieved; B: none" in alt
