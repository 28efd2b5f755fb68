"""The questions of Decide and the advice they lead to, as drawn on the page."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import cast

import streamlit as st

from lib.advice.framework import choice
from lib.advice.measured import MeasuredLine
from lib.advice.questionnaire import QUESTIONS, Question, answered, answers
from lib.advice.recommend import Advice, Reason, Recommendation
from lib.advice.record import decision_record
from lib.advice.situation import Situation
from lib.advice.trained_evidence import Evidence
from lib.charts.decision import ScoredChoice, decision_scores
from lib.domain import ApproachName
from pages.ui import decision_measured, flows, markup, measured_answers, state, theme


def ask_situation(kept: Situation, measured: Mapping[str, Evidence]) -> Situation:
    """All questions, seeded with what was kept, with what was measured under each; returns what they say now."""
    situation = kept
    several = [asked for asked in QUESTIONS if asked.multiple]
    for asked in several[:1]:
        situation = answered(situation, asked.field, _several(asked, kept))
        measured_answers.draw(asked, measured, situation)
    with st.grid(2, min_column_width=340, gap=("small", "medium")) as grid:
        for asked in QUESTIONS:
            if not asked.multiple:
                with grid.cell():
                    situation = answered(situation, asked.field, (_one(asked, kept),))
                    measured_answers.draw(asked, measured, situation)
    for asked in several[1:]:
        situation = answered(situation, asked.field, _several(asked, kept))
        measured_answers.draw(asked, measured, situation)
    return situation


def forget_answers() -> None:
    """Back to the defaults: the widgets are seeded anew."""
    state.forget("decide.answer.")


def verdict(advice: Advice) -> None:
    """The recommendation in one line, with how far ahead it is."""
    first = advice.first
    rivals = [each for each in advice.ranked[1:] if not each.barred]
    ahead = f", {_points(first.score - rivals[0].score)} ahead of {_name(rivals[0].approach)}" if rivals else ""
    st.markdown(
        f"#### {_icon(first.approach)} This points to {_name(first.approach)}\n\n{_points(first.score)}{ahead}. "
        f"{first.variant or _take_when(first.approach)}",
        width="stretch",
    )


def scores(advice: Advice) -> None:
    """The four choices as bars."""
    bars = [
        ScoredChoice(_name(each.approach), each.score, theme.look(each.approach).colour, bool(each.barred))
        for each in advice.ranked
    ]
    picture = decision_scores(bars)
    picture.figure.update_layout(template=theme.TEMPLATE)
    st.plotly_chart(picture.figure, key="decide.scores", alt=picture.alt, config={"displayModeBar": False})
    if any(each.barred for each in advice.ranked):
        st.caption("Hatched: cannot be first in this situation, whatever its points.")


def next_step(advice: Advice, measured: Sequence[MeasuredLine]) -> None:
    """What to do now, with the way there, and the record to take away."""
    first = advice.first
    st.markdown(f"**Next step.** {first.next_step.text}")
    with st.container(horizontal=True, vertical_alignment="center"):
        flows.way_to(first.next_step.screen)
        st.download_button(
            "Decision record",
            decision_record(advice, today=date.today(), measured=measured),
            file_name="decision-record.md",
            mime="text/markdown",
            icon=":material/download:",
            key="decide.record",
            on_click="ignore",
            help="The answers, the recommendation, every reason and what would flip it, as Markdown.",
        )


def reasons(advice: Advice, measured: Sequence[MeasuredLine]) -> None:
    """Each choice with the rules that applied and what was measured of it; the first one open."""
    for place, each in enumerate(advice.ranked, start=1):
        barred = " · cannot be first" if each.barred else ""
        told = decision_measured.in_few_words(each.approach, measured)
        label = f"{place}. {_name(each.approach)} · {_points(each.score)}{barred} · {told}"
        icon = theme.look(each.approach).icon
        with st.expander(label, icon=icon, expanded=place == 1, key=f"decide.reasons.{place}"):
            _one_choice(each)
            decision_measured.lines(each.approach, measured)


def flips(advice: Advice) -> None:
    """Every single changed answer that would put another choice first, by the choice it leads to."""
    st.markdown("**What would flip it.** Each of these alone, everything else as it is:")
    if not advice.flips:
        st.markdown("No single answer changes the first place.")
    for line in advice.ranked[1:]:
        changes = [flip for flip in advice.flips if flip.approach is line.approach]
        asked = tuple(dict.fromkeys(flip.question for flip in changes))
        if changes:
            listed = "\n".join(
                f"- {text} *{', or '.join(flip.answer for flip in changes if flip.question == text)}*" for text in asked
            )
            st.markdown(f"{_icon(line.approach)} to **{_name(line.approach)}**\n{listed}")


def approvals(advice: Advice) -> None:
    """Where a person approves."""
    st.markdown("**Where a person approves.**")
    if advice.approvals:
        st.markdown("\n".join(f"- {approval.where}" for approval in advice.approvals))
    else:
        st.markdown(
            "Nothing named so far. Wherever an answer touches money, customers, legal reading, medical decisions, "
            "security, deployed code or the brand, someone signs it off first."
        )


def _one(asked: Question, kept: Situation) -> StrEnum:
    key = f"decide.answer.{asked.field}"
    state.seed(key, answers(kept, asked.field)[0])
    chosen = st.segmented_control(
        asked.text,
        [option.value for option in asked.options],
        format_func=asked.label,
        key=key,
        help=asked.help or None,
        required=True,
        wrap=True,
    )
    return cast("StrEnum", chosen)


def _several(asked: Question, kept: Situation) -> tuple[StrEnum, ...]:
    key = f"decide.answer.{asked.field}"
    offered = [option.value for option in asked.options]
    state.seed(key, [value for value in answers(kept, asked.field) if value in offered])
    chosen = st.pills(
        asked.text,
        offered,
        selection_mode="multi",
        format_func=asked.label,
        key=key,
        help=asked.help or None,
        wrap=True,
    )
    if not chosen and asked.nothing:
        st.caption(f"Nothing chosen: {asked.nothing.label}.")
    return tuple(chosen)


def _one_choice(each: Recommendation) -> None:
    for reason in each.barred:
        st.markdown(f":material/block: **Cannot be first.** {reason}")
    if each.variant:
        st.markdown(each.variant)
    rules = [*each.reasons_for, *each.reasons_against]
    st.markdown("\n".join(_reason(reason) for reason in rules) or "No rule applies.")


def _reason(reason: Reason) -> str:
    sign = "+" if reason.points > 0 else "−"  # a minus, not a hyphen
    answer = f" :gray[{markup.plain('; '.join(reason.answers))}]" if reason.answers else " :gray[always]"
    return f"- **{sign}{abs(reason.points)}** {reason.text}{answer}"


def _take_when(approach: ApproachName) -> str:
    return f"Take it when {choice(approach).take_when[0]}."


def _points(score: int) -> str:
    return f"{score} point{'' if abs(score) == 1 else 's'}".replace("-", "−")


def _name(approach: ApproachName) -> str:
    return theme.look(approach).label


def _icon(approach: ApproachName) -> str:
    return theme.look(approach).icon
