"""Choose what is asked of whom, see what it will take, and start it or go on with it."""

import random
from dataclasses import replace

import streamlit as st

from lib.errors import LabError
from lib.records import EvalSet, Evaluation, SetUp
from lib.settings import ModelChoice, Workspace
from pages.ui import eval_run_watch, eval_sets, eval_setups, evaluating, frame, markup, parts, progress, services, state
from pages.ui.jobs import Job

_FEW = 20
"""Cases that a first look may be limited to."""


def draw(workspace: Workspace) -> None:
    """The set-ups, the estimate and the button; or the evaluation that runs."""
    job = evaluating.job(workspace.id)
    if job is not None and job.running:
        eval_run_watch.watch(job)
        return
    if job is not None:
        _ended(job)
    _resume(workspace)
    eval_set = _eval_set(workspace)
    if eval_set is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Answers", width="content")
        st.page_link(
            "pages/models.py", label=markup.plain(parts.model_words(workspace.model)), icon=":material/memory:"
        )
    setups = eval_setups.choose(workspace)
    asked = _how_many(eval_set)
    judge = _judge(workspace)
    _start(workspace, asked, setups, judge)


def _eval_set(workspace: Workspace) -> EvalSet | None:
    """The set that is asked; the way to one where there is none."""
    offered = list(eval_sets.offered(workspace))
    if not offered:
        with st.container(border=True):
            st.subheader("No eval set yet", anchor=False)
            st.markdown("An evaluation asks questions whose answers are known. Upload some, write or draft them first.")
            st.button("Make an eval set", type="primary", key="evaluate.make", on_click=_to, args=("Eval set",))
        return None
    state.seed("evaluate.run.set", eval_sets.chosen(workspace))
    name = st.selectbox("Eval set", offered, format_func=eval_sets.label, key="evaluate.run.set")
    eval_sets.choose(name)
    return eval_sets.store().load(workspace.id, name)


def _how_many(eval_set: EvalSet) -> EvalSet:
    """The whole set, or a seeded sample of it for a first look."""
    counted = eval_set.counted
    drafts = len(eval_set.cases) - len(counted)
    note = f"; {drafts} drafts do not count until they are reviewed" if drafts else ""
    if len(counted) <= _FEW:
        st.caption(f"{len(counted)} cases{note}.")
        return eval_set
    state.seed("evaluate.cases", state.recall("evaluate.cases", len(counted)))
    options = [count for count in (_FEW, 60, len(counted)) if count <= len(counted)]
    if state.typed("evaluate.cases", options[-1]) not in options:
        state.put("evaluate.cases", options[-1])
    count = st.segmented_control(
        f"Cases{note}",
        list(dict.fromkeys(options)),
        format_func=lambda n: f"All {n}" if n == len(counted) else f"{n} drawn by lot",
        key="evaluate.cases",
        required=True,
        help="Fewer cases are quicker and tell less: the intervals grow.",
    )
    state.remember("evaluate.cases", count)
    if not count or count == len(counted):
        return eval_set
    drawn = {case.id for case in random.Random(0).sample(counted, int(count))}
    return replace(eval_set, cases=tuple(case for case in counted if case.id in drawn))


def _judge(workspace: Workspace) -> ModelChoice | None:
    """The workspace's model as a second judge of faithfulness, if that is wanted."""
    if workspace.model.kind in ("extractive", "echo"):
        return None
    state.seed("evaluate.judge", state.recall("evaluate.judge", False))
    wanted = st.toggle(
        "Let the model judge faithfulness too",
        key="evaluate.judge",
        help="The free check always runs. A judge is asked twice a case with the choices in either order; how far it "
        "agrees with the free check is shown with the results. Small models are poor judges.",
    )
    state.remember("evaluate.judge", wanted)
    return workspace.model if wanted else None


def _start(workspace: Workspace, eval_set: EvalSet, setups: tuple[SetUp, ...], judge: ModelChoice | None) -> None:
    cases = len(eval_set.counted)
    if setups:
        st.markdown(_estimate_words(workspace, setups, cases, judge))
    else:
        st.caption("Choose at least one approach.")
    if st.button(
        f"Ask {cases} questions of {len(setups)} set-up{'' if len(setups) == 1 else 's'}",
        type="primary",
        icon=":material/play_arrow:",
        key="evaluate.start",
        disabled=not setups or not cases,
    ):
        _begin(services.lab().measuring.plan(workspace.id, eval_set, setups, judge=judge))


def _estimate_words(workspace: Workspace, setups: tuple[SetUp, ...], cases: int, judge: ModelChoice | None) -> str:
    found = evaluating.estimated(workspace, setups, cases=cases, judge=judge)
    chunks, seconds = evaluating.to_embed(workspace.id, setups)
    basis = "from answers seen here" if found.measured else "typical for two cores"
    cost = "price not known" if found.cost_usd is None else f"{found.cost_usd:.2f} USD" if found.cost_usd else "no cost"
    embed = f", after embedding {chunks:,} chunks" if chunks else ""
    spent = eval_run_watch.time_words(found.seconds + seconds)
    return f"**{found.answers:,} answers, about {spent}**{embed}, {cost} ({basis})."


def _begin(evaluation: Evaluation) -> None:
    state.remember("evaluate.evaluation", evaluation.id)
    evaluating.start(evaluation, key=state.key())
    st.rerun()


def _resume(workspace: Workspace) -> None:
    """The newest evaluation where it was stopped: the way to go on with it."""
    evaluation = evaluating.unfinished(workspace.id, state.recall("evaluate.evaluation", ""))
    if evaluation is None:
        return
    measuring = services.lab().measuring
    done, expected = len(measuring.done(evaluation)), measuring.expected(evaluation)
    with st.container(border=True, key="evaluate.unfinished"):
        st.markdown(
            f"**An evaluation was stopped at {done} of {expected} answers** "
            f"({markup.plain(evaluation.eval_set.name)}, {len(evaluation.setups)} set-ups). Nothing of it is lost."
        )
        changed = evaluating.changed(evaluation)
        if changed:
            st.caption(f":material/history: {markup.plain(changed)} A new evaluation is needed, this one cannot go on.")
        with st.container(horizontal=True):
            if not changed and st.button("Go on", icon=":material/play_arrow:", key="evaluate.resume", type="primary"):
                _begin(evaluation)
            if done and st.button("Results so far", icon=":material/bar_chart:", key="evaluate.partial"):
                _show(evaluation)


def _ended(job: Job[object]) -> None:
    """How the last evaluation of this process ended."""
    begun = evaluating.begun(job)
    if isinstance(job.failure, LabError):
        frame.show_failure(job.failure)
        return
    progress.raise_bug(job)
    if begun is not None and not job.stopped:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.success(f"Done: {begun.expected} answers.", icon=":material/check_circle:")
            if st.button("See the results", type="primary", icon=":material/bar_chart:", key="evaluate.results"):
                _show(begun.evaluation)


def _show(evaluation: Evaluation) -> None:
    state.remember("evaluate.evaluation", evaluation.id)
    _to("Results")
    st.rerun()


def _to(view: str) -> None:
    state.remember("evaluate.go", view)
