"""Scores of every chunk say the same as the retriever, and words add up to their chunk's score."""

from itertools import product

import numpy as np
import pytest

from lib.domain import Chunk
from lib.embedding.hashing import HashingEmbedder
from lib.retrieval.every_chunk import leg_scores, ranking, word_weights
from lib.retrieval.lexical import LexicalIndex
from lib.retrieval.numpy_store import NumpyStore
from lib.retrieval.search import SearchIndex, SearchRetriever
from lib.settings import RetrievalSettings

WORDS = "the of and policy annual leave holiday price list refund router manual battery error code team".split()
rng = np.random.default_rng(3)
TEXTS = tuple(" ".join(rng.choice(WORDS, 25)) for _ in range(300))


def index_of(texts: tuple[str, ...]) -> SearchIndex:
    embedder = HashingEmbedder()
    chunks = tuple(Chunk(f"d{row}", f"{row % 3}.txt", 0, len(text), text, 25) for row, text in enumerate(texts))
    store = NumpyStore()
    store.add([chunk.id for chunk in chunks], embedder.embed(texts))
    return SearchIndex(chunks, store, LexicalIndex(texts), embedder)


INDEX = index_of(TEXTS)
SETTINGS = [
    RetrievalSettings(retriever=retriever, fusion=fusion, documents=documents, min_score=score)
    for retriever, fusion, documents, score in product(
        ("hybrid", "dense", "lexical"), ("convex", "rrf"), ((), ("1.txt",)), (0.0, 0.5)
    )
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_ranking_is_the_retrievers(settings: RetrievalSettings) -> None:
    question = "refund of the router battery"
    expected = SearchRetriever(INDEX, settings).retrieve(question, top_k=50)
    found = ranking(leg_scores(INDEX, question), settings)[:50]
    assert [passage.chunk.id for passage in found] == [passage.chunk.id for passage in expected]
    assert [passage.score for passage in found] == pytest.approx([passage.score for passage in expected], abs=1e-6)


def test_the_words_of_a_chunk_add_up_to_its_score() -> None:
    question = "Refunds, and a refund of the router?"
    scores = INDEX.lexical.scores(question)
    for row, words in enumerate(word_weights(INDEX.lexical, question, range(20))):
        assert sum(word.weight for word in words) == pytest.approx(float(scores[row]), abs=1e-5)


def test_words_are_named_as_first_written_and_those_that_are_absent_weigh_nothing() -> None:
    index = index_of(("The refund is paid in the week after the return.", "The router is in the list of the team."))
    first, second = word_weights(index.lexical, "When are refunds of routers paid? Refund!", (0, 1))
    assert [word.word for word in first] == ["refunds", "routers", "paid"]
    assert first[0].weight > first[2].weight > 0
    assert first[1].weight == 0.0
    assert second[0].weight == 0.0
    assert second[1].weight > 0


def test_an_empty_index_ranks_nothing() -> None:
    assert ranking(leg_scores(index_of(()), "anything"), RetrievalSettings()) == ()
