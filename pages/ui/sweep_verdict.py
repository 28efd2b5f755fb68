"""Which setting a sweep recommends, and how sure that is."""

from collections.abc import Sequence

import streamlit as st

from lib.evaluation.scoring import measure
from lib.evaluation.sweep_cells import Cell, Choice, Limit
from lib.settings import Workspace
from pages.ui import state, sweep_cell, sweep_choice

_AT_A_TIME = {"passages": 5, "tokens": 1_000}
"""The limit that the best cell is looked for at, unless the person says otherwise."""


def row(limits: Sequence[Limit], unit: str) -> Limit:
    """The row in which the best cell is looked for."""
    key = f"sweep.row.{unit}"
    amounts = [limit.amount for limit in limits]
    nearest = min(amounts, key=lambda amount: abs(amount - _AT_A_TIME[unit]))
    if state.typed(key, None) not in amounts:
        kept = state.recall(key, nearest)
        state.put(key, kept if kept in amounts else nearest)
    what = "tokens handed over" if unit == "tokens" else "passages handed over"
    amount = st.segmented_control(
        f"Best setting for ... {what}", amounts, format_func=lambda one: f"{one:,}", key=key, required=True
    )
    state.remember(key, amount)
    return next(limit for limit in limits if limit.amount == (amount or nearest))


def draw(workspace: Workspace, choice: Choice, metric: str, *, complete: bool) -> None:
    """The recommendation in words, and the button."""
    best, how = choice.best, measure(metric)
    so_far = "Best" if complete else "Best so far"
    with st.container(border=True, key="sweep.verdict"):
        st.markdown(
            f"**{so_far} for {how.title} at {best.limit.words}: {_named(best)}**, "
            f"{how.shown(best.metric(metric).value)} with {best.tokens:,.0f} tokens a question."
        )
        if choice.second is not None and choice.difference is not None:
            second = choice.second
            st.markdown(
                f"Next: {_named(second)}, {how.shown(second.metric(metric).value)} with {second.tokens:,.0f} tokens. "
                f"{choice.difference.sentence}"
            )
            if choice.chosen != best:
                st.markdown(f"So the cheaper one is recommended: **{_named(second)}**.")
        label = "Take over the best setting" if choice.chosen == best else "Take over the cheaper setting"
        sweep_cell.take_over(workspace, choice.chosen, label=label, key=sweep_cell.BEST)


def _named(cell: Cell) -> str:
    return f"{cell.chunking.size}-token chunks, {sweep_choice.SEARCHES[cell.retrieval.retriever].lower()}"
