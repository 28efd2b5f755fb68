"""One case, opened: the question, what was expected and where it stands, and what every set-up answered."""

import streamlit as st

from lib.evaluation.results import RIGHT, UNJUDGED, Asked, Results
from lib.records import EvalCase, EvalSet, GoldEvidence
from pages.ui import answer as drawn
from pages.ui import eval_results_table, failure_view, markup, run_answer, run_list, services, source, state, theme

_FEW = 2
"""So many answers are shown open at once."""


def draw(found: Results, case: EvalCase, *, first: str = "") -> None:
    """The case with all its answers, each to unfold; that of the set-up `first` is on top and open.

    Without one, all are open if they are few.
    """
    with st.container(border=True, key="evaluate.results.case"):
        title, shut = st.columns([6, 1], vertical_alignment="top")
        title.markdown(f"#### {markup.plain(case.question)}")
        shut.button(
            "Close",
            icon=":material/close:",
            type="tertiary",
            key="evaluate.results.case.close",
            on_click=eval_results_table.forget_choice,
        )
        tags = f" · {markup.plain(', '.join(case.tags))}" if case.tags else ""
        st.caption(f"case {markup.plain(case.id)}{tags}")
        st.markdown(_expected(case))
        _evidence(found, case)
        answers = [one for setup in found.setups for one in setup.asked if one.case.id == case.id]
        for one in sorted(answers, key=lambda one: one.record.setup != first):
            is_open = one.record.setup == first if first else len(answers) <= _FEW
            icon = theme.look(one.record.answer.approach).icon
            label = f"**{markup.plain(one.record.setup)}** · {_mark(one)}"
            with st.expander(label, icon=icon, expanded=is_open, key=f"evaluate.results.answer.{one.record.id}"):
                _answer(one)


def _expected(case: EvalCase) -> str:
    if not case.answerable:
        return "**Expected:** to say that it does not know; the documents do not answer this."
    return f"**Expected:** {markup.plain(case.answer)}" if case.answer is not None else "No expected answer is given."


def _evidence(found: Results, case: EvalCase) -> None:
    if not case.evidence:
        return
    workspace_id = found.evaluation.workspace_id
    located = services.lab().measuring.located(workspace_id, EvalSet("one case", (case,)))[case.id]
    for evidence in case.evidence:
        st.html(markup.block(markup.safe_html(_quoted(evidence)), "ob-quote"))
    with st.container(horizontal=True):
        for place, span in enumerate(located.spans, start=1):
            label = f"{markup.plain(span.document)}, {span.start:,} to {span.end:,}"
            if st.button(label, icon=":material/menu_book:", key=f"evaluate.results.case.{case.id}.{place}"):
                source.show_span(span.document, span.start, span.end, case.question)
    for problem in located.problems:
        st.caption(f":material/warning: {markup.plain(problem.message)}")


def _quoted(evidence: GoldEvidence) -> str:
    return evidence.quote or f"{evidence.document}, characters {evidence.start} to {evidence.end}"


def _answer(one: Asked) -> None:
    record = one.record
    if record.error:
        st.error(f"**The model failed.** {markup.plain(record.error)}", icon=":material/error:")
    elif record.answer.abstained:
        drawn.draw_abstention(record.answer)
    else:
        run_answer.words(record.answer)
        run_answer.verdicts(record.verdicts)
    st.caption(drawn.figures(record.answer))
    if record.failure is not None and one.outcome not in (RIGHT, UNJUDGED):
        failure_view.draw_failure(record.failure, record, one.case)
    if st.button("Open the run", icon=":material/history:", type="tertiary", key=f"evaluate.results.run.{record.id}"):
        state.remember("runs.view", "Runs")
        run_list.open_runs(record.id)
        st.switch_page("pages/runs.py")


def _mark(one: Asked) -> str:
    if one.outcome == RIGHT:
        return ":green[:material/check: right]"
    if one.outcome == UNJUDGED:
        return ":gray[not judged]"
    return f":red[:material/close: wrong: {one.outcome}]"
