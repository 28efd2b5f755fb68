"""The figure of Decide: one bar a choice in the order given, and a sentence that says the same."""

from lib.charts.decision import ScoredChoice, decision_scores

CHOICES = (ScoredChoice("RAG", 9, "#D9730D", False), ScoredChoice("Hybrid", -3, "#A85FA3", True))


def test_every_choice_is_a_bar_with_its_points_in_the_order_given():
    (bars,) = decision_scores(CHOICES).figure.data
    assert list(bars.y) == ["RAG", "Hybrid"]
    assert list(bars.x) == [9, -3]
    assert list(bars.text) == ["9", "\u22123"]
    assert list(bars.marker.pattern.shape) == ["", "/"]


def test_the_axis_holds_zero_and_every_bar():
    low, high = decision_scores(CHOICES).figure.layout.xaxis.range
    assert low < -3 < 0 < 9 < high


def test_the_text_alternative_says_points_and_what_cannot_be_first():
    alt = decision_scores(CHOICES).alt
    assert alt == "Points for each choice, best first: RAG 9; Hybrid -3 (cannot be first)."
