"""All cases of an evaluation, filtered by set-up, outcome and tag."""

from collections.abc import Sequence

import streamlit as st

from lib.charts.failure_mix import LOOKS
from lib.evaluation.results import RIGHT, UNJUDGED, Results
from lib.records import EvalCase
from pages.ui import eval_results_case, eval_results_table, state

ANY = "any set-up"
_WORTH = ("all", "right", "wrong")


def all_cases(found: Results) -> None:
    """The filters, the table, and the case that is opened in it."""
    st.subheader("Every case", anchor=False)
    cases = _filtered(found)
    if len(cases) < len(found.cases):
        st.caption(f"{len(cases)} of {len(found.cases)} cases.")
    st.caption("Tick a row to open the case with every set-up's answer.")
    chosen = eval_results_table.draw(found, cases, key="all")
    if chosen is not None:
        eval_results_case.draw(found, chosen)


def matching(
    found: Results, *, setup: str = ANY, worth: str = "all", outcomes: Sequence[str] = (), tags: Sequence[str] = ()
) -> tuple[EvalCase, ...]:
    """The cases with an answer of that set-up (or of any) that fits all that is asked, in the order of the set."""
    fitting = {
        one.case.id
        for each in found.setups
        if setup in (ANY, each.setup.label)
        for one in each.asked
        if worth == "all" or (one.outcome != UNJUDGED and (one.outcome == RIGHT) == (worth == "right"))
        if not outcomes or one.outcome in outcomes
        if not tags or set(tags) & set(one.case.tags)
    }
    return tuple(case for case in found.cases if case.id in fitting)


def _filtered(found: Results) -> tuple[EvalCase, ...]:
    there = {one.outcome for setup in found.setups for one in setup.asked}
    wrong = [str(name) for name in LOOKS if name in there and name not in (RIGHT, UNJUDGED)]
    tags = sorted({tag for case in found.cases for tag in case.tags})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        labels = [ANY, *(setup.setup.label for setup in found.setups if setup.asked)]
        setup = st.selectbox("Set-up", _offered("setup", labels, found), key=_key("setup", found), width=220)
        worth = st.segmented_control("Answers", _WORTH, default="all", required=True, key=_key("worth", found))
        outcomes = st.multiselect("Why wrong", wrong, key=_key("outcomes", found), width=260, placeholder="any reason")
        chosen = st.multiselect("Tags", tags, key=_key("tags", found), width=220, placeholder="any tag") if tags else []
    return matching(found, setup=setup or ANY, worth=worth or "all", outcomes=outcomes, tags=chosen)


def _offered(name: str, options: list[str], found: Results) -> list[str]:
    state.seed(_key(name, found), options[0])
    return options


def _key(name: str, found: Results) -> str:
    return f"evaluate.results.filter.{name}.{found.evaluation.id}"
