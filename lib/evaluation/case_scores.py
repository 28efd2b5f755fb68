"""One answer's scores: everything about it that is a figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.domain import Answer, ApproachName
from lib.evaluation import retrieval_metrics
from lib.evaluation.answer_metrics import can_be_judged, exact_match, gold_contained, is_correct, token_f1
from lib.evaluation.formats import format_valid
from lib.evaluation.spans import Span
from lib.records import EvalCase, RunRecord, StatementCheck, Verdicts

_SEARCHING = frozenset({ApproachName.RAG, ApproachName.HYBRID})


@dataclass(frozen=True, slots=True)
class CaseScores:
    """One answer's scores; None where a score does not apply. Those without a unit lie in [0, 1], higher is better.

    - `hit` to `ndcg`: only for approaches that search, and cases whose evidence was located.
    - `exact_match`, `f1`, `contained`: only for answerable cases with an expected answer; 0 for one that abstains.
    - `abstention_precision`: only for answers that abstain; 1 where the case is unanswerable.
    - `abstention_recall`: only for unanswerable cases; 1 where the answer abstains.
    - `faithfulness`, `citation_precision`, `citation_recall`: only for answers that state or cite something.
    - `kept_at_once`, `kept_in_the_end`: only for hybrid answers that its rules were tried on; 0 in the end is held.
    - `latency_ms`, tokens and `cost_usd`: not for a model that failed; cost only where a price is known.
    """

    correct: float | None = None
    hit: float | None = None
    recall: float | None = None
    precision: float | None = None
    iou: float | None = None
    mrr: float | None = None
    ndcg: float | None = None
    exact_match: float | None = None
    f1: float | None = None
    contained: float | None = None
    faithfulness: float | None = None
    citation_precision: float | None = None
    citation_recall: float | None = None
    abstention_precision: float | None = None
    abstention_recall: float | None = None
    format_valid: float | None = None
    latency_ms: float | None = None
    input_tokens: float | None = None
    output_tokens: float | None = None
    cost_usd: float | None = None
    kept_at_once: float | None = None
    kept_in_the_end: float | None = None


def scores_of(case: EvalCase, gold: Sequence[Span], record: RunRecord, k: int | None = None) -> CaseScores:
    """One record's scores. `gold` is the case's located evidence; documents are told apart by name.

    Retrieval is scored on the first k passages, or on all that the answer was given. A model that failed is wrong and
    has no time, tokens or cost; what it did retrieve before still counts.
    """
    answer, failed = record.answer, bool(record.error)
    ranking = _ranking_scores(gold, record, k)
    words = _word_scores(case, answer)
    checks = _check_scores(record.verdicts, answer)
    form = format_valid(case, answer.text)
    return CaseScores(
        float(is_correct(case, answer) and not failed) if can_be_judged(case, answer) else None,
        *ranking,
        *words,
        *checks,
        abstention_precision=float(not case.answerable) if answer.abstained else None,
        abstention_recall=None if case.answerable else float(answer.abstained),
        format_valid=None if form is None or not case.answerable else float(form),
        latency_ms=None if failed else answer.timings.total,
        input_tokens=None if failed else float(answer.usage.input_tokens),
        output_tokens=None if failed else float(answer.usage.output_tokens),
        cost_usd=None if failed else answer.cost_usd,
        kept_at_once=float(not answer.repaired and not answer.held) if answer.verdicts else None,
        kept_in_the_end=float(not answer.held) if answer.verdicts else None,
    )


_RankingScores = tuple[float | None, float | None, float | None, float | None, float | None, float | None]


def _ranking_scores(gold: Sequence[Span], record: RunRecord, k: int | None) -> _RankingScores:
    """`hit`, `recall`, `precision`, `iou`, `mrr` and `ndcg`."""
    answer = record.answer
    if answer.approach not in _SEARCHING or not gold or (record.error and not answer.passages):
        return (None,) * 6
    spans = [Span(p.chunk.document, p.chunk.start, p.chunk.end) for p in answer.passages[:k]]
    characters = retrieval_metrics.span_scores(gold, spans)
    return (
        retrieval_metrics.hit(gold, spans),
        characters.recall,
        characters.precision,
        characters.iou,
        retrieval_metrics.span_reciprocal_rank(gold, spans),
        retrieval_metrics.span_ndcg(gold, spans, k),
    )


def _word_scores(case: EvalCase, answer: Answer) -> tuple[float | None, float | None, float | None]:
    """`exact_match`, `f1` and `contained`."""
    if not case.answerable or case.answer is None:
        return None, None, None
    if answer.abstained:
        return 0.0, 0.0, 0.0
    exact, contained = exact_match(answer.text, case.answer), gold_contained(answer.text, case.answer)
    return float(exact), token_f1(answer.text, case.answer), float(contained)


def _check_scores(verdicts: Verdicts, answer: Answer) -> tuple[float | None, float | None, float | None]:
    """`faithfulness`, `citation_precision` and `citation_recall`.

    After ALCE (Gao et al. 2023): precision is the share of citations that help, recall the share of statements that
    their citations carry. Here each citation is judged alone, so a statement that only two passages together carry
    counts as not carried; and an answer without citations has no precision, where ALCE counts 0.
    """
    if answer.abstained:
        return None, None, None
    carrying = [check.statement for check in verdicts.citations if check.carries]
    precision = len(carrying) / len(verdicts.citations) if verdicts.citations else None
    recall = None
    if verdicts.statements and answer.passages:
        carried = sum(any(_same(statement, other) for other in carrying) for statement in verdicts.statements)
        recall = carried / len(verdicts.statements)
    return verdicts.faithfulness, precision, recall


def _same(one: StatementCheck, other: StatementCheck) -> bool:
    return one.start < other.end and other.start < one.end
