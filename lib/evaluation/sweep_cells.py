"""What one column of a sweep found, and the cells that follow: every top-k and every token budget is arithmetic.

A column is one cut of the documents searched in one way. Relevance is overlap with the evidence, in characters, so
columns of every chunk size are scored on the same footing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lib.evaluation.intervals import PairedDifference, Wording, bootstrap, paired
from lib.evaluation.retrieval_metrics import reciprocal_rank, relevances, span_ndcg
from lib.evaluation.spans import Span, score
from lib.records import Metric
from lib.settings import ChunkSettings, RetrievalSettings

SWEEP_METRICS = ("recall", "hit", "precision", "iou", "mrr", "ndcg")
"""What a cell can be coloured by; all lie in [0, 1] and higher is better."""
CHEAPER = 0.9
"""A share of the tokens that is worth taking the runner-up for."""
TOKENS = "tokens"
"""How many tokens of text were handed over, a question: what a cell costs."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How much is handed over: the first `amount` passages, or the first passages that fit into that many tokens.

    The first passage always counts; one that does not fit ends the list, even where a later, shorter one would fit.
    """

    amount: int
    unit: Literal["passages", "tokens"] = "passages"

    @property
    def words(self) -> str:
        """The limit in words."""
        return f"k = {self.amount}" if self.unit == "passages" else f"{self.amount:,} tokens"


@dataclass(frozen=True, slots=True)
class GoldCase:
    """One question with the spans that a good search finds; never without any."""

    id: str
    question: str
    gold: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage found, by its span; `tokens` is its length, `score` is rounded to six places."""

    span: Span
    tokens: int
    score: float


@dataclass(frozen=True, slots=True)
class SearchedCase:
    """What was found for one case, best first."""

    id: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class SweepColumn:
    """One cut searched in one way (`retrieval.top_k` says nothing here): the hits of every case, and all chunks."""

    chunking: ChunkSettings
    retrieval: RetrievalSettings
    chunks: int
    cases: tuple[SearchedCase, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One set-up at one limit, with a figure for each metric; the figures carry no interval yet."""

    chunking: ChunkSettings
    retrieval: RetrievalSettings
    limit: Limit
    metrics: tuple[Metric, ...]
    passages: int
    """How many passages a question gets in the middle (median)."""

    def metric(self, name: str) -> Metric:
        """The figure of that name."""
        return next(metric for metric in self.metrics if metric.name == name)

    @property
    def words(self) -> str:
        """The set-up in words, without the limit."""
        return f"{self.chunking.size} tokens, {self.retrieval.retriever}"

    @property
    def tokens(self) -> float:
        """How many tokens are handed over for a question on average."""
        return self.metric(TOKENS).value


@dataclass(frozen=True, slots=True)
class Choice:
    """The cell to take, the runner-up, and whether they differ by more than luck; `best` has the highest figure.

    `chosen` is the best one, unless the two cannot be told apart and the runner-up hands over clearly fewer tokens.
    """

    best: Cell
    chosen: Cell
    second: Cell | None = None
    difference: PairedDifference | None = None


def within(hits: Sequence[Hit], limit: Limit) -> tuple[Hit, ...]:
    """The hits that are handed over under the limit, in their order."""
    if limit.unit == "passages":
        return tuple(hits[: limit.amount])
    left = limit.amount
    for count, hit in enumerate(hits):
        left -= hit.tokens
        if left < 0 and count:
            return tuple(hits[:count])
    return tuple(hits)


def cells(column: SweepColumn, cases: Sequence[GoldCase], limits: Sequence[Limit]) -> tuple[Cell, ...]:
    """The column's cell at each limit, over the cases that it searched; none without such a case."""
    gold = {case.id: case.gold for case in cases}
    searched = [case for case in column.cases if case.id in gold]
    return tuple(_cell(column, searched, gold, limit) for limit in limits) if searched else ()


def failing(cell: Cell) -> tuple[str, ...]:
    """Ids of the cases whose evidence did not come whole, the least recall first, ties in the set's order."""
    recall = cell.metric("recall")
    scored = [(value, case_id) for value, case_id in zip(recall.values, recall.case_ids, strict=True) if value < 1]
    return tuple(case_id for _, case_id in sorted(scored, key=lambda pair: pair[0]))


def with_interval(metric: Metric, *, seed: int = 0) -> Metric:
    """The figure with its bootstrap interval, where there are cases enough for one."""
    interval = bootstrap(metric.values, seed=seed, share=metric.name == "hit")
    return metric if interval is None else replace(metric, low=interval[0], high=interval[1])


def choose(among: Sequence[Cell], metric: str, *, seed: int = 0) -> Choice | None:
    """The cell to take by that metric; None where there is none. Of equal figures the one with fewer tokens is best."""
    ranked = sorted(among, key=lambda cell: (-round(cell.metric(metric).value, 9), cell.tokens))
    if len(ranked) < 2:
        return Choice(ranked[0], ranked[0]) if ranked else None
    best, second = ranked[:2]
    wording = Wording(first=best.words, second=second.words)
    difference = paired(best.metric(metric).values, second.metric(metric).values, seed=seed, wording=wording)
    cheaper = not difference.told_apart and second.tokens < CHEAPER * best.tokens
    return Choice(best, second if cheaper else best, second, difference)


def _cell(
    column: SweepColumn, searched: Sequence[SearchedCase], gold: dict[str, tuple[Span, ...]], limit: Limit
) -> Cell:
    given = [within(case.hits, limit) for case in searched]
    rows = [_scores(gold[case.id], hits, limit) for case, hits in zip(searched, given, strict=True)]
    ids = tuple(case.id for case in searched)
    names = (*SWEEP_METRICS, TOKENS)
    metrics = tuple(_metric(name, ids, values) for name, values in zip(names, zip(*rows, strict=True), strict=True))
    counts = sorted(len(hits) for hits in given)
    return Cell(column.chunking, column.retrieval, limit, metrics, counts[len(counts) // 2])


def _scores(gold: Sequence[Span], hits: Sequence[Hit], limit: Limit) -> tuple[float, ...]:
    """One value for each of `SWEEP_METRICS` and the tokens, in their order."""
    spans = [hit.span for hit in hits]
    found, gains = score(gold, spans), relevances(gold, spans)
    ranked = (reciprocal_rank(gains), span_ndcg(gold, spans, limit.amount if limit.unit == "passages" else None))
    tokens = float(sum(hit.tokens for hit in hits))
    return (found.recall, max(gains, default=0.0), found.precision, found.iou, *ranked, tokens)


def _metric(name: str, ids: tuple[str, ...], values: tuple[float, ...]) -> Metric:
    return Metric(name, sum(values) / len(values), None, None, len(values), ids, values)
