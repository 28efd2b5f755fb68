"""Live search finds what the applied settings would find, for any size, and says how far reading is."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.domain import Chunk, Document, Place
from lib.embedding.hashing import HashingEmbedder
from lib.errors import BadInput, LimitExceeded
from lib.retrieval import live
from lib.retrieval.lexical import LexicalIndex
from lib.retrieval.live import LiveIndex
from lib.retrieval.live_lexical import WordPositions
from lib.retrieval.numpy_store import NumpyStore
from lib.retrieval.pooling import read_tokens
from lib.retrieval.search import SearchIndex, SearchRetriever
from lib.settings import ChunkSettings, RetrievalSettings

EMBEDDER = HashingEmbedder(dimensions=128)
WORDS = "the of and to policy annual leave holiday price list refund router manual battery error code team".split()
rng = np.random.default_rng(7)
DOCUMENTS = tuple(
    Document(f"id{number}", f"{number}.txt", " ".join(rng.choice(WORDS, 900)) + ".", "text/plain")
    for number in range(3)
)


def cut(document: Document, chunking: ChunkSettings) -> tuple[Chunk, ...]:
    """So many words a chunk: live search takes whatever cutter it is given."""
    spans = EMBEDDER.tokenizer.spans(document.text)
    step = chunking.size - chunking.overlap
    ranges = [(first, min(first + chunking.size, len(spans))) for first in range(0, len(spans), step)]
    return tuple(_chunk(document, int(spans[a, 0]), int(spans[b - 1, 1]), b - a) for a, b in ranges)


def _chunk(document: Document, start: int, end: int, tokens: int) -> Chunk:
    return Chunk(document.id, document.name, start, end, document.text[start:end], tokens)


def prepared() -> LiveIndex:
    index = LiveIndex(DOCUMENTS, EMBEDDER, cut)
    assert list(index.prepare())
    return index


def applied(chunking: ChunkSettings, retrieval: RetrievalSettings) -> SearchRetriever:
    chunks = tuple(chunk for document in DOCUMENTS for chunk in cut(document, chunking))
    store = NumpyStore()
    store.add([chunk.id for chunk in chunks], EMBEDDER.embed([chunk.text for chunk in chunks]))
    lexical = LexicalIndex([chunk.text for chunk in chunks])
    return SearchRetriever(SearchIndex(chunks, store, lexical, EMBEDDER), retrieval)


@pytest.mark.parametrize(
    "retrieval",
    [
        RetrievalSettings(),
        RetrievalSettings(retriever="dense"),
        RetrievalSettings(retriever="lexical"),
        RetrievalSettings(fusion="rrf"),
        RetrievalSettings(documents=("1.txt",), dense_weight=0.4, min_score=0.2),
    ],
)
@pytest.mark.parametrize(
    "chunking", [ChunkSettings(size=20), ChunkSettings(size=57, overlap=13), ChunkSettings(size=200)]
)
def test_it_finds_what_applying_would_find(chunking: ChunkSettings, retrieval: RetrievalSettings) -> None:
    """The fake embedder reads each word alone, so pooling is exact and nothing may differ but rounding."""
    question = "battery error refund"
    found = prepared().passages(question, chunking, retrieval)
    expected = applied(chunking, retrieval).retrieve(question, top_k=retrieval.top_k)
    assert found.chunks == tuple(chunk for document in DOCUMENTS for chunk in cut(document, chunking))
    np.testing.assert_allclose([p.score for p in found.passages], [p.score for p in expected], atol=2e-3)
    scores = [passage.score for passage in expected]
    if min(np.abs(np.diff(scores)), default=1) > 4e-3:
        assert [p.chunk.id for p in found.passages] == [p.chunk.id for p in expected]
    assert [p.rank for p in found.passages] == list(range(1, len(expected) + 1))


@given(size=st.integers(1, 120), overlap_share=st.floats(0, 0.9), question=st.lists(st.sampled_from(WORDS), max_size=6))
@settings(max_examples=25, deadline=None)
def test_lexical_scores_are_those_of_bm25s(size: int, overlap_share: float, question: list[str]) -> None:
    chunking = ChunkSettings(size=size, overlap=int(size * overlap_share))
    words = WordPositions([document.text for document in DOCUMENTS])
    cuts = [cut(document, chunking) for document in DOCUMENTS]
    ranges = [
        words.ranges(text, np.array([c.start for c in chunks]), np.array([c.end for c in chunks]))
        for text, chunks in enumerate(cuts)
    ]
    expected = LexicalIndex([chunk.text for chunk in itertools.chain.from_iterable(cuts)]).scores(" ".join(question))
    np.testing.assert_allclose(words.scores(" ".join(question), np.concatenate(ranges)), expected, atol=1e-4)


def test_pooled_vectors_are_the_mean_of_the_token_vectors_even_late_in_a_long_text() -> None:
    text = " ".join(rng.choice(WORDS, 30_000))
    reading = read_tokens(text, EMBEDDER)
    steps = []
    while True:
        try:
            steps.append(next(reading))
        except StopIteration as end:
            sums = end.value
            break
    assert sum(steps) == 30_000
    assert len(steps) > 3
    spans = EMBEDDER.tokenizer.spans(text)
    starts, ends = spans[29_000:29_900:20, 0], spans[29_019:29_919:20, 1]
    expected = EMBEDDER.embed([text[start:end] for start, end in zip(starts, ends, strict=True)])
    assert (sums.vectors(starts, ends) * expected).sum(axis=1).min() > 0.9999
    assert sums.size < 1_000 * len(spans)


def test_it_is_not_asked_before_it_is_prepared() -> None:
    index = LiveIndex(DOCUMENTS, EMBEDDER, cut)
    assert not index.ready
    with pytest.raises(BadInput, match="not prepared"):
        index.passages("leave", ChunkSettings(), RetrievalSettings())


def test_a_stopped_preparation_goes_on_where_it_was() -> None:
    index = LiveIndex(DOCUMENTS, EMBEDDER, cut)
    first = next(iter(index.prepare()))
    rest = list(index.prepare())
    assert first.done == 901
    assert [progress.done for progress in rest] == [1802, 2703]
    assert rest[-1].total == 2703
    assert rest[-1].left_s == 0
    assert index.ready
    assert list(index.prepare()) == []


def test_a_failure_while_reading_keeps_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    index = LiveIndex(DOCUMENTS, EMBEDDER, cut)
    with monkeypatch.context() as patch:
        reading = index.prepare()
        next(reading)
        next(reading)
        patch.setattr(HashingEmbedder, "embed_tokens", _broken)
        with pytest.raises(OSError, match="broken"):
            next(reading)
    assert [progress.done for progress in index.prepare()] == [2703]
    assert index.passages("leave", ChunkSettings(), RetrievalSettings()).passages


def _broken(*_: object) -> None:
    raise OSError("broken")


def test_an_embedder_without_token_vectors_is_refused_by_name() -> None:
    class Plain:
        model_id = "plain-model"

    with pytest.raises(BadInput, match="plain-model"):
        list(LiveIndex(DOCUMENTS, Plain(), cut).prepare())  # type: ignore[arg-type]


def test_more_than_memory_should_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_TOKENS", 2_000)
    with pytest.raises(LimitExceeded, match="2,703 tokens"):
        list(LiveIndex(DOCUMENTS, EMBEDDER, cut).prepare())


def test_no_documents_find_nothing() -> None:
    index = LiveIndex((), EMBEDDER, cut)
    assert list(index.prepare()) == []
    assert index.ready
    assert index.passages("leave", ChunkSettings(), RetrievalSettings()).passages == ()


def test_a_document_without_text_is_passed_over() -> None:
    index = LiveIndex((Document("empty", "empty.txt", "", "text/plain"), *DOCUMENTS), EMBEDDER, cut)
    list(index.prepare())
    assert index.passages("battery", ChunkSettings(), RetrievalSettings()).passages


def test_found_passages_say_where_they_stand() -> None:
    index = LiveIndex(
        DOCUMENTS, EMBEDDER, cut, lambda document: lambda start, _: Place(f"{document.name} from {start}")
    )
    list(index.prepare())
    for passage in index.passages("battery", ChunkSettings(size=50), RetrievalSettings()).passages:
        assert passage.chunk.place.label == f"{passage.chunk.document} from {passage.chunk.start}"
