"""Fine-tuning as pages and the command line use it: training sets, one training at a time, the adapters it leaves."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from lib.domain import AdapterFile
from lib.errors import BadInput, LabError, NotFound, TrainingFailed
from lib.files import workspace_folder
from lib.settings import BUILT_IN_READER
from lib.training.adapter_store import AdapterStore
from lib.training.checkpoints import RunFolder, run_names
from lib.training.estimate import Estimator
from lib.training.job import TrainingProcess
from lib.training.order import BaseFile, ChildOrder, TrainingOrder
from lib.training.set_store import TrainingSetStore, version_of
from lib.training.values import TrainingEstimate, TrainingEvent, TrainingRun, TrainingSet, TrainingSettings

_HINT_RUNNING = "Wait until it has ended, or stop it: what it has learnt by then is kept."


@dataclass(frozen=True, slots=True)
class TuningHouse:
    """What tuning is given: the base of a setting (empty: the built-in model), the built-in reader, a quieter engine.

    `quiet` holds while a job trains, so that answers and training do not fight for the cores. `threads` are those of
    the training process.
    """

    base: Callable[[str], BaseFile]
    reader: Callable[[], AdapterFile]
    quiet: Callable[[], AbstractContextManager[None]]
    threads: int = 0


class Tuning:
    """Trainings and adapters of one data folder. Safe to use from many threads; one training runs at a time."""

    def __init__(self, data_dir: Path, house: TuningHouse) -> None:
        self._data_dir = data_dir.resolve()
        self._house = house
        self._threads = house.threads or training_threads()
        self.sets = TrainingSetStore(data_dir)
        self.adapters = AdapterStore(data_dir)
        self._estimator = Estimator(self._data_dir, threads=self._threads)
        self._lock = threading.Lock()
        self._jobs: dict[str, _Job] = {}
        self._closed = False

    def close(self) -> None:
        """End what runs with a checkpoint, so that it can be resumed."""
        with self._lock:
            self._closed = True
            job = self._running()
        self._estimator.close()
        if job is not None:
            job.process.pause()
            job.thread.join()

    # Adapters

    def adapter_file(self, workspace_id: str, name: str) -> AdapterFile:
        """The adapter as the engine serves it, the built-in reader by its name; raises NotFound."""
        return self._house.reader() if name == BUILT_IN_READER else self.adapters.file(workspace_id, name)

    # Training

    def estimate(self, workspace_id: str, trainset: TrainingSet, settings: TrainingSettings) -> TrainingEstimate:
        """What training this would take, from a step measured on this machine (seconds, the first time; then none).

        Raises BadInput for a set that cannot be trained on.
        """
        return self._estimator.estimate(self._order(workspace_id, trainset, "estimate", settings))

    def forget_estimate(self, workspace_id: str, trainset: TrainingSet, settings: TrainingSettings) -> None:
        """Let the next estimate of this training measure its step anew."""
        self._estimator.forget(self._order(workspace_id, trainset, "estimate", settings))

    def start(self, workspace_id: str, trainset: TrainingSet, name: str, settings: TrainingSettings) -> None:
        """Begin a training in a process of its own; an adapter of that name is replaced when it ends.

        Raises BadInput for a set, a name or settings that cannot be used, and while another training runs.
        """
        self.adapters.check_name(workspace_id, name)
        order = self._order(workspace_id, trainset, name, settings)
        with self._lock:
            self._check_free()
            folder = RunFolder(self._data_dir, workspace_id, name)
            try:
                folder.begin(order)
            except OSError as error:
                raise TrainingFailed(
                    f"The training could not be noted on disk ({error.strerror or error}).", hint="Free some space."
                ) from error
            self._launch(order)

    def resume(self, workspace_id: str, name: str) -> None:
        """Go on with an unfinished training from its last checkpoint; raises NotFound, BadInput while another runs."""
        if name not in self.unfinished(workspace_id):
            raise NotFound(f"There is no unfinished training {name!r}.", hint="Begin a new one.")
        with self._lock:
            self._check_free()
            folder = RunFolder(self._data_dir, workspace_id, name)
            order = folder.order()
            base = self._house.base(order.settings.base)
            if base.sha256 != order.base.sha256:
                raise BadInput(
                    f"{name!r} was begun on another file of {order.base.model!r} than is there now.",
                    hint="Begin it anew.",
                )
            order = replace(order, base=base)
            folder.rewind(order)
            self._launch(order)

    def stop(self, workspace_id: str) -> None:
        """Ask the workspace's training to end after its step; the best adapter so far is kept."""
        job = self._jobs.get(workspace_id)
        if job is not None:
            job.process.stop()

    def state(self, workspace_id: str) -> TrainingRun | None:
        """The workspace's training that runs, else its last one; None if there never was one."""
        job = self._jobs.get(workspace_id)
        if job is not None and RunFolder(self._data_dir, workspace_id, job.order.name).is_there:
            return job.run()
        names = run_names(self._data_dir, workspace_id)
        return self._told(workspace_id, names[0]) if names else None

    def unfinished(self, workspace_id: str) -> tuple[str, ...]:
        """Names of trainings that were interrupted and can be resumed, the one begun last first."""
        names = run_names(self._data_dir, workspace_id)
        at_work = self._running_name(workspace_id)
        return tuple(
            name for name in names if name != at_work and not RunFolder(self._data_dir, workspace_id, name).ended()
        )

    def forget(self, workspace_id: str, name: str) -> None:
        """Give an unfinished (or ended) training up; its adapter, if it left one, stays."""
        if name == self._running_name(workspace_id):
            raise BadInput(f"{name!r} is in training.", hint=_HINT_RUNNING)
        RunFolder(self._data_dir, workspace_id, name).drop()
        if (job := self._jobs.get(workspace_id)) is not None and job.order.name == name:
            del self._jobs[workspace_id]

    def follow(self, workspace_id: str) -> Iterator[TrainingEvent]:
        """What happens in the workspace's training, from its beginning to its end.

        Raises TrainingFailed if it fails, or is interrupted.
        """
        job = self._jobs.get(workspace_id)
        if job is None:
            return
        yield from job.process.follow()
        if (failed := job.process.failed) is not None:
            raise TrainingFailed(failed.message, hint=failed.hint)

    def wait(self, workspace_id: str, timeout_s: float | None = None) -> bool:
        """Wait until the workspace's training has ended and everything of it is kept; False if it goes on."""
        job = self._jobs.get(workspace_id)
        if job is None:
            return True
        job.thread.join(timeout_s)
        return not job.thread.is_alive()

    def _order(self, workspace_id: str, trainset: TrainingSet, name: str, settings: TrainingSettings) -> TrainingOrder:
        workspace_folder(self._data_dir, workspace_id)
        check_settings(settings)
        if not trainset.train:
            raise BadInput(
                f"The training set {trainset.name!r} has no training examples.",
                hint="Add examples, or split the set: the training part is what is learnt from.",
            )
        learnt_from = replace(trainset, held_out=())
        base = self._house.base(settings.base)
        version = version_of(trainset)
        return TrainingOrder(workspace_id, name, base, learnt_from, version, settings, datetime.now(UTC))

    def _check_free(self) -> None:
        if self._closed:
            raise BadInput("The lab is being closed.", hint="Start the app again.")
        if (job := self._running()) is not None:
            whose = f"{job.order.name!r} of the workspace {job.order.workspace_id!r}"
            raise BadInput(f"The training {whose} is still running.", hint=_HINT_RUNNING)

    def _launch(self, order: TrainingOrder) -> None:
        told = ChildOrder(str(self._data_dir), order.workspace_id, order.name, self._threads)
        before = RunFolder(self._data_dir, order.workspace_id, order.name).events()
        job = self._jobs[order.workspace_id] = _Job(order, TrainingProcess(told, events=before), self._house.quiet)
        job.thread.start()

    def _running(self) -> "_Job | None":
        return next((job for job in self._jobs.values() if job.thread.is_alive()), None)

    def _running_name(self, workspace_id: str) -> str:
        job = self._jobs.get(workspace_id)
        return job.order.name if job is not None and job.thread.is_alive() else ""

    def _told(self, workspace_id: str, name: str) -> TrainingRun | None:
        """A run of an earlier start of the app, from its folder; None if that cannot be read."""
        folder = RunFolder(self._data_dir, workspace_id, name)
        try:
            order = folder.order()
        except LabError:
            return None
        return folder.run_as_told(order)


