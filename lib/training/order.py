"""What a training is given: a base, examples, settings; kept beside the run, so that a resume needs nothing else."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from lib.training.values import TrainingSet, TrainingSettings


@dataclass(frozen=True, slots=True)
class BaseFile:
    """A base model's GGUF: where it is, its hash, and the id under which its answers are kept."""

    path: Path
    sha256: str
    model: str


@dataclass(frozen=True, slots=True)
class TrainingOrder:
    """One training, whole: the adapter called `name` in the workspace. Held-out examples are left out of `trainset`."""

    workspace_id: str
    name: str
    base: BaseFile
    trainset: TrainingSet
    trainset_sha256: str
    settings: TrainingSettings
    started_at: datetime


_ORDER = TypeAdapter(TrainingOrder)


def order_to_json(order: TrainingOrder) -> bytes:
    """The order as it is kept."""
    return _ORDER.dump_json(order)


def order_from_json(content: bytes) -> TrainingOrder:
    """The order that was kept; raises pydantic's ValidationError for anything else."""
    return _ORDER.validate_json(content)


@dataclass(frozen=True, slots=True)
class ChildOrder:
    """What the training process is told in its one line: whose run, what to do with it, on how many threads.

    A run to train is in its folder; one to measure comes along as `order`.
    """

    data_dir: str
    workspace_id: str
    name: str
    threads: int
    task: Literal["train", "measure"] = "train"
    order: TrainingOrder | None = None

    def line(self) -> str:
        """As the one line of JSON."""
        return TypeAdapter(ChildOrder).dump_json(self).decode()

    @classmethod
    def read(cls, line: str) -> "ChildOrder":
        """From the one line of JSON that the parent sends."""
        return TypeAdapter(cls).validate_json(line)
