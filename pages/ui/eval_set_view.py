"""Evaluate, first step: the questions whose answers are known. Choose a set, see how it stands, write, review."""

import streamlit as st

from lib.evaluation.locating import ProblemKind
from lib.settings import Workspace
from pages.ui import eval_set_drafts, eval_set_files, eval_set_table, eval_sets, frame, markup, services, state

_LISTED = 20


def draw(workspace: Workspace) -> None:
    """The chosen set with its health, its cases, its drafts, and the ways to bring or begin another."""
    if failure := state.take("evaluate.set.failure", None):
        frame.show_failure(failure)
    if said := state.take("evaluate.set.said", ""):
        st.success(said, icon=":material/check_circle:")
    name = eval_sets.chosen(workspace)
    if not name:
        _nothing_yet(workspace)
        return
    _chooser(workspace, name)
    eval_set_drafts.running(workspace)
    health = eval_sets.health(workspace, name)
    _health_line(workspace, health)
    part = _part(len(health.drafts))
    if part == "drafts":
        eval_set_drafts.draw(workspace, health)
    elif part == "files":
        eval_set_files.draw(workspace, health.eval_set)
    else:
        eval_set_table.draw(workspace, health.eval_set)


def _part(drafts: int) -> str:
    """Which part of the work on the set is on the screen."""
    labels = {
        "cases": ":material/table_rows: Cases",
        "drafts": f":material/rate_review: Drafts ({drafts})" if drafts else ":material/rate_review: Drafts",
        "files": ":material/swap_vert: Upload, copy, rename",
    }
    state.seed(eval_set_drafts.PART, "cases")
    chosen = st.segmented_control(
        "Part",
        list(labels),
        format_func=lambda name: labels[name],
        key=eval_set_drafts.PART,
        required=True,
        label_visibility="collapsed",
    )
    return chosen or "cases"


def _nothing_yet(workspace: Workspace) -> None:
    """No set at all: the ways to get one."""
    with st.container(border=True, key="evaluate.set.empty"):
        st.subheader("No questions yet", anchor=False)
        st.markdown(
            "An eval set is a list of questions with the answers you expect and the words that prove them. Load a "
            "sample corpus, which brings one along; upload yours; or let the lab draft some from your documents."
        )
        with st.container(horizontal=True):
            if st.button("Load a sample corpus", type="primary", key="evaluate.set.sample"):
                st.switch_page("pages/documents.py")
            if st.button("Begin an empty set", key="evaluate.set.begin", icon=":material/add:"):
                eval_set_files.begin(workspace, eval_sets.FIRST_NAME)
                st.rerun()
    eval_set_drafts.running(workspace)
    if services.documents(workspace.id):
        eval_set_drafts.draft_buttons(workspace)
    eval_set_files.upload(workspace)


def _chooser(workspace: Workspace, name: str) -> None:
    names = eval_sets.offered(workspace)
    widget = f"evaluate.set.choice.{len(names)}"
    state.put(widget, name)
    st.selectbox(
        "Eval set",
        names,
        format_func=eval_sets.label,
        key=widget,
        on_change=lambda: eval_sets.choose(state.typed(widget, name)),
    )


def _health_line(workspace: Workspace, health: eval_sets.Health) -> None:
    cases = health.eval_set.cases
    if not cases:
        return
    answerable = sum(case.answerable for case in cases)
    stale = health.stale
    said = [
        f"**{len(cases):,} case{'' if len(cases) == 1 else 's'}**",
        f"{answerable:,} with an answer in the documents",
    ]
    if answerable < len(cases):
        said.append(f"{len(cases) - answerable:,} without one (a good system abstains there)")
    if health.drafts:
        said.append(f"{len(health.drafts):,} drafts to review, which do not count yet")
    if not services.documents(workspace.id):
        st.markdown(" · ".join(said))
        st.warning("There are no documents here, so no evidence can be looked up.", icon=":material/folder_off:")
        st.page_link("pages/documents.py", label="Bring the documents", icon=":material/folder_open:")
        return
    said.append(f":red[**{len(stale):,} stale**]" if stale else "all evidence stands in the documents")
    st.markdown(" · ".join(said))
    if len(cases) - len(health.drafts) == 1:
        st.caption("One case gives a figure without an interval: write some twenty before you trust a difference.")
    _stale_cases(health)
    _ambiguous_cases(health)


def _stale_cases(health: eval_sets.Health) -> None:
    """Which cases are stale, why, and what stands there now."""
    if not health.stale:
        return
    with st.expander(f"{len(health.stale)} stale: their evidence no longer stands", icon=":material/link_off:"):
        st.caption("Evidence that no longer stands is left out of the retrieval figures. Mend its quote in the table.")
        for case in health.stale[:_LISTED]:
            for problem in health.located[case.id].problems:
                st.markdown(f"**{markup.plain(case.id)}**: {markup.plain(problem.message)}")
                if problem.closest:
                    st.caption(f"Closest words there: “{markup.plain(problem.closest)}”")
        if len(health.stale) > _LISTED:
            st.caption(f"And {len(health.stale) - _LISTED} more.")


def _ambiguous_cases(health: eval_sets.Health) -> None:
    """How many quotes stand in several places, all of which count."""
    several = [
        case.id
        for case in health.eval_set.cases
        for problem in (health.located[case.id].problems if case.id in health.located else ())
        if problem.kind is ProblemKind.SEVERAL
    ]
    if several:
        named = ", ".join(markup.plain(name) for name in dict.fromkeys(several[:_LISTED]))
        st.caption(f"Quotes that stand in several places, each of which counts: {named}.")
