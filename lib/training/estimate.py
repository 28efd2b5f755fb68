"""What a training will take, before it is begun: from steps measured in a process like the training's own.

A measurement is kept for its machine, base, set, rank, layers and batch, so that turning another dial costs nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from lib.errors import TrainingFailed
from lib.files import write_whole
from lib.training.batches import Encoded, batches_of, encode_all, padded, step_tokens
from lib.training.event_lines import Measured, StepTime
from lib.training.fitting import Sizes, Worst, fitted, free_memory_bytes
from lib.training.job import TrainingProcess
from lib.training.order import ChildOrder, TrainingOrder
from lib.training.values import TrainingEstimate, TrainingSettings

if TYPE_CHECKING:
    from lib.training.lora import LoraRun

FORMAT = 4
"""Raised when what is measured, or how, changes."""
_MOST_TOKENS = 2_048
"""A step of more padded tokens than this is measured on fewer examples."""
_FORWARD_SHARE = 0.35
"""What validation costs of a step with the same tokens: no backward pass."""
_SAMPLING_SHARE = 0.1
_SAVING_S = 3.0
_MOST_KEPT = 100
_MEASURED = TypeAdapter(Measured)


class Estimator:
    """Measures in a process of its own, once for what was not measured before."""

    def __init__(self, data_dir: Path, *, threads: int) -> None:
        self._data_dir, self._threads = data_dir, threads
        self._lock = threading.Lock()
        self._process: TrainingProcess | None = None

    def estimate(self, order: TrainingOrder) -> TrainingEstimate:
        """What the order will take; raises TrainingFailed, saying why, when it cannot be told."""
        with self._lock:
            path = self._path(order)
            measured = _read(path)
            if measured is None:
                measured = self._measured(order)
                write_whole(path, _MEASURED.dump_json(measured))
                _tidy(path.parent)
        return estimate_of(measured, order.settings)

    def forget(self, order: TrainingOrder) -> None:
        """Measure anew when it is next asked: the machine may have been busy the last time."""
        self._path(order).unlink(missing_ok=True)

    def close(self) -> None:
        """End a measurement that runs."""
        process = self._process
        if process is not None:
            process.kill()

    def _path(self, order: TrainingOrder) -> Path:
        return self._data_dir / "training_speed" / f"{_key(order, self._threads)}.json"

    def _measured(self, order: TrainingOrder) -> Measured:
        told = ChildOrder(str(self._data_dir), order.workspace_id, order.name, self._threads, "measure", order)
        self._process = process = TrainingProcess(told)
        try:
            process.listen()
        finally:
            self._process = None
        if process.measured is None:
            failed = process.failed
            raise TrainingFailed(
                failed.message if failed else "The measurement was broken off.", hint=failed.hint if failed else ""
            )
        return process.measured


def measure(order: TrainingOrder) -> Measured:
    """Load the base and time a step on the longest batch and on the shortest; for the training process."""
    from lib.training.base import load_base
    from lib.training.lora import LoraRun

    began = time.perf_counter()
    base = load_base(order.base.path)
    load_s = time.perf_counter() - began
    settings = order.settings
    train, validation = (
        encode_all(examples, base.tokenizer, window_tokens=settings.window_tokens)
        for examples in (order.trainset.train, order.trainset.validation)
    )
    step = step_tokens(base.dtype)
    worst = Worst.of((*train, *validation), settings.batch_size, step)
    fit = fitted(Sizes.of(base.model), worst, settings, available_bytes=free_memory_bytes())
    base_bytes = _peak_bytes()
    run = LoraRun(base, train, validation, settings, fit=fit)
    by_length = sorted(train, key=lambda one: len(one.ids))
    run.rehearse(by_length[:1])
    steps = tuple(_timed(run, batch, step) for batch in _telling(by_length, settings.batch_size, step))
    return Measured(
        load_s=load_s,
        lengths=tuple(len(one.ids) for one in train),
        validation_lengths=tuple(len(one.ids) for one in validation),
        steps=steps,
        step_tokens=step,
        base_bytes=base_bytes,
        peak_bytes=_peak_bytes(),
        worst_tokens=worst.examples * worst.width // fit.parts,
        saves_memory=fit.saves_memory,
        parts=fit.parts,
        kept_bytes=run.kept_bytes,
    )


def estimate_of(measured: Measured, settings: TrainingSettings) -> TrainingEstimate:
    """The figures of a run with these settings, from what was measured: seconds grow with the padded tokens."""
    step, seed = measured.step_tokens, settings.seed
    batches = batches_of(measured.lengths, size=settings.batch_size, seed=seed, step=step)
    widths = [(len(batch), max(padded(measured.lengths[at], step) for at in batch)) for batch in batches]
    epoch_s = sum(_seconds(measured.steps, count * width) for count, width in widths)
    judged = measured.validation_lengths or measured.lengths[:64]
    validation_s = _FORWARD_SHARE * _seconds(measured.steps, sum(padded(length, step) for length in judged))
    steps = len(batches) * settings.epochs
    training_s = epoch_s * settings.epochs + validation_s * min(settings.validations, steps)
    training_s += _lower_seconds(measured, (*measured.lengths, *judged))
    training_s *= 1 + (_SAMPLING_SHARE if measured.validation_lengths else 0)
    if settings.time_budget_s:
        training_s = min(training_s, settings.time_budget_s)
    return TrainingEstimate(
        seconds=measured.load_s + training_s + _SAVING_S,
        memory_bytes=_memory_bytes(measured),
        tokens=sum(measured.lengths) * settings.epochs,
        steps=steps,
        measured=True,
        saves_memory=measured.saves_memory,
        batch_parts=measured.parts,
    )


def _memory_bytes(measured: Measured) -> int:
    """The peak at the largest batch, from that at the largest one measured."""
    most = max(step.padded_tokens for step in measured.steps)
    share = max(1.0, measured.worst_tokens / most)
    return int(measured.base_bytes + (measured.peak_bytes - measured.base_bytes) * share) + measured.kept_bytes


def _lower_seconds(measured: Measured, lengths: Sequence[int]) -> float:
    """What the one way of these examples through the layers below the adapter takes."""
    most = max(measured.steps, key=lambda step: step.padded_tokens)
    tokens = sum(padded(length, measured.step_tokens) for length in lengths)
    return most.lower_seconds / most.padded_tokens * tokens


def _seconds(steps: Sequence[StepTime], padded_tokens: int) -> float:
    """A step's time on the line through the measured ones; in proportion where that line falls or there is but one."""
    low, high = min(steps, key=lambda step: step.padded_tokens), max(steps, key=lambda step: step.padded_tokens)
    per_token = high.seconds / high.padded_tokens
    if high.padded_tokens == low.padded_tokens or high.seconds <= low.seconds:
        return per_token * padded_tokens
    slope = (high.seconds - low.seconds) / (high.padded_tokens - low.padded_tokens)
    return max(0.5 * per_token * padded_tokens, high.seconds + slope * (padded_tokens - high.padded_tokens))


