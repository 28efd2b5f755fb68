"""Bars of figures: every set-up has its bar and whisker, axes say their unit, and the text says what the bars show."""

import json

import pytest

from lib.charts.amounts import interval
from lib.charts.arms import Arm, arms, label_lines
from lib.charts.metric_bars import ArmFigures, metric_bars
from lib.domain import ApproachName
from lib.evaluation.scoring import measure
from lib.records import Metric, SetUp
from lib.settings import Workspace

RECALL = measure("recall")
MRR = measure("mrr")
P50 = measure("latency_p50")
COST = measure("cost_usd")
RAG = ArmFigures(
    Arm("RAG", "#D9730D"),
    (Metric("recall", 0.6, 0.5, 0.75, 60), Metric("mrr", 0.4, None, None, 1), Metric("latency_p50", 300, 250, 380, 60)),
)
PROMPT = ArmFigures(
    Arm("Prompt-only", "#2F7FC1"), (Metric("latency_p50", 120, 100, 130, 60), Metric("cost_usd", 0.02, 0.01, 0.03, 60))
)


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


def test_a_figure_that_is_zero_throughout_takes_no_room() -> None:
    free = ArmFigures(Arm("Free", "#000000"), (Metric("latency_p50", 5, 4, 6, 9), Metric("cost_usd", 0, 0, 0, 9)))
    picture = metric_bars("Cost", [P50, COST], [free])
    assert len(picture.figure.data) == 1
    assert "Cost: Free $0" in picture.alt


def test_the_text_alternative_gives_every_figure_with_its_interval() -> None:
    alt = metric_bars("Retrieval", [RECALL, MRR, P50], [RAG, PROMPT]).alt
    assert "Recall: RAG 60 % (50–75 %)" in alt
    assert "MRR: RAG 40 % (no interval)" in alt
    assert "Latency, p50: RAG 300 ms (250 ms to 380 ms); Prompt-only 120 ms (100 ms to 130 ms)" in alt


def test_no_figures_at_all_make_an_empty_chart() -> None:
    picture = metric_bars("Retrieval", [RECALL], [PROMPT])
    assert "nothing to show" in picture.alt


def test_names_of_setups_stay_text() -> None:
    wild = ArmFigures(Arm("<b>bold</b>", "#000000"), RAG.metrics)
    drawn = json.dumps(metric_bars("Retrieval", [RECALL], [wild]).figure.data[0].hovertext)
    assert "&lt;b&gt;bold" in drawn


def test_the_first_setup_of_an_approach_wears_its_colour_and_others_a_shade_with_pattern_and_symbol() -> None:
    one, two, other = arms(
        [
            SetUp("RAG", ApproachName.RAG, Workspace()),
            SetUp("RAG, dense", ApproachName.RAG, Workspace()),
            SetUp("Prompt-only", ApproachName.PROMPT_ONLY, Workspace()),
        ]
    )
    assert one.colour == "#D9730D"
    assert two.colour == "#EAB27A"
    assert other.colour == "#2F7FC1"
    assert one.pattern != two.pattern
    assert one.symbol != two.symbol
    assert other.pattern == ""


def test_long_names_break_into_lines() -> None:
    assert label_lines("RAG, 3 passages, by meaning", 16) == "RAG, 3 passages,<br>by meaning"


def test_no_interval_is_said() -> None:
    assert interval(RECALL, Metric("recall", 1.0, None, None, 1)) == "no interval"
    assert interval(RECALL, Metric("recall", 0.6, 0.5, 0.75, 60)) == "50–75 %"
    assert interval(P50, Metric("latency_p50", 600, 500, 750, 60)) == "500 ms to 750 ms"
