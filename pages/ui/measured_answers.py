"""Beside each question of Decide: what the last evaluation says, and the answer that it points to, one click away."""

from collections.abc import Mapping

import streamlit as st

from lib.advice.evidence import WorkspaceFacts, evidence
from lib.advice.measured import Measured, MeasuredLine, measured_lines
from lib.advice.questionnaire import Question, answers
from lib.advice.situation import Situation
from lib.advice.trained_evidence import Evidence
from lib.errors import LabError
from lib.evaluation.experiment_store import ExperimentStore
from lib.evaluation.style_or_facts import StyleOrFacts
from lib.evaluation.worth_records import Worth
from lib.records import Evaluation, ReviewState
from lib.runs.query import RunQuery
from lib.settings import Workspace
from pages.ui import frame, markup, services, state

Lines = tuple[MeasuredLine, ...]

GOOD_STARS = 4
_GOOD = (
    RunQuery(rated=True, limit=0),
    RunQuery(review=ReviewState.APPROVED, limit=0),
    RunQuery(review=ReviewState.EDITED, limit=0),
)
"""Where people can have said that an answer is good."""


def last_evaluation(workspace: Workspace) -> Evaluation | None:
    """The newest evaluation of the workspace."""
    return services.lab().measuring.runs.newest_evaluation(workspace.id)


def lead(evaluation: Evaluation | None) -> None:
    """Where the figures come from, or the way to have some."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if evaluation is None:
            st.caption("Nothing is measured yet: an evaluation would answer half of these.", width="content")
            st.page_link("pages/evaluate.py", label="Evaluate first", icon=":material/monitoring:")
            return
        name = markup.plain(evaluation.eval_set.name)
        st.caption(
            f":material/monitoring: Measured lines are from the last evaluation: {name}, "
            f"{len(evaluation.eval_set.counted)} cases, {evaluation.at:%Y-%m-%d %H:%M} UTC.",
            width="content",
        )
        if st.button("Its results", type="tertiary", key="decide.results"):
            state.remember("evaluate.evaluation", evaluation.id)
            state.remember("evaluate.go", "Results")
            st.switch_page("pages/evaluate.py")


def measured(workspace: Workspace, evaluation: Evaluation | None) -> tuple[Mapping[str, Evidence], Lines]:
    """What was measured, by the field of the question and by choice.

    Kept until there are other answers, remarks, documents or comparisons of adapters.
    """
    measuring = services.lab().measuring
    worths, experiment = _trained(workspace)
    counts = (measuring.runs.count(workspace.id), *(_total(workspace, query) for query in _GOOD))
    key = (
        evaluation.id if evaluation else "", counts, services.versions().of(workspace.id), workspace.model,
        workspace.chunking, tuple((one.adapter, one.at) for one in worths), experiment.at if experiment else None,
    )  # fmt: skip
    nothing: tuple[tuple[object, ...], tuple[dict[str, Evidence], Lines]] = ((), ({}, ()))
    seen, kept = state.recall("decide.measured", nothing)
    if seen != key:
        results = measuring.results(evaluation) if evaluation else None
        found = evidence(results, _facts(workspace, worths)) if results or worths else ()
        kept = {each.field: each for each in found}, measured_lines(Measured(results, worths, experiment))
        state.remember("decide.measured", (key, kept))
    return kept


def _trained(workspace: Workspace) -> tuple[tuple[Worth, ...], StyleOrFacts | None]:
    """What comparisons of adapters found, and the experiment; a file that cannot be read is told and left out."""
    house = services.lab()
    worths: tuple[Worth, ...] = ()
    with frame.failures_shown():
        worths = house.measuring.worths.all_of(workspace.id)
    with frame.failures_shown():
        return worths, ExperimentStore(house.store.folder).load(workspace.id)
    return worths, None


def draw(asked: Question, by_field: Mapping[str, Evidence], situation: Situation) -> None:
    """What was measured about one question; a button where it points to another answer than the one given."""
    found = by_field.get(asked.field)
    if found is None:
        return
    st.caption(f":material/monitoring: {markup.plain(found.text)}")
    if found.suggests and set(found.suggests) - set(answers(situation, asked.field)):
        labels = ", ".join(asked.label(value) for value in found.suggests)
        st.button(
            f"Measured: {labels}",
            key=f"decide.take.{asked.field}",
            icon=":material/south_west:",
            type="tertiary",
            help="Give the answer that the measurement points to.",
            on_click=_take,
            args=(asked, found, situation),
        )


def _take(asked: Question, found: Evidence, situation: Situation) -> None:
    key = f"decide.answer.{asked.field}"
    if not asked.multiple:
        state.put(key, found.suggests[0])
        return
    nothing = asked.nothing.value if asked.nothing else None
    given = [value for value in answers(situation, asked.field) if value is not nothing]
    state.put(key, list(dict.fromkeys([*given, *found.suggests])))


def _facts(workspace: Workspace, worths: tuple[Worth, ...]) -> WorkspaceFacts:
    tokens = sum(chunk.tokens for chunk in services.chunks(workspace.id, workspace.chunking))
    return WorkspaceFacts(tokens, _window(workspace), _approved(workspace), worths)


def _window(workspace: Workspace) -> int | None:
    """Tokens of the model's window; None for an answerer without one, or a model that does not answer."""
    try:
        return services.lab().generator(workspace.model, key=state.key()).context_tokens
    except LabError:
        return None


def _total(workspace: Workspace, query: RunQuery) -> int:
    return services.lab().measuring.runs.find(workspace.id, query).total


def _approved(workspace: Workspace) -> int:
    """Answers that people approved or edited in the review queue, or gave four stars or more."""
    runs = services.lab().measuring.runs
    rated = runs.find(workspace.id, RunQuery(rated=True, limit=10_000)).rows
    reviewed = runs.find(workspace.id, RunQuery(needs_review=True, limit=10_000)).rows
    good = {row.id for row in rated if row.stars >= GOOD_STARS}
    return len(good | {row.id for row in reviewed if row.review in ("approved", "edited")})
