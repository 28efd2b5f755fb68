"""Bars of several figures for several set-ups, each with its interval as a whisker."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.charts.amounts import AXIS_WORDS, said, scale
from lib.charts.arms import Arm, label_lines, label_text
from lib.charts.picture import Picture
from lib.charts.whiskers import LEGEND_BELOW, whiskers
from lib.evaluation.scoring import Measure
from lib.records import Metric

_BAR_PX, _GAP_PX, _TOP_PX, _BELOW_PX = 17, 74, 44, 92


@dataclass(frozen=True, slots=True)
class ArmFigures:
    """One set-up with its figures; a figure that it does not have (no retrieval, no price) has no bar."""

    arm: Arm
    metrics: tuple[Metric, ...]

    def metric(self, name: str) -> Metric | None:
        """The figure of that name, if the set-up has it."""
        return next((metric for metric in self.metrics if metric.name == name), None)


def metric_bars(title: str, rows: Sequence[Measure], figures: Sequence[ArmFigures]) -> Picture:
    """One group of figures, first row on top; rows that no set-up has are left out.

    Shares share one axis from 0 to 100 %; a figure of another unit gets a panel and an axis of its own, because
    milliseconds and dollars fit no common scale, unless it is zero throughout. Each bar's `customdata` is [set-up,
    metric's name].
    """
    import plotly.graph_objects as go

    shown = [row for row in rows if any(each.metric(row.name) for each in figures)]
    panels = _panels(shown, figures)
    heights = _heights(panels, len(figures))
    figure = go.Figure()
    for place, panel in enumerate(panels, start=1):
        for each in figures:
            figure.add_trace(_bars(panel, each, place=place))
    figure.update_layout(
        title={"text": title, "font": {"size": 14}},
        barmode="group",
        bargap=0.25,
        height=_TOP_PX + sum(heights) + _GAP_PX * max(0, len(panels) - 1) + _BELOW_PX,
        legend=LEGEND_BELOW,
        margin={"l": 10, "r": 30, "t": 44, "b": 10},
        showlegend=len(figures) > 1,
        clickmode="event+select",
        dragmode=False,
        **_axes(panels, heights, figures),
    )
    return Picture(figure, _sentence(title, shown, figures))


def _panels(rows: Sequence[Measure], figures: Sequence[ArmFigures]) -> list[list[Measure]]:
    """All shares in one panel, every other figure in one of its own if it has anything to draw."""
    shares = [row for row in rows if row.unit == "%"]
    others = [row for row in rows if row.unit != "%" and any(metric.value for metric in _metrics(row, figures))]
    return [shares] * bool(shares) + [[row] for row in others]


def _metrics(row: Measure, figures: Sequence[ArmFigures]) -> list[Metric]:
    return [metric for each in figures if (metric := each.metric(row.name))]


def _heights(panels: Sequence[Sequence[Measure]], arms: int) -> list[int]:
    """Each panel's in pixels."""
    return [len(panel) * max(30, _BAR_PX * arms + 12) for panel in panels]


def _bars(panel: Sequence[Measure], each: ArmFigures, *, place: int) -> object:
    import plotly.graph_objects as go

    held = [(row, metric) for row in panel if (metric := each.metric(row.name))]
    return go.Bar(
        name=label_text(each.arm.label),
        x=[scale(row) * metric.value for row, metric in held],
        y=[label_lines(row.title) for row, _ in held],
        orientation="h",
        xaxis=f"x{place}" if place > 1 else "x",
        yaxis=f"y{place}" if place > 1 else "y",
        legendgroup=each.arm.label,
        showlegend=place == 1,
        customdata=[[each.arm.label, row.name] for row, _ in held],
        hovertext=[_hover(each.arm.label, row, metric) for row, metric in held],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "color": each.arm.colour,
            "pattern": {
                "shape": each.arm.pattern,
                "fillmode": "overlay",
                "fgcolor": "rgba(255,255,255,0.75)",
                "size": 6,
            },
        },
        error_x=whiskers([metric for _, metric in held], scale=scale(panel[0])),
    )


def _axes(
    panels: Sequence[Sequence[Measure]], heights: Sequence[int], figures: Sequence[ArmFigures]
) -> dict[str, object]:
    """One pair of axes a panel, stacked from the top, as high as their bars need."""
    whole = (sum(heights) + _GAP_PX * (len(panels) - 1)) or 1
    axes: dict[str, object] = {}
    top = 1.0
    for place, (panel, height) in enumerate(zip(panels, heights, strict=True), start=1):
        number = "" if place == 1 else str(place)
        bottom = max(0.0, top - height / whole)
        axes[f"xaxis{number}"] = {
            "title": {"text": _axis_title(panel)},
            "anchor": f"y{number}",
            "range": _reach(panel, figures),
            "nticks": 6,
        }
        axes[f"yaxis{number}"] = {
            "anchor": f"x{number}",
            "domain": [bottom, top],
            "autorange": "reversed",
            "ticksuffix": "  ",
        }
        top = bottom - _GAP_PX / whole
    return axes


def _axis_title(panel: Sequence[Measure]) -> str:
    directions = {row.higher_is_better for row in panel}
    said = {frozenset({True}): ", higher is better", frozenset({False}): ", lower is better"}
    return AXIS_WORDS[panel[0].unit] + said.get(frozenset(directions), "")


def _reach(panel: Sequence[Measure], figures: Sequence[ArmFigures]) -> list[float]:
    """Shares run from 0 to 100 whatever their values; other figures from 0 to a little beyond the longest whisker."""
    if panel[0].unit == "%":
        return [0, 100]
    held = [metric for row in panel for metric in _metrics(row, figures)]
    most = max(max(metric.value, metric.high or 0.0) for metric in held)
    return [0, 1.08 * most or 1.0]


def _hover(label: str, row: Measure, metric: Metric) -> str:
    return f"<b>{label_text(label)}</b><br>{row.title}: {said(row, metric)}<br>{_cases(metric.cases)}"


def _cases(count: int) -> str:
    return f"over {count} case{'' if count == 1 else 's'}"


def _sentence(title: str, rows: Sequence[Measure], figures: Sequence[ArmFigures]) -> str:
    lines = [
        f"{row.title}: "
        + "; ".join(
            f"{each.arm.label} {said(row, metric)}" for each in figures if (metric := each.metric(row.name)) is not None
        )
        for row in rows
    ]
    listed = ". ".join(lines) or "nothing to show"
    return f"Bars, {title}, with 95 % intervals in brackets. {listed}."
