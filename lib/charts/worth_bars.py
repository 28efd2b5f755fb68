"""Bars of base, few-shot and fine-tuned with their intervals, and the nearest-neighbour floor as a line across them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.charts.amounts import AXIS_WORDS, said, scale
from lib.charts.arms import APPROACH_COLOURS, label_lines
from lib.charts.picture import Picture
from lib.charts.whiskers import LEGEND_BELOW, whiskers
from lib.domain import ApproachName
from lib.evaluation.scoring import Measure
from lib.evaluation.worth_records import Contender
from lib.records import Metric

_BAR_PX, _ROW_PX, _AROUND_PX = 20, 18, 132
_LABEL_WIDTH = 16
FLOOR_COLOUR = "#B5505F"
CONTENDER_LOOKS: Mapping[Contender, tuple[str, str]] = {
    Contender.BASE: (APPROACH_COLOURS[ApproachName.PROMPT_ONLY], ""),
    Contender.FEW_SHOT: (APPROACH_COLOURS[ApproachName.PROMPT_ONLY], "/"),
    Contender.FINE_TUNED: (APPROACH_COLOURS[ApproachName.FINE_TUNED], ""),
}
"""Colour and pattern: base and few-shot are both the untrained model with a prompt."""


@dataclass(frozen=True, slots=True)
class WorthRow:
    """One group of bars: a title, how its figures are read, and each contender's figure."""

    title: str
    measure: Measure
    figures: Mapping[Contender, Metric]


def worth_bars(title: str, rows: Sequence[WorthRow]) -> Picture:
    """One group a row, first on top; a contender without a figure has no bar. All rows have one unit.

    The floor is a line as high as the bars of its row. Raises ValueError for rows of different units.
    """
    import plotly.graph_objects as go

    if len({row.measure.unit for row in rows}) > 1:
        raise ValueError("rows of different units do not share an axis")
    shown = [one for one in CONTENDER_LOOKS if any(one in row.figures for row in rows)]
    figure = go.Figure([_bars(one, rows) for one in shown])
    high = sum(_ROW_PX + _BAR_PX * max(1, len(shown)) for _ in rows)
    for place, row in enumerate(rows):
        if floor := row.figures.get(Contender.FLOOR):
            figure.add_shape(**_line(scale(row.measure) * floor.value, place))
    if any(Contender.FLOOR in row.figures for row in rows):
        figure.add_trace(_floor(rows))
    figure.update_layout(
        title={"text": title, "font": {"size": 14}},
        barmode="group",
        bargap=0.22,
        height=_AROUND_PX + high,
        legend=LEGEND_BELOW,
        margin={"l": 10, "r": 30, "t": 44, "b": 10},
        dragmode=False,
        xaxis={"title": {"text": _axis_title(rows)}, "range": _reach(rows), "nticks": 6},
        yaxis={"autorange": "reversed", "ticksuffix": "  "},
    )
    return Picture(figure, _sentence(title, rows))


def _bars(contender: Contender, rows: Sequence[WorthRow]) -> object:
    import plotly.graph_objects as go

    held = [(row, metric) for row in rows if (metric := row.figures.get(contender))]
    colour, pattern = CONTENDER_LOOKS[contender]
    return go.Bar(
        name=contender.value,
        x=[scale(row.measure) * metric.value for row, metric in held],
        y=[label_lines(row.title, _LABEL_WIDTH) for row, _ in held],
        orientation="h",
        hovertext=[_hover(contender, row, metric) for row, metric in held],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "color": colour,
            "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.75)", "size": 6},
        },
        error_x=whiskers([metric for _, metric in held], scale=scale(rows[0].measure)),
    )


def _floor(rows: Sequence[WorthRow]) -> object:
    """Where the pointer finds the floor, and its entry in the legend; the line itself is a shape."""
    import plotly.graph_objects as go

    held = [(row, metric) for row in rows if (metric := row.figures.get(Contender.FLOOR))]
    return go.Scatter(
        name=f"{Contender.FLOOR.value} (floor)",
        x=[scale(row.measure) * metric.value for row, metric in held],
        y=[label_lines(row.title, _LABEL_WIDTH) for row, _ in held],
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 12, "color": FLOOR_COLOUR, "line": {"width": 3}},
        hovertext=[_hover(Contender.FLOOR, row, metric) for row, metric in held],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _line(at: float, place: int) -> dict[str, object]:
    return {
        "type": "line",
        "x0": at,
        "x1": at,
        "y0": place - 0.42,
        "y1": place + 0.42,
        "line": {"color": FLOOR_COLOUR, "width": 3, "dash": "dot"},
    }


def _axis_title(rows: Sequence[WorthRow]) -> str:
    if not rows:
        return ""
    better = "higher" if rows[0].measure.higher_is_better else "lower"
    return f"{AXIS_WORDS[rows[0].measure.unit]}, {better} is better"


def _reach(rows: Sequence[WorthRow]) -> list[float]:
    if not rows or rows[0].measure.unit == "%":
        return [0, 101]
    metrics = [metric for row in rows for metric in row.figures.values()]
    return [0, 1.08 * max(max(metric.value, metric.high or 0.0) for metric in metrics) or 1.0]


def _hover(contender: Contender, row: WorthRow, metric: Metric) -> str:
    return f"<b>{contender.value}</b><br>{row.title}: {said(row.measure, metric)}<br>over {metric.cases} rows"


def _sentence(title: str, rows: Sequence[WorthRow]) -> str:
    lines = [
        f"{row.title}: "
        + "; ".join(f"{one.value} {said(row.measure, row.figures[one])}" for one in Contender if one in row.figures)
        for row in rows
    ]
    return f"Bars, {title}, with 95 % intervals in brackets. {'. '.join(lines) or 'nothing to show'}."
