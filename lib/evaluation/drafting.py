"""Draft cases with a language model: it is given a part of a document and asked for a question, its answer and a quote.

What it writes is checked, never believed: see `draft_checks`. What is left is for a person to review.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lib.corpus.chunking.sentences import sentence_starts
from lib.domain import Document, Message, TextPiece
from lib.evaluation.draft_checks import DraftRejected, Rejection, Source, checked_draft
from lib.evaluation.spans import Span
from lib.protocols import Generator
from lib.records import EvalCase
from lib.settings import GenerationOptions

TRIES_PER_DRAFT = 3
PASSAGE_CHARACTERS = 900
_SHORTEST_PASSAGE = 80
_TEMPERATURE = 0.3
_REPLY_TOKENS = 280

_LONGEST_ANSWER, _LONGEST_QUESTION, _LONGEST_QUOTE = 80, 200, 400
_FEWEST_WORDS = 4
_INSTRUCTION = (
    "You write one exam question about the text that you are given. Reply with JSON alone: "
    '{"quote": "...", "answer": "...", "question": "..."}. '
    "quote: one sentence copied exactly from the text. answer: a few words copied exactly from that quote. "
    "question: what somebody would ask who wants to know the answer and has not seen the text; it does not hold the "
    "answer, and it ends with a question mark."
)
_EXAMPLE = (
    Message(
        "user", "Text:\nThe ferry is painted blue. It crosses the sound in forty minutes when the sea is calm.\n\nJSON:"
    ),
    Message(
        "assistant",
        '{"quote": "It crosses the sound in forty minutes when the sea is calm.", "answer": "forty minutes", '
        '"question": "How long does the ferry take to cross the sound in calm weather?"}',
    ),
)
_SHOWN = EvalCase("", "How long does the ferry take to cross the sound in calm weather?", "forty minutes")
"""The example's case: a small model likes to repeat it."""


@dataclass(frozen=True, slots=True)
class DraftOrder:
    """How many drafts are wanted, the seed of what they are drawn from, and the cases that they must differ from."""

    count: int
    seed: int = 0
    existing: tuple[EvalCase, ...] = ()

    @property
    def at_most(self) -> int:
        """How often the model is asked at most."""
        return self.count * TRIES_PER_DRAFT


@dataclass(frozen=True, slots=True)
class DraftEvent:
    """One try: either a draft that stands, or why it was dropped with what the model had said."""

    tried: int
    case: EvalCase | None = None
    rejected: Rejection | None = None
    said: str = ""


def draft_by_model(
    documents: Sequence[Document], generator: Generator, order: DraftOrder, *, stopped: Callable[[], bool]
) -> Iterator[DraftEvent]:
    """Ask until there are `order.count` drafts, or `order.at_most` tries were made, or the documents give no more.

    Parts are drawn in turns from the documents, the same for the same seed. Raises ModelFailed when the model does;
    the drafts given so far stand.
    """
    drafts: list[EvalCase] = []
    for tried, source in enumerate(sources(documents, seed=order.seed, at_most=order.at_most), start=1):
        if stopped() or len(drafts) >= order.count:
            return
        said = _reply(generator, source, seed=order.seed + tried)
        try:
            draft = checked_draft(said, source, (*order.existing, *drafts, _SHOWN))
        except DraftRejected as error:
            yield DraftEvent(tried, rejected=error.reason, said=said)
        else:
            drafts.append(draft)
            yield DraftEvent(tried, draft, said=said)


def sources(documents: Sequence[Document], *, seed: int, at_most: int) -> tuple[Source, ...]:
    """Parts of whole sentences to draft from, in turns from each document; fewer where the documents hold fewer."""
    chance = random.Random(seed)
    queues = [parts for document in documents if (parts := _parts(document))]
    for parts in queues:
        chance.shuffle(parts)
    chance.shuffle(queues)
    drawn: list[Source] = []
    while len(drawn) < at_most and any(queues):
        drawn += [parts.pop() for parts in queues if parts]
    return tuple(drawn[:at_most])


def _parts(document: Document) -> list[Source]:
    """The document in parts of about `PASSAGE_CHARACTERS`, cut between sentences; scraps are left out."""
    cuts = [0]
    ends = [*sentence_starts(document.text), len(document.text)]
    for here, following in zip(ends, [*ends[1:], len(document.text)], strict=True):
        if following - cuts[-1] > PASSAGE_CHARACTERS and here > cuts[-1]:
            cuts.append(here)
    spans = zip(cuts, [*cuts[1:], len(document.text)], strict=True)
    parts = (
        Source(document, Span(document.name, start, min(end, start + 2 * PASSAGE_CHARACTERS))) for start, end in spans
    )
    return [part for part in parts if len(part.text.strip()) >= _SHORTEST_PASSAGE]


def reply_schema(source: Source) -> str:
    """The form of a reply about this part, as JSON text: its quote is one of the part's sentences."""
    sentences = _quotable(source.text)
    quote: dict[str, object] = {"type": "string", "enum": sentences} if sentences else {"type": "string"}
    answer = {"type": "string", "maxLength": _LONGEST_ANSWER}
    question = {"type": "string", "maxLength": _LONGEST_QUESTION}
    form = {
        "type": "object",
        "properties": {"quote": quote, "answer": answer, "question": question},
        "required": ["quote", "answer", "question"],
        "additionalProperties": False,
    }
    return json.dumps(form, ensure_ascii=False)


def _quotable(text: str) -> list[str]:
    """The sentences that are long enough to say something, on one line each, every one once."""
    cut = (" ".join(text[start:end].split()) for start, end in pairwise([0, *sentence_starts(text), len(text)]))
    return list(dict.fromkeys(one for one in cut if len(one.split()) >= _FEWEST_WORDS and len(one) <= _LONGEST_QUOTE))


def _reply(generator: Generator, source: Source, *, seed: int) -> str:
    asked = Message("user", f"Text:\n{source.text.strip()}\n\nJSON:")
    options = GenerationOptions(_TEMPERATURE, _REPLY_TOKENS, seed, json_schema=reply_schema(source))
    pieces = generator.stream((Message("system", _INSTRUCTION), *_EXAMPLE, asked), options)
    return "".join(piece.text for piece in pieces if isinstance(piece, TextPiece))
