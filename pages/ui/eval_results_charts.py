"""The charts of an evaluation's results; what is clicked in them lists the cases behind, right under the chart."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.charts.failure_mix import failure_mix
from lib.charts.headline import without_interval
from lib.charts.metric_bars import metric_bars
from lib.charts.picture import Picture
from lib.charts.quality_cost import Trade, quality_cost
from lib.charts.report import GROUP_TITLES, LATENCY_NOTE
from lib.charts.setup_figures import arms_of, figures_of, mixes_of, tag_rows
from lib.charts.tag_breakdown import tag_breakdown
from lib.evaluation.results import Results
from lib.evaluation.scoring import METRICS, Group, Measure, measure
from pages.ui import eval_results_behind, state, theme

_QUALITIES = (
    "correct", "contained", "f1", "exact_match", "format_valid", "faithfulness", "citation_precision", "hit", "recall",
    "ndcg",
)  # fmt: skip
_PRICES = ("latency_p50", "latency_p95", "cost_usd", "input_tokens")


def outcomes(found: Results) -> None:
    """One bar a set-up: right answers, and why the others are wrong."""
    _chart(failure_mix(mixes_of(found)), found, key="mix")


def figures(found: Results) -> None:
    """One group of figures with their intervals."""
    shown = figures_of(found)
    held = {group: _held(found, group) for group in GROUP_TITLES}
    groups = [group for group, measures in held.items() if measures]
    st.subheader("The figures", anchor=False)
    state.seed("evaluate.results.group", groups[0])
    group = st.segmented_control(
        "Figures",
        groups,
        format_func=lambda name: GROUP_TITLES[name],
        key="evaluate.results.group",
        required=True,
        label_visibility="collapsed",
    )
    group = group if group in groups else groups[0]
    _chart(metric_bars(GROUP_TITLES[group], held[group], shown), found, key=f"bars.{group.value}")
    if group is Group.COST:
        st.caption(LATENCY_NOTE)
    if missing := without_interval(found, held[group]):
        st.caption(missing)
    with st.popover("What the figures mean", icon=":material/help:"):
        st.markdown("\n".join(f"- **{each.title}**: {each.explanation}" for each in held[group]))
        st.caption("The thin lines are 95 % intervals: with other questions of the kind, the figure would lie there.")


def trade_off(found: Results) -> None:
    """Quality against time or cost, with the set-ups that no other beats in both."""
    asked = arms_of(found)
    if len(asked) < 2:
        return
    st.subheader("What quality costs", anchor=False)
    left, right = st.columns(2)
    quality = _measure_box(found, _QUALITIES, "Quality", "evaluate.results.quality", left)
    price = _measure_box(found, _PRICES, "Price", "evaluate.results.price", right)
    trades = [
        Trade(arm, good, cost)
        for arm, setup in asked
        if (good := setup.metric(quality.name)) and (cost := setup.metric(price.name))
    ]
    _chart(quality_cost(trades, quality=quality, price=price), found, key="trade")
    st.caption("The dotted line joins the set-ups that no other one beats in both.")


def tags(found: Results) -> None:
    """One figure for each tag of the cases."""
    if not any(case.tags for case in found.cases):
        return
    st.subheader("By tag", anchor=False)
    chosen = _measure_box(found, _QUALITIES, "Figure", "evaluate.results.tag_figure", st.container(width=340))
    _chart(tag_breakdown(tag_rows(found, chosen), chosen), found, key="tags")


def _held(found: Results, group: Group) -> list[Measure]:
    return [each for each in METRICS if each.group is group and any(setup.metric(each.name) for setup in found.setups)]


def _measure_box(found: Results, names: Sequence[str], label: str, key: str, place: DeltaGenerator) -> Measure:
    offered = [name for name in names if any(setup.metric(name) for setup in found.setups)]
    if state.typed(key, offered[0]) not in offered:
        state.put(key, offered[0])
    state.seed(key, offered[0])
    chosen = place.selectbox(label, offered, format_func=lambda name: measure(name).title, key=key)
    return measure(chosen or offered[0])


def _chart(picture: Picture, found: Results, *, key: str) -> None:
    """The chart and, when something in it was clicked last, the cases behind that."""
    picture.figure.update_layout(template=theme.TEMPLATE)
    widget = f"evaluate.results.{key}.{found.evaluation.id}"
    st.plotly_chart(
        picture.figure,
        key=widget,
        on_select=lambda: eval_results_behind.clicked(widget, key),
        selection_mode="points",
        alt=picture.alt,
        config={"displayModeBar": False},
    )
    behind = eval_results_behind.under(key)
    if behind is None:
        st.caption(":material/touch_app: Click a bar or a point to see the cases behind it.")
        return
    eval_results_behind.draw(found, behind)
