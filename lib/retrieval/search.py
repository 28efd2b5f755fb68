"""The retriever: dense, lexical or hybrid search over one index of chunks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.domain import Chunk, LegHit, Passage
from lib.protocols import Embedder, VectorStore
from lib.retrieval.fusion import convex, ranked, reciprocal_rank
from lib.retrieval.lexical import LexicalIndex
from lib.settings import RetrievalSettings

CANDIDATES = 200
"""How many chunks each leg puts forward before fusing."""


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """The chunks of one workspace under one set of chunk settings, with both legs over them.

    `chunks[i]` is text i of the lexical leg; the store holds a vector for each `chunk.id`, and may hold others.
    """

    chunks: tuple[Chunk, ...]
    store: VectorStore
    lexical: LexicalIndex
    embedder: Embedder


class SearchRetriever:
    """Implements `Retriever` over a `SearchIndex` as `RetrievalSettings` say."""

    def __init__(self, index: SearchIndex, settings: RetrievalSettings) -> None:
        self._index = index
        self._settings = settings
        self._chunk_of = {chunk.id: chunk for chunk in _selected(index.chunks, settings.documents)}

    def retrieve(self, query: str, *, top_k: int) -> tuple[Passage, ...]:
        """At most top_k passages, best first, ties by chunk id; those under `min_score` are left out."""
        if not self._chunk_of or top_k < 1:
            return ()
        depth = max(CANDIDATES, top_k)
        lexical = {} if self._settings.retriever == "dense" else self._lexical(query, depth)
        dense = {} if self._settings.retriever == "lexical" else self._dense(query, depth, also=lexical)
        return ranked_passages(self._chunk_of, dense, lexical, settings=self._settings)[:top_k]

    def _lexical(self, query: str, depth: int) -> dict[str, float]:
        scores = self._index.lexical.scores(query)
        order = np.argsort(-scores, kind="stable")
        found: dict[str, float] = {}
        for row in order[scores[order] > 0]:
            chunk = self._index.chunks[int(row)]
            if chunk.id in self._chunk_of:
                found[chunk.id] = float(scores[row])
                if len(found) == depth:
                    break
        return found

    def _dense(self, query: str, depth: int, *, also: Mapping[str, float]) -> dict[str, float]:
        """Cosines of the nearest chunks and of what the lexical leg found, so that fusing compares like with like.

        A document filter compares with each of its chunks, exactly: the store knows nothing of documents.
        """
        vector = self._index.embedder.embed([query])[0]
        if self._settings.documents:
            return self._cosines(vector, list(self._chunk_of))
        hits = self._index.store.query(vector, top_k=depth)
        near = {one: cosine for one, cosine in hits if one in self._chunk_of}
        return near | self._cosines(vector, [one for one in also if one not in near])

    def _cosines(self, vector: NDArray[np.float32], ids: Sequence[str]) -> dict[str, float]:
        if not ids:
            return {}
        return dict(zip(ids, (self._index.store.vectors(ids) @ vector).tolist(), strict=True))


def ranked_passages(
    chunk_of: Mapping[str, Chunk],
    dense: Mapping[str, float],
    lexical: Mapping[str, float],
    *,
    settings: RetrievalSettings,
) -> tuple[Passage, ...]:
    """Passages of all candidates under the settings' fusion, best first."""
    fused = _fused(dense, lexical, settings)
    dense_rank = {one: rank for rank, one in enumerate(ranked(dense), start=1)}
    lexical_rank = {one: rank for rank, one in enumerate(ranked(lexical), start=1)}
    order = [one for one in ranked(fused) if fused[one] >= settings.min_score]
    return tuple(
        Passage(
            chunk=chunk_of[one],
            rank=rank,
            score=fused[one],
            legs=(
                *((LegHit("dense", dense_rank[one], dense[one]),) if one in dense else ()),
                *((LegHit("lexical", lexical_rank[one], lexical[one]),) if one in lexical else ()),
            ),
        )
        for rank, one in enumerate(order, start=1)
    )


def _fused(
    dense: Mapping[str, float], lexical: Mapping[str, float], settings: RetrievalSettings
) -> Mapping[str, float]:
    if settings.retriever == "dense":
        return dense
    if settings.retriever == "lexical":
        return lexical
    if settings.fusion == "rrf":
        return reciprocal_rank(dense, lexical)
    return convex(dense, lexical, dense_weight=settings.dense_weight)


def _selected(chunks: Sequence[Chunk], documents: Sequence[str]) -> Sequence[Chunk]:
    return [chunk for chunk in chunks if chunk.document in documents] if documents else chunks
