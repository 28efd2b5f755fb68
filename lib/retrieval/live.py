"""Retrieval that follows the chunk size: documents are read once, then any cut of them is searched in milliseconds."""

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lib.domain import Chunk, Document, Passage, Place, Progress, Vectors
from lib.errors import BadInput, LimitExceeded
from lib.protocols import Embedder, TokenEmbedder
from lib.retrieval.live_lexical import WordPositions
from lib.retrieval.pooling import ReadingEmbedder, TokenSums, read_tokens
from lib.retrieval.search import CANDIDATES, ranked_passages
from lib.settings import DEFAULT_CHUNKING, ChunkSettings, RetrievalSettings

Cut = Callable[[Document, ChunkSettings], tuple[Chunk, ...]]
PlaceOf = Callable[[int, int], Place]
PlacesIn = Callable[[Document], PlaceOf]

MOST_TOKENS = 600_000
"""About 300 MB of sums; beyond, settings are applied instead of dragged."""


@dataclass(frozen=True, slots=True)
class LiveResult:
    """What a question finds under chunk settings that were never applied: the passages, and all chunks.

    Only the passages' chunks have their place looked up; for all of them it would take longer than the search.
    """

    passages: tuple[Passage, ...]
    chunks: tuple[Chunk, ...]
    ms: float


@dataclass(frozen=True, slots=True)
class DocumentCut:
    """One document's chunks, with their starts and ends as arrays."""

    chunks: tuple[Chunk, ...]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


class LiveIndex:
    """Documents read token by token, searched under any chunk settings. Threads may share it.

    Chunks are those that applying would make; their vectors are pooled from the token vectors instead of embedded.
    """

    def __init__(
        self, documents: Sequence[Document], embedder: Embedder, cut: Cut, places: PlacesIn | None = None
    ) -> None:
        """Reads nothing yet. `cut` gives a document's chunks under settings, `places` says where its spans stand."""
        self._documents = tuple(documents)
        self._embedder = embedder
        self._cut = cut
        self._places = {document.id: places(document) for document in documents} if places else {}
        self._sums: dict[str, TokenSums] = {}
        self._words: WordPositions | None = None
        self._reading: Generator[Progress, None, None] | None = None
        self._lock = threading.Lock()
        self._vector_of = lru_cache(maxsize=32)(self._embed)

    @property
    def ready(self) -> bool:
        """Whether every document is read."""
        return self._words is not None

    @property
    def size(self) -> int:
        """Bytes of token sums held."""
        return sum(sums.size for sums in self._sums.values())

    def prepare(self) -> Iterator[Progress]:
        """Read the documents; yields progress in tokens. Stopping the iteration keeps what is read; the next goes on.

        Raises BadInput for an embedder that gives no token vectors and LimitExceeded for more than `MOST_TOKENS`.
        """
        while not self.ready:
            with self._lock:
                progress = self._next()
            if progress is not None:
                yield progress

    def passages(self, question: str, chunking: ChunkSettings, retrieval: RetrievalSettings) -> LiveResult:
        """What the question finds, best first, as the retriever would; `ms` is all that it took.

        Raises BadInput before `prepare` is through, and for impossible chunk settings.
        """
        if self._words is None:
            raise BadInput("Live search is not prepared yet.", hint="Prepare it; it reads every document once.")
        started = time.perf_counter()
        cuts = self.cuts(chunking)
        chunks = tuple(chunk for cut in cuts for chunk in cut.chunks)
        passages = self._search(question, cuts, chunks, retrieval) if chunks else ()
        placed = tuple(self._placed(passage) for passage in passages)
        return LiveResult(placed, chunks, (time.perf_counter() - started) * 1_000)

    def cuts(self, chunking: ChunkSettings) -> tuple[DocumentCut, ...]:
        """Every document's chunks, in order of the documents."""
        return tuple(_edged(self._cut(document, chunking)) for document in self._documents)

    def vectors(self, cuts: Sequence[DocumentCut]) -> Vectors:
        """Pooled unit vectors of all the chunks, shape (chunks, dimensions)."""
        rows = [np.empty((0, self._embedder.dimensions), np.float32)]
        for document, cut in zip(self._documents, cuts, strict=True):
            rows.append(self._sums[document.id].vectors(cut.starts, cut.ends))
        return np.concatenate(rows)

    def _search(
        self,
        question: str,
        cuts: Sequence[DocumentCut],
        chunks: Sequence[Chunk],
        retrieval: RetrievalSettings,
    ) -> tuple[Passage, ...]:
        names = retrieval.documents
        wanted = np.array([not names or chunk.document in names for chunk in chunks])
        depth = max(CANDIDATES, retrieval.top_k)
        lexical: dict[int, float] = {}
        dense: dict[int, float] = {}
        if retrieval.retriever != "dense":
            scores = self.lexical_scores(question, cuts)
            lexical = _best(scores, wanted & (scores > 0), depth)
        if retrieval.retriever != "lexical":
            cosines = self.vectors(cuts) @ self._vector_of(question)
            dense = _best(cosines, wanted, depth) | {row: float(cosines[row]) for row in lexical}
        found = {chunks[row].id: chunks[row] for row in {*dense, *lexical}}
        legs = [{chunks[row].id: score for row, score in leg.items()} for leg in (dense, lexical)]
        return ranked_passages(found, legs[0], legs[1], settings=retrieval)[: retrieval.top_k]

    def lexical_scores(self, question: str, cuts: Sequence[DocumentCut]) -> NDArray[np.float32]:
        """BM25 of all the chunks, shape (chunks,). The index must be ready."""
        assert self._words is not None
        ranges = [self._words.ranges(text, cut.starts, cut.ends) for text, cut in enumerate(cuts)]
        return self._words.scores(question, np.concatenate(ranges))

    def _placed(self, passage: Passage) -> Passage:
        chunk = passage.chunk
        if chunk.document_id not in self._places:
            return passage
        place = self._places[chunk.document_id](chunk.start, chunk.end)
        return replace(passage, chunk=replace(chunk, place=place))

    def _embed(self, question: str) -> NDArray[np.float32]:
        return np.asarray(self._embedder.embed([question])[0], np.float32)

    def _next(self) -> Progress | None:
        """One more step of reading. A step that fails leaves the documents read before it."""
        if self._reading is None:
            self._reading = self._read()
        try:
            return next(self._reading, None)
        except BaseException:
            self._reading = None
            raise

    def _read(self) -> Generator[Progress, None, None]:
        embedder = _reading(self._embedder)
        counts = [embedder.tokenizer.count(document.text) for document in self._documents]
        if sum(counts) > MOST_TOKENS:
            raise LimitExceeded(
                f"{sum(counts):,} tokens are too many for live search; it takes {MOST_TOKENS:,}.",
                hint="Apply the settings instead, or try them on fewer documents.",
            )
        clock = _Clock(sum(counts))
        for document, count in zip(self._documents, counts, strict=True):
            if document.id in self._sums:
                clock.skip(count)
                continue
            reading = read_tokens(document.text, embedder)
            self._sums[document.id] = yield from _told(reading, clock)
        # The first cut looks for breaks, which takes longer than all later ones: do it before a slider waits for it.
        self.cuts(DEFAULT_CHUNKING)
        self._words = WordPositions([document.text for document in self._documents])


