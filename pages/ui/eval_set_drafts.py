"""Drafts: let them be written from the documents, then accept, mend or drop each. None counts before."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from lib.errors import BadInput, LabError
from lib.evaluation.drafting import TRIES_PER_DRAFT, DraftEvent
from lib.records import EvalCase, EvalSet, GoldEvidence
from lib.settings import Workspace
from pages.ui import eval_sets, frame, markup, parts, progress, services, state
from pages.ui.jobs import Job

PART = "evaluate.set.part"
_AT_ONCE = 5
_POLL_S = 0.5


def draw(workspace: Workspace, health: eval_sets.Health) -> None:
    """The buttons that draft, and the drafts to review."""
    drafts = health.drafts
    if drafts:
        _review(workspace, health.eval_set, drafts)
    else:
        st.markdown("No drafts wait for you.")
    if services.documents(workspace.id):
        draft_buttons(workspace)
    else:
        st.info("Drafts are written from documents, and there are none yet.", icon=":material/folder_open:")


def draft_buttons(workspace: Workspace) -> None:
    """Two ways to more drafts, and where they go."""
    st.markdown("**Draft from your documents**")
    target = eval_sets.draft_target(workspace)
    generates = workspace.model.kind != "extractive"
    with st.container(horizontal=True):
        st.button(
            f"Draft {eval_sets.DRAFTS} by blanking facts",
            key="evaluate.draft.blank",
            icon=":material/border_color:",
            on_click=_blank,
            args=(workspace,),
            help="Takes a number, date or name out of a sentence and asks for it. No model is needed.",
        )
        st.button(
            f"Draft {eval_sets.DRAFTS} with {markup.plain(parts.model_words(workspace.model))}",
            key="evaluate.draft.model",
            icon=":material/auto_awesome:",
            on_click=_with_model,
            args=(workspace,),
            disabled=not generates or _is_running(workspace),
            help="Each draft is checked: quote in the document, answer in the quote, no near-duplicates.",
        )
    st.caption(
        f"They go to “{markup.plain(target)}”. Blanked facts repeat the document's words, so retrieval has it easy: "
        "mend their wording. Few drafts of the built-in model stand; a larger one, chosen under Models, drafts better."
    )


def running(workspace: Workspace) -> None:
    """The drafting that runs, or how the last one ended."""
    job = eval_sets.drafting_job(workspace)
    if job is None:
        return
    with st.container(border=True, key="evaluate.drafting"):
        if job.running:
            st.fragment(_watched, run_every=_POLL_S)(job)
            return
        if isinstance(job.failure, LabError):
            frame.show_failure(job.failure)
        progress.raise_bug(job)
        st.markdown(report(_events(job), stopped=job.stopped))
        st.button(
            "Put this away",
            type="tertiary",
            key="evaluate.draft.away",
            on_click=eval_sets.forget_drafting,
            args=(workspace,),
        )


def report(events: tuple[DraftEvent, ...], *, stopped: bool) -> str:
    """What came of it: how many stand, how many were dropped and why."""
    stand = sum(event.case is not None for event in events)
    reasons = Counter(event.rejected for event in events if event.rejected is not None)
    dropped = "; ".join(f"{count} × {reason.value}" for reason, count in reasons.most_common())
    said = "Stopped by you. " if stopped else ""
    tries = f"{len(events)} {'try' if len(events) == 1 else 'tries'}"
    if stand:
        said += f"**{stand} draft{'' if stand == 1 else 's'}** from {tries}, ready for review."
    else:
        said += f"**No draft stands** after {tries}: blank facts instead, or choose a larger model under Models."
    return said + (f"  \nDropped by the checks: {dropped}." if dropped else "")


def _watched(job: Job[object]) -> None:
    if not job.running:
        st.rerun()
    events = _events(job)
    stand = sum(event.case is not None for event in events)
    at_most = eval_sets.DRAFTS * TRIES_PER_DRAFT
    st.progress(
        max(stand / eval_sets.DRAFTS, len(events) / at_most),
        text=f"{stand} of {eval_sets.DRAFTS} drafts stand after {len(events)} tries (at most {at_most})",
    )
    if job.stopped:
        st.caption("Stopping: the draft under way is finished first.")
    else:
        st.button("Stop", icon=":material/stop_circle:", key="evaluate.draft.stop", on_click=job.stop)


def _review(workspace: Workspace, eval_set: EvalSet, drafts: tuple[EvalCase, ...]) -> None:
    st.markdown(f"**{len(drafts)} to review.** Does the question make sense, and does the quote prove the answer?")
    for case in drafts[:_AT_ONCE]:
        _card(workspace, eval_set.name, case)
    if len(drafts) > _AT_ONCE:
        st.caption(f"And {len(drafts) - _AT_ONCE} more: they follow when these are decided.")
    with st.container(horizontal=True):
        st.button(
            f"Accept all {len(drafts)}",
            key="evaluate.draft.accept_all",
            icon=":material/done_all:",
            on_click=_accept_all,
            args=(workspace, eval_set.name, frozenset(case.id for case in drafts)),
        )
        st.button(
            f"Drop all {len(drafts)}",
            key="evaluate.draft.drop_all",
            type="tertiary",
            on_click=_drop,
            args=(workspace, eval_set.name, frozenset(case.id for case in drafts)),
        )


def _card(workspace: Workspace, name: str, case: EvalCase) -> None:
    key = f"evaluate.draft.{name}.{case.id}"
    evidence = case.evidence[0] if case.evidence else GoldEvidence("")
    state.seed(f"{key}.question", case.question)
    state.seed(f"{key}.answer", case.answer or "")
    state.seed(f"{key}.quote", evidence.quote)
    with st.container(border=True, key=f"{key}.card"):
        st.text_area("Question", key=f"{key}.question", height=68)
        st.text_input("Expected answer", key=f"{key}.answer")
        st.text_area(f"Quote from {markup.plain(evidence.document)}", key=f"{key}.quote", height=68)
        with st.container(horizontal=True):
            st.button(
                "Accept",
                type="primary",
                key=f"{key}.accept",
                icon=":material/check:",
                on_click=_accept,
                args=(workspace, name, case, key),
            )
            st.button(
                "Drop",
                key=f"{key}.drop",
                icon=":material/close:",
                on_click=_drop,
                args=(workspace, name, frozenset({case.id})),
            )


def _accept(workspace: Workspace, name: str, case: EvalCase, key: str) -> None:
    """The draft as it was mended, if its quote stands."""
    first, *others = case.evidence or (GoldEvidence(""),)
    quote = state.typed(f"{key}.quote", "").strip()
    mended = first if quote == first.quote else GoldEvidence(first.document, quote)
    answer = state.typed(f"{key}.answer", "").strip() or None
    changed = replace(
        eval_sets.accepted(case),
        question=state.typed(f"{key}.question", "").strip(),
        answer=answer,
        evidence=(mended, *others) if quote or first.start is not None else tuple(others),
    )
    found = eval_sets.located(workspace, changed)
    if found.stale:
        said = found.problems[0].message
        state.remember("evaluate.set.failure", BadInput(said, hint="Mend the quote, then accept the draft."))
        return
    _trying(lambda: eval_sets.replaced(workspace, name, changed))


def _accept_all(workspace: Workspace, name: str, ids: frozenset[str]) -> None:
    """Those that the screen counted: a draft that came since is not accepted unseen."""

    def accepted(cases: tuple[EvalCase, ...]) -> list[EvalCase]:
        return [eval_sets.accepted(case) if case.id in ids else case for case in cases]

    _trying(lambda: eval_sets.store().change(workspace.id, name, accepted))


def _drop(workspace: Workspace, name: str, ids: frozenset[str]) -> None:
    _trying(lambda: eval_sets.without(workspace, name, ids))


def _blank(workspace: Workspace) -> None:
    def draft() -> None:
        count = eval_sets.draft_blanks(workspace)
        if count:
            state.put(PART, "drafts")
        said = f"{count} drafts wait for review." if count else "No further sentence with a fact was found."
        state.remember("evaluate.set.said", said)

    _trying(draft)


def _with_model(workspace: Workspace) -> None:
    _trying(lambda: eval_sets.start_drafting(workspace, state.key()))


def _trying(work: Callable[[], object]) -> None:
    """Do it; a failure is told at the top of the page."""
    try:
        work()
    except LabError as error:
        state.remember("evaluate.set.failure", error)


def _is_running(workspace: Workspace) -> bool:
    job = eval_sets.drafting_job(workspace)
    return job is not None and job.running


def _events(job: Job[object]) -> tuple[DraftEvent, ...]:
    return tuple(event for event in job.events if isinstance(event, DraftEvent))
