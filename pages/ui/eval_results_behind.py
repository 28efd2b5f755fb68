"""The cases behind a bar or a point that was clicked; one list is open at a time, under its chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lib.charts.failure_mix import LOOKS
from lib.evaluation.results import Asked, Results
from lib.evaluation.scoring import METRICS, measure
from pages.ui import eval_results_case, eval_results_table, markup, state

OPEN = "evaluate.behind"
"""Where it is held what was clicked last."""

_MEASURES = {each.name for each in METRICS}


@dataclass(frozen=True, slots=True)
class Behind:
    """What was clicked: in which chart, whose bar, and what it stands for: an outcome, a figure's name or a tag."""

    chart: str
    setup: str
    what: str


def clicked(widget: str, chart: str) -> None:
    """Take over a chart's selection; an empty one closes its list."""
    event: Any = state.typed(widget, None)
    points = event["selection"]["points"] if event else []
    found = picked(points, chart)
    state.remember(OPEN, found)
    eval_results_table.forget_choice()


def picked(points: Sequence[dict[str, Any]], chart: str) -> Behind | None:
    """What the first selected point with [set-up, what] as its `customdata` stands for; None without one."""
    for point in points:
        given = point.get("customdata")
        if isinstance(given, dict):
            given = [given[name] for name in sorted(given)]
        if isinstance(given, (list, tuple)) and len(given) == 2:
            return Behind(chart, str(given[0]), str(given[1]))
    return None


def under(chart: str) -> Behind | None:
    """What was clicked last, if that was in this chart."""
    held: Behind | None = state.recall(OPEN, None)
    return held if held is not None and held.chart == chart else None


def close() -> None:
    """Nothing is clicked any more."""
    state.remember(OPEN, None)
    eval_results_table.forget_choice()


def cases_behind(found: Results, behind: Behind) -> tuple[Asked, ...]:
    """The answers that a bar or a point stands for; those of a figure with the lowest first, if it is a quality."""
    asked = next((setup.asked for setup in found.setups if setup.setup.label == behind.setup), ())
    if behind.what in LOOKS and behind.chart == "mix":
        return tuple(one for one in asked if one.outcome == behind.what)
    if behind.what in _MEASURES and behind.chart != "tags":
        by = measure(behind.what)
        known = [(value, one) for one in asked if (value := by.of(one.scores)) is not None]
        return tuple(one for _, one in sorted(known, key=lambda pair: pair[0] if by.higher_is_better else -pair[0]))
    return tuple(one for one in asked if behind.what in one.case.tags)


def draw(found: Results, behind: Behind) -> None:
    """The list, and the case that is opened in it."""
    asked = cases_behind(found, behind)
    with st.container(border=True, key="evaluate.results.behind"):
        count = f"{len(asked)} case{'' if len(asked) == 1 else 's'}"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{markup.plain(behind.setup)} · {markup.plain(_words(behind))}: {count}**", width="content")
            st.button("Close", icon=":material/close:", type="tertiary", key="evaluate.results.shut", on_click=close)
        chosen = eval_results_table.draw(
            found,
            [one.case for one in asked],
            key=f"behind.{behind.chart}.{behind.setup}.{behind.what}",
            by=_by(behind),
        )
    if chosen is not None:
        eval_results_case.draw(found, chosen, first=behind.setup)


def _by(behind: Behind) -> tuple[str, str] | None:
    """The set-up and the figure whose value the list shows."""
    figure = behind.what in _MEASURES and behind.chart not in ("mix", "tags")
    return (behind.setup, behind.what) if figure else None


def _words(behind: Behind) -> str:
    if _by(behind) is None:
        return behind.what
    by = measure(behind.what)
    return f"{by.title}, {'lowest' if by.higher_is_better else 'highest'} first"
