"""Figures as people read them, with their unit."""

from enum import StrEnum


class Unit(StrEnum):
    """What a figure counts."""

    SHARE = "share"
    MILLISECONDS = "ms"
    TOKENS = "tokens"
    DOLLARS = "USD"


AXIS_WORDS = {
    Unit.SHARE: "% (0 to 100)",
    Unit.MILLISECONDS: "milliseconds",
    Unit.TOKENS: "tokens an answer",
    Unit.DOLLARS: "US dollars",
}
"""What an axis of that unit is called."""


def amount(value: float, unit: Unit) -> str:
    """The figure with its unit: "62 %", "340 ms", "1,204 tokens", "$0.0012"."""
    if unit is Unit.SHARE:
        return f"{100 * value:.0f} %"
    if unit is Unit.MILLISECONDS:
        return f"{value:,.0f} ms" if value < 10_000 else f"{value / 1000:,.1f} s"
    if unit is Unit.TOKENS:
        return f"{value:,.0f} tokens"
    return dollars(value)


def dollars(value: float) -> str:
    """US dollars with as many digits as a small price needs; what costs nothing is "$0"."""
    if value == 0:
        return "$0"
    return f"${value:,.2f}" if abs(value) >= 1 else f"${value:.2g}" if abs(value) >= 1e-4 else f"${value:.1e}"


def interval(low: float | None, high: float | None, unit: Unit) -> str:
    """The interval as "55-69 %", or what stands in its place where too few cases allow none."""
    if low is None or high is None:
        return "no interval"
    if unit is Unit.SHARE:
        return f"{100 * low:.0f}\u2013{100 * high:.0f} %"
    return f"{amount(low, unit)} to {amount(high, unit)}"
