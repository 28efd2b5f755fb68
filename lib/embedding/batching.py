"""Which texts are embedded together: texts of like length, so that little of a batch is padding."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lib.domain import Vectors

Batch = tuple[NDArray[np.int64], Vectors]
"""Positions in the list of texts, and the vector of each."""

EmbedBatch = Callable[[Sequence[str]], Vectors]


def batches_by_length(texts: Sequence[str], *, size: int) -> Iterator[NDArray[np.int64]]:
    """Positions of the texts in batches of at most `size`, longest first (a limit of memory shows at once)."""
    order = np.argsort([-len(text) for text in texts], kind="stable").astype(np.int64)
    for first in range(0, len(texts), size):
        yield order[first : first + size]


def embed_in_batches(texts: Sequence[str], embed: EmbedBatch, *, size: int) -> Iterator[Batch]:
    """Embed batch by batch, so that a caller can show progress and stop between two."""
    for positions in batches_by_length(texts, size=size):
        yield positions, embed([texts[position] for position in positions])


def gather(batches: Iterator[Batch], *, count: int, dimensions: int) -> Vectors:
    """The batches' vectors in the order of the texts, shape (count, dimensions)."""
    vectors = np.zeros((count, dimensions), np.float32)
    for positions, rows in batches:
        vectors[positions] = rows
    return vectors


def unit_rows(vectors: NDArray[np.floating]) -> Vectors:
    """Each row at length 1; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)
