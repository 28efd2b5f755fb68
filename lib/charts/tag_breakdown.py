"""One figure for each tag of the questions: where a set-up is strong and where it is weak."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.charts.amounts import said
from lib.charts.arms import Arm, label_text
from lib.charts.metric_bars import ArmFigures
from lib.charts.picture import Picture
from lib.charts.whiskers import LEGEND_BELOW, whiskers
from lib.evaluation.scoring import Measure
from lib.records import Metric

FEW = 10
"""Tags with fewer cases are flagged: one case more or less moves their share by more than 10 %."""
_HALF_ROW = 0.34


@dataclass(frozen=True, slots=True)
class TagRow:
    """One tag, how many cases carry it, and each set-up's figures over those cases."""

    tag: str
    cases: int
    figures: tuple[ArmFigures, ...]


def tag_breakdown(tags: Sequence[TagRow], row: Measure) -> Picture:
    """A line a tag in the order given, a dot a set-up with its interval. A dot's `customdata` is [set-up, tag].

    `row` is a share. Tags of fewer than `FEW` cases say "few" beside their number.
    """
    import plotly.graph_objects as go

    arms = tuple(dict.fromkeys(each.arm for tag in tags for each in tag.figures))
    figure = go.Figure([_dots(arm, place, len(arms), tags, row) for place, arm in enumerate(arms)])
    figure.update_layout(
        title={"text": f"{row.title} by tag", "font": {"size": 14}},
        height=150 + max(1, len(tags)) * max(28, 15 * len(arms) + 8),
        xaxis={"title": {"text": "% (0 to 100), higher is better"}, "range": [-2, 102]},
        yaxis={
            "title": {"text": "tag (cases)"},
            "showgrid": True,
            "tickvals": list(range(len(tags))),
            "ticktext": [_tick(tag) for tag in tags],
            "range": [len(tags) - 0.4, -0.6],
        },
        showlegend=len(arms) > 1,
        legend=LEGEND_BELOW,
        margin={"l": 10, "r": 10, "t": 44, "b": 10},
        clickmode="event+select",
        dragmode=False,
    )
    return Picture(figure, _sentence(tags, row))


def _dots(arm: Arm, place: int, arms: int, tags: Sequence[TagRow], row: Measure) -> object:
    import plotly.graph_objects as go

    shift = 0.0 if arms == 1 else -_HALF_ROW + 2 * _HALF_ROW * place / (arms - 1)
    held = [(line, tag, metric) for line, tag in enumerate(tags) if (metric := _metric(tag, arm, row))]
    return go.Scatter(
        x=[100 * metric.value for _, _, metric in held],
        y=[line + shift for line, _, _ in held],
        mode="markers",
        name=label_text(arm.label),
        customdata=[[arm.label, tag.tag] for _, tag, _ in held],
        hovertext=[_hover(arm, tag, row, metric) for _, tag, metric in held],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
        marker={
            "color": arm.colour,
            "symbol": arm.symbol,
            "size": 10,
            "opacity": [0.5 if tag.cases < FEW else 1.0 for _, tag, _ in held],
        },
        error_x=whiskers([metric for *_, metric in held], scale=100),
        unselected={"marker": {"opacity": 0.5}},
    )


def _metric(tag: TagRow, arm: Arm, row: Measure) -> Metric | None:
    return next((each.metric(row.name) for each in tag.figures if each.arm == arm), None)


def _tick(tag: TagRow) -> str:
    few = ", few" if tag.cases < FEW else ""
    return f"{label_text(tag.tag)} ({tag.cases}{few})"


def _hover(arm: Arm, tag: TagRow, row: Measure, metric: Metric) -> str:
    figure = f"{row.title}: {said(row, metric)}"
    return f"<b>{label_text(arm.label)}</b> · {_tick(tag)}<br>{figure}"


def _sentence(tags: Sequence[TagRow], row: Measure) -> str:
    lines = []
    for tag in tags:
        held = [(each.arm.label, metric) for each in tag.figures if (metric := each.metric(row.name))]
        listed = ", ".join(f"{label} {said(row, metric)}" for label, metric in held)
        few = ", too few to tell" if tag.cases < FEW else ""
        lines.append(f"{tag.tag} ({tag.cases} cases{few}): {listed}")
    return f"Dots, {row.title} by tag, with 95 % intervals in brackets. {'; '.join(lines) or 'No tags'}."
