"""A map of the index: principal components of the chunks' vectors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.domain import Chunk, Vectors


@dataclass(frozen=True, slots=True)
class EmbeddingMap:
    """Chunks on their two main axes. `points` has shape (n, 2); `explained` is each axis' share of the variance."""

    chunks: tuple[Chunk, ...]
    points: NDArray[np.float32]
    explained: tuple[float, float]
    mean: NDArray[np.float32]
    axes: NDArray[np.float32]

    def project(self, vector: NDArray[np.float32]) -> tuple[float, float]:
        """Where a vector (a question's, say) falls on the map."""
        x, y = (vector - self.mean) @ self.axes
        return float(x), float(y)


def embedding_map(chunks: tuple[Chunk, ...], vectors: Vectors) -> EmbeddingMap:
    """PCA to two axes; the sign of an axis makes its largest weight positive, so that the map does not flip.

    Fewer than two chunks all lie at the origin.
    """
    dimensions = vectors.shape[1] if vectors.size else 2
    mean = vectors.mean(axis=0) if len(chunks) else np.zeros(dimensions, np.float32)
    centred = vectors - mean if len(chunks) else np.zeros((0, dimensions), np.float32)
    covariance = centred.T @ centred
    variances, directions = np.linalg.eigh(covariance.astype(np.float64))
    axes = directions[:, [-1, -2]]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    total = max(float(variances.sum()), 1e-12)
    explained = (float(variances[-1]) / total, float(variances[-2]) / total)
    return EmbeddingMap(
        chunks, (centred @ axes).astype(np.float32), explained, mean.astype(np.float32), axes.astype(np.float32)
    )
