"""What people say of a run: stars with a comment, a label of their own, and approval."""

from functools import partial

import streamlit as st

from lib.records import FailureLabel, RunRecord
from lib.runs.approval import AREAS
from lib.runs.rows import KeptRun
from pages.ui import markup, run_acting, run_log, run_review, state

_AS_THE_RULE_SAYS = "As the rule says"


def draw(kept: KeptRun) -> None:
    """Rating, label and approval of the run that is open."""
    st.subheader("What people say", anchor=False)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        _rating(kept)
    with right, st.container(border=True):
        _label(kept)
        _approval(kept)


def _rating(kept: KeptRun) -> None:
    record, rating = kept.record, kept.remarks.rating
    key = f"runs.rate.{record.id}"
    st.markdown("**How good is this answer?**")
    state.seed(f"{key}.stars", rating.stars - 1 if rating else None)
    st.feedback("stars", key=f"{key}.stars")
    state.seed(f"{key}.comment", rating.comment if rating else "")
    st.text_area(
        "Comment", key=f"{key}.comment", max_chars=2_000, height=68, placeholder="What is right, what is missing"
    )
    by = run_acting.who(f"{key}.who")
    st.button("Save rating", key="runs.rate.save", icon=":material/star:", on_click=_save, args=(record, key, by))
    run_acting.outcome("runs.rate", "Kept.")
    if rating:
        st.caption(f"{rating.stars} of 5 by {markup.plain(rating.by or 'someone')}, {rating.at:%d %b %Y, %H:%M} UTC")


def _save(record: RunRecord, key: str, by: str) -> None:
    stars: int | None = state.typed(f"{key}.stars", None)
    comment = state.typed(f"{key}.comment", "")
    run_acting.attempt(partial(run_log.rate, record, 0 if stars is None else stars + 1, comment or "", by), "runs.rate")


def _label(kept: KeptRun) -> None:
    record = kept.record
    key = f"runs.label.{record.id}"
    rule = f": {record.failure.label}" if record.failure else ": not a failure"
    state.seed(key, kept.remarks.label or "")
    st.selectbox(
        "Why it failed",
        ["", *FailureLabel],
        key=key,
        format_func=lambda label: str(label) if label else f"{_AS_THE_RULE_SAYS}{rule}",
        help="The rule labels what an evaluation finds wrong. Choose another label to overrule it.",
        on_change=_relabel,
        args=(record, key),
    )
    run_acting.outcome("runs.label", "Kept.")


def _relabel(record: RunRecord, key: str) -> None:
    chosen = state.typed(key, "")
    label = FailureLabel(chosen) if chosen else None
    run_acting.attempt(partial(run_log.relabel, record, label), "runs.label")


def _approval(kept: KeptRun) -> None:
    review = kept.remarks.review
    if review is not None:
        run_review.standing(review)
        return
    st.caption("No rule asks a person to approve this answer.")
    area = st.selectbox("Ask for approval all the same", [area for area, _ in AREAS], key="runs.approval.area")
    st.button(
        "Put it into the review queue",
        key="runs.approval.ask",
        icon=":material/gavel:",
        on_click=lambda: run_acting.attempt(partial(run_log.ask_for_approval, kept.record, area), "runs.approval"),
    )
    run_acting.outcome("runs.approval", "It waits under Review queue.")
