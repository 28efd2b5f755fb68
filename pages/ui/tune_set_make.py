"""Make examples from what is there: answers that people approved, and an eval set divided for it."""

import streamlit as st

from lib.errors import LabError
from lib.records import ReviewState
from lib.runs.query import RunQuery
from lib.settings import LIMITS, Workspace
from lib.training.overlap import find_overlap
from lib.training.set_making import HELD_OUT, Divided, divide, examples_from_runs, renumbered, without_judging
from lib.training.splitting import split
from lib.training.values import TrainingExample, TrainingSet
from pages.ui import eval_sets, frame, markup, progress, run_log, services, state, tune_set_cases, tune_sets

_NEW = "a new set"
_FORMS = {
    "plain": "Question → answer",
    "passages": "Passages and question → cited answer",
}
_POLL_S = 0.5


def draw(workspace: Workspace, training_set: TrainingSet) -> None:
    """Both ways, for a set that is there."""
    _from_runs(workspace, training_set)
    _from_cases(workspace)


def draw_first(workspace: Workspace) -> None:
    """Both ways, where there is no set yet."""
    if _approved(workspace) or _offered(workspace):
        st.subheader("Or make one from what is here", anchor=False)
        _from_runs(workspace, None)
        _from_cases(workspace)


def _from_runs(workspace: Workspace, training_set: TrainingSet | None) -> None:
    st.markdown("**From answers that people approved**")
    count = _approved(workspace)
    if not count:
        st.caption("No answer has been approved yet. Under Runs, Review, people approve answers as they are or mended.")
        st.page_link("pages/runs.py", label="Review answers", icon=":material/fact_check:")
        return
    targets = [training_set.name, _NEW] if training_set is not None else [_NEW]
    target = st.selectbox("Add them to", targets, key="tune.make.runs.target") if len(targets) > 1 else _NEW
    with_passages = st.toggle(
        "With the passages that the model read",
        key="tune.make.runs.passages",
        help="On: the model learns to use retrieved passages and to cite them. Off: it learns to answer without any.",
    )
    st.button(
        f"Make examples of {count:,} approved answer{'' if count == 1 else 's'}",
        key="tune.make.runs",
        icon=":material/fact_check:",
        on_click=_make_from_runs,
        args=(workspace, training_set if target != _NEW else None, with_passages),
    )
    st.caption("The text that may go out is what is learnt. Answers of evaluations are left out: they judge.")


def _approved(workspace: Workspace) -> int:
    """How many answers were approved, as they were or with changes, outside evaluations."""
    return sum(
        run_log.find(workspace.id, RunQuery(review=decided, limit=0)).total
        for decided in (ReviewState.APPROVED, ReviewState.EDITED)
    )


def _make_from_runs(workspace: Workspace, training_set: TrainingSet | None, with_passages: bool) -> None:
    def work() -> None:
        kept = [
            one
            for decided in (ReviewState.APPROVED, ReviewState.EDITED)
            for one in run_log.log().kept(workspace.id, RunQuery(review=decided, limit=LIMITS.training_rows))
        ]
        instruction = training_set.instruction if training_set is not None else ""
        runs = [(one.record, one.remarks) for one in kept]
        made = examples_from_runs(runs, instruction=instruction, with_passages=with_passages)
        _add(workspace, training_set, made)

    tune_sets.attempt(work)


