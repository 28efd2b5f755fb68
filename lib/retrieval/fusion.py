"""How two legs become one ranking. Pure functions over id -> score."""

from collections.abc import Mapping

RRF_K = 60
"""Cormack, Clarke & Büttcher 2009."""


def convex(dense: Mapping[str, float], lexical: Mapping[str, float], *, dense_weight: float) -> dict[str, float]:
    """Weighted sum of both legs, each scaled from its theoretical minimum to its best hit.

    Dense (cosine) becomes (cos + 1) / (max + 1), lexical (BM25) score / max; a chunk that a leg did not find has 0
    there. Results lie in [0, 1]; 1 means best in both legs. Bruch, Gai & Ingber 2023 (TM2C2).
    """
    dense_top = max(dense.values(), default=0.0) + 1.0
    lexical_top = max(lexical.values(), default=0.0)
    return {
        one: dense_weight * ((dense[one] + 1.0) / dense_top if one in dense and dense_top > 0 else 0.0)
        + (1.0 - dense_weight) * (lexical.get(one, 0.0) / lexical_top if lexical_top > 0 else 0.0)
        for one in sorted({*dense, *lexical})
    }


def reciprocal_rank(dense: Mapping[str, float], lexical: Mapping[str, float], *, k: int = RRF_K) -> dict[str, float]:
    """Sum of 1 / (k + rank) over the legs, scaled so that first in both legs is 1."""
    fused: dict[str, float] = {}
    for leg in (dense, lexical):
        for rank, one in enumerate(ranked(leg), start=1):
            fused[one] = fused.get(one, 0.0) + (k + 1) / (2 * (k + rank))
    return fused


def ranked(scores: Mapping[str, float]) -> list[str]:
    """Ids best first, ties by id."""
    return sorted(scores, key=lambda one: (-scores[one], one))
