"""Citations: the markers of an answer tied to passages, and markers put where the model gave none."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lib.approaches.sentences import sentence_spans
from lib.approaches.words import content_words
from lib.domain import Citation, Passage, Sentence

_MARKERS = re.compile(r"[ \t]*[\[【](?:passages?\s+)?(\d{1,2}(?:\s*[,;]\s*\d{1,2})*)[\]】]", re.IGNORECASE)
_MIN_SHARED = 0.6
"""Share of a statement's words that a sentence must hold before it is cited for a statement without markers.

The words that the question did not already have must reach it too, and every number must stand in the sentence.
"""


@dataclass(frozen=True, slots=True)
class Cited:
    """An answer's text with its markers in one form, and what each stands for, in order."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A sentence of the answer with the passages it names, and its end with any mark after it."""

    text: str
    ranks: tuple[int, ...]


def cite(text: str, passages: Sequence[Passage], read: Sequence[Sentence], *, question: str) -> Cited:
    """Tie markers to the passages read, whose sentences are `read`; markers that name no such passage are removed.

    An answer without any valid marker gets one after each statement that a sentence carries, as far as words show.
    """
    by_rank = {passage.rank: passage for passage in passages}
    lines = [_statements(line, by_rank) for line in text.strip().split("\n")]
    if not any(statement.ranks for line in lines for statement in line):
        lines = [[_attached(statement, read, question) for statement in line] for line in lines]
    return _assembled(lines, by_rank, read)


def quoted(sentences: Sequence[Sentence], passages: Sequence[Passage]) -> Cited:
    """An answer made of the sentences themselves, each with its citation, which by nature carries it."""
    by_rank = {passage.rank: passage for passage in passages}
    text, citations = "", []
    for sentence in sentences:
        text += ("\n" if text else "") + " ".join(sentence.text.split()) + " "
        marker = f"[{sentence.passage_rank}]"
        citations.append(_citation(sentence.passage_rank, len(text), by_rank, sentence, supported=True))
        text += marker
    return Cited(text, tuple(citations))


def _statements(line: str, by_rank: dict[int, Passage]) -> list[_Statement]:
    """The line's sentences without their markers; markers belong to the sentence that they follow or stand in."""
    bare, marks, last = "", [], 0
    for match in _MARKERS.finditer(line):
        bare += line[last : match.start()]
        last = match.end()
        ranks = [int(number) for number in re.findall(r"\d+", match[1])]
        marks += [(len(bare), rank) for rank in ranks if rank in by_rank]
    bare += line[last:]
    spans = sentence_spans(bare) or ((0, len(bare)),)
    starts = [0, *(start for start, _ in spans[1:]), len(bare) + 1]
    return [
        _Statement(bare[start:end], _unique(rank for at, rank in marks if _belongs(at, begin, following)))
        for (start, end), begin, following in zip(spans, starts, starts[1:], strict=False)
    ]


def _belongs(at: int, begin: int, following: int) -> bool:
    return begin < at <= following - 1 or (at == 0 and begin == 0)


def _unique(ranks: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(ranks))


def _attached(statement: _Statement, read: Sequence[Sentence], question: str) -> _Statement:
    best = _nearest(statement.text, [s for s in read if _carries(s.text, statement.text, question)])
    return _Statement(statement.text, (best.passage_rank,)) if best is not None else statement


def _nearest(statement: str, sentences: Sequence[Sentence]) -> Sentence | None:
    """The sentence that holds most of the statement's words, the earlier one of equals."""
    said = content_words(statement)
    return max(sentences, key=lambda sentence: len(said & content_words(sentence.text)), default=None)


def _carries(sentence: str, statement: str, question: str) -> bool:
    """Whether the sentence holds most of what is said, most of what is new in it, and all its numbers."""
    said, held = content_words(statement), content_words(sentence)
    new = said - content_words(question)
    numbers = {word for word in said if any(mark.isdigit() for mark in word)}
    return bool(said) and _share(said, held) >= _MIN_SHARED and _share(new, held) >= _MIN_SHARED and numbers <= held


def _share(words: frozenset[str], held: frozenset[str]) -> float:
    return len(words & held) / len(words) if words else 1.0


def _assembled(lines: list[list[_Statement]], by_rank: dict[int, Passage], read: Sequence[Sentence]) -> Cited:
    text, citations = "", []
    for number, line in enumerate(lines):
        text += "\n" if number else ""
        for position, statement in enumerate(line):
            text += (" " if position else "") + statement.text
            for place, rank in enumerate(statement.ranks):
                text += "" if place else " "
                of_passage = [sentence for sentence in read if sentence.passage_rank == rank]
                sentence = _nearest(statement.text, of_passage)
                citations.append(_citation(rank, len(text), by_rank, sentence))
                text += f"[{rank}]"
    return Cited(text, tuple(citations))


def _citation(
    rank: int, at: int, by_rank: dict[int, Passage], sentence: Sentence | None, *, supported: bool | None = None
) -> Citation:
    chunk = by_rank[rank].chunk
    start, end = (sentence.start, sentence.end) if sentence is not None else (chunk.start, chunk.end)
    return Citation(rank, at, at + len(f"[{rank}]"), by_rank[rank], start, end, supported)
