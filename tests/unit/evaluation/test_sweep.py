import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain import Chunk, VectorBatch, Vectors
from lib.embedding.cache import CachedEmbedder, VectorCache
from lib.embedding.hashing import HashingEmbedder
from lib.errors import BadInput
from lib.evaluation.spans import Span
from lib.evaluation.sweep import SweepEvent, SweepPlan, SweepProgress, SweepTools, sweep, texts_to_embed
from lib.evaluation.sweep_cells import (
    Cell,
    GoldCase,
    Hit,
    Limit,
    SearchedCase,
    SweepColumn,
    cells,
    choose,
    failing,
    with_interval,
    within,
)
from lib.evaluation.sweep_store import SweepKeys, SweepStore
from lib.retrieval.lexical import LexicalIndex
from lib.retrieval.numpy_store import NumpyStore
from lib.retrieval.search import SearchIndex, SearchRetriever
from lib.settings import ChunkSettings, RetrievalSettings

SENTENCES = tuple(f"Machine {n} weighs {n * 7} kilos and stands in hall {n % 5}. " for n in range(40))
TEXT = "".join(SENTENCES)
SMALL, LARGE = ChunkSettings(size=20), ChunkSettings(size=60)
HYBRID, DENSE, LEXICAL = (RetrievalSettings(retriever=name) for name in ("hybrid", "dense", "lexical"))
PLAN = SweepPlan((SMALL, LARGE), (HYBRID, DENSE))


def evidence(n: int) -> Span:
    start = TEXT.index(SENTENCES[n])
    return Span("machines.md", start, start + len(SENTENCES[n]) - 1)


CASES = tuple(GoldCase(f"c{n}", f"What does machine {n} weigh?", (evidence(n),)) for n in (3, 11, 19, 27, 38))


def never() -> bool:
    return False


def cut(chunking: ChunkSettings) -> tuple[Chunk, ...]:
    """So many sentences a chunk: 10 tokens each."""
    together = chunking.size // 10
    chunks = []
    for first in range(0, len(SENTENCES), together):
        start = len("".join(SENTENCES[:first]))
        text = "".join(SENTENCES[first : first + together]).rstrip()
        chunks.append(Chunk("d", "machines.md", start, start + len(text), text, 10 * together))
    return tuple(chunks)


@dataclass
class CountedVectors:
    """Vectors from a cache in memory's stead, counting what is asked."""

    inner: CachedEmbedder
    embedded: list[int] = field(default_factory=list)

    def missing(self, texts: Sequence[str]) -> int:
        return self.inner.missing(texts)

    def batches(self, texts: Sequence[str]) -> Iterator[VectorBatch]:
        self.embedded.append(len(texts))
        return self.inner.batches(texts)


