"""What an evaluation found: in a sentence, in charts that lead to the cases behind them, and case by case."""

import streamlit as st

from lib.charts.agreements import agreements
from lib.charts.headline import caveats, headline
from lib.evaluation.results import Results
from lib.records import Evaluation
from lib.settings import Workspace
from pages.ui import (
    eval_results_cases,
    eval_results_charts,
    eval_results_compare,
    eval_results_files,
    eval_results_kept,
    markup,
    state,
)

CHOSEN = "evaluate.evaluation"
"""Where the id of the evaluation looked at is held."""


def draw(workspace: Workspace) -> None:
    """The newest evaluation, or the one chosen."""
    evaluations = eval_results_kept.evaluations(workspace.id)
    if not evaluations:
        _nothing_yet()
        return
    evaluation = _chosen(evaluations)
    found = eval_results_kept.results(evaluation)
    _unfinished(evaluation)
    if not any(setup.asked for setup in found.setups):
        st.info("This evaluation has no answers yet.", icon=":material/hourglass_empty:")
        return
    _said(found)
    eval_results_charts.outcomes(found)
    eval_results_charts.figures(found)
    eval_results_compare.draw(found, evaluations)
    eval_results_charts.trade_off(found)
    eval_results_charts.tags(found)
    _judges(found)
    eval_results_cases.all_cases(found)


def _nothing_yet() -> None:
    with st.container(border=True, key="evaluate.results.empty"):
        st.subheader("Nothing measured yet", anchor=False)
        st.markdown(
            "An evaluation asks each set-up questions whose answers are known. Then this screen says how often each is "
            "right, why it is wrong where it is, and whether a difference is more than luck."
        )
        st.button("Run an evaluation", type="primary", key="evaluate.results.run", on_click=_to, args=("Run",))


def _chosen(evaluations: tuple[Evaluation, ...]) -> Evaluation:
    by_id = {evaluation.id: evaluation for evaluation in evaluations}
    kept = state.recall(CHOSEN, "")
    key = "evaluate.results.evaluation"
    if kept not in by_id:
        kept = evaluations[0].id
    if state.typed(key, kept) != kept:
        state.put(key, kept)
    state.seed(key, kept)
    if len(evaluations) > 1:
        st.selectbox(
            "Evaluation",
            list(by_id),
            format_func=lambda name: eval_results_kept.name_of(by_id[name]),
            key=key,
            on_change=lambda: state.remember(CHOSEN, state.typed(key, kept)),
        )
    else:
        st.caption(markup.plain(eval_results_kept.name_of(by_id[kept])))
    state.remember(CHOSEN, kept)
    return by_id[kept]


def _unfinished(evaluation: Evaluation) -> None:
    if evaluation.finished:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="evaluate.results.unfinished"):
        st.warning("This evaluation is not finished. What is there can be read; the rest can still be asked.")
        st.button(
            "Go on with it", icon=":material/play_arrow:", key="evaluate.results.resume", on_click=_to, args=("Run",)
        )


def _said(found: Results) -> None:
    """The headline, what to know before believing it, and the files to take away."""
    st.markdown(f"#### {markup.plain(headline(found))}")
    for caveat in caveats(found):
        st.caption(f":material/info: {markup.plain(caveat)}")
    if eval_results_kept.documents_changed(found.evaluation):
        st.caption(
            ":material/history: The documents have changed since. The answers are those of then; the evidence is "
            "looked for in the documents of now."
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        eval_results_files.offer(found)
        with st.popover("Set-ups", icon=":material/tune:"):
            eval_results_files.settings(found)


def _judges(found: Results) -> None:
    pairs = agreements(found)
    if pairs:
        st.subheader("Do the judges agree?", anchor=False)
        st.markdown("\n".join(f"- {markup.plain(each.sentence)}" for each in pairs))
        st.caption("Kappa: 1 is perfect, 0 is what chance gives. A rating of 4 stars or more counts as good.")


def _to(view: str) -> None:
    state.remember("evaluate.go", view)
