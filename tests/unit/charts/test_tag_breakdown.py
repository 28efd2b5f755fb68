"""Per tag: one dot a set-up, and few cases are said to be few."""

import pytest

from lib.charts.arms import Arm
from lib.charts.metric_bars import ArmFigures
from lib.charts.tag_breakdown import TagRow, tag_breakdown
from lib.evaluation.scoring import measure
from lib.records import Metric

ROW = measure("correct")
ONE, TWO = Arm("RAG", "#D9730D"), Arm("Prompt-only", "#2F7FC1", symbol="square")


def figures(arm: Arm, value: float, low: float | None = None, high: float | None = None) -> ArmFigures:
    return ArmFigures(arm, (Metric("correct", value, low, high, 12),))


TAGS = (
    TagRow("number", 12, (figures(ONE, 0.75, 0.5, 1.0), figures(TWO, 0.25, 0.1, 0.4))),
    TagRow("<i>rare</i>", 3, (figures(ONE, 1.0),)),
)


def test_each_setup_has_a_dot_a_tag_on_that_tags_line() -> None:
    rag, prompt = tag_breakdown(TAGS, ROW).figure.data
    assert list(rag.x) == pytest.approx([75, 100])
    assert [round(line) for line in rag.y] == [0, 1]
    assert list(prompt.x) == pytest.approx([25])
    assert [list(each) for each in rag.customdata] == [["RAG", "number"], ["RAG", "<i>rare</i>"]]


def test_intervals_are_whiskers_and_none_has_no_length() -> None:
    rag = tag_breakdown(TAGS, ROW).figure.data[0]
    assert list(rag.error_x.array) == pytest.approx([25, 0])
    assert list(rag.error_x.arrayminus) == pytest.approx([25, 0])


def test_few_cases_are_flagged_and_paler() -> None:
    figure = tag_breakdown(TAGS, ROW).figure
    assert list(figure.layout.yaxis.ticktext) == ["number (12)", "&lt;i&gt;rare&lt;/i&gt; (3, few)"]
    assert list(figure.data[0].marker.opacity) == [1.0, 0.5]


def test_the_text_alternative_gives_every_tag_with_its_cases() -> None:
    alt = tag_breakdown(TAGS, ROW).alt
    assert "number (12 cases): RAG 75 % (50–100 %), Prompt-only 25 % (10–40 %)" in alt
    assert "(3 cases, too few to tell): RAG 100 % (no interval)" in alt
    assert "No tags" in tag_breakdown((), ROW).alt
