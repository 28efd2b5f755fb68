"""The rows behind the figures: each question with the answer wanted and everybody's answer beside it."""

import streamlit as st

from lib.evaluation.forgetting import GENERAL_QUESTIONS
from lib.evaluation.worth_figures import is_wrong
from lib.evaluation.worth_records import Contender, Familiarity, Worth, WorthAnswer
from pages.ui import markup, parts, state

_WRONG, _ALL = "Fine-tuned is wrong", "All"
_AT_A_TIME = 6


def draw(worth: Worth) -> None:
    """Rows by kind, those that the fine-tuned model got wrong first asked for."""
    st.subheader("The rows behind", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        filter_key = "tune.worth.filter"
        state.seed(filter_key, _WRONG)
        which = st.segmented_control("Rows", [_WRONG, _ALL], key=filter_key, required=True)
        kind_key = "tune.worth.kind"
        state.seed(kind_key, Familiarity.UNSEEN)
        kinds = [Familiarity.UNSEEN, Familiarity.PARAPHRASED, Familiarity.SEEN]
        kind = st.segmented_control(
            "Questions", kinds, format_func=lambda one: one.value.capitalize(), key=kind_key, required=True
        )
    asked = worth.of(Contender.FINE_TUNED, kind or Familiarity.UNSEEN)
    shown = [answer for answer in asked if which == _ALL or is_wrong(worth, answer)]
    if not shown:
        st.caption("No such row." if asked else "The fine-tuned model has answered none of these yet.")
        return
    st.caption(f"{len(shown)} of {len(asked)} rows.")
    most = state.recall("tune.worth.shown", _AT_A_TIME)
    for answer in shown[:most]:
        _row(worth, answer)
    if len(shown) > most:
        st.button(
            "Show more", key="tune.worth.more", on_click=state.remember, args=("tune.worth.shown", most + _AT_A_TIME)
        )


def general(worth: Worth) -> None:
    """The general questions whose answer went from right to wrong or the other way."""
    asked = {question.id: question.question for question in GENERAL_QUESTIONS}
    before = {answer.question_id: answer for answer in worth.general if not answer.tuned}
    after = {answer.question_id: answer for answer in worth.general if answer.tuned}
    changed = [id for id in before if id in after and before[id].right != after[id].right]
    if not changed:
        return
    with st.expander(f"{len(changed)} answers that changed", icon=":material/compare_arrows:"):
        for id in changed:
            sign = ":material/trending_down:" if before[id].right else ":material/trending_up:"
            st.markdown(f"{sign} **{markup.plain(asked.get(id, id))}**")
            st.caption(f"before: {markup.plain(before[id].text[:160])}  \nafter: {markup.plain(after[id].text[:160])}")


def _row(worth: Worth, tuned: WorthAnswer) -> None:
    others = {
        answer.contender: answer
        for answer in worth.answers
        if answer.row == tuned.row and answer.familiarity == tuned.familiarity
    }
    with st.container(border=True, key=f"tune.worth.row.{tuned.familiarity.value}.{tuned.row}"):
        parts.safe_text(tuned.question)
        st.markdown("**Wanted**")
        parts.safe_text(tuned.wanted, small=True)
        present = [contender for contender in Contender if contender in others]
        columns = st.columns(len(present))
        for column, contender in zip(columns, present, strict=True):
            answer = others[contender]
            sign = ":material/close:" if is_wrong(worth, answer) else ":material/check:"
            with column:
                st.markdown(f"{sign} **{contender.value}**")
                parts.safe_text(answer.text or answer.error or "(nothing)", small=True)
