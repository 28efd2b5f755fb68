"""What of the runs is looked for: a search box and filters, kept for the session."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

import streamlit as st

from lib.domain import ApproachName
from lib.records import FailureLabel, Origin, ReviewState
from lib.runs.query import RunQuery
from pages.ui import run_log, state, theme

Value = TypeVar("Value")

_HELD = "runs.query"
_ANY = "Any"
_CORRECT = {_ANY: None, "Right": True, "Wrong": False}
_RATED = {_ANY: None, "Rated": True, "Not rated": False}
PAGE_ROWS = 50


def draw(workspace_id: str) -> RunQuery:
    """The search box and, behind a button, the filters; returns what they say now."""
    held = state.recall(_HELD, RunQuery(limit=PAGE_ROWS))
    box, more = st.columns([5, 1.3], vertical_alignment="bottom")
    state.seed("runs.text", held.text)
    text = box.text_input(
        "Search",
        key="runs.text",
        placeholder="Words of the question or the answer",
        max_chars=400,
        help="Every word must stand in the question or in the answer, in any case.",
    )
    chosen = _count(held)
    label = f"Filters ({chosen})" if chosen else "Filters"
    with more.popover(label, icon=":material/filter_list:", width="stretch"):
        query = _filters(workspace_id, replace(held, text=text or ""))
    if replace(query, offset=0) != replace(held, offset=0):
        query = replace(query, offset=0)
    state.remember(_HELD, query)
    return query


def turn(offset: int) -> None:
    """Go to the rows from `offset` on."""
    state.remember(_HELD, replace(state.recall(_HELD, RunQuery(limit=PAGE_ROWS)), offset=max(0, offset)))


def clear() -> None:
    """Look for everything again."""
    state.forget("runs.filter.")
    state.put("runs.text", "")
    state.remember(_HELD, RunQuery(limit=PAGE_ROWS))


def _filters(workspace_id: str, query: RunQuery) -> RunQuery:
    there = run_log.choices(workspace_id)
    left, right = st.columns(2)
    with left:
        approach = _one("Approach", "approach", ApproachName, query.approach, lambda name: theme.look(name).label)
        model = _one("Model", "model", there.models, query.model or None, str)
        origin = _one("Asked on", "origin", Origin, query.origin, str)
        correct = _three("Right or wrong", "correct", _CORRECT, query.correct)
        since = _day("From", "since", query.since)
    with right:
        label = _one("Why it failed", "label", FailureLabel, query.label, str)
        tag = _one("Tag of the case", "tag", there.tags, query.tag or None, str)
        review = _one("Approval", "review", ReviewState, query.review, str)
        rated = _three("Rating", "rated", _RATED, query.rated)
        until = _day("To", "until", None if query.until is None else query.until - timedelta(days=1))
    st.button("Clear", key="runs.clear", icon=":material/filter_list_off:", on_click=clear)
    return replace(
        query,
        approach=approach, model=model or "", origin=origin, correct=correct, label=label, tag=tag or "",
        review=review, rated=rated, since=since, until=None if until is None else until + timedelta(days=1),
    )  # fmt: skip


def _one(
    label: str, name: str, options: Iterable[Value], now: Value | None, words: Callable[[Value], str]
) -> Value | None:
    key = f"runs.filter.{name}"
    known = list(options)
    state.seed(key, now if now in known else None)
    return st.selectbox(label, known, key=key, index=None, format_func=words, placeholder=_ANY)


def _three(label: str, name: str, options: dict[str, bool | None], now: bool | None) -> bool | None:
    key = f"runs.filter.{name}"
    state.seed(key, next(words for words, value in options.items() if value is now))
    return options[st.selectbox(label, list(options), key=key)]


def _day(label: str, name: str, now: datetime | None) -> datetime | None:
    key = f"runs.filter.{name}"
    state.seed(key, now.date() if now else None)
    chosen = st.date_input(label, value=None, key=key, help="Days begin at midnight UTC.")
    return datetime.combine(chosen, time(), UTC) if isinstance(chosen, date) else None


def _count(query: RunQuery) -> int:
    plain = RunQuery(text=query.text, limit=query.limit, offset=query.offset)
    names = ("approach", "model", "origin", "correct", "label", "tag", "review", "rated", "since", "until")
    return sum(getattr(query, name) != getattr(plain, name) for name in names)
