"""Chunk vectors pooled from token vectors that were computed once: any size, overlap and strategy in milliseconds.

A mean-pooled model's text vector is the direction of the sum of its token vectors. So the sums up to each place where a
chunk may start are kept, and a chunk's vector is the difference of two of them (Günther et al. 2024, "late chunking").
"""

import itertools
from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lib.domain import Vectors
from lib.protocols import Embedder, TokenEmbedder

SECTION_TOKENS = 4_064
"""Tokens read in one go: half a second of work between two signs of progress."""
MARGIN_TOKENS = 127
"""Context read around a section, so that its edges are read like its middle."""
_BLOCK = 64


class ReadingEmbedder(Embedder, TokenEmbedder, Protocol):
    """An embedder that gives token vectors too."""


@dataclass(frozen=True, slots=True)
class TokenSums:
    """Sums of one document's token vectors up to each edge, an edge being a character at which a word starts.

    Sums grow with the text and half precision would lose the small differences between them; so each is kept as a
    base in single precision, one for 64 edges, and the little that came since in half precision.
    """

    edges: NDArray[np.int64]
    bases: NDArray[np.float32]
    since: NDArray[np.float16]

    def vectors(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Vectors:
        """Unit vectors of the spans of characters [starts[i], ends[i]), shape (n, d).

        A span that does not start or end between words is widened to where it does.
        """
        first = np.maximum(np.searchsorted(self.edges, starts, side="right") - 1, 0)
        last = np.clip(np.searchsorted(self.edges, ends), first + 1, len(self.edges) - 1)
        # Where chunks do not overlap, one's end is the next one's start.
        used, which = np.unique(np.stack((first, last)), return_inverse=True)
        upto = self._upto(used)
        sums = upto[which[1]] - upto[which[0]]
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        return np.asarray(sums / np.where(lengths == 0, 1, lengths), np.float32)

    @property
    def size(self) -> int:
        """Bytes held."""
        return self.edges.nbytes + self.bases.nbytes + self.since.nbytes

    def _upto(self, edges: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.asarray(self.bases[edges // _BLOCK] + self.since[edges], np.float32)


def read_tokens(text: str, embedder: ReadingEmbedder) -> Generator[int, None, TokenSums]:
    """Read a document section by section; yields the number of tokens just read and returns the sums."""
    starts = embedder.tokenizer.spans(text)[:, 0]
    at = _word_starts(text, starts)
    edges = np.append(starts[at], len(text))
    sums = _SumsBuilder(edges, embedder.dimensions)
    for first, last in _sections(np.append(at, len(starts))):
        begin, end = _with_margin(starts, edges, first, last)
        spans, vectors = embedder.embed_tokens(text[begin:end])
        sums.add(first, last, spans[:, 0] + begin, vectors)
        yield len(np.flatnonzero((starts >= edges[first]) & (starts < edges[last])))
    return sums.done()


class _SumsBuilder:
    """Adds up section by section, in double precision."""

    def __init__(self, edges: NDArray[np.int64], dimensions: int) -> None:
        self._edges = edges
        self._total = np.zeros(dimensions)
        self._bases = np.zeros((len(edges) // _BLOCK + 1, dimensions), np.float32)
        self._since = np.zeros((len(edges), dimensions), np.float16)

    def add(self, first: int, last: int, starts: NDArray[np.int64], vectors: Vectors) -> None:
        """Take the tokens between two edges; `starts[i]` is where the token of `vectors[i]` starts."""
        sums = np.vstack((np.zeros_like(self._total), np.cumsum(vectors, axis=0, dtype=np.float64)))
        upto = sums[np.searchsorted(starts, self._edges[first : last + 1])]
        upto += self._total - upto[0]
        edges = np.arange(first, last + 1)
        new = edges[edges % _BLOCK == 0]
        self._bases[new // _BLOCK] = upto[new - first]
        self._since[edges] = upto - self._bases[edges // _BLOCK]
        self._total = upto[-1]

    def done(self) -> TokenSums:
        return TokenSums(self._edges, self._bases, self._since)


def _word_starts(text: str, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which tokens come after white space, or belong to a script that puts none between words."""
    return np.flatnonzero([at == 0 or text[at - 1].isspace() or not text[at].isascii() for at in starts.tolist()])


def _sections(token_at: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Pairs of edges with about `SECTION_TOKENS` tokens between them; `token_at[i]` is edge i's token."""
    targets = np.arange(0, token_at[-1], SECTION_TOKENS)
    marks = np.unique(np.append(np.searchsorted(token_at, targets), len(token_at) - 1))
    return list(itertools.pairwise(marks.tolist()))


def _with_margin(starts: NDArray[np.int64], edges: NDArray[np.int64], first: int, last: int) -> tuple[int, int]:
    """Characters of the section with its context, from and to where a word starts."""
    low, high = np.searchsorted(starts, [edges[first], edges[last]])
    begin = starts[max(0, low - MARGIN_TOKENS)]
    end = starts[high + MARGIN_TOKENS] if high + MARGIN_TOKENS < len(starts) else edges[-1]
    before = max(0, int(np.searchsorted(edges, begin, side="right")) - 1)
    return int(edges[before]), int(edges[min(int(np.searchsorted(edges, end)), len(edges) - 1)])
