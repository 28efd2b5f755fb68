"""The ranking metrics against values worked out by hand, against trec_eval, and against a naive transcription."""

import itertools
import math
import random
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.corpus.chunking.cutter import cut
from lib.corpus.parsing.reading import parse
from lib.corpus.samples import sample_corpus
from lib.domain import Chunk, Document, Passage
from lib.embedding.wordpiece import WordPieceTokenizer
from lib.evaluation.eval_files import read_eval_set
from lib.evaluation.locating import documents_named, locate
from lib.evaluation.retrieval_metrics import (
    dcg,
    hit,
    ndcg,
    recall_of_ids,
    reciprocal_rank,
    relevances,
    span_ndcg,
    span_reciprocal_rank,
    span_scores,
    within_budget,
)
from lib.evaluation.spans import Span, precision_omega
from lib.settings import ChunkSettings, Strategy
from lib.weights import embedder_path

GRID = tuple(Span("a", start, start + 10) for start in range(0, 200, 10))
"""Chunks without overlap over 200 characters."""

spans = st.builds(
    lambda document, start, length: Span(document, start, start + length),
    st.sampled_from("ab"),
    st.integers(0, 60),
    st.integers(1, 30),
)
rankings = st.lists(spans, max_size=8)
golds = st.lists(spans, min_size=1, max_size=4)
gains = st.lists(st.integers(0, 3).map(float), max_size=12)


def passage(tokens: int, rank: int = 1) -> Passage:
    return Passage(Chunk("id", "a.md", 0, 1, "x", tokens), rank, 1.0)


# Plain lists


def test_reciprocal_rank_is_that_of_the_first_relevant_result() -> None:
    assert reciprocal_rank([0, 0, 1, 1]) == 1 / 3
    assert reciprocal_rank([0, 0]) == reciprocal_rank([]) == 0


def test_ndcg_of_a_worked_example() -> None:
    # The example of Järvelin & Kekäläinen as it is taught: gains 3 2 3 0 1 2, of which nothing was left out.
    found = 3 + 2 / math.log2(3) + 3 / 2 + 0 + 1 / math.log2(6) + 2 / math.log2(7)
    best = 3 + 3 / math.log2(3) + 2 / 2 + 2 / math.log2(5) + 1 / math.log2(6)
    assert dcg([3, 2, 3, 0, 1, 2]) == pytest.approx(6.861, abs=1e-3)
    assert ndcg([3, 2, 3, 0, 1, 2]) == pytest.approx(found / best)
    assert ndcg([3, 2, 3, 0, 1, 2]) == pytest.approx(0.961, abs=1e-3)


def test_ndcg_counts_what_was_not_retrieved_and_stops_at_k() -> None:
    assert ndcg([1, 0], ideal=[1, 1, 1], k=2) == pytest.approx(1 / (1 + 1 / math.log2(3)))
    assert ndcg([0, 1], k=1) == 0
    assert ndcg([], ideal=[1]) == ndcg([0, 0]) == ndcg([]) == 0


def test_recall_of_ids_counts_each_id_once() -> None:
    assert recall_of_ids(["b", "a", "a", "c"], {"a", "c", "d"}) == 2 / 3
    assert recall_of_ids(["b", "a", "a", "c"], ["a", "c", "d"], k=2) == 1 / 3
    assert recall_of_ids(["a"], ()) == 0


@given(gains, st.integers(1, 12))
def test_ndcg_is_one_for_the_best_order_and_never_more(found: list[float], k: int) -> None:
    assert 0 <= ndcg(found, k=k) <= 1 + 1e-12
    assert ndcg(sorted(found, reverse=True), found, k) == pytest.approx(1.0 if any(found) else 0.0)


@pytest.mark.parametrize("k", [1, 3, 5, 10])
def test_lists_score_as_trec_eval_scores_them(k: int) -> None:
    """Scores are all different: trec_eval breaks ties by document id, the larger first, whatever the order given."""
    pytrec_eval = pytest.importorskip("pytrec_eval")
    measures = {f"ndcg_cut_{k}", f"recall_{k}", "recip_rank"}
    for seed in range(60):
        draw = random.Random(seed)
        ids = [f"c{number}" for number in range(30)]
        judged = {chunk: draw.choice([0, 0, 1, 2, 3]) for chunk in draw.sample(ids, 20)}
        judged[draw.choice(ids)] = 1
        order = draw.sample(ids, draw.randint(1, 30))
        run = {chunk: 100.0 - rank for rank, chunk in enumerate(order)}
        theirs = pytrec_eval.RelevanceEvaluator({"q": judged}, measures).evaluate({"q": run})["q"]
        ours = [float(judged.get(chunk, 0)) for chunk in order]
        relevant = [chunk for chunk, gain in judged.items() if gain > 0]
        assert ndcg(ours, list(judged.values()), k) == pytest.approx(theirs[f"ndcg_cut_{k}"], abs=1e-9)
        assert recall_of_ids(order, relevant, k) == pytest.approx(theirs[f"recall_{k}"], abs=1e-9)
        assert reciprocal_rank(ours) == pytest.approx(theirs["recip_rank"], abs=1e-9)


