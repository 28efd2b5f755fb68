"""Chroma, embedded: a rebuildable index, one collection per workspace and index settings.

Chroma is thread-safe but not process-safe: the data folder's owner lock sees to one process, and no server of it is
ever started. Vectors are ours (`embedding_function=None`), the space is cosine.
"""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from lib.domain import Vectors
from lib.errors import StoreDamaged

if TYPE_CHECKING:
    from chromadb.api.client import Client

T = TypeVar("T")

SEARCH_WIDTH = 200
"""HNSW's ef_search: how many candidates a query keeps in view; at the sizes the lab is for this is as good as exact."""


class ChromaIndexes:
    """All collections of one data folder. The client is opened at the first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._opened: Client | None = None

    def store(self, name: str) -> "ChromaStore":
        """The collection of that name, made when it is first written to; [a-zA-Z0-9._-], 3 to 512 characters."""
        return ChromaStore(self, name)

    def names(self) -> tuple[str, ...]:
        """Names of all collections."""
        return tuple(sorted(collection.name for collection in self.client().list_collections()))

    def drop(self, name: str) -> None:
        """Remove a collection; one that is not there is no error."""
        if name in self.names():
            self.client().delete_collection(name)

    def client(self) -> "Client":
        """The one client of this folder."""
        with self._lock:
            if self._opened is None:
                self._opened = _open_client(self._folder)
            return self._opened

    def close(self) -> None:
        """Let go of the folder; a later use opens it again."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None


class ChromaStore:
    """One collection; implements `VectorStore`."""

    def __init__(self, indexes: ChromaIndexes, name: str) -> None:
        self._indexes = indexes
        self._name = name
        self._collection = _guarded(
            lambda: indexes.client().get_or_create_collection(
                name,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "ef_search": SEARCH_WIDTH, "ef_construction": SEARCH_WIDTH}},
            )
        )

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace, in batches of the size that Chroma takes."""
        most = self._indexes.client().get_max_batch_size()
        for at in range(0, len(ids), most):
            batch, rows = list(ids[at : at + most]), np.asarray(vectors[at : at + most], np.float32)
            _guarded(lambda batch=batch, rows=rows: self._collection.upsert(ids=batch, embeddings=rows))  # type: ignore[misc]

    def delete(self, ids: Sequence[str]) -> None:
        """Remove these; unknown ids are ignored."""
        most = self._indexes.client().get_max_batch_size()
        for at in range(0, len(ids), most):
            batch = list(ids[at : at + most])
            _guarded(lambda batch=batch: self._collection.delete(ids=batch))  # type: ignore[misc]

    def query(self, vector: NDArray[np.float32], *, top_k: int) -> tuple[tuple[str, float], ...]:
        """The nearest ids with their cosine, best first, ties by id."""
        count = _guarded(self._collection.count)
        if count == 0:
            return ()
        found = _guarded(
            lambda: self._collection.query(
                query_embeddings=[vector.tolist()], n_results=min(top_k, count), include=["distances"]
            )
        )
        distances = (found["distances"] or [[]])[0]
        hits = ((one, 1.0 - float(distance)) for one, distance in zip(found["ids"][0], distances, strict=True))
        return tuple(sorted(hits, key=lambda hit: (-hit[1], hit[0])))

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The stored vectors of these ids, in order."""
        if not ids:
            return np.empty((0, 0), np.float32)
        found = _guarded(lambda: self._collection.get(ids=list(ids), include=["embeddings"]))
        row_of = {one: row for row, one in enumerate(found["ids"])}
        unknown = next((one for one in ids if one not in row_of), None)
        if unknown is not None:
            raise StoreDamaged(f"The index holds no vector for {unknown!r}.", hint="Run `rebuild`.")
        return np.asarray(found["embeddings"], np.float32)[[row_of[one] for one in ids]]

    def ids(self) -> frozenset[str]:
        """All ids stored."""
        return frozenset(_guarded(lambda: self._collection.get(include=[])["ids"]))


def _open_client(folder: Path) -> "Client":
    import chromadb
    from chromadb.config import Settings

    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(anonymized_telemetry=False)
    return cast("Client", _guarded(lambda: chromadb.PersistentClient(path=str(folder), settings=settings)))


def _guarded(call: Callable[[], T]) -> T:
    """Run a call into Chroma; what its engine cannot do means that the index on disk is broken."""
    from chromadb.errors import ChromaError

    try:
        return call()
    except ChromaError as error:
        raise StoreDamaged(
            f"The search index cannot be used ({error}).",
            hint="Rebuild it, under Documents or by `python -m lib.cli rebuild`: nothing of yours is lost.",
        ) from error
