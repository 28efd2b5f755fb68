"""Why a passage did not come: where it stands, what came before it, and changes that were really searched with."""

from dataclasses import replace

import pytest

from lib.corpus.chunking.cutter import cut as cut_tokens
from lib.domain import Chunk, Document
from lib.embedding.hashing import HashingEmbedder
from lib.errors import NotFound
from lib.evaluation.changes import ChangeKind, cut_trials, search_trials
from lib.evaluation.chunk_spans import holds
from lib.evaluation.spans import Span
from lib.evaluation.why_not import Inquiry, Trying, WhyNot, why_not
from lib.retrieval.lexical import LexicalIndex
from lib.retrieval.live import LiveIndex
from lib.retrieval.numpy_store import NumpyStore
from lib.retrieval.search import SearchIndex, SearchRetriever
from lib.settings import LIMITS, ChunkSettings, RetrievalSettings

EMBEDDER = HashingEmbedder(dimensions=256)
WANTED = "A doctor's note is due from the eleventh day of absence."
OTHERS = [
    f"When a visitor asks for a note, the note of day {number} is in the folder of the office, and the note is signed."
    for number in range(12)
]
DOCUMENTS = (
    Document("a", "leave.md", f"Leave is agreed with the team. {WANTED} Full pay goes on for 13 weeks.", "text/plain"),
    Document("b", "visitors.md", "\n\n".join(OTHERS), "text/plain"),
)
QUESTION = "From which day on is the note of a visitor, or of a doctor, asked for?"
CHUNKING = ChunkSettings(size=40)


def cut(document: Document, chunking: ChunkSettings) -> tuple[Chunk, ...]:
    return cut_tokens(document, chunking, EMBEDDER.tokenizer.spans(document.text))


def index_of(chunking: ChunkSettings) -> SearchIndex:
    chunks = tuple(chunk for document in DOCUMENTS for chunk in cut(document, chunking))
    store = NumpyStore()
    texts = [chunk.text for chunk in chunks]
    store.add([chunk.id for chunk in chunks], EMBEDDER.embed(texts))
    return SearchIndex(chunks, store, LexicalIndex(texts), EMBEDDER)


INDEX = index_of(CHUNKING)
START = DOCUMENTS[0].text.index(WANTED)
SPAN = Span("leave.md", START, START + len(WANTED))
RETRIEVAL = RetrievalSettings(top_k=1, dense_weight=1.0)


def inquiry(retrieval: RetrievalSettings = RETRIEVAL, *, span: Span = SPAN) -> Inquiry:
    return Inquiry(QUESTION, span, CHUNKING, retrieval)


def ready() -> LiveIndex:
    live = LiveIndex(DOCUMENTS, EMBEDDER, cut)
    assert list(live.prepare())
    return live


def found(asked: Inquiry, live: LiveIndex | None = None) -> WhyNot:
    last = list(why_not(asked, INDEX, live, most=250))[-1]
    assert isinstance(last, WhyNot)
    return last


def ranks(retrieval: RetrievalSettings, index: SearchIndex = INDEX) -> list[int]:
    """Ranks of the passages that hold the wanted words, by the retriever itself."""
    passages = SearchRetriever(index, retrieval).retrieve(QUESTION, top_k=retrieval.top_k)
    return [passage.rank for passage in passages if holds(passage.chunk, SPAN)]


def test_the_rank_and_the_scores_are_the_searchs_own() -> None:
    result = found(inquiry())
    deep = SearchRetriever(INDEX, RETRIEVAL).retrieve(QUESTION, top_k=LIMITS.top_k)
    passage = next(one for one in deep if holds(one.chunk, SPAN))
    assert (result.rank, result.score) == (passage.rank, pytest.approx(passage.score))
    dense, lexical = passage.leg("dense"), passage.leg("lexical")
    assert dense
    assert lexical
    assert [standing.score for standing in result.standings] == pytest.approx([dense.score, lexical.score])
    assert result.standings[0].rank == dense.rank
    assert "only the first 1 are handed on" in result.sentence


def test_each_change_lifts_the_words_in_when_it_is_searched_with() -> None:
    result = found(inquiry())
    assert {change.trial.kind for change in result.changes} >= {ChangeKind.TOP_K, ChangeKind.WEIGHT}
    for change in result.changes:
        assert ranks(change.trial.retrieval) == [change.rank]


