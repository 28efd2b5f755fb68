"""What the search says of every chunk for one question, not only of the best: for asking why one did not come."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.domain import Chunk, Passage
from lib.retrieval.lexical import LexicalIndex
from lib.retrieval.search import CANDIDATES, SearchIndex, ranked_passages
from lib.settings import RetrievalSettings


@dataclass(frozen=True, slots=True)
class LegScores:
    """Cosine and BM25 of every chunk, row i being `chunks[i]`; shapes (n,)."""

    chunks: tuple[Chunk, ...]
    cosines: NDArray[np.float32]
    bm25: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class WordWeight:
    """A word of the question and what it adds to a chunk's BM25; 0 where it does not stand in it."""

    word: str
    weight: float


def leg_scores(index: SearchIndex, question: str) -> LegScores:
    """Exact scores of all chunks in both legs; embeds the question once."""
    vector = index.embedder.embed([question])[0]
    ids = [chunk.id for chunk in index.chunks]
    cosines = index.store.vectors(ids) @ vector if ids else np.zeros(0, np.float32)
    return LegScores(index.chunks, np.asarray(cosines, np.float32), index.lexical.scores(question))


def ranking(scores: LegScores, settings: RetrievalSettings) -> tuple[Passage, ...]:
    """What `SearchRetriever` finds under these settings, as far down as its legs reach, from scores known already.

    The one difference: the nearest by meaning are found exactly here, and by the store's index there.
    """
    names = settings.documents
    wanted = np.array([not names or chunk.document in names for chunk in scores.chunks], bool)
    depth = max(CANDIDATES, settings.top_k)
    lexical = _best(scores.bm25, wanted & (scores.bm25 > 0), depth) if settings.retriever != "dense" else {}
    dense: Mapping[int, float] = {}
    if settings.retriever != "lexical":
        dense = _best(scores.cosines, wanted, depth) | {row: float(scores.cosines[row]) for row in lexical}
    ids = {row: scores.chunks[row].id for row in {*dense, *lexical}}
    return ranked_passages(
        {ids[row]: scores.chunks[row] for row in ids},
        {ids[row]: score for row, score in dense.items()},
        {ids[row]: score for row, score in lexical.items()},
        settings=settings,
    )


def word_weights(lexical: LexicalIndex, question: str, rows: Sequence[int]) -> tuple[tuple[WordWeight, ...], ...]:
    """What each word of the question adds to the BM25 of the texts `rows`: one tuple a row, in the question's order.

    A word that stands in the question twice counts twice, and forms of one stem are one word, so that each text's
    weights add up to its score. Words that do not count, such as stopwords, are left out.
    """
    written: dict[str, str] = {}
    for word in re.findall(r"\w+", question):
        for stem in lexical.words(word):
            written.setdefault(stem, word)
    times = Counter(lexical.words(question))
    scores = {stem: lexical.scores_of([stem] * times[stem]) for stem in written}
    return tuple(tuple(WordWeight(word, float(scores[stem][row])) for stem, word in written.items()) for row in rows)


def _best(scores: NDArray[np.float32], wanted: NDArray[np.bool_], depth: int) -> dict[int, float]:
    rows = np.flatnonzero(wanted)
    order = rows[np.argsort(-scores[rows], kind="stable")[:depth]]
    return {int(row): float(scores[row]) for row in order}
