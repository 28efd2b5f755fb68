"""Decide: which failure are we fixing, and with what? Answers become ranked advice, then the framework behind it."""

from dataclasses import replace

import streamlit as st

from lib.advice.flows import HYBRID_FLOW, RAG_FLOW
from lib.advice.framework import THE_IDEA, THE_ORDER, THE_QUESTION
from lib.advice.questionnaire import from_kept, kept_form
from lib.advice.recommend import advise
from pages.ui import decision, decision_measured, flows, frame, guidance, measured_answers, services, state


@st.fragment
def advice_explorer() -> None:
    """Questions and advice: each answer changes the advice at once, without the rest of the page."""
    workspace = state.workspace()
    with st.container(border=True, key="decide.verdict"):
        top = st.container()
    st.header("Your situation", anchor=False)
    evaluation = measured_answers.last_evaluation(workspace)
    measured_answers.lead(evaluation)
    by_field, lines = measured_answers.measured(workspace, evaluation)
    situation = decision.ask_situation(from_kept(workspace.decision), by_field)
    st.button(
        "Start over",
        key="decide.reset",
        icon=":material/restart_alt:",
        type="tertiary",
        on_click=start_over,
    )
    state.keep(replace(workspace, decision=kept_form(situation)))
    advice = advise(situation)
    with top:
        decision.verdict(advice)
        decision_measured.of_first(advice, lines)
        decision.next_step(advice, lines)
    st.header("Why", anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        decision.scores(advice)
        decision.approvals(advice)
    with right:
        decision.reasons(advice, lines)
    decision.flips(advice)


def start_over() -> None:
    """Every question back at its default."""
    decision.forget_answers()
    state.keep(replace(state.workspace(), decision=()))


frame.begin_page("pages/decide.py", "Decide", f"**{THE_QUESTION}** {THE_IDEA}")
advice_explorer()

st.header("The framework behind it", anchor=False)
tabs = st.tabs(["Choices", "Factors", "RAG flow", "Hybrid flow", "Mistakes", "What to test", "Questions people ask"])
with tabs[0]:
    st.markdown(THE_ORDER)
    guidance.choices()
with tabs[1]:
    guidance.factors()
with tabs[2]:
    st.markdown("Seven steps; each name leads to the page where it can be tried.")
    flows.draw(RAG_FLOW, key="rag")
with tabs[3]:
    st.markdown(
        "Five steps. A tuned model that has learnt to use retrieved text does better than either technique alone. "
        "In code it is two steps, sketched here with this workspace's own names:"
    )
    workspace = state.workspace()
    flows.hybrid_in_code(workspace, len(services.documents(workspace.id)))
    flows.draw(HYBRID_FLOW, key="hybrid")
with tabs[4]:
    guidance.mistakes()
with tabs[5]:
    guidance.tests()
with tabs[6]:
    guidance.asked_questions()
