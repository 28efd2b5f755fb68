"""Intervals as plotly draws them: thin lines from the low to the high end."""

from collections.abc import Sequence

from lib.records import Metric

WHISKER_COLOUR = "#6F665D"
"""Reads on paper and on dark."""


def whiskers(metrics: Sequence[Metric], *, scale: float = 1.0) -> dict[str, object]:
    """Error bars of the points at `scale * metric.value`, in order; a metric without an interval gets none."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [0.0 if each.high is None else scale * (each.high - each.value) for each in metrics],
        "arrayminus": [0.0 if each.low is None else scale * (each.value - each.low) for each in metrics],
        "color": WHISKER_COLOUR,
        "thickness": 1.8,
        "width": 4,
    }


LEGEND_BELOW = {"orientation": "h", "traceorder": "normal", "yanchor": "bottom", "y": 0, "yref": "container"}
"""Under the axis: beside or above the chart, a legend of several lines covers it on a narrow screen."""
