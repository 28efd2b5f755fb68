"""The words of the lab as values: what flows from a file's bytes to an answer with citations.

Every offset counts characters of `Document.text`; every rank and page counts from 1; times are milliseconds.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Shape (n, dimensions), rows of unit length."""


@dataclass(frozen=True, slots=True)
class VectorBatch:
    """Vectors of some of the texts asked for: row i belongs to text `positions[i]`; `reused` counts cached ones."""

    positions: NDArray[np.int64]
    vectors: Vectors
    reused: int


class PartKind(StrEnum):
    """What a stretch of a document is, as the person knows it from the file."""

    PAGE = "page"
    SLIDE = "slide"
    SHEET = "sheet"
    ROW = "row"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Part:
    """Where a page, slide, sheet, row or heading starts; it reaches to the next part of its kind.

    `number` is the page, slide or row number; `level` is a heading's depth (1 is the top) and 0 for the rest.
    """

    kind: PartKind
    start: int
    label: str
    number: int | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a span stands in its document, as shown to the person: "page 4 · Leave › Parental leave"."""

    label: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One file's text. `id` is the sha256 of the file's bytes, `parts` are in order of `start`."""

    id: str
    name: str
    text: str
    media: str
    parts: tuple[Part, ...] = ()
    pages: int | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of one document's text, the unit embedded: `document.text[start:end] == text`."""

    document_id: str
    document: str
    start: int
    end: int
    text: str
    tokens: int
    place: Place = Place("")

    @property
    def id(self) -> str:
        """Stable name of the span, also the key in the vector store."""
        return f"{self.document_id}:{self.start}-{self.end}"


Leg = Literal["dense", "lexical", "rerank"]


@dataclass(frozen=True, slots=True)
class LegHit:
    """How one leg of the search saw a chunk; `rank` counts from 1 within that leg."""

    leg: Leg
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as one query found it; rank 1 is best, higher scores are better."""

    chunk: Chunk
    rank: int
    score: float
    legs: tuple[LegHit, ...] = ()

    def leg(self, name: Leg) -> LegHit | None:
        """What that leg said of the chunk; None if it did not find it."""
        return next((hit for hit in self.legs if hit.leg == name), None)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, ranked against a question; the span counts in the document's text."""

    passage_rank: int
    start: int
    end: int
    text: str
    score: float


Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn sent to the model."""

    role: Role
    content: str


SegmentKind = Literal["instruction", "example", "document", "passage", "question"]


@dataclass(frozen=True, slots=True)
class PromptSegment:
    """One part of what fills the context window; a dropped one was left out because it did not fit."""

    kind: SegmentKind
    label: str
    tokens: int
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """Exactly what is sent to the model, and what takes how much of its window (`window_tokens`).

    `grammar`, in GBNF, is what the reply is bound to; empty binds to nothing.
    """

    messages: tuple[Message, ...]
    segments: tuple[PromptSegment, ...]
    window_tokens: int
    answer_tokens: int
    grammar: str = ""

    @property
    def dropped(self) -> tuple[PromptSegment, ...]:
        """The parts that did not fit."""
        return tuple(segment for segment in self.segments if segment.dropped)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that went in and came out, as the model's server counted them."""

    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds from the question; None where a stage did not happen."""

    retrieve: float | None = None
    first_token: float | None = None
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Citation:
    """A marker in the answer tied to a passage.

    `answer_start` and `answer_end` span the marker in the answer's text, `start` and `end` the quoted words in the
    document. `supported` says whether the cited passage carries the claim; None means that it was not checked.
    """

    marker: int
    answer_start: int
    answer_end: int
    passage: Passage
    start: int
    end: int
    supported: bool | None = None


class ApproachName(StrEnum):
    """The approaches in their one order; gold-context is a diagnostic arm, not one of the four."""

    PROMPT_ONLY = "prompt-only"
    RAG = "rag"
    FINE_TUNED = "fine-tuned"
    HYBRID = "hybrid"
    GOLD_CONTEXT = "gold-context"


@dataclass(frozen=True, slots=True)
class AdapterFile:
    """An adapter as an engine serves it: a GGUF of LoRA weights for one base, and what its examples began with.

    `instruction` is the system message that it was trained with (empty: none); `base_sha256` the hash of its base.
    """

    name: str
    path: Path
    sha256: str
    base_sha256: str
    instruction: str = ""


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What one rule of the hybrid flow says of an answer: kept or not, with the reason in a sentence for people."""

    rule: str
    kept: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one question, with everything that it rests on.

    `quotes` are the sentences that support the answer best, best first; `cost_usd` is None where no price is known.
    `adapter` names the adapter that wrote it. `verdicts` are those of the hybrid flow's rules, `repaired` says that it
    is a second attempt and `held` that a person must approve it because a rule is still broken. `first_text` and
    `first_verdicts` are those of the attempt before a repair.
    """

    question: str
    approach: ApproachName
    model: str
    text: str
    abstained: bool
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    quotes: tuple[Sentence, ...] = ()
    prompt: Prompt | None = None
    prompt_version: str = ""
    usage: Usage = field(default_factory=Usage)
    timings: Timings = field(default_factory=Timings)
    cost_usd: float | None = None
    stopped: bool = False
    adapter: str = ""
    verdicts: tuple[RuleVerdict, ...] = ()
    repaired: bool = False
    held: bool = False
    first_text: str = ""
    first_verdicts: tuple[RuleVerdict, ...] = ()


@dataclass(frozen=True, slots=True)
class TextPiece:
    """The next piece of a streamed answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages are there; the answer has not begun."""

    passages: tuple[Passage, ...]
    ms: float


@dataclass(frozen=True, slots=True)
class Prompted:
    """The prompt is made and about to be sent."""

    prompt: Prompt


@dataclass(frozen=True, slots=True)
class Checked:
    """The rules have been tried on a written answer; `again` says that one repair attempt follows."""

    text: str
    verdicts: tuple[RuleVerdict, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """The end of a streamed answer."""

    answer: Answer


AnswerEvent = Retrieved | Prompted | TextPiece | Checked | Answered


@dataclass(frozen=True, slots=True)
class Generated:
    """The end of a generator's stream: `finish` is "stop" or "length" (the answer was cut at its limit)."""

    usage: Usage
    finish: str
    tokens_per_s: float | None = None


GenerationEvent = TextPiece | Generated


Stage = Literal["received", "parsed", "chunked", "embedded", "indexed"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one stage of long work is; rate and time left are None until there is something to measure."""

    stage: Stage
    done: int
    total: int
    unit: str
    rate_per_s: float | None = None
    left_s: float | None = None
