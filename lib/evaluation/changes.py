"""The changes of settings that are tried for a passage that did not come, of each kind the nearest first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from lib.evaluation.autopsy import sizes_up_to
from lib.settings import ChunkSettings, RetrievalSettings, Strategy

MOST_TOP_K = 20
"""More passages than this are not tried: a model has to read them all."""
WEIGHT_STEPS = 20
"""The weight of meaning is tried in steps of a twentieth."""
SCORE_STEPS = 20
OVERLAP_STEPS = 5
"""Overlaps are tried in tenths of the size, up to half of it."""


class ChangeKind(StrEnum):
    """What is changed, from what costs least to what means embedding everything anew."""

    DOCUMENTS = "documents searched"
    MIN_SCORE = "minimum score"
    TOP_K = "top-k"
    WEIGHT = "weight of meaning"
    FUSION = "how both legs are joined"
    SEARCH = "search"
    SIZE = "chunk size"
    OVERLAP = "overlap"
    STRATEGY = "how to cut"


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings that differ from those in use in one thing, with what that is in words ("7 passages instead of 5")."""

    kind: ChangeKind
    words: str
    retrieval: RetrievalSettings
    chunking: ChunkSettings


@dataclass(frozen=True, slots=True)
class Change:
    """A change that lifts the passage in, and the rank that it has then. `cuts_anew` ones were tried by live search."""

    trial: Trial
    rank: int
    cuts_anew: bool


def search_trials(retrieval: RetrievalSettings, chunking: ChunkSettings) -> tuple[tuple[Trial, ...], ...]:
    """Other ways to search the same chunks: groups in order of `ChangeKind`, each with the nearest change first."""

    def trial(kind: ChangeKind, words: str, changed: RetrievalSettings) -> Trial:
        return Trial(kind, words, changed, chunking)

    hybrid, convex = retrieval.retriever == "hybrid", retrieval.fusion == "convex"
    groups: list[tuple[Trial, ...]] = []
    if retrieval.documents:
        groups.append((trial(ChangeKind.DOCUMENTS, "search in all documents", replace(retrieval, documents=())),))
    groups.append(
        tuple(
            trial(ChangeKind.MIN_SCORE, f"{score:.2f} instead of {retrieval.min_score:.2f}", changed)
            for score in _steps_below(retrieval.min_score)
            for changed in [replace(retrieval, min_score=score)]
        )
    )
    groups.append(
        tuple(
            trial(ChangeKind.TOP_K, f"{count} passages instead of {retrieval.top_k}", replace(retrieval, top_k=count))
            for count in range(retrieval.top_k + 1, MOST_TOP_K + 1)
        )
    )
    if hybrid and convex:
        groups.append(
            tuple(
                trial(ChangeKind.WEIGHT, f"{weight:.2f} instead of {retrieval.dense_weight:.2f}", changed)
                for weight in _weights(retrieval.dense_weight)
                for changed in [replace(retrieval, dense_weight=weight)]
            )
        )
    if hybrid:
        groups.append((_other_fusion(retrieval, chunking),))
    groups.extend((one,) for one in _other_searches(retrieval, chunking))
    return tuple(group for group in groups if group)


def cut_trials(retrieval: RetrievalSettings, chunking: ChunkSettings, *, most: int) -> tuple[tuple[Trial, ...], ...]:
    """Other cuts of the documents: sizes up to `most` tokens, overlaps, strategies; each group nearest first."""
    sizes = sorted(sizes_up_to(most), key=lambda size: (abs(size - chunking.size), size))
    overlaps = sorted({chunking.size * step // 10 for step in range(OVERLAP_STEPS + 1)})
    nearest = sorted(overlaps, key=lambda overlap: (abs(overlap - chunking.overlap), overlap))
    cuts = (
        [
            (ChangeKind.SIZE, f"{size} tokens instead of {chunking.size}", _sized(chunking, size))
            for size in sizes
            if size != chunking.size
        ],
        [
            (ChangeKind.OVERLAP, f"{overlap} tokens instead of {chunking.overlap}", replace(chunking, overlap=overlap))
            for overlap in nearest
            if overlap != chunking.overlap
        ],
        [
            (ChangeKind.STRATEGY, f"{strategy.value} instead of {chunking.strategy.value}", changed)
            for strategy in Strategy
            for changed in [replace(chunking, strategy=strategy)]
            if strategy is not chunking.strategy
        ],
    )
    return tuple(tuple(Trial(kind, words, retrieval, changed) for kind, words, changed in group) for group in cuts)


def _other_fusion(retrieval: RetrievalSettings, chunking: ChunkSettings) -> Trial:
    if retrieval.fusion == "convex":
        words = "reciprocal ranks instead of the weighted sum"
        return Trial(ChangeKind.FUSION, words, replace(retrieval, fusion="rrf"), chunking)
    words = "the weighted sum instead of reciprocal ranks"
    return Trial(ChangeKind.FUSION, words, replace(retrieval, fusion="convex"), chunking)


def _other_searches(retrieval: RetrievalSettings, chunking: ChunkSettings) -> Iterator[Trial]:
    words = {"hybrid": "by meaning and by words", "dense": "by meaning alone", "lexical": "by words alone"}
    for changed in (
        replace(retrieval, retriever="hybrid"),
        replace(retrieval, retriever="dense"),
        replace(retrieval, retriever="lexical"),
    ):
        if changed != retrieval:
            said = f"{words[changed.retriever]} instead of {words[retrieval.retriever]}"
            yield Trial(ChangeKind.SEARCH, said, changed, chunking)


def _weights(present: float) -> list[float]:
    grid = [step / WEIGHT_STEPS for step in range(WEIGHT_STEPS + 1)]
    return sorted((weight for weight in grid if abs(weight - present) > 1e-9), key=lambda weight: abs(weight - present))


def _steps_below(score: float) -> list[float]:
    return [step / SCORE_STEPS for step in range(SCORE_STEPS, -1, -1) if step / SCORE_STEPS < score - 1e-9]


def _sized(chunking: ChunkSettings, size: int) -> ChunkSettings:
    return replace(chunking, size=size, overlap=min(chunking.overlap, size // 2))