def test_top_k_is_raised_no_further_than_needed_and_the_weight_is_the_nearest() -> None:
    result = found(inquiry())
    by_kind = {change.trial.kind: change.trial.retrieval for change in result.changes}
    assert by_kind[ChangeKind.TOP_K].top_k == result.rank
    weight = by_kind[ChangeKind.WEIGHT].dense_weight
    assert ranks(replace(RETRIEVAL, dense_weight=weight + 0.05)) == []


def test_words_that_came_are_said_to_have_come_and_nothing_is_tried() -> None:
    result = found(inquiry(RetrievalSettings(top_k=20)))
    assert result.came
    assert (result.changes, result.tried) == ((), 0)
    assert "among the 20 that are handed on" in result.sentence


def test_matched_words_weigh_and_rivals_show_their_own() -> None:
    result = found(inquiry())
    weights = {word.word: word.weight for word in result.words}
    assert weights["doctor"] > 0
    assert weights["visitor"] == 0
    assert sum(weights.values()) == pytest.approx(result.standings[1].score, abs=1e-5)
    first = result.competitors[0]
    assert first.passage.rank == 1
    assert {word.word: word.weight for word in first.words}["visitor"] > 0
    assert all(rival.passage.rank < (result.rank or 0) for rival in result.competitors)


def test_a_minimum_score_that_drops_it_is_named_and_lowered() -> None:
    plain = found(inquiry(replace(RETRIEVAL, top_k=20)))
    assert plain.score
    result = found(inquiry(replace(RETRIEVAL, top_k=20, min_score=plain.score + 0.01)))
    assert "below the minimum" in result.sentence
    change = result.changes[0]
    assert change.trial.kind is ChangeKind.MIN_SCORE
    assert plain.score - 0.05 <= change.trial.retrieval.min_score <= plain.score


def test_a_filter_that_leaves_the_document_out_is_named_and_lifted() -> None:
    result = found(inquiry(RetrievalSettings(top_k=20, documents=("visitors.md",))))
    assert result.rank is None
    assert "Only visitors.md is searched" in result.sentence
    assert result.changes[0].trial.retrieval.documents == ()


def test_words_cut_apart_are_lifted_in_by_another_cut_only() -> None:
    border = next(chunk.end for chunk in INDEX.chunks if chunk.document == "visitors.md")
    span = Span("visitors.md", border - 20, border + 20)
    result = found(replace(inquiry(RetrievalSettings(top_k=20)), span=span), ready())
    assert not result.whole
    assert "No chunk holds these words whole" in result.sentence
    assert result.changes
    assert all(change.cuts_anew for change in result.changes)
    for change in result.changes:
        chunks = cut(DOCUMENTS[1], change.trial.chunking)
        assert any(holds(chunk, span) for chunk in chunks)


def test_another_cut_that_lifts_the_words_in_does_so_when_it_is_applied() -> None:
    result = found(inquiry(), ready())
    for change in result.changes:
        if change.cuts_anew:
            assert ranks(change.trial.retrieval, index_of(change.trial.chunking)) == [change.rank]


def test_when_nothing_lifts_it_every_change_was_tried() -> None:
    span = Span("leave.md", 0, len(DOCUMENTS[0].text))
    asked = replace(inquiry(RetrievalSettings(retriever="lexical", top_k=20)), span=span)
    events = list(why_not(replace(asked, chunking=CHUNKING), index_of(ChunkSettings(size=20)), None, most=250))
    result = events[-1]
    assert isinstance(result, WhyNot)
    assert result.changes == ()
    trying = [event for event in events if isinstance(event, Trying)]
    assert result.tried == len(trying) == trying[0].total


def test_words_of_no_chunk_are_an_error_that_says_which() -> None:
    with pytest.raises(NotFound, match=r"characters 5 to 9 of nowhere\.md"):
        found(replace(inquiry(), span=Span("nowhere.md", 5, 9)))


def test_trials_change_one_thing_and_begin_with_the_nearest() -> None:
    for group in (*search_trials(RETRIEVAL, CHUNKING), *cut_trials(RETRIEVAL, CHUNKING, most=250)):
        for trial in group:
            assert (trial.retrieval != RETRIEVAL) != (trial.chunking != CHUNKING)
    weights = [
        trial.retrieval.dense_weight
        for group in search_trials(RetrievalSettings(), CHUNKING)
        for trial in group
        if trial.kind is ChangeKind.WEIGHT
    ]
    assert weights[:2] == pytest.approx([0.65, 0.75])
    assert (min(weights), max(weights), len(weights)) == (0.0, 1.0, 20)