# Spans


def test_one_character_of_evidence_makes_a_chunk_relevant_and_touching_it_does_not() -> None:
    gold = [Span("a", 9, 12)]
    assert relevances(gold, GRID[:3]) == (1, 1, 0)
    assert relevances([Span("a", 10, 12)], GRID[:3]) == (0, 1, 0)
    assert relevances(gold, [Span("b", 0, 20)]) == (0,)


def test_hit_and_reciprocal_rank_look_at_the_first_k() -> None:
    gold, found = [Span("a", 25, 28)], [GRID[0], GRID[1], GRID[2]]
    assert (hit(gold, found), hit(gold, found, 3), hit(gold, found, 2), hit(gold, ())) == (1, 1, 0, 0)
    assert span_reciprocal_rank(gold, found) == 1 / 3
    assert span_reciprocal_rank(gold, found, 2) == 0


def test_characters_are_scored_over_the_first_k() -> None:
    gold = [Span("a", 5, 15)]
    scored = span_scores(gold, [GRID[1], GRID[7], GRID[0]], 2)
    assert (scored.recall, scored.precision, scored.iou) == (5 / 10, 5 / 20, 5 / 25)
    assert span_scores(gold, [GRID[1], GRID[7], GRID[0]]).recall == 1


def test_a_second_chunk_with_the_same_evidence_neither_gains_nor_costs() -> None:
    gold = [Span("a", 8, 12)]
    assert span_ndcg(gold, [GRID[0]]) == span_ndcg(gold, [GRID[0], GRID[5], GRID[1]]) == 1
    assert span_ndcg(gold, [GRID[5], GRID[1], GRID[0]]) == pytest.approx(1 / math.log2(3))


def test_all_evidence_in_the_first_chunk_is_the_best_that_can_be() -> None:
    gold = [Span("a", 1, 3), Span("a", 5, 7), Span("a", 52, 54)]
    assert span_ndcg(gold, [GRID[0], GRID[5]]) == pytest.approx(1)
    assert span_ndcg(gold, [GRID[0]], k=1) == 1
    # Two pieces at ranks 2 and 3, the third at rank 3 moves to 4.
    best = 1 + 1 / math.log2(3) + 1 / 2
    found = 1 / math.log2(3) + 1 / 2 + 1 / math.log2(5)
    assert span_ndcg(gold, [GRID[9], GRID[0], GRID[5]]) == pytest.approx(found / best)


@pytest.mark.parametrize("k", [1, 3, 5, 10])
def test_spans_score_as_trec_eval_scores_chunk_ids_when_each_piece_has_a_chunk_of_its_own(k: int) -> None:
    pytrec_eval = pytest.importorskip("pytrec_eval")
    for seed in range(60):
        draw = random.Random(seed)
        holders = draw.sample(GRID, draw.randint(1, 6))
        gold = [Span("a", chunk.start + 2, chunk.start + 2 + draw.randint(1, 6)) for chunk in holders]
        order = draw.sample(GRID, draw.randint(1, 20))
        judged = {f"c{chunk.start}": int(chunk in holders) for chunk in GRID}
        run = {f"c{chunk.start}": 100.0 - rank for rank, chunk in enumerate(order)}
        evaluator = pytrec_eval.RelevanceEvaluator({"q": judged}, {f"ndcg_cut_{k}", "recip_rank", f"success_{k}"})
        theirs = evaluator.evaluate({"q": run})["q"]
        assert span_ndcg(gold, order, k) == pytest.approx(theirs[f"ndcg_cut_{k}"], abs=1e-9)
        assert span_reciprocal_rank(gold, order) == pytest.approx(theirs["recip_rank"], abs=1e-9)
        assert hit(gold, order, k) == theirs[f"success_{k}"]


@given(golds, rankings, st.integers(1, 8))
def test_every_figure_lies_between_0_and_1_and_all_agree_on_whether_anything_came(
    gold: list[Span], found: list[Span], k: int
) -> None:
    scored = span_scores(gold, found, k)
    figures = [scored.recall, span_reciprocal_rank(gold, found, k), span_ndcg(gold, found, k), hit(gold, found, k)]
    assert all(0 <= figure <= 1 + 1e-12 for figure in figures)
    assert len({figure > 0 for figure in figures}) == 1
    assert scored.iou <= min(scored.recall, scored.precision) + 1e-12