class _Clock:
    """Tokens read, and how fast; time between two steps (a stop, say) does not count."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._skipped, self._spent_s = total, 0, 0, 0.0

    def skip(self, tokens: int) -> None:
        self._done += tokens
        self._skipped += tokens

    def step(self, tokens: int, spent_s: float) -> Progress:
        self._done += tokens
        self._spent_s += spent_s
        rate = (self._done - self._skipped) / self._spent_s if self._spent_s else None
        left = (self._total - self._done) / rate if rate else None
        return Progress("embedded", self._done, self._total, "tokens", rate, left)


def _told(reading: Generator[int, None, TokenSums], clock: _Clock) -> Generator[Progress, None, TokenSums]:
    """Run the reading, telling progress after each section."""
    while True:
        started = time.perf_counter()
        try:
            tokens = next(reading)
        except StopIteration as end:
            sums: TokenSums = end.value
            return sums
        yield clock.step(tokens, time.perf_counter() - started)


def _reading(embedder: Embedder) -> ReadingEmbedder:
    if not isinstance(embedder, TokenEmbedder):
        raise BadInput(
            f"Live search does not work with {embedder.model_id}: it gives no vectors for single tokens.",
            hint="Use a mean-pooled model such as the built-in one, or apply the settings instead.",
        )
    return embedder


def _edged(chunks: tuple[Chunk, ...]) -> DocumentCut:
    starts = np.fromiter((chunk.start for chunk in chunks), np.int64, len(chunks))
    return DocumentCut(chunks, starts, np.fromiter((chunk.end for chunk in chunks), np.int64, len(chunks)))


def _best(scores: NDArray[np.float32], wanted: NDArray[np.bool_], depth: int) -> dict[int, float]:
    """The best wanted rows with their scores."""
    rows = np.flatnonzero(wanted)
    order = rows[np.argsort(-scores[rows], kind="stable")[:depth]]
    return {int(row): float(scores[row]) for row in order}
