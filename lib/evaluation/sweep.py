"""Search every case under many settings: a column for each chunk size and retriever, the cheapest first, each kept.

No index of the workspace is touched: vectors come from the one cache, and are searched exactly in memory.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lib.domain import Chunk, Passage
from lib.errors import BadInput
from lib.evaluation.spans import Span
from lib.evaluation.sweep_cells import GoldCase, Hit, SearchedCase, SweepColumn
from lib.evaluation.sweep_store import SweepKeys, SweepStore
from lib.protocols import Embedder, VectorSource
from lib.retrieval.lexical import LexicalIndex
from lib.retrieval.numpy_store import NumpyStore
from lib.retrieval.search import CANDIDATES, SearchIndex, SearchRetriever
from lib.settings import ChunkSettings, RetrievalSettings

MOST_K, MOST_TOKENS = 20, 4_000
"""What a column is deep enough for: each case keeps so many passages, and as many as fill so many tokens."""

_REPORT_CASES = 10


SetUp = tuple[ChunkSettings, RetrievalSettings]
"""How the documents are cut and how they are searched: one column."""


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """Every cut is searched in every way; `top_k` of the ways says nothing, for a column serves every k."""

    chunkings: tuple[ChunkSettings, ...]
    retrievals: tuple[RetrievalSettings, ...]

    @property
    def setups(self) -> tuple[SetUp, ...]:
        """One for each column, in order of the cuts."""
        return tuple((chunking, retrieval) for chunking in self.chunkings for retrieval in self.retrievals)


@dataclass(frozen=True, slots=True)
class SweepTools:
    """What a sweep needs of a workspace: its documents' version and how they are cut, vectors, the kept columns.

    `embedder` embeds the questions; one that remembers embeds each once for all columns.
    """

    version: Callable[[], str]
    cut: Callable[[ChunkSettings], Sequence[Chunk]]
    vectors: VectorSource
    embedder: Embedder
    kept: SweepStore


@dataclass(frozen=True, slots=True)
class SweepProgress:
    """What is being done for which cut: `done` of `total` texts embedded, or cases searched."""

    chunking: ChunkSettings
    done: int
    total: int
    unit: str


SweepEvent = SweepProgress | SweepColumn


def texts_to_embed(missing: Sequence[SetUp], tools: SweepTools) -> int:
    """How many texts the missing columns need that were never embedded before."""
    sizes = dict.fromkeys(chunking for chunking, retrieval in missing if retrieval.retriever != "lexical")
    texts = dict.fromkeys(chunk.text for chunking in sizes for chunk in tools.cut(chunking))
    return tools.vectors.missing(list(texts)) if texts else 0


def sweep(
    plan: SweepPlan, cases: Sequence[GoldCase], tools: SweepTools, *, stopped: Callable[[], bool]
) -> Iterator[SweepEvent]:
    """The columns as they come: first those that are kept, then the cheapest cut first, each kept before it is given.

    Stopping ends it between two steps; what was embedded stays known. Raises BadInput without a case or a set-up, for
    sizes that cannot work, and when the documents change meanwhile.
    """
    if not cases or not plan.setups:
        raise BadInput(
            f"There is nothing to sweep: {len(cases)} cases, {len(plan.setups)} set-ups.",
            hint="Choose an eval set whose evidence stands in these documents, a chunk size and a retriever.",
        )
    version = tools.version()
    tools.kept.tidy(version)
    keys = SweepKeys.of(version, tools.embedder.model_id, cases)
    kept = {setup: tools.kept.get(keys.key(*setup)) for setup in plan.setups}
    yield from (column for column in kept.values() if column is not None)
    missing = [setup for setup, column in kept.items() if column is None]
    groups = _cheapest_first(missing, tools)
    if tools.version() != version:
        raise BadInput("The documents changed while the sweep began.", hint="Start it again.")
    for group in groups:
        for event in _searched(group, cases, tools):
            if isinstance(event, SweepColumn):
                tools.kept.put(keys.key(event.chunking, event.retrieval), event)
            yield event
            if stopped():
                return


@dataclass(frozen=True, slots=True)
class _Group:
    """Columns of one cut that share an index; `to_embed` texts must be embedded for it first."""

    chunking: ChunkSettings
    chunks: tuple[Chunk, ...]
    retrievals: tuple[RetrievalSettings, ...]
    to_embed: int


def _cheapest_first(missing: Sequence[SetUp], tools: SweepTools) -> tuple[_Group, ...]:
    """What shares an index together; searches by words need no vector, then come the fewest texts to embed."""
    groups = []
    for chunking in dict.fromkeys(chunking for chunking, _ in missing):
        chunks = tuple(tools.cut(chunking))
        ways = [way for cut, way in missing if cut == chunking]
        by_words = tuple(way for way in ways if way.retriever == "lexical")
        by_meaning = tuple(way for way in ways if way.retriever != "lexical")
        if by_words:
            groups.append(_Group(chunking, chunks, by_words, 0))
        if by_meaning:
            to_embed = tools.vectors.missing([chunk.text for chunk in chunks])
            groups.append(_Group(chunking, chunks, by_meaning, to_embed))
    return tuple(sorted(groups, key=lambda group: (group.to_embed, len(group.chunks))))


def _searched(group: _Group, cases: Sequence[GoldCase], tools: SweepTools) -> Iterator[SweepEvent]:
    """The group's columns, with what is done on the way."""
    store = NumpyStore()
    if any(retrieval.retriever != "lexical" for retrieval in group.retrievals):
        yield from _embedded(group, store, tools.vectors)
        tools.embedder.embed([case.question for case in cases])
    texts = [chunk.text for chunk in group.chunks]
    index = SearchIndex(group.chunks, store, LexicalIndex(texts), tools.embedder)
    for retrieval in group.retrievals:
        yield from _column(group, retrieval, SearchRetriever(index, retrieval), cases)


def _embedded(group: _Group, store: NumpyStore, vectors: VectorSource) -> Iterator[SweepEvent]:
    """Put every chunk's vector into the store."""
    total = len(group.chunks)
    yield SweepProgress(group.chunking, 0, total, "texts")
    done = 0
    for batch in vectors.batches([chunk.text for chunk in group.chunks]):
        store.add([group.chunks[at].id for at in batch.positions], batch.vectors)
        done += len(batch.positions)
        yield SweepProgress(group.chunking, done, total, "texts")


def _column(
    group: _Group, retrieval: RetrievalSettings, retriever: SearchRetriever, cases: Sequence[GoldCase]
) -> Iterator[SweepEvent]:
    searched: list[SearchedCase] = []
    for case in cases:
        if len(searched) % _REPORT_CASES == 0:
            yield SweepProgress(group.chunking, len(searched), len(cases), "cases")
        passages = retriever.retrieve(case.question, top_k=CANDIDATES)
        searched.append(SearchedCase(case.id, _deep_enough(passages)))
    yield SweepColumn(group.chunking, retrieval, len(group.chunks), tuple(searched))


def _deep_enough(passages: Sequence[Passage]) -> tuple[Hit, ...]:
    """The first passages, as many as any k or token budget may ask for."""
    hits: list[Hit] = []
    tokens = 0
    for passage in passages:
        if len(hits) >= MOST_K and tokens > MOST_TOKENS:
            break
        chunk = passage.chunk
        hits.append(Hit(Span(chunk.document, chunk.start, chunk.end), chunk.tokens, round(passage.score, 6)))
        tokens += chunk.tokens
    return tuple(hits)
