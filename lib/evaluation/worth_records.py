"""The words of "was it worth it?" as values: who answered, what kind of question, and all answers of one comparison.

Times are milliseconds; tokens are counted by the model's server.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lib.evaluation.floor import FloorChoice
from lib.evaluation.forgetting import GeneralAnswer
from lib.evaluation.task_form import TaskForm


class Contender(StrEnum):
    """Who answers, in the one order in which they are shown."""

    BASE = "base"
    FEW_SHOT = "few-shot"
    FINE_TUNED = "fine-tuned"
    FLOOR = "nearest neighbour"


class Familiarity(StrEnum):
    """How well the tuned model knows a question."""

    SEEN = "seen"
    PARAPHRASED = "paraphrased"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class WorthAnswer:
    """One contender's answer to one row, beside the answer wanted; `error` tells of a model that failed."""

    contender: Contender
    familiarity: Familiarity
    row: str
    question: str
    wanted: str
    text: str
    ms: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Worth:
    """One comparison on one set: everything that its figures are made of.

    `adapter_sha256` is the hash of the adapter's GGUF, so that a later one of the same name is not taken for it.
    `shots` counts the worked examples that fitted into the few-shot prompt.
    `trained_on` counts training rows. `remarks` tell of a contender that was given up.
    """

    adapter: str
    trainset: str
    model: str
    at: datetime
    form: TaskForm
    answers: tuple[WorthAnswer, ...] = ()
    general: tuple[GeneralAnswer, ...] = ()
    floor: FloorChoice = field(default_factory=FloorChoice)
    shots: int = 0
    trained_on: int = 0
    adapter_sha256: str = ""
    seed: int = 0
    finished: bool = False
    remarks: tuple[str, ...] = ()

    def of(self, contender: Contender, familiarity: Familiarity = Familiarity.UNSEEN) -> tuple[WorthAnswer, ...]:
        """One contender's answers to questions of one kind, in the order of the rows."""
        return tuple(one for one in self.answers if one.contender == contender and one.familiarity == familiarity)
