"""Every error that is meant for the person, drawn as one tree.

LabError                 tell the person: the message says what happened, the hint says what to do
├── BadInput             a question, a setting or a file of the person's that cannot be used
│   ├── FileRejected     one uploaded file that cannot be read, with the reason
│   └── SetFileRejected  a file of rows with what is wrong in which line
│       ├── EvalFileRejected
│       └── TrainingFileRejected
├── LimitExceeded        more than `lib.settings.LIMITS` allows
├── NotFound             a document, workspace or adapter that is not there
├── StoreDamaged         stored data that does not hold together; rebuilding mends the index
├── NotKept              the disk would not take what was to be kept: full, read-only, gone
├── DataFolderBusy       another process owns the data folder
├── WeightsMissing       the built-in weights have not been fetched
├── WeightsDamaged       weights whose sha256 is not the one expected
├── FetchFailed          the weights could not be fetched
├── TrainingFailed       a training run that cannot go on: a loss that is no number, no memory, no disk
└── ModelFailed          a model or provider did not answer as it should
    ├── ModelUnreachable nothing answers at the address
    ├── ModelRefused     the provider said no: key, model name, quota
    ├── ModelTimeout     it took longer than the limit
    ├── ModelBrokeOff    the stream ended in the middle of an answer
    └── ModelNonsense    the reply is not in the protocol

Anything that is not a LabError is a bug and stays a traceback.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class LabError(Exception):
    """Something the person should be told: what happened, and the way out."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class BadInput(LabError):
    """What the person gave cannot be used as it is."""


class FileRejected(BadInput):
    """One file cannot be read; the message is the reason shown beside its name."""


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong in one line of a file; lines count from 1, as an editor shows them."""

    line: int
    what: str


class SetFileRejected(BadInput):
    """Nothing of a file of rows was imported: `problems` are the first ones, `more` how many others there are.

    `summary` is the message without the lines.
    """

    def __init__(self, summary: str, problems: Sequence[LineProblem], *, more: int = 0, hint: str = "") -> None:
        listed = " ".join(f"Line {problem.line}: {problem.what}." for problem in problems)
        others = f" And {more:,} more." if more else ""
        super().__init__(f"{summary} {listed}{others}".strip(), hint=hint)
        self.summary, self.problems, self.more = summary, tuple(problems), more


class EvalFileRejected(SetFileRejected):
    """A file of eval cases cannot be imported."""


class TrainingFileRejected(SetFileRejected):
    """A file of training examples cannot be imported."""


class LimitExceeded(BadInput):
    """The input is larger than the lab's limits."""


class NotFound(BadInput):
    """Nothing is stored under that name."""


class StoreDamaged(LabError):
    """Stored data does not hold together."""


class NotKept(LabError):
    """The disk would not take what was to be kept; what was kept before is untouched."""


class DataFolderBusy(LabError):
    """Another process owns the data folder."""


class WeightsMissing(LabError):
    """The built-in weights have not been fetched yet."""


class WeightsDamaged(LabError):
    """A weights file does not have the sha256 that it must have."""


class FetchFailed(LabError):
    """The weights could not be fetched."""


class TrainingFailed(LabError):
    """A training run cannot go on; what was trained and kept before stays."""


class ModelFailed(LabError):
    """A model or provider did not answer as it should."""


class ModelUnreachable(ModelFailed):
    """Nothing answers at the model's address."""


class ModelRefused(ModelFailed):
    """The provider refused the request: key, model name or quota."""


class ModelTimeout(ModelFailed):
    """The model took longer than the limit."""


class ModelBrokeOff(ModelFailed):
    """The stream ended in the middle of an answer."""


class ModelNonsense(ModelFailed):
    """The reply is not what the protocol promises."""
