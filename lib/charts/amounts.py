"""Words of axes and intervals for the figures of an evaluation."""

from lib.evaluation.scoring import Measure
from lib.records import Metric

AXIS_WORDS = {"%": "% (0 to 100)", "ms": "milliseconds", "tokens": "tokens", "USD": "US dollars"}
"""What an axis of that unit is called."""


def scale(measure: Measure) -> float:
    """What a figure is multiplied by to be drawn: shares are drawn in per cent."""
    return 100.0 if measure.unit == "%" else 1.0


def interval(measure: Measure, metric: Metric) -> str:
    """The interval as "55-69 %" or "120 ms to 180 ms", or what stands in its place where too few cases allow none."""
    if metric.low is None or metric.high is None:
        return "no interval"
    if measure.unit == "%":
        return f"{100 * metric.low:.0f}\u2013{100 * metric.high:.0f} %"
    return f"{measure.shown(metric.low)} to {measure.shown(metric.high)}"


def said(measure: Measure, metric: Metric) -> str:
    """The figure with its interval: "62 % (55-69 %)"."""
    return f"{measure.shown(metric.value)} ({interval(measure, metric)})"
