"""How well retrieved spans cover the evidence, in characters: recall, precision, IoU and precision-omega.

The definitions are those of Chroma's chunking evaluation (Smith & Troynikov 2024). A span is (start, end) in one text;
spans of several documents are told apart by the document's name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters [start, end) of a document."""

    document: str
    start: int
    end: int

    @property
    def length(self) -> int:
        """In characters."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class SpanScores:
    """One question's scores, 0 to 1, higher is better."""

    recall: float
    precision: float
    iou: float


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same characters as spans that neither overlap nor touch, in order."""
    joined: list[Span] = []
    for span in sorted(span for span in spans if span.length > 0):
        last = joined[-1] if joined else None
        if last and last.document == span.document and span.start <= last.end:
            joined[-1] = Span(span.document, last.start, max(last.end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def covered(spans: Iterable[Span], by: Iterable[Span]) -> int:
    """How many of the first spans' characters the second ones hold, each counted once."""
    others = union(by)
    return sum(_common(span, other) for span in union(spans) for other in others)


def score(references: Sequence[Span], retrieved: Sequence[Span]) -> SpanScores:
    """Recall over the references' characters; precision over the sum of the retrieved spans' lengths.

    IoU divides by that sum plus the reference characters not covered, so a character retrieved twice counts twice
    against it. No references, or nothing retrieved, scores 0.
    """
    found = covered(references, retrieved)
    wanted = sum(span.length for span in union(references))
    given = sum(span.length for span in retrieved)
    return SpanScores(_share(found, wanted), _share(found, given), _share(found, given + wanted - found))


def precision_omega(references: Sequence[Span], chunks: Sequence[Span]) -> float:
    """The precision of a perfect retriever: over all chunks that touch a reference. Depends on the chunking alone."""
    wanted = union(references)
    touching = [chunk for chunk in chunks if any(_common(chunk, span) for span in wanted)]
    return score(references, touching).precision


def _common(one: Span, other: Span) -> int:
    if one.document != other.document:
        return 0
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