def _telling(by_length: Sequence[Encoded], batch_size: int, step: int) -> list[Sequence[Encoded]]:
    """The longest batch and the shortest, each cut to what is measured in a few seconds."""
    longest, shortest = by_length[-batch_size:], by_length[:batch_size]
    found = [longest[-max(1, _MOST_TOKENS // padded(len(longest[-1].ids), step)) :]]
    if padded(len(shortest[-1].ids), step) < padded(len(longest[-1].ids), step):
        found.append(shortest)
    return found


def _timed(run: LoraRun, batch: Sequence[Encoded], step: int) -> StepTime:
    tokens = len(batch) * max(padded(len(one.ids), step) for one in batch)
    first = _seconds_of(run, batch)
    if not run.kept_bytes:
        return StepTime(tokens, first)
    again = _seconds_of(run, batch)
    return StepTime(tokens, again, max(0.0, first - again))


def _seconds_of(run: LoraRun, batch: Sequence[Encoded]) -> float:
    began = time.perf_counter()
    run.rehearse(batch)
    return time.perf_counter() - began


def _peak_bytes() -> int:
    """The most memory that this process has held."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _key(order: TrainingOrder, threads: int) -> str:
    """What a measurement holds for."""
    settings = order.settings
    dials = settings.rank, settings.batch_size, settings.window_tokens, settings.upper_share
    machine = platform.node(), platform.machine(), os.cpu_count(), threads
    content = (FORMAT, order.base.sha256, order.trainset_sha256, dials, machine)
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]


def _read(path: Path) -> Measured | None:
    try:
        return _MEASURED.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _tidy(folder: Path) -> None:
    """Remove the oldest of too many."""
    files = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[_MOST_KEPT:]:
        path.unlink(missing_ok=True)
