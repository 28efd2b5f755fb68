"""Evaluations and what they found, as the results screen asks for them: scored once for each state of the run log."""

from datetime import datetime

from lib.charts.report import report_of
from lib.evaluation.results import Results
from lib.records import Evaluation
from lib.runs.query import RunQuery
from pages.ui import run_log, services, state

_ALL = 1_000_000
_HELD = "evaluate.results.held"
_MOST_HELD = 4
"""Evaluations whose answers a session holds; two of them can be compared."""


def evaluations(workspace_id: str) -> tuple[Evaluation, ...]:
    """All of the workspace, newest first."""
    return services.lab().measuring.runs.evaluations(workspace_id)


def results(evaluation: Evaluation) -> Results:
    """What the evaluation found so far; worked out anew when answers, labels, ratings or documents changed."""
    query = RunQuery(evaluation=evaluation.id, limit=_ALL)
    rows = services.lab().measuring.runs.find(evaluation.workspace_id, query).rows
    stamp = (evaluation.finished, _version(evaluation), tuple((row.id, row.label, row.stars) for row in rows))
    held: dict[str, tuple[object, Results]] = state.recall(_HELD, {})
    if evaluation.id not in held or held[evaluation.id][0] != stamp:
        others = [pair for pair in held.items() if pair[0] != evaluation.id][1 - _MOST_HELD :]
        held = dict(others) | {evaluation.id: (stamp, services.lab().measuring.results(evaluation))}
        state.remember(_HELD, held)
    return held[evaluation.id][1]


def documents_changed(evaluation: Evaluation) -> bool:
    """Whether the workspace holds other documents now than when the evaluation began."""
    return _version(evaluation) != evaluation.corpus_version


def name_of(evaluation: Evaluation) -> str:
    """The evaluation in a list: set, set-ups, when, and whether it is whole."""
    count = len(evaluation.setups)
    setups = evaluation.setups[0].label if count == 1 else f"{count} set-ups"
    stopped = "" if evaluation.finished else ", not finished"
    return f"{evaluation.eval_set.name}: {setups}, {moment(evaluation.at)}{stopped}"


def moment(at: datetime) -> str:
    """A time as the lists show it."""
    return f"{at:%d %b %Y, %H:%M} UTC"


def as_html(found: Results) -> bytes:
    """The report."""
    return report_of(found).encode()


def as_jsonl(evaluation: Evaluation) -> bytes:
    """The runs of the evaluation, whole, one a line."""
    return run_log.as_jsonl(evaluation.workspace_id, RunQuery(evaluation=evaluation.id))


def as_csv(evaluation: Evaluation) -> bytes:
    """The runs of the evaluation, for a spreadsheet."""
    return run_log.as_csv(evaluation.workspace_id, RunQuery(evaluation=evaluation.id))


def _version(evaluation: Evaluation) -> str:
    return services.lab().version(evaluation.workspace_id)
