"""The words of training as values: examples, settings, steps and adapters.

Losses are means over answer tokens in nats, lower is better; sizes in tokens are the base model's own.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from lib.domain import Message


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """One supervised pair: a conversation whose last message is the answer that is wanted.

    `tags` are kept for scores apart (a kind of question, a class); `id` names the row for the person.
    """

    id: str
    messages: tuple[Message, ...]
    tags: tuple[str, ...] = ()

    @property
    def prompt(self) -> tuple[Message, ...]:
        """All that the model reads before it answers."""
        return self.messages[:-1]

    @property
    def input(self) -> str:
        """The last message before the answer: what the person wrote."""
        return self.messages[-2].content

    @property
    def output(self) -> str:
        """The answer that is wanted."""
        return self.messages[-1].content


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """A named set of examples, split once: training learns, validation chooses the best step, held-out judges."""

    name: str
    train: tuple[TrainingExample, ...]
    validation: tuple[TrainingExample, ...] = ()
    held_out: tuple[TrainingExample, ...] = ()

    @property
    def examples(self) -> tuple[TrainingExample, ...]:
        """All of them, in the order train, validation, held-out."""
        return (*self.train, *self.validation, *self.held_out)

    @property
    def instruction(self) -> str:
        """The system message that every example begins with; empty if there is none or they differ."""
        first = {example.messages[0] for example in self.examples}
        only = first.pop() if len(first) == 1 else None
        return only.content if only is not None and only.role == "system" else ""


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """The few dials of a LoRA run.

    `rank` is the width of the adapter's matrices, `alpha` its scale (the update counts alpha / rank times), on every
    linear map of the upper `upper_share` of the layers; what is below does not change and is computed once for each
    example. `learning_rate` rises over the first tenth of the steps and falls to nothing as a cosine. A
    `time_budget_s` of 0 is none. Examples longer than `window_tokens` are refused before training.
    """

    epochs: int = 6
    rank: int = 16
    alpha: int = 32
    learning_rate: float = 2e-3
    batch_size: int = 4
    time_budget_s: float = 0.0
    window_tokens: int = 512
    seed: int = 0
    validations: int = 4
    """How often the validation loss is measured and a checkpoint written, over the whole run."""
    base: str = ""
    """Path of another GGUF of the Llama architecture to train on; empty is the built-in model."""
    upper_share: float = 0.75

    def trained_layers(self, layers: int) -> int:
        """How many of a model's layers, from the top, get an adapter; at least one."""
        return max(1, min(layers, round(layers * self.upper_share)))


@dataclass(frozen=True, slots=True)
class TrainingStep:
    """One optimiser step: `step` counts from 1 to at most `of`; `tokens` are those of its batch, padding left out.

    `seconds` are since training began (before a resume included); `left_s` is an estimate.
    """

    step: int
    of: int
    epoch: float
    loss: float
    tokens: int
    tokens_per_s: float
    seconds: float
    left_s: float


@dataclass(frozen=True, slots=True)
class Validated:
    """The validation loss after a step; `best` says whether it is the lowest so far and its weights are kept."""

    step: int
    loss: float
    best: bool


@dataclass(frozen=True, slots=True)
class Sampled:
    """What the model answers to one validation example at this step, beside the answer wanted."""

    step: int
    input: str
    wanted: str
    written: str


@dataclass(frozen=True, slots=True)
class Trained:
    """The end of training. `kept_step` is the step whose weights were kept; `ended` says why it ended."""

    steps: int
    kept_step: int
    seconds: float
    ended: str


TrainingEvent = TrainingStep | Validated | Sampled | Trained


@dataclass(frozen=True, slots=True)
class Curve:
    """How a run went: (step, loss) of training and of validation, in order."""

    training: tuple[tuple[int, float], ...] = ()
    validation: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Adapter:
    """LoRA weights with everything that produced them.

    `base` is the model id of the base, `base_sha256` the hash of its GGUF: an adapter fits that base alone.
    `instruction` is the system message of its examples, which a question must carry to be answered in their form
    (empty if they had none). `gguf_sha256` is the hash of the file that llama.cpp loads.
    """

    name: str
    base: str
    base_sha256: str
    settings: TrainingSettings
    trainset: str
    trainset_sha256: str
    examples: int
    made_at: datetime
    seconds: float
    kept_step: int
    steps: int
    instruction: str = ""
    gguf_sha256: str = ""
    curve: Curve = field(default_factory=Curve)
    versions: tuple[tuple[str, str], ...] = ()
    ended: str = "finished"
    weights_sha256: str = ""
    """Hash of the same weights as peft takes them (safetensors)."""


@dataclass(frozen=True, slots=True)
class TrainingEstimate:
    """What a run will take: wall time from the button to the adapter, and the training process's peak of memory.

    `tokens` are those learnt from over all epochs, padding left out. `measured` says that a real step on this machine
    stands behind the figures. `saves_memory` says that activations are computed twice because memory is short, and
    `batch_parts` into how many parts a batch is cut for the same reason.
    """

    seconds: float
    memory_bytes: int
    tokens: int
    steps: int
    measured: bool
    saves_memory: bool = False
    batch_parts: int = 1


TrainingPhase = Literal["loading", "training", "saving", "finished", "stopped", "interrupted", "failed"]
"""Finished and stopped runs have left an adapter; interrupted ones can be resumed; failed ones have said why."""


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """One training as it stands: all that has happened so far, in order. `error` and `hint` are for the person."""

    name: str
    trainset: str
    settings: TrainingSettings
    phase: TrainingPhase
    events: tuple[TrainingEvent, ...] = ()
    error: str = ""
    hint: str = ""
    notes: tuple[str, ...] = ()
    """What else the person should know, such as a batch cut in two for want of memory."""

    @property
    def running(self) -> bool:
        """Whether a process is at it."""
        return self.phase in ("loading", "training", "saving")

    @property
    def curve(self) -> Curve:
        """The losses so far."""
        return curve_of(self.events)


def curve_of(events: tuple[TrainingEvent, ...]) -> Curve:
    """The losses that these events tell, in their order."""
    return Curve(
        tuple((event.step, event.loss) for event in events if isinstance(event, TrainingStep)),
        tuple((event.step, event.loss) for event in events if isinstance(event, Validated)),
    )
