"""Bars of figures: every set-up has its bar and whisker, axes say their unit, and the text says what the bars show."""

import json

import pytest

from lib.charts.amounts import Unit, amount, interval
from lib.charts.arms import Arm, arms, label_lines
from lib.charts.metric_bars import ArmFigures, MetricRow, metric_bars
from lib.domain import ApproachName
from lib.records import Metric, SetUp
from lib.settings import Workspace

RECALL = MetricRow("recall", "Recall")
MRR = MetricRow("mrr", "MRR")
P50 = MetricRow("p50", "Time, p50", Unit.MILLISECONDS, higher_is_better=False)
COST = MetricRow("cost", "Cost", Unit.DOLLARS, higher_is_better=False)
RAG = ArmFigures(
    Arm("RAG", "#D9730D"),
    (Metric("recall", 0.6, 0.5, 0.75, 60), Metric("mrr", 0.4, None, None, 1), Metric("p50", 300, 250, 380, 60)),
)
PROMPT = ArmFigures(Arm("Prompt-only", "#2F7FC1"), (Metric("p50", 120, 100, 130, 60), Metric("cost", 0, 0, 0, 60)))


def test_every_setup_has_a_bar_for_each_figure_it_has() -> None:
    rag, prompt = metric_bars("Retrieval", [RECALL, MRR], [RAG, PROMPT]).figure.data
    assert list(rag.x) == pytest.approx([60, 40])
    assert list(rag.y) == ["Recall", "MRR"]
    assert list(prompt.x) == []
    assert [list(pair) for pair in rag.customdata] == [["RAG", "recall"], ["RAG", "mrr"]]


def test_whiskers_reach_from_the_low_to_the_high_end_and_a_figure_without_interval_has_none() -> None:
    rag = metric_bars("Retrieval", [RECALL, MRR], [RAG]).figure.data[0]
    assert list(rag.error_x.array) == pytest.approx([15, 0])
    assert list(rag.error_x.arrayminus) == pytest.approx([10, 0])


def test_shares_run_from_0_to_100_percent_and_say_so() -> None:
    axis = metric_bars("Retrieval", [RECALL, MRR], [RAG]).figure.layout.xaxis
    assert axis.range == (0, 100)
    assert axis.title.text == "% (0 to 100), higher is better"


def test_a_figure_of_another_unit_has_a_panel_and_an_axis_of_its_own() -> None:
    layout = metric_bars("All", [RECALL, P50, COST], [RAG, PROMPT]).figure.layout
    assert layout.xaxis2.title.text == "milliseconds, lower is better"
    assert layout.xaxis3.title.text == "US dollars, lower is better"
    assert layout.xaxis2.range[1] > 380
    assert layout.yaxis.domain[0] > layout.yaxis2.domain[1] > layout.yaxis3.domain[1]


def test_the_text_alternative_gives_every_figure_with_its_interval() -> None:
    alt = metric_bars("Retrieval", [RECALL, MRR, P50], [RAG, PROMPT]).alt
    assert "Recall: RAG 60 % (50–75 %)" in alt
    assert "MRR: RAG 40 % (no interval)" in alt
    assert "Time, p50: RAG 300 ms (250 ms to 380 ms); Prompt-only 120 ms (100 ms to 130 ms)" in alt


def test_no_figures_at_all_make_an_empty_chart() -> None:
    picture = metric_bars("Retrieval", [RECALL], [PROMPT])
    assert "nothing to show" in picture.alt


def test_names_of_setups_stay_text() -> None:
    wild = ArmFigures(Arm("<b>bold</b>", "#000000"), RAG.metrics)
    drawn = json.dumps(metric_bars("Retrieval", [RECALL], [wild]).figure.data[0].hovertext)
    assert "&lt;b&gt;bold" in drawn


def test_setups_of_one_approach_share_its_colour_and_differ_in_pattern_and_symbol() -> None:
    one, two, other = arms(
        [
            SetUp("RAG", ApproachName.RAG, Workspace()),
            SetUp("RAG, dense", ApproachName.RAG, Workspace()),
            SetUp("Prompt-only", ApproachName.PROMPT_ONLY, Workspace()),
        ]
    )
    assert one.colour == two.colour != other.colour
    assert one.pattern != two.pattern
    assert one.symbol != two.symbol
    assert other.pattern == ""


def test_long_names_break_into_lines() -> None:
    assert label_lines("RAG, 3 passages, by meaning", 16) == "RAG, 3 passages,<br>by meaning"


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.625, Unit.SHARE, "62 %"),
        (1234.4, Unit.MILLISECONDS, "1,234 ms"),
        (12_340, Unit.MILLISECONDS, "12.3 s"),
        (1204.2, Unit.TOKENS, "1,204 tokens"),
        (0, Unit.DOLLARS, "$0"),
        (0.00123, Unit.DOLLARS, "$0.0012"),
        (0.0000123, Unit.DOLLARS, "$1.2e-05"),
        (12.5, Unit.DOLLARS, "$12.50"),
    ],
)
def test_amounts_carry_their_unit(value: float, unit: Unit, said: str) -> None:
    assert amount(value, unit) == said


def test_no_interval_is_said() -> None:
    assert interval(None, None, Unit.SHARE) == "no interval"
    assert interval(0.5, 0.75, Unit.SHARE) == "50–75 %"
