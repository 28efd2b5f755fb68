"""A question finds passages, and each says how either leg saw it."""

from dataclasses import replace

import pytest

from lib.domain import Chunk
from lib.embedding.hashing import HashingEmbedder
from lib.retrieval.lexical import LexicalIndex, index_words, question_marks
from lib.retrieval.numpy_store import NumpyStore
from lib.retrieval.projection import embedding_map
from lib.retrieval.search import SearchIndex, SearchRetriever
from lib.settings import RetrievalSettings

TEXTS = (
    "Parental leave is 18 weeks, paid in full, for every parent.",
    "The office in Lisbon closes at seven in the evening.",
    "Expenses above 200 euros need approval before the money is spent.",
    "The warranty covers the pump for three years.",
)


def index_of(texts: tuple[str, ...] = TEXTS) -> SearchIndex:
    embedder = HashingEmbedder()
    chunks = tuple(
        Chunk(f"d{row}", f"file{row}.txt", 0, len(text), text, len(text.split())) for row, text in enumerate(texts)
    )
    store = NumpyStore()
    store.add([chunk.id for chunk in chunks], embedder.embed(texts))
    return SearchIndex(chunks, store, LexicalIndex(texts), embedder)


@pytest.mark.parametrize(
    "settings",
    [
        RetrievalSettings(),
        RetrievalSettings(retriever="dense"),
        RetrievalSettings(retriever="lexical"),
        RetrievalSettings(fusion="rrf"),
    ],
)
def test_the_passage_with_the_questions_words_comes_first(settings: RetrievalSettings) -> None:
    passages = SearchRetriever(index_of(), settings).retrieve("How many weeks is parental leave?", top_k=3)
    assert passages[0].chunk.document == "file0.txt"
    assert [passage.rank for passage in passages] == list(range(1, len(passages) + 1))
    assert [passage.score for passage in passages] == sorted((p.score for p in passages), reverse=True)


def test_each_passage_says_its_rank_and_score_in_each_leg() -> None:
    best = SearchRetriever(index_of(), RetrievalSettings()).retrieve("parental leave weeks", top_k=1)[0]
    dense, lexical = best.leg("dense"), best.leg("lexical")
    assert dense is not None
    assert lexical is not None
    assert (dense.rank, lexical.rank) == (1, 1)
    assert dense.score <= 1.0 < lexical.score
    assert best.leg("rerank") is None


def test_words_that_stand_nowhere_find_nothing_lexically_and_still_something_densely() -> None:
    assert SearchRetriever(index_of(), RetrievalSettings(retriever="lexical")).retrieve("zyzzyva", top_k=5) == ()
    assert len(SearchRetriever(index_of(), RetrievalSettings()).retrieve("zyzzyva", top_k=5)) == 4


def test_the_document_filter_keeps_to_its_documents() -> None:
    settings = RetrievalSettings(documents=("file2.txt", "file3.txt"))
    passages = SearchRetriever(index_of(), settings).retrieve("parental leave", top_k=5)
    assert {passage.chunk.document for passage in passages} == {"file2.txt", "file3.txt"}


def test_a_minimum_score_drops_what_scores_lower() -> None:
    everything = SearchRetriever(index_of(), RetrievalSettings()).retrieve("parental leave", top_k=5)
    least = everything[1].score
    kept = SearchRetriever(index_of(), RetrievalSettings(min_score=least)).retrieve("parental leave", top_k=5)
    assert kept == everything[:2]


def test_vectors_of_chunks_that_are_no_longer_there_are_not_found() -> None:
    index = index_of()
    index.store.add(["gone:0-5"], index.embedder.embed(["parental leave weeks"]))
    passages = SearchRetriever(index, RetrievalSettings()).retrieve("parental leave weeks", top_k=9)
    assert len(passages) == 4


def test_an_empty_index_finds_nothing() -> None:
    empty = replace(index_of(()), store=NumpyStore())
    assert SearchRetriever(empty, RetrievalSettings()).retrieve("anything", top_k=5) == ()


def test_texts_without_a_single_word_do_not_break_the_lexical_leg() -> None:
    assert LexicalIndex(["...", "!!!"]).scores("what").tolist() == [0.0, 0.0]


def test_english_words_are_stemmed_and_other_languages_are_left_alone() -> None:
    assert index_words("The policies were approved", english=True) == ["polici", "approv"]
    german = LexicalIndex(["Die Garantie gilt drei Jahre.", "Das Büro schließt um sieben."])
    assert german.words("Die Garantie") == ("die", "garantie")


def test_marks_cover_the_questions_words_in_any_form() -> None:
    text = "Approved policies apply; approval is needed."
    marked = [text[start:end] for start, end in question_marks("Which policy was approved?", text)]
    assert marked == ["Approved", "policies", "approval"]


def test_the_map_places_every_chunk_and_its_own_vector_falls_on_its_point() -> None:
    index = index_of()
    vectors = index.embedder.embed(TEXTS)
    found = embedding_map(index.chunks, vectors)
    assert found.points.shape == (4, 2)
    assert found.project(vectors[2]) == pytest.approx(tuple(found.points[2]), abs=1e-5)
    assert 0 < found.explained[1] <= found.explained[0] <= 1


def test_a_map_of_nothing_is_empty() -> None:
    empty = embedding_map((), HashingEmbedder().embed([]))
    assert empty.points.shape == (0, 2)