class _Job:
    """A training of this process's own with the thread that listens to it."""

    def __init__(
        self, order: TrainingOrder, process: TrainingProcess, quiet: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self.order, self.process, self._quiet = order, process, quiet
        self.thread = threading.Thread(target=self._listen, name="openbook-training", daemon=True)

    def run(self) -> TrainingRun:
        """How it stands."""
        order, process = self.order, self.process
        failed = process.failed
        return TrainingRun(
            order.name,
            order.trainset.name,
            order.settings,
            process.phase,
            process.events,
            failed.message if failed else "",
            failed.hint if failed else "",
            process.notes,
        )

    def _listen(self) -> None:
        with contextlib.ExitStack() as stack:
            # An engine that cannot be made quieter must not keep the training from being listened to.
            with contextlib.suppress(LabError):
                stack.enter_context(self._quiet())
            self.process.listen()


def training_threads() -> int:
    """All cores: the training process leaves them to whoever else wants them."""
    return os.cpu_count() or 1


def check_settings(settings: TrainingSettings) -> None:
    """Raise BadInput for a dial outside its range."""
    bounds = (
        ("epochs", settings.epochs, 1, 100),
        ("rank", settings.rank, 1, 256),
        ("alpha", settings.alpha, 1, 1024),
        ("learning rate", settings.learning_rate, 1e-7, 1.0),
        ("batch size", settings.batch_size, 1, 256),
        ("time budget in seconds", settings.time_budget_s, 0, 7 * 86_400),
        ("window in tokens", settings.window_tokens, 16, 8_192),
        ("number of validations", settings.validations, 1, 1_000),
        ("share of the layers", settings.upper_share, 0.01, 1),
    )
    for what, value, lowest, highest in bounds:
        if not lowest <= value <= highest:
            raise BadInput(f"The {what} is {value:g}.", hint=f"Choose from {lowest:g} to {highest:g}.")
