"""Quality against cost: the Pareto line holds exactly the set-ups that no other beats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.charts.arms import Arm
from lib.charts.quality_cost import Trade, pareto, quality_cost
from lib.evaluation.scoring import measure
from lib.records import Metric

QUALITY = measure("correct")
TIME = measure("latency_p50")


def trade(label: str, quality: float, price: float) -> Trade:
    return Trade(
        Arm(label, "#000000"),
        Metric("correct", quality, quality, quality, 9),
        Metric("latency_p50", price, price, price, 9),
    )


def names(trades: tuple[Trade, ...]) -> list[str]:
    return [each.arm.label for each in trades]


def test_a_setup_that_is_worse_and_slower_is_not_on_the_line() -> None:
    best = pareto([trade("slow", 0.5, 900), trade("good", 0.8, 400), trade("fast", 0.3, 20)])
    assert names(best) == ["fast", "good"]


def test_equals_all_stay() -> None:
    assert names(pareto([trade("a", 0.5, 10), trade("b", 0.5, 10)])) == ["a", "b"]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 100)), min_size=1, max_size=8))
def test_quality_rises_along_the_line_and_the_best_is_on_it(points: list[tuple[float, float]]) -> None:
    best = pareto([trade(str(place), *point) for place, point in enumerate(points)])
    values = [each.quality.value for each in best]
    assert values == sorted(values)
    assert max(values) == max(quality for quality, _ in points)


def test_points_are_named_and_lead_to_their_cases() -> None:
    line, fast, good = quality_cost(
        [trade("fast", 0.3, 20), trade("good", 0.8, 400)], quality=QUALITY, price=TIME
    ).figure.data
    assert list(line.x) == [20, 400]
    assert list(line.y) == pytest.approx([30, 80])
    assert fast.text == ("<b>fast</b>",)
    assert list(good.customdata[0]) == ["good", "correct"]


def test_the_price_is_logarithmic_only_where_that_helps_and_is_possible() -> None:
    far = quality_cost([trade("a", 0.3, 20), trade("b", 0.8, 400)], quality=QUALITY, price=TIME).figure.layout
    near = quality_cost([trade("a", 0.3, 20), trade("b", 0.8, 40)], quality=QUALITY, price=TIME).figure.layout
    free = quality_cost([trade("a", 0.3, 0), trade("b", 0.8, 400)], quality=QUALITY, price=TIME).figure.layout
    assert [layout.xaxis.type for layout in (far, near, free)] == ["log", "linear", "linear"]
    assert list(far.xaxis.ticktext) == ["20 ms", "50 ms", "100 ms", "200 ms", "500 ms"]
    assert "log scale (left is better)" in far.xaxis.title.text


def test_names_of_neighbours_stand_above_and_below_in_turn() -> None:
    trades = [trade("c", 0.5, 900), trade("a", 0.3, 20), trade("b", 0.4, 30)]
    _, *points = quality_cost(trades, quality=QUALITY, price=TIME).figure.data
    assert [point.textposition for point in points] == ["top left", "top right", "bottom right"]


def test_the_text_alternative_says_who_is_not_beaten() -> None:
    alt = quality_cost([trade("slow", 0.5, 900), trade("good", 0.8, 400)], quality=QUALITY, price=TIME).alt
    assert "good 80 % (80–80 %) at 400 ms" in alt
    assert alt.endswith("better and cheaper than: good.")