def _add(workspace: Workspace, training_set: TrainingSet | None, made: tuple[TrainingExample, ...]) -> None:
    """Add what may be learnt from to the set's training examples, or begin a set with it; say what was left out."""
    judging = tune_sets.judging(workspace)
    seen = {one.example for one in find_overlap(TrainingSet("", made), judging)}
    there = {example.id for example in training_set.examples} if training_set is not None else set()
    new = tuple(one for one in without_judging(made, judging) if one.id not in seen | there)
    left_out = f" {len(seen):,} that an eval set asks were left out." if seen else ""
    if not new:
        already = " The others are in the set already." if there & {one.id for one in made} else ""
        tune_sets.attempt(lambda: None, f"No example was made.{left_out}{already}")
    elif training_set is None:
        name = tune_sets.free_name(workspace, "Approved answers")
        said = f"Kept {len(new):,} examples as **{markup.plain(name)}**, split.{left_out}"
        tune_sets.keep(workspace, split(new, seed=0), name, said)
    else:
        name = training_set.name
        tune_sets.change(
            workspace,
            name,
            lambda now: TrainingSet(name, (*now.train, *_fresh(now, new)), now.validation, now.held_out),
            f"{len(new):,} examples to train on were added.{left_out}",
        )


def _fresh(now: TrainingSet, new: tuple[TrainingExample, ...]) -> tuple[TrainingExample, ...]:
    return renumbered(new, [example.id for example in now.examples])


def _offered(workspace: Workspace) -> list[str]:
    """Eval sets that may be divided: those that are no held-out ones."""
    return [name for name in eval_sets.offered(workspace) if not name.endswith(HELD_OUT)]


def _from_cases(workspace: Workspace) -> None:
    st.markdown("**From an eval set**")
    offered = _offered(workspace)
    if not offered:
        st.caption("There is no eval set yet. Write one, or load a sample corpus, which brings one.")
        st.page_link("pages/evaluate.py", label="Go to the eval sets", icon=":material/quiz:")
        return
    name = st.selectbox("Eval set", offered, format_func=eval_sets.label, key="tune.make.cases.set")
    state.seed("tune.make.cases.share", state.recall("tune.make.cases.share", 50))
    share = st.slider("So many of its cases may be learnt from, %", 10, 90, key="tune.make.cases.share", step=10)
    state.remember("tune.make.cases.share", share)
    form = st.radio("The examples are", list(_FORMS), format_func=_FORMS.__getitem__, key="tune.make.cases.form")
    try:
        divided = divide(eval_sets.store().load(workspace.id, name), seed=0, learnt=share / 100)
    except LabError as error:
        frame.show_failure(error)
        return
    st.caption(
        f"{len(divided.learnt):,} cases to learn from. The other {len(divided.held_out.cases):,} become the eval set "
        f"“{markup.plain(divided.held_out.name)}”: judge the tuned model by that one. Cases that ask nearly the same, "
        "or rest on the same words, stay on one side."
    )
    if form == "passages" and not services.documents(workspace.id):
        st.caption("Passages need documents, and there are none here.")
        return
    _start_button(workspace, name, divided, form or "plain")
    _running(workspace)


def _start_button(workspace: Workspace, name: str, divided: Divided, form: str) -> None:
    job = tune_set_cases.job(workspace)
    st.button(
        f"Make examples of {len(divided.learnt):,} cases",
        key="tune.make.cases",
        icon=":material/quiz:",
        disabled=job is not None and job.running,
        on_click=tune_set_cases.start,
        args=(workspace, name, divided, form == "passages"),
    )


def _running(workspace: Workspace) -> None:
    """The making that runs; what it made is kept when it is over."""
    job = tune_set_cases.job(workspace)
    if job is None:
        return
    if job.running:
        st.fragment(_watched, run_every=_POLL_S)(workspace)
        return
    if isinstance(job.failure, LabError):
        frame.show_failure(job.failure)
        tune_set_cases.forget(workspace)
        return
    progress.raise_bug(job)
    if tune_set_cases.keep_made(workspace):
        st.rerun()


def _watched(workspace: Workspace) -> None:
    job = tune_set_cases.job(workspace)
    if job is None or not job.running:
        st.rerun()
        return
    done, of = tune_set_cases.done(job)
    st.progress(
        done / of if of else 0.0,
        text=f"{done} of {of} cases read with their passages" if of else "Opening the documents",
    )
    st.button("Stop", icon=":material/stop_circle:", key="tune.make.cases.stop", on_click=job.stop)
