"""An exact store in memory: the oracle that the real store is tested against, and what live search runs on."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lib.domain import Vectors
from lib.errors import StoreDamaged


class NumpyStore:
    """Every query compares with every vector; implements `VectorStore`."""

    def __init__(self) -> None:
        self._rows: dict[str, NDArray[np.float32]] = {}

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace; `ids[i]` belongs to `vectors[i]`."""
        self._rows |= dict(zip(ids, vectors.astype(np.float32), strict=True))

    def delete(self, ids: Sequence[str]) -> None:
        """Remove these; unknown ids are ignored."""
        for one in ids:
            self._rows.pop(one, None)

    def query(self, vector: NDArray[np.float32], *, top_k: int) -> tuple[tuple[str, float], ...]:
        """The nearest ids with their cosine, best first, ties by id."""
        if not self._rows:
            return ()
        ids = list(self._rows)
        scores = np.stack([self._rows[one] for one in ids]) @ vector
        best = sorted(zip(ids, scores.tolist(), strict=True), key=lambda hit: (-hit[1], hit[0]))
        return tuple(best[:top_k])

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The stored vectors of these ids, in order."""
        unknown = [one for one in ids if one not in self._rows]
        if unknown:
            raise StoreDamaged(f"The index holds no vector for {unknown[0]!r}.", hint="Run `rebuild`.")
        return np.stack([self._rows[one] for one in ids]) if ids else np.empty((0, 0), np.float32)

    def ids(self) -> frozenset[str]:
        """All ids stored."""
        return frozenset(self._rows)
