"""Quality against what it takes: one point a set-up, and the line of those that no other beats in both."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lib.charts.amounts import AXIS_WORDS, said
from lib.charts.arms import Arm, label_text
from lib.charts.picture import Picture
from lib.charts.whiskers import WHISKER_COLOUR, whiskers
from lib.evaluation.scoring import Measure
from lib.records import Metric

_MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Trade:
    """What one set-up gives (`quality`, higher is better) and takes (`price`, lower is better)."""

    arm: Arm
    quality: Metric
    price: Metric


def pareto(trades: Sequence[Trade]) -> tuple[Trade, ...]:
    """Those that no other one beats: none is at least as good and as cheap, and better in one. Cheapest first.

    Of equals, all stay.
    """
    best = [trade for trade in trades if not any(_beats(other, trade) for other in trades)]
    return tuple(sorted(best, key=lambda trade: (trade.price.value, trade.quality.value)))


def quality_cost(trades: Sequence[Trade], *, quality: Measure, price: Measure) -> Picture:
    """The set-ups as named points with whiskers both ways. A point's `customdata` is [set-up, quality's name].

    `quality` is a share. The axis of the price is logarithmic when all prices are above zero and more than
    threefold apart.
    """
    import plotly.graph_objects as go

    best = pareto(trades)
    logarithmic = _spread(trades) > 3
    reach = _reach(trades, logarithmic=logarithmic)
    middle = 10 ** (sum(reach) / 2) if logarithmic else sum(reach) / 2
    figure = go.Figure([_line(best), *(_point(trade, quality, price) for trade in trades)])
    for trace, place in zip(figure.data[1:], _name_places(trades, middle), strict=True):
        trace.textposition = place
    figure.update_layout(
        title={"text": f"{quality.title} against {_lower_first(price.title)}", "font": {"size": 14}},
        xaxis={
            "title": {"text": f"{price.title}, {AXIS_WORDS[price.unit]}{', log scale' * logarithmic} (left is better)"},
            "type": "log" if logarithmic else "linear",
            "range": reach,
            **(_ticks(reach, price) if logarithmic else {"nticks": 6}),
        },
        yaxis={
            "title": {"text": f"{quality.title}, % (up is better)"},
            "range": [-4, 109],
            "tickvals": [*range(0, 101, 20)],
        },
        height=380,
        showlegend=False,
        margin={"l": 10, "r": 10, "t": 44, "b": 10},
        clickmode="event+select",
        dragmode=False,
    )
    return Picture(figure, _sentence(trades, best, quality, price))


def _beats(one: Trade, other: Trade) -> bool:
    as_good = one.quality.value >= other.quality.value and one.price.value <= other.price.value
    return as_good and (one.quality.value > other.quality.value or one.price.value < other.price.value)


def _line(best: Sequence[Trade]) -> object:
    import plotly.graph_objects as go

    return go.Scatter(
        x=[trade.price.value for trade in best],
        y=[100 * trade.quality.value for trade in best],
        mode="lines",
        line={"dash": "dot", "width": 1.6, "color": WHISKER_COLOUR},
        hoverinfo="skip",
        name="Pareto line",
    )


def _name_places(trades: Sequence[Trade], middle: float) -> list[str]:
    """Where each name stands: clear of the whiskers, on the side that has room, neighbours in turn above and below."""
    order = sorted(range(len(trades)), key=lambda at: trades[at].price.value)
    sides = ["right" if trade.price.value < middle else "left" for trade in trades]
    return [f"{('top', 'bottom')[order.index(at) % 2]} {side}" for at, side in enumerate(sides)]


def _point(trade: Trade, quality: Measure, price: Measure) -> object:
    import plotly.graph_objects as go

    arm = trade.arm
    return go.Scatter(
        x=[trade.price.value],
        y=[100 * trade.quality.value],
        mode="markers+text",
        name=label_text(arm.label),
        text=[f"<b>{label_text(arm.label)}</b>"],
        textfont={"size": 12},
        cliponaxis=False,
        customdata=[[arm.label, quality.name]],
        hovertext=[_hover(trade, quality, price)],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"color": arm.colour, "symbol": arm.symbol, "size": 13, "line": {"width": 1, "color": "#FFFFFF"}},
        error_x=whiskers([trade.price]),
        error_y=whiskers([trade.quality], scale=100),
        unselected={"marker": {"opacity": 0.6}},
    )


def _spread(trades: Sequence[Trade]) -> float:
    """How many times the dearest price is the cheapest; 1 where one of them is free."""
    prices = [trade.price.value for trade in trades]
    return max(prices) / min(prices) if prices and min(prices) > 0 else 1.0


def _reach(trades: Sequence[Trade], *, logarithmic: bool) -> list[float]:
    """Room on both sides, in which the names of the outermost points stand."""
    highs = [max(trade.price.value, trade.price.high or 0.0) for trade in trades] or [1.0]
    if not logarithmic:
        most = max(highs) or 1.0
        return [-0.12 * most, 1.2 * most]
    lows = [min(trade.price.value, trade.price.low or trade.price.value) for trade in trades]
    low, high = math.log10(min(low for low in lows if low > 0)), math.log10(max(highs))
    room = 0.18 * (high - low)
    return [low - room, high + room]


def _ticks(reach: Sequence[float], price: Measure) -> dict[str, object]:
    """1, 2 and 5 of every power of ten within reach (given as logarithms); fewer where they would crowd."""
    held: list[float] = []
    for digits in ((1, 2, 5), (1, 3), (1,)):
        held = _marks(reach, digits)
        if len(held) <= _MOST_TICKS:
            break
    return {"tickvals": held, "ticktext": [price.shown(mark) for mark in held], "minor": {"showgrid": False}}


def _marks(reach: Sequence[float], digits: Sequence[int]) -> list[float]:
    low, high = reach
    marks = [digit * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for digit in digits]
    return [mark for mark in marks if low <= math.log10(mark) <= high]


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _hover(trade: Trade, quality: Measure, price: Measure) -> str:
    lines = (f"{row.title}: {said(row, metric)}" for row, metric in ((quality, trade.quality), (price, trade.price)))
    return "<br>".join([f"<b>{label_text(trade.arm.label)}</b>", *lines])


def _sentence(trades: Sequence[Trade], best: Sequence[Trade], quality: Measure, price: Measure) -> str:
    listed = "; ".join(
        f"{trade.arm.label} {said(quality, trade.quality)} at {said(price, trade.price)}" for trade in trades
    )
    names = ", ".join(trade.arm.label for trade in best)
    return (
        f"Points, {quality.title} (higher is better) against {price.title} (lower is better), with 95 % intervals: "
        f"{listed}. No other set-up is both better and cheaper than: {names}."
    )
