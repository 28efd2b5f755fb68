"""Training as the screens ask for it: the chosen set, what a training would take, and the one that runs."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lib.errors import LabError
from lib.settings import Workspace
from lib.training.values import TrainingEstimate, TrainingRun, TrainingSet, TrainingSettings
from lib.tuning import Tuning
from pages.ui import services, state
from pages.ui.jobs import Job

_FAILURE = "tune.train.failure"
_STOPPING = "tune.stopping"
_SOON_S = 0.4
"""An estimate from a step measured before is there so soon that no waiting need be drawn."""
_LONGEST_NAME = 60


def tuning() -> Tuning:
    """Training sets, adapters and trainings of the lab."""
    return services.lab().tuning


def run_of(workspace: Workspace) -> TrainingRun | None:
    """The workspace's last training of this process, running or over."""
    return tuning().state(workspace.id)


def stop(workspace_id: str, name: str) -> None:
    """Ask the training to end after the step under way; its best step becomes the adapter."""
    state.remember(_STOPPING, name)
    tuning().stop(workspace_id)


def is_stopping(run: TrainingRun) -> bool:
    """Whether this session has asked that training to stop."""
    return state.recall(_STOPPING, "") == run.name


def start(workspace: Workspace, training_set: TrainingSet, name: str, settings: TrainingSettings) -> None:
    """Begin to train in a process of its own; raises BadInput for what cannot be trained."""
    state.remember(_STOPPING, "")
    tuning().start(workspace.id, training_set, name, settings)


def keep_failure(error: LabError) -> None:
    """Hold what was refused in a callback until the page draws."""
    state.remember(_FAILURE, error)


def take_failure() -> LabError | None:
    """What was refused since the page was last drawn."""
    return state.take(_FAILURE, None)


def default_name(set_name: str) -> str:
    """A name for the adapter, from the set's: letters, digits and hyphens."""
    letters = unicodedata.normalize("NFKD", set_name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_LONGEST_NAME].strip("-") or "adapter"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a training will take, and what it would take with no time budget to end it."""

    found: TrainingEstimate
    unlimited: TrainingEstimate

    @property
    def is_cut(self) -> bool:
        """Whether the time budget ends it before its last epoch."""
        return self.unlimited.seconds > self.found.seconds


def expected(workspace: Workspace, training_set: TrainingSet, settings: TrainingSettings) -> Expected | LabError | None:
    """What the training would take, or why it cannot be; None while a step is being measured in the background."""
    asked = _digest(repr((workspace.id, training_set.train, training_set.validation, settings)))
    job = services.jobs().get(_job_name(workspace.id))
    if job is None or (not job.running and not _answers(job, asked)):
        services.jobs().clear(_job_name(workspace.id))
        job = services.jobs().start(_job_name(workspace.id), _work(workspace.id, training_set, settings, asked))
    if not job.wait(_SOON_S) or not _answers(job, asked):
        return None
    if job.failure is not None and not isinstance(job.failure, LabError):
        services.jobs().clear(job.name)
        raise job.failure
    return job.failure or _found(job)


def measure_again(workspace: Workspace, training_set: TrainingSet, settings: TrainingSettings) -> None:
    """Have the step measured anew: other work may have slowed the last one."""
    tuning().forget_estimate(workspace.id, training_set, settings)
    services.jobs().clear(_job_name(workspace.id))


def _work(
    workspace_id: str, training_set: TrainingSet, settings: TrainingSettings, asked: str
) -> Callable[[Callable[[], bool]], Iterator[object]]:
    of = tuning()

    def work(_stopped: Callable[[], bool]) -> Iterator[object]:
        yield asked
        yield Expected(
            of.estimate(workspace_id, training_set, settings),
            of.estimate(workspace_id, training_set, replace(settings, time_budget_s=0.0)),
        )

    return work


def _answers(job: Job[object], asked: str) -> bool:
    return job.events[:1] == (asked,)


def _found(job: Job[object]) -> Expected | None:
    return next((event for event in job.events if isinstance(event, Expected)), None)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _job_name(workspace_id: str) -> str:
    return f"tune.estimate:{workspace_id}"
