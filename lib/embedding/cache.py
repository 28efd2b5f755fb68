"""Vectors kept by the hash of (model, text), so that no text is embedded twice. Losing the file costs time only."""

import hashlib
import itertools
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lib.domain import VectorBatch, Vectors
from lib.embedding.batching import Batch, embed_in_batches
from lib.protocols import Embedder

_SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
_KEYS_A_QUERY = 500
_REUSED_A_BATCH = 1_024
_NEW_A_BATCH = 16
_BATCHES_KEPT_AT_ONCE = 4
_GUESSED_TEXTS_PER_S = 30.0
_NEWEST_SHARE = 0.3

Key = bytes
T = TypeVar("T")


class VectorCache:
    """One SQLite file (`vectors.sqlite`); threads may share it."""

    def __init__(self, path: Path) -> None:
        """Open or make the file; one that is damaged is set aside and begun anew, for it only saves time."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        try:
            self._database = _opened(path)
        except sqlite3.DatabaseError:
            path.replace(path.with_name(f"{path.name}.damaged"))
            self._database = _opened(path)

    def get(self, model_id: str, texts: Sequence[str]) -> dict[int, NDArray[np.float32]]:
        """Position -> vector of the texts that are there."""
        keys = [_key(model_id, text) for text in texts]
        found: dict[Key, bytes] = {}
        for group in _groups(dict.fromkeys(keys), _KEYS_A_QUERY):
            found.update(self._select("key, vector", group))
        return {at: np.frombuffer(found[key], np.float32) for at, key in enumerate(keys) if key in found}

    def missing(self, model_id: str, texts: Sequence[str]) -> int:
        """How many different texts are not there."""
        keys = {_key(model_id, text) for text in texts}
        groups = _groups(keys, _KEYS_A_QUERY)
        return len(keys) - sum(len(self._select("key", group)) for group in groups)

    def put(self, model_id: str, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep row i as the vector of text i, all or none."""
        rows = np.ascontiguousarray(vectors, np.float32)
        entries = [(_key(model_id, text), row.tobytes()) for text, row in zip(texts, rows, strict=True)]
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", entries)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _select(self, columns: str, keys: Sequence[Key]) -> list[tuple[Key, bytes]]:
        marks = ",".join("?" * len(keys))
        with self._lock:
            # Only fixed column names and question marks are put into the statement.
            return self._database.execute(f"SELECT {columns} FROM vectors WHERE key IN ({marks})", keys).fetchall()  # noqa: S608


class CachedEmbedder:
    """A `VectorSource`: embeds only what was never embedded before by the same model, and keeps it."""

    def __init__(self, embedder: Embedder, cache: VectorCache) -> None:
        """The cache may be shared by embedders of several models."""
        self.embedder = embedder
        self._cache = cache
        self._texts_per_s = _GUESSED_TEXTS_PER_S

    def missing(self, texts: Sequence[str]) -> int:
        """How many different texts among these have never been embedded."""
        return self._cache.missing(self.embedder.model_id, texts)

    def batches(self, texts: Sequence[str]) -> Iterator[VectorBatch]:
        """Vectors of all the texts: first what is known, then what is new, each batch kept before it is given."""
        known = self._cache.get(self.embedder.model_id, texts)
        for positions in _groups(known, _REUSED_A_BATCH):
            yield VectorBatch(_positions(positions), np.stack([known[at] for at in positions]), reused=len(positions))
        places = _places(texts, known)
        new = list(places)
        for batch in _together(self._timed(embed_in_batches(new, self.embedder.embed, size=_NEW_A_BATCH))):
            self._cache.put(self.embedder.model_id, [new[at] for at in batch[0]], batch[1])
            yield _to_all(batch, [places[new[at]] for at in batch[0]])

    def seconds_for(self, texts: int) -> float:
        """About how long embedding that many takes, at the rate last seen in this process."""
        return texts / self._texts_per_s

    def close(self) -> None:
        """Close the cache."""
        self._cache.close()

    def _timed(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """The batches; all but the first, in which the model may load, tell the rate."""
        began: float | None = None
        for batch in batches:
            if began is not None:
                rate = len(batch[0]) / max(time.perf_counter() - began, 1e-6)
                self._texts_per_s += _NEWEST_SHARE * (rate - self._texts_per_s)
            yield batch
            began = time.perf_counter()


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute(_SCHEMA)
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database


def _places(texts: Sequence[str], known: dict[int, NDArray[np.float32]]) -> dict[str, list[int]]:
    """Each text that is not known, once, with every position at which it stands."""
    places: dict[str, list[int]] = {}
    for position, text in enumerate(texts):
        if position not in known:
            places.setdefault(text, []).append(position)
    return places


def _together(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Several of the model's batches as one: keeping and indexing them costs as much for one as for many."""
    for some in _groups(batches, _BATCHES_KEPT_AT_ONCE):
        yield np.concatenate([positions for positions, _ in some]), np.concatenate([vectors for _, vectors in some])


def _to_all(batch: Batch, places: Sequence[Sequence[int]]) -> VectorBatch:
    """The batch's vectors for every position of their texts; repeats count as reused."""
    rows = np.repeat(np.arange(len(places)), [len(one) for one in places])
    positions = _positions(tuple(itertools.chain.from_iterable(places)))
    return VectorBatch(positions, batch[1][rows], reused=len(positions) - len(places))


def _groups(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    source = iter(items)
    while group := tuple(itertools.islice(source, size)):
        yield group


def _positions(positions: Sequence[int]) -> NDArray[np.int64]:
    return np.asarray(positions, np.int64)


def _key(model_id: str, text: str) -> Key:
    return hashlib.sha256(f"{model_id}\0{text}".encode("utf-8", "surrogatepass")).digest()
