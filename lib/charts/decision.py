"""Bars of how many points each choice has in a situation."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.charts.picture import Picture


@dataclass(frozen=True, slots=True)
class ScoredChoice:
    """One bar: `barred` marks a choice that cannot be first, whatever its points."""

    label: str
    score: int
    colour: str
    barred: bool


def decision_scores(choices: Sequence[ScoredChoice]) -> Picture:
    """The choices as horizontal bars, first one on top; barred ones are hatched and paler."""
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Bar(
            x=[each.score for each in choices],
            y=[each.label for each in choices],
            orientation="h",
            text=[str(each.score).replace("-", "\u2212") for each in choices],
            textposition="outside",
            cliponaxis=False,
            marker={
                "color": [each.colour for each in choices],
                "opacity": [0.7 if each.barred else 1.0 for each in choices],
                "pattern": {"shape": ["/" if each.barred else "" for each in choices]},
            },
            hovertemplate="%{y}: %{x} points<extra></extra>",
        )
    )
    figure.update_layout(
        title={"text": "Points in this situation (more is better)", "font": {"size": 14}},
        xaxis={"title": {"text": "points"}, "range": _reach([each.score for each in choices]), "zeroline": True},
        yaxis={"title": {"text": "choice"}, "autorange": "reversed"},
        bargap=0.35,
        height=270,
        showlegend=False,
    )
    return Picture(figure, f"Points for each choice, best first: {'; '.join(_said(each) for each in choices)}.")


def _said(each: ScoredChoice) -> str:
    return f"{each.label} {each.score}{' (cannot be first)' if each.barred else ''}"


def _reach(scores: Sequence[int]) -> list[float]:
    """An axis that holds zero and leaves room for the words at the bars' ends."""
    low, high = min([0, *scores]), max([1, *scores])
    room = 0.12 * (high - low)
    return [low - (room if low < 0 else 0), high + room]
