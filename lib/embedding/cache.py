"""Vectors kept by what was embedded: the same text under the same model is never embedded twice.

`vectors.sqlite` is a cache that can be rebuilt, so a damaged one is set aside and begun anew.
"""

import hashlib
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lib.domain import VectorBatch, Vectors
from lib.embedding.batching import Batch
from lib.protocols import Embedder

_GUESSED_TEXTS_PER_S = 30.0
_QUESTIONS_AT_ONCE = 500
_CACHED_BATCH = 256
_RATE_SHARE = 0.3


class BatchEmbedder(Embedder, Protocol):
    """An embedder that hands over its batches as they are done."""

    def embed_batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """Positions and vectors of all texts, batch by batch."""
        ...


class VectorCache:
    """Text and model -> vector, on disk. Safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._database = _opened(path)

    def get(self, model_id: str, texts: Sequence[str]) -> dict[int, NDArray[np.float32]]:
        """The vectors of those texts that are kept, by position."""
        keys = [_key(model_id, text) for text in texts]
        found: dict[bytes, bytes] = {}
        with self._lock:
            for at in range(0, len(keys), _QUESTIONS_AT_ONCE):
                some = keys[at : at + _QUESTIONS_AT_ONCE]
                marks = ",".join("?" * len(some))
                rows = self._database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)  # noqa: S608
                found.update(rows.fetchall())
        return {position: np.frombuffer(found[key], np.float32) for position, key in enumerate(keys) if key in found}

    def put(self, model_id: str, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep the vectors; `vectors[i]` belongs to `texts[i]`."""
        rows = [
            (_key(model_id, text), np.asarray(row, np.float32).tobytes())
            for text, row in zip(texts, vectors, strict=True)
        ]
        with self._lock, self._database:
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()


class CachedEmbedder:
    """An embedder with its memory; implements `VectorSource`."""

    def __init__(self, embedder: BatchEmbedder, cache: VectorCache) -> None:
        self.embedder = embedder
        self._cache = cache
        self._texts_per_s = _GUESSED_TEXTS_PER_S

    def missing(self, texts: Sequence[str]) -> int:
        """How many different texts among these have never been embedded."""
        different = list(dict.fromkeys(texts))
        return len(different) - len(self._cache.get(self.embedder.model_id, different))

    def seconds_for(self, count: int) -> float:
        """About how long embedding that many texts takes, from the rate last seen in this process."""
        return count / self._texts_per_s

    def batches(self, texts: Sequence[str]) -> Iterator[VectorBatch]:
        """Vectors of all texts: the kept ones first, then the new ones, which are kept before they are given.

        A text that stands several times among them is embedded once.
        """
        positions_of: dict[str, list[int]] = {}
        for position, text in enumerate(texts):
            positions_of.setdefault(text, []).append(position)
        different = list(positions_of)
        known = self._cache.get(self.embedder.model_id, different)
        yield from _reused(known, [positions_of[text] for text in different])
        new = [text for row, text in enumerate(different) if row not in known]
        for rows, vectors in self._timed(new):
            batch = [new[row] for row in rows]
            self._cache.put(self.embedder.model_id, batch, vectors)
            yield _spread([positions_of[text] for text in batch], vectors)

    def close(self) -> None:
        """Close the memory."""
        self._cache.close()

    def _timed(self, texts: Sequence[str]) -> Iterator[Batch]:
        """The embedder's batches; the first is not timed, since the model may load in it."""
        began: float | None = None
        for rows, vectors in self.embedder.embed_batches(texts):
            if began is not None:
                rate = len(rows) / max(time.perf_counter() - began, 1e-6)
                self._texts_per_s += _RATE_SHARE * (rate - self._texts_per_s)
            yield rows, vectors
            began = time.perf_counter()


def _reused(known: dict[int, NDArray[np.float32]], positions: Sequence[list[int]]) -> Iterator[VectorBatch]:
    rows = sorted(known)
    for at in range(0, len(rows), _CACHED_BATCH):
        some = rows[at : at + _CACHED_BATCH]
        batch = _spread([positions[row] for row in some], np.stack([known[row] for row in some]))
        yield VectorBatch(batch.positions, batch.vectors, reused=len(batch.positions))


def _spread(positions: Sequence[list[int]], vectors: Vectors) -> VectorBatch:
    """One vector a text -> one vector a position; what a repeated text did not cost counts as reused."""
    repeats = [len(some) for some in positions]
    flat = np.array([position for some in positions for position in some], np.int64)
    return VectorBatch(flat, np.repeat(vectors, repeats, axis=0), reused=len(flat) - len(positions))


def _key(model_id: str, text: str) -> bytes:
    return hashlib.sha256(f"{model_id}\n{text}".encode("utf-8", "surrogatepass")).digest()


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connected(path)
    except sqlite3.DatabaseError:
        path.replace(path.with_name(path.name + ".damaged"))
        return _connected(path)


def _connected(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
        )
        database.commit()
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database
