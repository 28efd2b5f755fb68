"""How good a ranking is: hit, reciprocal rank, nDCG and recall, on spans and on plain lists of relevances.

A retrieved span is relevant if it holds at least one character of the gold evidence; relevance is binary. How much of
the evidence came is told by the character scores of `lib.evaluation.spans`. Figures lie in [0, 1], higher is better.

nDCG on spans asks where each piece of evidence first came: a later chunk that touches the same piece again gains
nothing and costs nothing, and in the best order one new piece comes at each rank. Where every piece lies in one chunk
of its own, that is trec_eval's ndcg_cut over chunk ids; unlike it, it needs no knowledge of the chunks not retrieved,
and chunk overlap cannot change what the best order is.
"""

import math
from collections.abc import Collection, Sequence

from lib.domain import Passage
from lib.evaluation.spans import Span, SpanScores, covered, score, union

# On plain lists


def reciprocal_rank(relevances: Sequence[float]) -> float:
    """1 / the rank of the first relevant result; 0 without one. `relevances[i]` belongs to rank i + 1."""
    return next((1 / rank for rank, gain in enumerate(relevances, start=1) if gain > 0), 0.0)


def dcg(relevances: Sequence[float], k: int | None = None) -> float:
    """Gains of the first k results (all, if None), each divided by log2(rank + 1): linear gain, as trec_eval has it."""
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(relevances[:k], start=1))


def ndcg(relevances: Sequence[float], ideal: Sequence[float] | None = None, k: int | None = None) -> float:
    """Discounted gain of the first k results, as a share of the best order's. Järvelin & Kekäläinen 2002.

    `ideal` holds the gains of everything relevant there is, in any order; None takes those retrieved for all there
    are. No relevant result at all scores 0.
    """
    best = dcg(sorted(relevances if ideal is None else ideal, reverse=True), k)
    return dcg(relevances, k) / best if best > 0 else 0.0


def recall_of_ids(retrieved: Sequence[str], relevant: Collection[str], k: int | None = None) -> float:
    """The share of the relevant ids among the first k retrieved ones; 0 where none is relevant."""
    wanted = set(relevant)
    return len(wanted & set(retrieved[:k])) / len(wanted) if wanted else 0.0


# On spans


def relevances(gold: Sequence[Span], retrieved: Sequence[Span]) -> tuple[float, ...]:
    """1 for each retrieved span that holds a character of the gold spans, else 0, in order."""
    return tuple(float(covered(gold, [span]) > 0) for span in retrieved)


def hit(gold: Sequence[Span], retrieved: Sequence[Span], k: int | None = None) -> float:
    """1 if one of the first k retrieved spans holds a character of the gold spans, else 0."""
    return max(relevances(gold, retrieved[:k]), default=0.0)


def span_scores(gold: Sequence[Span], retrieved: Sequence[Span], k: int | None = None) -> SpanScores:
    """Recall, precision and IoU in characters of the first k retrieved spans."""
    return score(gold, retrieved[:k])


def span_reciprocal_rank(gold: Sequence[Span], retrieved: Sequence[Span], k: int | None = None) -> float:
    """1 / the rank of the first of the k spans that holds a character of the gold spans; 0 without one."""
    return reciprocal_rank(relevances(gold, retrieved[:k]))


def span_ndcg(gold: Sequence[Span], retrieved: Sequence[Span], k: int | None = None) -> float:
    """How far up each piece of evidence first came, as nDCG (see above); 0 without gold or without a hit.

    Gold spans that overlap or touch are one piece. Pieces that came with the same chunk take that rank and those after
    it, so one chunk with all the evidence at rank 1 scores 1. In the best order of k chunks each holds a new piece.
    """
    pieces = union(gold)
    firsts = sorted(rank for piece in pieces if (rank := _first_rank(piece, retrieved[:k])))
    gains, taken = 0.0, 0
    for rank in firsts:
        taken = max(rank, taken + 1)
        gains += 1 / math.log2(taken + 1)
    best = dcg([1.0] * len(pieces), max(k or 0, len(firsts)) if k else None)
    return gains / best if best else 0.0


def within_budget(passages: Sequence[Passage], tokens: int) -> tuple[Passage, ...]:
    """The first passages that fit into so many tokens together, in order; the first one always.

    A passage that does not fit ends the list, even where a later, shorter one would fit.
    """
    spent = 0
    for position, passage in enumerate(passages):
        spent += passage.chunk.tokens
        if spent > tokens and position:
            return tuple(passages[:position])
    return tuple(passages)


def _first_rank(piece: Span, retrieved: Sequence[Span]) -> int:
    """Counted from 1; 0 if no span holds a character of it."""
    return next((rank for rank, span in enumerate(retrieved, start=1) if covered([piece], [span])), 0)
