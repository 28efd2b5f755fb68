"""A training on disk: workspaces/<id>/training/<name>/, from which a killed run goes on.

order.json              what is trained; its being there begins the run
events.jsonl            what happened, line by line; after a kill, lines behind the last checkpoint are done again
checkpoint.safetensors  weights, moments, the best weights and the state, in one file that is written whole
ended.json              how it ended; without it the run is unfinished
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lib.errors import StoreDamaged
from lib.files import workspace_folder, write_whole
from lib.training.event_lines import Failed, from_line
from lib.training.order import TrainingOrder, order_from_json, order_to_json
from lib.training.values import Sampled, Trained, TrainingEvent, TrainingPhase, TrainingRun, TrainingStep, Validated


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands beside its weights. `log_bytes` is how much of the log belongs to it."""

    done_steps: int
    spent_s: float
    best_loss: float
    best_step: int
    log_bytes: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that a run needs to go on as if nothing had been: weights, the optimiser's moments, the best weights."""

    progress: Progress
    lora: Mapping[str, Any]
    optimiser: Mapping[str, Any]
    best: Mapping[str, Any]


_PROGRESS = TypeAdapter(Progress)
_FAILED = TypeAdapter(Failed)
_PARTS = ("lora", "optimiser", "best")


class RunFolder:
    """One run's folder. The app writes the order, the training process everything else."""

    def __init__(self, data_dir: Path, workspace_id: str, name: str) -> None:
        self.path = trainings(data_dir, workspace_id) / name

    @property
    def log_path(self) -> Path:
        """The log of events."""
        return self.path / "events.jsonl"

    @property
    def is_there(self) -> bool:
        """Whether a run was begun."""
        return (self.path / "order.json").is_file()

    def begin(self, order: TrainingOrder) -> None:
        """Forget an earlier run of that name and begin this one."""
        self.drop()
        write_whole(self.path / "order.json", order_to_json(order))

    def drop(self) -> None:
        """Remove the run; the order goes first, so that a half removed one counts as none."""
        (self.path / "order.json").unlink(missing_ok=True)
        shutil.rmtree(self.path, ignore_errors=True)

    def order(self) -> TrainingOrder:
        """What is trained; raises StoreDamaged."""
        try:
            return order_from_json((self.path / "order.json").read_bytes())
        except (OSError, ValidationError) as error:
            raise StoreDamaged(
                f"The training {self.path.name!r} cannot be read ({type(error).__name__}).",
                hint="Begin it anew; adapters that were kept are not touched.",
            ) from error

    def events(self) -> tuple[TrainingEvent, ...]:
        """What happened so far, in order."""
        try:
            lines = self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ()
        found = (from_line(line) for line in lines)
        return tuple(one for one in found if isinstance(one, TrainingStep | Validated | Sampled | Trained))

    def rewind(self, order: TrainingOrder) -> None:
        """Go back to where the last checkpoint stood, with this order: the base may lie elsewhere by now."""
        write_whole(self.path / "order.json", order_to_json(order))
        progress = self.progress()
        kept = progress.log_bytes if progress is not None else 0
        (self.path / "ended.json").unlink(missing_ok=True)
        if self.log_path.exists():
            write_whole(self.log_path, self.log_path.read_bytes()[:kept])

    def end(self, failed: Failed | None) -> None:
        """Note the end; a run that cannot be taken up again lets go of its checkpoint."""
        write_whole(self.path / "ended.json", _FAILED.dump_json(failed) if failed else b"null")
        if failed is None or not failed.resumable:
            self._checkpoint.unlink(missing_ok=True)

    def ended(self) -> bool:
        """Whether the run came to an end that is noted and final."""
        failed = self.failure()
        return (self.path / "ended.json").is_file() and not (failed is not None and failed.resumable)

    def failure(self) -> Failed | None:
        """Why it ended without an adapter; None if it did not."""
        try:
            content = (self.path / "ended.json").read_bytes()
            return None if content == b"null" else _FAILED.validate_json(content)
        except (OSError, ValidationError):
            return None

    def run_as_told(self, order: TrainingOrder) -> TrainingRun:
        """How the run stands by what is on disk, no process being at it."""
        events, failed = self.events(), self.failure()
        phase: TrainingPhase = "interrupted"
        if self.ended():
            ended = next((event.ended for event in events if isinstance(event, Trained)), "finished")
            phase = "failed" if failed is not None else "stopped" if ended == "stopped" else "finished"
        said = (failed.message, failed.hint) if failed is not None else ("", "")
        return TrainingRun(order.name, order.trainset.name, order.settings, phase, events, *said)

    # Checkpoints

    def keep_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Write it in place of the last one, whole or not at all; raises OSError."""
        from safetensors.torch import save

        parts = zip(_PARTS, (checkpoint.lora, checkpoint.optimiser, checkpoint.best), strict=True)
        tensors = {f"{part}/{name}": tensor for part, state in parts for name, tensor in state.items()}
        note = json.dumps(asdict(checkpoint.progress))
        write_whole(self._checkpoint, save(tensors, metadata={"progress": note}))

    def checkpoint(self) -> Checkpoint | None:
        """The last whole checkpoint; None if there is none."""
        from safetensors.torch import load

        progress = self.progress()
        if progress is None:
            return None
        tensors = load(self._checkpoint.read_bytes())
        lora, optimiser, best = (
            {name.partition("/")[2]: tensor for name, tensor in tensors.items() if name.startswith(f"{part}/")}
            for part in _PARTS
        )
        return Checkpoint(progress, lora, optimiser, best)

    def progress(self) -> Progress | None:
        """Where the last checkpoint stands, from its head alone; None if there is none that can be read."""
        try:
            with self._checkpoint.open("rb") as file:
                length = int.from_bytes(file.read(8), "little")
                head = json.loads(file.read(length)) if length < self._checkpoint.stat().st_size else {}
            return _PROGRESS.validate_json(head["__metadata__"]["progress"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @property
    def _checkpoint(self) -> Path:
        return self.path / "checkpoint.safetensors"


def trainings(data_dir: Path, workspace_id: str) -> Path:
    """The folder that holds the workspace's runs."""
    return workspace_folder(data_dir, workspace_id) / "training"


def run_names(data_dir: Path, workspace_id: str) -> tuple[str, ...]:
    """Names of all runs whose folders are there, the one begun last first."""
    folder = trainings(data_dir, workspace_id)
    orders = folder.glob("*/order.json") if folder.is_dir() else ()
    newest_first = sorted(orders, key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return tuple(path.parent.name for path in newest_first)
