"""What happens in training as lines of JSON: from the training process to the app, and in the log of a run."""

import json
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter, ValidationError

from lib.training.values import Sampled, Trained, TrainingEvent, TrainingPhase, TrainingStep, Validated


@dataclass(frozen=True, slots=True)
class PhaseBegun:
    """The process now does this."""

    phase: TrainingPhase


@dataclass(frozen=True, slots=True)
class Noted:
    """Something else that the person should know."""

    text: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The process ends without what it was to make; `resumable` says whether another try could do better."""

    message: str
    hint: str
    resumable: bool = False


@dataclass(frozen=True, slots=True)
class StepTime:
    """What one step on so many tokens, padding counted, took; `lower_seconds` more the first time its examples came.

    They go through the layers below the adapter only once.
    """

    padded_tokens: int
    seconds: float
    lower_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found by trying: lengths in tokens of all examples, steps timed, memory in bytes.

    `base_bytes` is the process's peak with the base loaded, `peak_bytes` after the largest step of `steps`;
    `worst_tokens` are those of the largest batch part that the run will have. `kept_bytes` is what the run will keep of
    the layers below the adapter; batches are padded in steps of `step_tokens`.
    """

    load_s: float
    lengths: tuple[int, ...]
    validation_lengths: tuple[int, ...]
    steps: tuple[StepTime, ...]
    base_bytes: int
    peak_bytes: int
    worst_tokens: int
    saves_memory: bool
    parts: int
    step_tokens: int
    kept_bytes: int = 0


ChildEvent = TrainingEvent | PhaseBegun | Noted | Failed | Measured

_KINDS: dict[str, TypeAdapter[ChildEvent]] = {
    "step": TypeAdapter(TrainingStep),
    "validated": TypeAdapter(Validated),
    "sampled": TypeAdapter(Sampled),
    "trained": TypeAdapter(Trained),
    "phase": TypeAdapter(PhaseBegun),
    "note": TypeAdapter(Noted),
    "failed": TypeAdapter(Failed),
    "measured": TypeAdapter(Measured),
}
_NAMES: dict[type[ChildEvent], str] = {
    TrainingStep: "step",
    Validated: "validated",
    Sampled: "sampled",
    Trained: "trained",
    PhaseBegun: "phase",
    Noted: "note",
    Failed: "failed",
    Measured: "measured",
}


def to_line(event: ChildEvent) -> str:
    """The event as one line of JSON without its end."""
    return json.dumps({"kind": _NAMES[type(event)], **asdict(event)}, ensure_ascii=False)


def from_line(line: str) -> ChildEvent | None:
    """The event of a line; None for a line that holds none, as the last one of a killed process may."""
    try:
        value = json.loads(line)
        kind = _KINDS[value.pop("kind")]
        return kind.validate_python(value)
    except (ValueError, KeyError, AttributeError, TypeError, ValidationError):
        return None