@given(golds, rankings, spans)
def test_one_more_passage_at_the_end_never_lowers_what_looks_at_the_first_find(
    gold: list[Span], found: list[Span], more: Span
) -> None:
    assert span_ndcg(gold, [*found, more]) >= span_ndcg(gold, found) - 1e-12
    assert span_reciprocal_rank(gold, [*found, more]) >= span_reciprocal_rank(gold, found)
    assert span_scores(gold, [*found, more]).recall >= span_scores(gold, found).recall


# A budget of tokens


def test_a_budget_takes_the_longest_beginning_that_fits() -> None:
    given_passages = [passage(tokens, rank) for rank, tokens in enumerate([100, 200, 300, 10], start=1)]
    assert [p.rank for p in within_budget(given_passages, 300)] == [1, 2]
    assert [p.rank for p in within_budget(given_passages, 599)] == [1, 2]
    assert [p.rank for p in within_budget(given_passages, 610)] == [1, 2, 3, 4]


def test_the_first_passage_is_taken_whatever_the_budget() -> None:
    assert [p.rank for p in within_budget([passage(500), passage(1, 2)], 0)] == [1]
    assert within_budget([], 100) == ()


@given(st.lists(st.integers(0, 50), max_size=8), st.integers(0, 200))
def test_a_budget_is_kept_and_used(tokens: list[int], budget: int) -> None:
    taken = within_budget([passage(count, rank) for rank, count in enumerate(tokens, start=1)], budget)
    assert [p.rank for p in taken] == list(range(1, len(taken) + 1))
    assert len(taken) <= 1 or sum(p.chunk.tokens for p in taken) <= budget
    assert len(taken) == len(tokens) or sum(tokens[: len(taken) + 1]) > budget


# Precision-omega, against its definition


def naive_precision_omega(references: list[Span], chunks: list[Span]) -> float:
    """Covered reference characters over the sum of the lengths of all chunks that touch a reference."""
    wanted = {(span.document, at) for span in references for at in range(span.start, span.end)}
    covered: set[tuple[str, int]] = set()
    length = 0
    for chunk in chunks:
        characters = [(chunk.document, at) for at in range(chunk.start, chunk.end)]
        touched = [character for character in characters if character in wanted]
        if touched:
            covered.update(touched)
            length += len(characters)
    return len(covered) / length if length else 0.0


@cache
def sample_documents(corpus: str) -> dict[str, Document]:
    files = sorted((sample_corpus(corpus).folder / "docs").iterdir())
    parsed = [(file.name, parse(file.name, file.read_bytes())) for file in files]
    return {name: Document(name, name, one.text, "text/plain", one.parts) for name, one in parsed}


@cache
def references_of(corpus: str) -> dict[str, list[Span]]:
    """The located evidence of the corpus's cases, by case."""
    documents = sample_documents(corpus)
    cases = read_eval_set("evalset.jsonl", (sample_corpus(corpus).folder / "evalset.jsonl").read_bytes()).cases
    find = documents_named(documents, documents.__getitem__)
    located = {case.id: list(locate(case, find).spans) for case in cases}
    return {case_id: found for case_id, found in located.items() if found}


@pytest.mark.parametrize(
    ("corpus", "size", "overlap"),
    [(c, s, o) for c in ("company", "longdoc") for s, o in ((200, 0), (250, 0), (250, 60))],
)
def test_precision_omega_of_the_reference_splitter_is_that_of_its_definition(
    corpus: str, size: int, overlap: int
) -> None:
    tokenizer = WordPieceTokenizer(embedder_path() / "tokenizer.json")
    chunking = ChunkSettings(Strategy.RECURSIVE, size - tokenizer.special_tokens, overlap)
    cut_up = (cut(one, chunking, tokenizer.spans(one.text)) for one in sample_documents(corpus).values())
    chunks = [Span(chunk.document, chunk.start, chunk.end) for chunk in itertools.chain.from_iterable(cut_up)]
    references = references_of(corpus)
    assert len(references) >= 40
    for found in references.values():
        expected = naive_precision_omega(found, chunks)
        assert 0 < expected < 1
        assert precision_omega(found, chunks) == pytest.approx(expected, abs=1e-9)
    together = [span for found in references.values() for span in found]
    assert precision_omega(together, chunks) == pytest.approx(naive_precision_omega(together, chunks), abs=1e-9)
