"""Evaluations as the screens start, watch and resume them: one at a time for each workspace, in the background."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from lib.approaches.extractive import EXTRACTIVE_MODEL_ID
from lib.errors import LabError, NotFound
from lib.evaluation.estimate import Estimate, Seen, estimate, needs_index
from lib.records import Evaluation, FailureLabel, RunRecord, SetUp
from lib.runs.query import RunQuery
from lib.settings import ModelChoice, Workspace
from pages.ui import services
from pages.ui.jobs import Job

_ANSWERS_SEEN = 20
_SAID = 90
"""Characters of an answer that the line of a case shows."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The first event: which evaluation runs, and how many answers were there and are expected."""

    evaluation: Evaluation
    done: int
    expected: int


@dataclass(frozen=True, slots=True)
class Came:
    """An answer as the screen watches it: the record itself, with prompt and passages, is in the log and not held."""

    at: datetime
    setup: str
    question: str
    said: str
    correct: bool | None
    error: str
    label: FailureLabel | None


def start(evaluation: Evaluation, *, key: str) -> Job[object]:
    """Ask what the evaluation has not asked yet; one that runs in the workspace already goes on instead."""
    measuring = services.lab().measuring

    def work(stopped: Callable[[], bool]) -> Iterator[Begun | Came]:
        yield Begun(evaluation, len(measuring.done(evaluation)), measuring.expected(evaluation))
        yield from map(_came, measuring.evaluate(evaluation, stopped=stopped, key=key))

    return services.jobs().start(_name(evaluation.workspace_id), work)


def job(workspace_id: str) -> Job[object] | None:
    """The workspace's last evaluation in this process, running or over."""
    return services.jobs().get(_name(workspace_id))


def begun(running: Job[object]) -> Begun | None:
    """Which evaluation the job is, once it has said so."""
    return next((event for event in running.events if isinstance(event, Begun)), None)


def answers(running: Job[object]) -> tuple[Came, ...]:
    """What the job has brought so far, in order."""
    return tuple(event for event in running.events if isinstance(event, Came))


def unfinished(workspace_id: str, looked_at: str) -> Evaluation | None:
    """What there is to go on with: the evaluation looked at, else the newest, where it was stopped before its end."""
    runs = services.lab().measuring.runs
    try:
        chosen = runs.evaluation(workspace_id, looked_at) if looked_at else None
    except NotFound:
        chosen = None
    candidates = (chosen, runs.newest_evaluation(workspace_id))
    return next((one for one in candidates if one is not None and not one.finished), None)


def changed(evaluation: Evaluation) -> str:
    """What is not as it was when the evaluation began, so that it cannot go on; empty if nothing is."""
    try:
        services.lab().measuring.check_unchanged(evaluation)
    except LabError as error:
        return error.message
    return ""


def estimated(
    workspace: Workspace, setups: tuple[SetUp, ...], *, cases: int, judge: ModelChoice | None = None
) -> Estimate:
    """What asking so many cases of these set-ups will take, from the answers in the log."""
    runs = services.lab().measuring.runs

    def seen(setup: SetUp) -> tuple[Seen, ...]:
        query = RunQuery(approach=setup.approach, model=_model_id(setup), limit=_ANSWERS_SEEN)
        rows = runs.find(workspace.id, query).rows
        return tuple(Seen(row.total_ms / 1000, row.cost_usd) for row in rows if not row.error)

    return estimate(setups, cases=cases, seen=seen, judge=judge.kind if judge else None)


def to_embed(workspace_id: str, setups: tuple[SetUp, ...]) -> tuple[int, float]:
    """Chunks that must be embedded before the set-ups can search, and about how many seconds that takes."""
    cuts = {setup.workspace.chunking for setup in setups if needs_index(setup)}
    plans = [services.plan(workspace_id, chunking) for chunking in cuts]
    return sum(plan.to_embed for plan in plans), sum(plan.seconds for plan in plans)


def _came(record: RunRecord) -> Came:
    said = record.error or ("abstained" if record.answer.abstained else record.answer.text)
    return Came(
        at=record.at,
        setup=record.setup,
        question=record.answer.question,
        said=said if len(said) <= _SAID else f"{said[: _SAID - 1]}…",
        correct=record.correct,
        error=record.error,
        label=record.failure.label if record.failure else None,
    )


def _model_id(setup: SetUp) -> str:
    """The name under which the set-up's model stands in the log."""
    choice = setup.workspace.model
    return EXTRACTIVE_MODEL_ID if choice.kind == "extractive" else services.lab().generator(choice).model_id


def _name(workspace_id: str) -> str:
    return f"evaluate:{workspace_id}"
