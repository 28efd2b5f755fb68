"""The answers behind style or facts: what the documents say beside what each wrote."""

import streamlit as st

from lib.evaluation.style_or_facts import FactAnswer, Learner, StyleOrFacts
from lib.evaluation.style_or_facts_words import answers_of
from lib.evaluation.worth_records import Familiarity
from pages.ui import markup, parts, state

_SHOWN = 8
_NAMES = {Learner.BASE: "Base", Learner.TUNED: "Fine-tuned", Learner.RAG: "RAG"}
_KINDS = (Familiarity.UNSEEN, Familiarity.PARAPHRASED, Familiarity.SEEN)
_TITLES = {
    Familiarity.UNSEEN: "Facts not trained",
    Familiarity.PARAPHRASED: "Trained, in other words",
    Familiarity.SEEN: "As trained",
}


def draw(found: StyleOrFacts) -> None:
    """Facts first, then the voice."""
    st.subheader("What they wrote", anchor=False)
    key = "tune.experiments.kind"
    state.seed(key, Familiarity.UNSEEN)
    kind = st.segmented_control("Facts", _KINDS, format_func=lambda one: _TITLES[one], key=key, required=True)
    asked = answers_of(found, Learner.TUNED, kind or Familiarity.UNSEEN)
    for answer in asked[:_SHOWN]:
        _fact(found, answer)
    rest = asked[_SHOWN:]
    if rest:
        with st.expander(f"{len(rest)} more"):
            for answer in rest:
                _fact(found, answer)
    with st.expander("The voice, message by message", icon=":material/record_voice_over:"):
        _voice(found)


def _fact(found: StyleOrFacts, tuned: FactAnswer) -> None:
    with st.container(border=True, key=f"tune.experiments.fact.{tuned.case_id}"):
        st.markdown(f"**{markup.plain(tuned.question)}**")
        st.caption(f"The documents say: **{markup.plain(tuned.wanted)}** ({markup.plain(tuned.document)})")
        others = {one.learner: one for one in found.facts if one.case_id == tuned.case_id}
        present = [learner for learner in (Learner.TUNED, Learner.RAG, Learner.BASE) if learner in others]
        for column, learner in zip(st.columns(len(present)), present, strict=True):
            with column:
                st.markdown(f"{_sign(others[learner])} **{_NAMES[learner]}**")
                parts.safe_text(others[learner].text or "(nothing)", small=True)


def _sign(answer: FactAnswer) -> str:
    if answer.right:
        return ":green[:material/check: right]"
    return ":red[:material/close: invented]" if answer.invented else ":gray[:material/remove: does not say]"


def _voice(found: StyleOrFacts) -> None:
    for tuned in (answer for answer in found.style if answer.learner == Learner.TUNED):
        st.markdown(f"**{markup.plain(tuned.message)}**")
        for answer in (one for one in found.style if one.message == tuned.message):
            sign = ":green[:material/check:]" if answer.kept else ":red[:material/close:]"
            broken = f" · breaks: {', '.join(answer.broken)}" if answer.broken else ""
            st.markdown(f"{sign} {_NAMES[answer.learner]}: :gray[{markup.plain(answer.text)}]")
            if broken:
                st.caption(markup.plain(broken))
