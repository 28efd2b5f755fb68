"""How a ranking changed when documents were cut anew: chunks differ, so passages are matched by where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.domain import Chunk, Passage

SAME_PLACE_SHARE = 0.5
"""Two chunks stand in the same place when they share at least this much of the shorter one."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A passage, and the rank that its place had before; None if that place was not found before."""

    passage: Passage
    before: int | None

    @property
    def ranks_gained(self) -> int:
        """Positive when it rose; 0 when it stayed or is new."""
        return 0 if self.before is None else self.before - self.passage.rank


@dataclass(frozen=True, slots=True)
class Covered:
    """What a question's passages cover of one document: spans in order, touching ones joined."""

    document: str
    spans: tuple[tuple[int, int], ...]

    @property
    def characters(self) -> int:
        """How many characters of the document the model would see."""
        return sum(end - start for start, end in self.spans)


def movements(before: Sequence[Passage], now: Sequence[Passage]) -> tuple[Movement, ...]:
    """Each passage of `now`, in order, with the best rank that a passage of `before` had in the same place."""
    return tuple(Movement(passage, _rank_there(passage.chunk, before)) for passage in now)


def gone(before: Sequence[Passage], now: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages of `before` whose place no passage of `now` covers, in order."""
    return tuple(passage for passage in before if _rank_there(passage.chunk, now) is None)


def covered(passages: Sequence[Passage]) -> tuple[Covered, ...]:
    """The spans found in each document, documents in order of their best passage."""
    names = dict.fromkeys(passage.chunk.document for passage in passages)
    return tuple(Covered(name, _joined([p.chunk for p in passages if p.chunk.document == name])) for name in names)


def _rank_there(chunk: Chunk, passages: Sequence[Passage]) -> int | None:
    return min((passage.rank for passage in passages if _same_place(chunk, passage.chunk)), default=None)


def _same_place(a: Chunk, b: Chunk) -> bool:
    shared = min(a.end, b.end) - max(a.start, b.start)
    shorter = min(a.end - a.start, b.end - b.start)
    return a.document_id == b.document_id and shared > 0 and shared >= SAME_PLACE_SHARE * shorter


def _joined(chunks: Sequence[Chunk]) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    for start, end in sorted((chunk.start, chunk.end) for chunk in chunks):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return tuple(spans)
