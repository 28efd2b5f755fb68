"""Chunk autopsy: which chunk holds the evidence whole, or which ones split it, and what cut would have kept it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lib.domain import Chunk, Document
from lib.evaluation.chunk_spans import touches, whole_in
from lib.evaluation.failure_words import short
from lib.evaluation.spans import Span
from lib.settings import MIN_CHUNK_TOKENS, ChunkSettings

Cut = Callable[[Document, ChunkSettings], tuple[Chunk, ...]]

FINE_STEP = 10
FINE_UP_TO = 250
"""Sizes are tried every 10 tokens up to 250, then in steps of a quarter, then the embedder's window itself."""
OVERLAP_STEP = 5
"""Overlaps are tried every 5 tokens, up to half of the size."""


@dataclass(frozen=True, slots=True)
class Autopsy:
    """What became of one piece of evidence under the chunk settings.

    `whole` is the smallest chunk that holds all of it; else `pieces` are the chunks that hold some, in order. `size` is
    the smallest one tried that keeps it whole without overlap, `overlap` the smallest at the present size; None where
    none of the `tried` cuts does, and where it is whole already.
    """

    span: Span
    text: str
    chunking: ChunkSettings
    whole: Chunk | None
    pieces: tuple[Chunk, ...]
    size: int | None = None
    overlap: int | None = None
    tried: int = 0
    most: int = 0

    @property
    def sentence(self) -> str:
        """What was found, for a person."""
        if self.whole is not None:
            return f"One chunk holds the evidence whole: {_where(self.whole)}."
        if not self.pieces:
            return f"No chunk holds any of the evidence “{short(self.text)}”."
        cuts = " and ".join(f"{chunk.start:,}" for chunk in self.pieces[1:])
        split = f"The evidence is split over {len(self.pieces)} chunks: a new one begins at character {cuts}."
        return f"{split} {self._way_out}"

    @property
    def _way_out(self) -> str:
        ways = []
        if self.size is not None:
            ways.append(f"chunks of {self.size} tokens without overlap")
        if self.overlap is not None:
            ways.append(f"an overlap of {self.overlap} tokens at the present size of {self.chunking.size}")
        if ways:
            return f"{' or '.join(ways).capitalize()} would have kept it together."
        return (
            f"None of the {self.tried} cuts tried keeps it together, up to chunks of {self.most} tokens, the most that "
            "the embedding model reads at a time."
        )


def autopsy(document: Document, span: Span, chunking: ChunkSettings, cut: Cut, *, most: int) -> Autopsy:
    """Look where the document's chunks cut the span, and try other cuts of the same strategy if they do.

    `most` is the longest chunk in tokens that the embedder reads whole. Only this document is cut, at most about
    `most / 10` times; a larger chunk does not always keep what a smaller one kept, so sizes are tried one by one.
    """
    text = document.text[span.start : span.end]
    chunks = cut(document, chunking)
    whole = whole_in(chunks, span)
    pieces = () if whole else tuple(chunk for chunk in chunks if touches(chunk, span))
    known = Autopsy(span, text, chunking, whole, pieces, most=most)
    if whole is not None or not pieces:
        return known
    tried = 0
    found: list[int | None] = []
    for settings in (_sizes(chunking, most), _overlaps(chunking)):
        kept = None
        for one in settings:
            tried += 1
            if whole_in(cut(document, one), span):
                kept = one
                break
        found.append(None if kept is None else kept.overlap or kept.size)
    return replace(known, size=found[0], overlap=found[1], tried=tried)


def sizes_up_to(most: int) -> tuple[int, ...]:
    """The sizes that are tried, smallest first; `most` is the last."""
    sizes = list(range(MIN_CHUNK_TOKENS, min(FINE_UP_TO, most) + 1, FINE_STEP))
    while sizes and sizes[-1] * 5 // 4 < most:
        sizes.append(sizes[-1] * 5 // 4)
    return tuple(dict.fromkeys((*sizes, most)))


def _sizes(chunking: ChunkSettings, most: int) -> list[ChunkSettings]:
    return [replace(chunking, size=size, overlap=0) for size in sizes_up_to(most)]


def _overlaps(chunking: ChunkSettings) -> list[ChunkSettings]:
    steps = range(OVERLAP_STEP, chunking.size // 2 + 1, OVERLAP_STEP)
    return [replace(chunking, overlap=overlap) for overlap in steps if overlap != chunking.overlap]


def _where(chunk: Chunk) -> str:
    return f"characters {chunk.start:,} to {chunk.end:,}, {chunk.tokens} tokens"
