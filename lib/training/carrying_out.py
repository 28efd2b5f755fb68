"""One training from its order to its adapter, as the training process does it: with checkpoints, samples and an end."""

from __future__ import annotations

import errno
import importlib.metadata
import os
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from lib.errors import LabError, TrainingFailed
from lib.training.adapter_store import AdapterStore, AdapterWeights
from lib.training.base import Base, load_base
from lib.training.batches import encode_all, step_tokens
from lib.training.checkpoints import Checkpoint, Progress, RunFolder
from lib.training.event_lines import ChildEvent, Failed, Noted, PhaseBegun, to_line
from lib.training.fitting import Sizes, Worst, fitted, free_memory_bytes, notes_of
from lib.training.lora import LoraRun
from lib.training.order import ChildOrder, TrainingOrder
from lib.training.sampling import Sampler
from lib.training.to_gguf import write_gguf_adapter
from lib.training.values import Adapter, Trained, TrainingEvent, Validated, curve_of

if TYPE_CHECKING:
    from lib.training.child import Tell, Wishes

_CHECKPOINT_S = 60.0
"""A checkpoint is written at each validation, and when the last one is this old."""
_LOCK_TIMEOUT_S = 10.0
_VERSIONS = ("torch", "transformers", "peft", "gguf")


def train(told: ChildOrder, wishes: Wishes, tell: Tell) -> None:
    """Do the run that is kept in its folder, from its last checkpoint if it has one, and keep the adapter."""
    folder = RunFolder(Path(told.data_dir), told.workspace_id, told.name)
    try:
        with FileLock(folder.path / "run.lock", timeout=_LOCK_TIMEOUT_S):
            _Training(told, folder, tell).carry_out(wishes)
    except Timeout:
        raise TrainingFailed(
            f"Another process is still at the training {told.name!r}.", hint="Wait until it has ended, then resume."
        ) from None


def failure_of(error: Exception) -> Failed:
    """The error as it is told to the person; what could go better another time can be resumed."""
    if isinstance(error, LabError):
        return Failed(error.message, error.hint)
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        what = "The disk is full" if full else f"The disk would not take a file ({error.strerror or error})"
        hint = "Free some space, then resume: the training goes on from its last checkpoint."
        return Failed(f"{what}; the training broke off.", hint, resumable=True)
    if isinstance(error, MemoryError) or "allocate memory" in str(error):
        hint = "Close other programs and resume, or begin anew with a smaller window or shorter examples."
        said = str(error) if isinstance(error, MemoryError) else ""
        return Failed(said or "The memory was not enough for this training.", hint, resumable=True)
    raise error


class _Training:
    """The state of one run in this process."""

    def __init__(self, told: ChildOrder, folder: RunFolder, tell: Tell) -> None:
        self._told, self._folder, self._tell_parent = told, folder, tell
        self._order = folder.order()
        self._best: Mapping[str, Any] = {}
        self._kept_at = time.monotonic()

    def carry_out(self, wishes: Wishes) -> None:
        """From the order to the adapter, or to a checkpoint if a pause is wished for."""
        run, base = self._made()
        sampler = Sampler(run.model, base.tokenizer, self._order.trainset.validation)
        self._tell(PhaseBegun("training"))
        trained: Trained | None = None
        for event in run.steps(stopped=wishes.stopped):
            if isinstance(event, Trained):
                trained = event
                break
            self._log(event)
            if isinstance(event, Validated):
                if event.best:
                    self._best = run.lora_state()
                for sample in sampler.samples(event.step, spent_s=run.spent_s):
                    self._log(sample)
            if isinstance(event, Validated) or time.monotonic() - self._kept_at > _CHECKPOINT_S or wishes.paused():
                self._keep_checkpoint(run)
            if wishes.paused():
                return
        if trained is not None:
            self._end(run, base, trained)

    def _made(self) -> tuple[LoraRun, Base]:
        """The run with its base, where its last checkpoint stood."""
        self._tell(PhaseBegun("loading"))
        order = self._order
        base = load_base(order.base.path)
        train, validation = (
            encode_all(examples, base.tokenizer, window_tokens=order.settings.window_tokens)
            for examples in (order.trainset.train, order.trainset.validation)
        )
        worst = Worst.of((*train, *validation), order.settings.batch_size, step_tokens(base.dtype))
        fit = fitted(Sizes.of(base.model), worst, order.settings, available_bytes=free_memory_bytes())
        for note in notes_of(fit):
            self._tell(Noted(note))
        run = LoraRun(base, train, validation, order.settings, fit=fit)
        checkpoint = self._folder.checkpoint()
        if checkpoint is not None:
            run.take_up(checkpoint)
            self._best = checkpoint.best
        return run, base

    def _keep_checkpoint(self, run: LoraRun) -> None:
        progress = Progress(run.done_steps, run.spent_s, run.best_loss, run.best_step, self._log_bytes())
        self._folder.keep_checkpoint(Checkpoint(progress, run.lora_state(), run.optimiser_state(), self._best))
        self._kept_at = time.monotonic()

    def _end(self, run: LoraRun, base: Base, trained: Trained) -> None:
        self._keep_checkpoint(run)
        self._tell(PhaseBegun("saving"))
        adapter = self._adapter(trained)
        weights = _weights_of(self._best or run.lora_state(), base, adapter)
        AdapterStore(Path(self._told.data_dir)).keep(self._told.workspace_id, adapter, weights)
        self._log(trained)
        self._folder.end(None)
        self._tell(PhaseBegun("stopped" if trained.ended == "stopped" else "finished"))

    def _adapter(self, trained: Trained) -> Adapter:
        order = self._order
        return Adapter(
            name=order.name,
            base=order.base.model,
            base_sha256=order.base.sha256,
            settings=order.settings,
            trainset=order.trainset.name,
            trainset_sha256=order.trainset_sha256,
            examples=len(order.trainset.train),
            made_at=datetime.now(UTC),
            seconds=trained.seconds,
            kept_step=trained.kept_step,
            steps=trained.steps,
            instruction=instruction_of(order),
            curve=curve_of(self._folder.events()),
            versions=tuple((name, importlib.metadata.version(name)) for name in _VERSIONS),
            ended=trained.ended,
        )

    def _tell(self, event: ChildEvent) -> None:
        self._tell_parent(event)

    def _log(self, event: TrainingEvent) -> None:
        with self._folder.log_path.open("a", encoding="utf-8") as log:
            log.write(to_line(event) + "\n")
        self._tell(event)

    def _log_bytes(self) -> int:
        """The log's length once it is safely on disk."""
        with self._folder.log_path.open("ab") as log:
            os.fsync(log.fileno())
            return log.tell()


def instruction_of(order: TrainingOrder) -> str:
    """The system message that all training examples share; empty if they have none or several."""
    found = {"\n".join(m.content for m in one.prompt if m.role == "system") for one in order.trainset.train}
    return found.pop() if len(found) == 1 else ""


def _weights_of(state: Mapping[str, Any], base: Base, adapter: Adapter) -> AdapterWeights:
    """The adapter's two files."""
    from safetensors.torch import save

    with tempfile.TemporaryDirectory() as scratch:
        gguf = Path(scratch) / "adapter.gguf"
        write_gguf_adapter(gguf, state, base.model.config, alpha=adapter.settings.alpha, name=adapter.name)
        return AdapterWeights(save(dict(state)), gguf.read_bytes())