class CountingEmbedder(HashingEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.seen += texts
        return super().embed(texts)


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[SweepTools]:
    cached = CachedEmbedder(HashingEmbedder(), VectorCache(tmp_path / "vectors.sqlite"))
    yield SweepTools(lambda: "v1", cut, CountedVectors(cached), HashingEmbedder(), SweepStore(tmp_path / "sweeps"))
    cached.close()


def columns(events: Sequence[SweepEvent]) -> list[SweepColumn]:
    return [event for event in events if isinstance(event, SweepColumn)]


def swept(tools: SweepTools, plan: SweepPlan = PLAN, cases: Sequence[GoldCase] = CASES) -> list[SweepColumn]:
    return columns(list(sweep(plan, cases, tools, stopped=never)))


def setup_of(column: SweepColumn) -> tuple[int, str]:
    return column.chunking.size, column.retrieval.retriever


# What a sweep does


def test_every_size_is_searched_in_every_way(tools: SweepTools) -> None:
    assert sorted(map(setup_of, swept(tools))) == [(20, "dense"), (20, "hybrid"), (60, "dense"), (60, "hybrid")]


def test_a_column_finds_what_the_retriever_of_those_settings_finds(tools: SweepTools) -> None:
    column = next(column for column in swept(tools) if setup_of(column) == (20, "hybrid"))
    chunks, store, embedder = cut(SMALL), NumpyStore(), HashingEmbedder()
    store.add([chunk.id for chunk in chunks], embedder.embed([chunk.text for chunk in chunks]))
    index = SearchIndex(chunks, store, LexicalIndex([chunk.text for chunk in chunks]), embedder)
    for case, searched in zip(CASES, column.cases, strict=True):
        expected = SearchRetriever(index, HYBRID).retrieve(case.question, top_k=len(chunks))
        assert [hit.span.start for hit in searched.hits] == [passage.chunk.start for passage in expected]
        assert [hit.score for hit in searched.hits] == pytest.approx([passage.score for passage in expected], abs=1e-6)


def test_the_cut_with_fewest_texts_to_embed_comes_first(tools: SweepTools) -> None:
    assert [size for size, _ in map(setup_of, swept(tools))] == [60, 60, 20, 20]


def test_a_cut_that_is_embedded_already_comes_before_smaller_work(tools: SweepTools) -> None:
    for _ in tools.vectors.batches([chunk.text for chunk in cut(SMALL)]):
        pass
    assert [size for size, _ in map(setup_of, swept(tools))] == [20, 20, 60, 60]


def test_searching_by_words_comes_first_and_embeds_nothing(tools: SweepTools) -> None:
    found = swept(tools, SweepPlan((SMALL, LARGE), (DENSE, LEXICAL)))
    assert [way for _, way in map(setup_of, found)] == ["lexical", "lexical", "dense", "dense"]
    only = replace(tools, kept=SweepStore(tools.kept._folder / "other"), vectors=CountedVectors(tools.vectors.inner))
    swept(only, SweepPlan((SMALL,), (LEXICAL,)))
    assert only.vectors.embedded == []


def test_both_searches_of_a_size_share_its_vectors(tools: SweepTools) -> None:
    swept(tools)
    assert len(tools.vectors.embedded) == 2


def test_progress_is_told_between_the_columns(tools: SweepTools) -> None:
    events = list(sweep(PLAN, CASES, tools, stopped=never))
    assert {event.unit for event in events if isinstance(event, SweepProgress)} == {"texts", "cases"}
    assert all(event.done <= event.total for event in events if isinstance(event, SweepProgress))


def test_how_much_is_to_embed_is_known_beforehand(tools: SweepTools) -> None:
    assert texts_to_embed(PLAN.setups, tools) == len(cut(SMALL)) + len(cut(LARGE))
    assert texts_to_embed([(SMALL, LEXICAL)], tools) == 0
    swept(tools)
    assert texts_to_embed(PLAN.setups, tools) == 0


@pytest.mark.parametrize(("plan", "cases"), [(SweepPlan((), (DENSE,)), CASES), (PLAN, ())])
def test_nothing_to_sweep_is_said(tools: SweepTools, plan: SweepPlan, cases: Sequence[GoldCase]) -> None:
    with pytest.raises(BadInput, match="nothing to sweep"):
        swept(tools, plan, cases)


def test_documents_that_change_while_it_begins_end_it(tools: SweepTools) -> None:
    versions = iter(["v1", "v2"])
    with pytest.raises(BadInput, match="changed"):
        swept(replace(tools, version=lambda: next(versions)))


# What is kept


def test_a_stopped_sweep_goes_on_with_what_is_missing(tools: SweepTools) -> None:
    first: list[SweepEvent] = []
    for event in sweep(PLAN, CASES, tools, stopped=lambda: len(columns(first)) == 2):
        first.append(event)
    assert len(columns(first)) == 2
    before = len(tools.vectors.embedded)
    second = swept(tools)
    assert second[:2] == columns(first)
    assert len(second) == 4
    assert tools.vectors.embedded[before:] == [len(cut(SMALL))]


def test_a_second_sweep_reads_what_the_first_one_kept(tools: SweepTools) -> None:
    first = swept(tools)
    counting = CountingEmbedder()
    again = replace(
        tools, kept=SweepStore(tools.kept._folder), embedder=counting, vectors=CountedVectors(tools.vectors.inner)
    )
    assert sorted(swept(again), key=setup_of) == sorted(first, key=setup_of)
    assert counting.seen == []
    assert again.vectors.embedded == []


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe"])
def test_a_damaged_column_is_searched_anew(tools: SweepTools, damage: bytes) -> None:
    first = swept(tools)
    path = sorted(tools.kept._folder.glob("*.json"))[0]
    path.write_bytes(damage)
    assert {setup_of(column) for column in swept(tools)} == {setup_of(column) for column in first}
    assert len(path.read_bytes()) > 100


def test_a_column_that_names_a_document_it_does_not_list_counts_as_damaged(tools: SweepTools) -> None:
    swept(tools)
    path = sorted(tools.kept._folder.glob("*.json"))[0]
    path.write_text(json.dumps(json.loads(path.read_text()) | {"documents": []}))
    assert tools.kept.get(path.stem) is None


def test_a_column_under_another_ones_name_is_not_taken(tools: SweepTools) -> None:
    swept(tools)
    one, other = sorted(tools.kept._folder.glob("*.json"))[:2]
    one.write_bytes(other.read_bytes())
    assert tools.kept.get(one.stem) is None


def test_other_documents_make_other_columns_and_drop_the_old_ones(tools: SweepTools) -> None:
    swept(tools)
    swept(replace(tools, version=lambda: "v2"))
    assert {path.name.split(".")[0] for path in tools.kept._folder.glob("*.json")} == {"v2"}


def test_the_key_knows_all_that_a_search_depends_on_and_nothing_else() -> None:
    base = SweepKeys.of("v1", "model", CASES)
    key = base.key(SMALL, HYBRID)
    assert key == base.key(SMALL, replace(HYBRID, top_k=9))
    moved = [replace(case, gold=(evidence(0),)) for case in CASES]
    assert key == SweepKeys.of("v1", "model", moved).key(SMALL, HYBRID)
    others = {
        base.key(LARGE, HYBRID),
        base.key(SMALL, DENSE),
        base.key(SMALL, replace(HYBRID, dense_weight=0.5)),
        SweepKeys.of("v2", "model", CASES).key(SMALL, HYBRID),
        SweepKeys.of("v1", "other", CASES).key(SMALL, HYBRID),
        SweepKeys.of("v1", "model", CASES[1:]).key(SMALL, HYBRID),
        SweepKeys.of("v1", "model", [replace(CASES[0], question="?"), *CASES[1:]]).key(SMALL, HYBRID),
    }
    assert key not in others
    assert len(others) == 7


# The arithmetic of cells


def hit(start: int, end: int, tokens: int = 10) -> Hit:
    return Hit(Span("d", start, end), tokens, 1.0)


def column_of(*cases: tuple[str, tuple[Hit, ...]]) -> SweepColumn:
    return SweepColumn(SMALL, HYBRID, 9, tuple(SearchedCase(name, hits) for name, hits in cases))


def test_a_cell_by_hand() -> None:
    """Evidence [0, 10): the second of three chunks of 20 characters holds [0, 5), the third the rest."""
    column = column_of(("a", (hit(40, 60), hit(-15, 5), hit(5, 25))), ("b", (hit(0, 10),)))
    cases = [GoldCase("a", "?", (Span("d", 0, 10),)), GoldCase("b", "?", (Span("d", 0, 10),))]
    one, two, three = cells(column, cases, [Limit(1), Limit(2), Limit(3)])
    assert one.metric("recall").values == (0.0, 1.0)
    assert two.metric("recall").values == (0.5, 1.0)
    assert three.metric("recall").value == 1.0
    assert two.metric("hit").values == (1.0, 1.0)
    assert two.metric("precision").values == (5 / 40, 1.0)
    assert two.metric("iou").values == (5 / 45, 1.0)
    assert two.metric("mrr").values == (0.5, 1.0)
    assert two.metric("ndcg").values == pytest.approx((1 / 1.5849625007211562, 1.0))
    assert two.tokens == 15
    assert [failing(cell) for cell in (one, two, three)] == [("a",), ("a",), ()]


def test_failing_questions_come_worst_first() -> None:
    column = column_of(("half", (hit(0, 5),)), ("whole", (hit(0, 10),)), ("none", (hit(50, 60),)))
    cases = [GoldCase(name, "?", (Span("d", 0, 10),)) for name in ("half", "whole", "none")]
    assert failing(cells(column, cases, [Limit(1)])[0]) == ("none", "half")


def test_a_budget_takes_whole_passages_until_one_does_not_fit() -> None:
    hits = (hit(0, 1, 40), hit(1, 2, 50), hit(2, 3, 30), hit(3, 4, 5))
    assert len(within(hits, Limit(90, "tokens"))) == 2
    assert len(within(hits, Limit(119, "tokens"))) == 2
    assert len(within(hits, Limit(120, "tokens"))) == 3
    assert len(within(hits, Limit(10, "tokens"))) == 1
    assert within((), Limit(10, "tokens")) == ()


@given(st.lists(st.integers(1, 60), max_size=30), st.integers(1, 400), st.integers(0, 200))
def test_a_larger_budget_hands_over_at_least_as_much(sizes: list[int], budget: int, more: int) -> None:
    hits = tuple(hit(at, at + 1, tokens) for at, tokens in enumerate(sizes))
    fewer, longer = within(hits, Limit(budget, "tokens")), within(hits, Limit(budget + more, "tokens"))
    assert longer[: len(fewer)] == fewer
    assert sum(one.tokens for one in longer) <= max(budget + more, sizes[0] if sizes else 0)


def test_at_the_same_k_bigger_chunks_hand_over_more_text(tools: SweepTools) -> None:
    by_size = {setup_of(column): column for column in swept(tools)}
    small, large = (cells(by_size[size, "dense"], CASES, [Limit(3)])[0] for size in (20, 60))
    assert large.tokens == 3 * small.tokens


def test_a_case_taken_out_of_the_set_counts_no_more() -> None:
    column = column_of(("a", (hit(0, 10),)), ("b", ()))
    only = [GoldCase("a", "?", (Span("d", 0, 10),))]
    assert cells(column, only, [Limit(1)])[0].metric("recall").case_ids == ("a",)
    assert cells(column, [], [Limit(1)]) == ()


def scored(size: int, recalls: Sequence[bool], tokens: int) -> Cell:
    hits = [(hit(0, 10, tokens),) if whole else (hit(90, 99, tokens),) for whole in recalls]
    column = replace(column_of(*((f"c{n}", one) for n, one in enumerate(hits))), chunking=ChunkSettings(size=size))
    cases = [GoldCase(f"c{n}", "?", (Span("d", 0, 10),)) for n in range(len(recalls))]
    return cells(column, cases, [Limit(1)])[0]


def test_of_two_that_cannot_be_told_apart_the_clearly_cheaper_one_is_chosen() -> None:
    best, near = scored(200, [True] * 30 + [False] * 10, 100), scored(100, [True] * 29 + [False] * 11, 50)
    choice = choose([near, best], "recall")
    assert choice is not None
    assert (choice.best, choice.second, choice.chosen) == (best, near, near)
    assert choice.difference is not None
    assert "cannot be told apart" in choice.difference.sentence


def test_hardly_fewer_tokens_are_no_reason_to_take_the_second_best() -> None:
    best, near = scored(200, [True] * 30 + [False] * 10, 100), scored(100, [True] * 29 + [False] * 11, 95)
    choice = choose([near, best], "recall")
    assert choice is not None
    assert choice.chosen == best


def test_a_clear_winner_is_chosen_whatever_it_costs() -> None:
    best, poor = scored(200, [True] * 38 + [False] * 2, 200), scored(100, [False] * 35 + [True] * 5, 10)
    choice = choose([poor, best], "recall")
    assert choice is not None
    assert choice.chosen == best
    assert choice.difference is not None
    assert choice.difference.told_apart
    assert choice.difference.sentence.startswith("200 tokens, hybrid is better by")


def test_equal_figures_prefer_fewer_tokens_and_nothing_gives_no_choice() -> None:
    dear, cheap = scored(200, [True] * 8, 100), scored(100, [True] * 8, 99)
    choice = choose([dear, cheap], "recall")
    assert choice is not None
    assert choice.best == cheap
    assert choose([], "recall") is None
    alone = choose([dear], "recall")
    assert alone is not None
    assert (alone.chosen, alone.second) == (dear, None)


def test_a_figure_gets_its_interval_only_where_cases_allow_one() -> None:
    many = with_interval(scored(100, [True] * 20 + [False] * 20, 10).metric("recall"))
    assert many.low is not None
    assert many.high is not None
    assert 0.3 < many.low < 0.5 < many.high < 0.7
    few = with_interval(scored(100, [True, False], 10).metric("recall"))
    assert (few.low, few.high) == (None, None)
