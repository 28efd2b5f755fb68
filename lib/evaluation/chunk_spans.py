"""Chunks and spans of the same document: which holds which."""

from collections.abc import Sequence

from lib.domain import Chunk, Passage
from lib.evaluation.spans import Span, covered


def span_of(chunk: Chunk) -> Span:
    """The characters of its document that the chunk holds."""
    return Span(chunk.document, chunk.start, chunk.end)


def holds(chunk: Chunk, span: Span) -> bool:
    """Whether the chunk holds the whole span."""
    return chunk.document == span.document and chunk.start <= span.start and span.end <= chunk.end


def touches(chunk: Chunk, span: Span) -> bool:
    """Whether the chunk holds any character of the span."""
    return covered([span], [span_of(chunk)]) > 0


def whole_in(chunks: Sequence[Chunk], span: Span) -> Chunk | None:
    """The smallest chunk that holds the whole span."""
    holding = [chunk for chunk in chunks if holds(chunk, span)]
    return min(holding, key=lambda chunk: (chunk.tokens, chunk.start), default=None)


def pieces(gold: Sequence[Span]) -> tuple[tuple[Span, ...], ...]:
    """The places of each piece of evidence: one, or several where the same quote stands more than once.

    A quote's places have its length, so spans of one document and one length are taken for the same piece.
    """
    places: dict[tuple[str, int], list[Span]] = {}
    for span in gold:
        places.setdefault((span.document, span.length), []).append(span)
    return tuple(tuple(spans) for spans in places.values())


def held_together(span: Span, passages: Sequence[Passage]) -> bool:
    """Whether the passages together hold the whole span."""
    return covered([span], [span_of(passage.chunk) for passage in passages]) == span.length
