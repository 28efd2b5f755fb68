"""Cut an outline into chunks of at most so many tokens, at the strongest break that fits.

The kind of chunks that semantic-text-splitter makes, computed on token counts that are known beforehand: WordPiece
counts of words add up, so no piece of text is ever counted again, and a new size costs milliseconds (docs/adr/0001).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from lib.corpus.chunking.breaks import Level, Outline, outline
from lib.domain import Chunk, Document, Place
from lib.errors import BadInput
from lib.settings import MIN_CHUNK_TOKENS, ChunkSettings

PlaceOf = Callable[[int, int], Place]

MIN_FILL = 0.25
"""A chunk ends at a stronger break only if that leaves it at least this full: a heading is not left alone."""


def cut(document: Document, settings: ChunkSettings, tokens: NDArray[np.int64]) -> tuple[Chunk, ...]:
    """The document's chunks in order of their start. `tokens` are the embedder's spans of its text.

    No chunk has more than `settings.size` tokens; together they cover every character that is not white space; none
    starts or ends with white space. Each but the first starts up to `settings.overlap` tokens before the end of
    the one before, at the first sentence start there, else at a word's. Raises BadInput for an impossible size.
    """
    return cut_outline(outline(document, tokens, settings.strategy), settings)


def cut_outline(plan: Outline, settings: ChunkSettings, place: PlaceOf | None = None) -> tuple[Chunk, ...]:
    """The same from an outline made before with the same strategy: for cutting one text at many sizes."""
    check(settings)
    text, document = plan.document.text, plan.document
    chunks = []
    for first, last in token_ranges(plan, settings):
        start, end = _trimmed(plan, first, last)
        where = place(start, end) if place else Place("")
        chunks.append(Chunk(document.id, document.name, start, end, text[start:end], last - first, where))
    return tuple(chunks)


def check(settings: ChunkSettings) -> None:
    """Raise BadInput unless the size can hold a sentence and the overlap is smaller than the size."""
    if settings.size < MIN_CHUNK_TOKENS:
        raise BadInput(f"Chunks of {settings.size} tokens are too small.", hint=f"Use at least {MIN_CHUNK_TOKENS}.")
    if not 0 <= settings.overlap < settings.size:
        message = f"An overlap of {settings.overlap} tokens does not fit chunks of {settings.size}."
        raise BadInput(message, hint="Choose an overlap from 0 to below the chunk size.")


def token_ranges(plan: Outline, settings: ChunkSettings) -> Iterator[tuple[int, int]]:
    """The chunks as ranges of tokens [first, last). A text without tokens but with characters is one empty range."""
    count, first, covered = len(plan.starts) - 1, 0, 0
    if count == 0 and plan.document.text.strip():
        yield 0, 0
    while covered < count:
        last = _end(plan, first, covered, settings.size)
        yield first, last
        covered = last
        first = _overlap_start(plan, last, settings.overlap) if settings.overlap else last


def _end(plan: Outline, first: int, covered: int, size: int) -> int:
    """Where the chunk that starts at `first` ends: as far as fits, at the strongest break that fills it enough."""
    furthest = first + size
    if furthest >= len(plan.starts) - 1:
        return len(plan.starts) - 1
    full_enough = first + int(size * MIN_FILL)
    for level, breaks in plan.breaks:
        at = breaks[bisect_right(breaks, furthest) - 1]
        # No word is broken that fits a chunk of its own.
        if at > covered and (at >= full_enough or level <= Level.WORD):
            return at
    return furthest


def _overlap_start(plan: Outline, last: int, overlap: int) -> int:
    """The earliest sentence in the `overlap` tokens before `last`, else the earliest word, else `last`."""
    for weakest in (Level.SENTENCE, Level.WORD):
        heeded = [breaks for level, breaks in plan.breaks if level >= weakest]
        if heeded:
            at = heeded[-1][bisect_left(heeded[-1], last - overlap)]
            if 0 < at < last:
                return at
    return last


def _trimmed(plan: Outline, first: int, last: int) -> tuple[int, int]:
    """The range's span of characters, with what no token covers, without white space at its ends."""
    text, end = plan.document.text, plan.starts[last]
    start = plan.starts[first] if first else len(text) - len(text.lstrip())
    return start, start + len(text[start:end].rstrip())
