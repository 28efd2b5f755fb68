"""The sentences of the passages found, ranked by how well each answers the question.

A sentence scores by cosine to the question, by the share of the question's words that it holds (each weighted by how
rare it is among these sentences), and a little by its passage's own score. Measured in docs/EXPERIMENTS.md, "Answers".
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.approaches.sentences import sentence_spans
from lib.approaches.words import content_words
from lib.domain import Passage, Sentence
from lib.protocols import Embedder

_COSINE_WEIGHT = 0.6
_PASSAGE_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Ranking:
    """Sentences best first; `strength` (0 to 1) says how near the nearest one comes to the question.

    Near in meaning is enough, whatever the words: people seldom ask in the words of a document.
    """

    sentences: tuple[Sentence, ...] = ()
    strength: float = 0.0


def rank_sentences(question: str, passages: Sequence[Passage], embedder: Embedder) -> Ranking:
    """Every sentence of the passages once, best first, ties in the passages' order. No passages rank to nothing."""
    found = tuple(_sentences(passages))
    if not found:
        return Ranking()
    vectors = embedder.embed([question, *(sentence.text for sentence in found)])
    cosine = np.clip(vectors[1:] @ vectors[0], 0.0, 1.0)
    fit = _COSINE_WEIGHT * cosine + (1 - _COSINE_WEIGHT) * word_overlap(question, [s.text for s in found])
    scores = fit + _PASSAGE_WEIGHT * np.array([sentence.score for sentence in found])
    order = np.argsort(-scores, kind="stable")
    ranked = tuple(_scored(found[position], float(scores[position])) for position in order)
    return Ranking(ranked, float(max(fit.max(), cosine.max())))


def word_overlap(question: str, texts: Sequence[str]) -> NDArray[np.float64]:
    """For each text the share of the question's words that it holds, rare words weighing more (BM25's idf)."""
    asked = content_words(question)
    held = [content_words(text) for text in texts]
    weights = {word: _idf(sum(word in words for words in held), len(texts)) for word in asked}
    total = sum(weights.values())
    if not total:
        return np.zeros(len(texts))
    return np.array([sum(weights[word] for word in asked & words) / total for words in held])


def _idf(holding: int, all_texts: int) -> float:
    return math.log(1 + (all_texts - holding + 0.5) / (holding + 0.5))


def _sentences(passages: Sequence[Passage]) -> Iterator[Sentence]:
    """Each sentence under the best passage that has it, with that passage's score as a share of the best one's."""
    best = max((passage.score for passage in passages), default=0.0)
    seen: set[tuple[str, int]] = set()
    for passage in passages:
        share = passage.score / best if best > 0 else 0.0
        for start, end in sentence_spans(passage.chunk.text):
            place = (passage.chunk.document_id, passage.chunk.start + start)
            if place not in seen:
                seen.add(place)
                text = passage.chunk.text[start:end]
                yield Sentence(passage.rank, place[1], passage.chunk.start + end, text, share)


def _scored(sentence: Sentence, score: float) -> Sentence:
    return Sentence(sentence.passage_rank, sentence.start, sentence.end, sentence.text, score)
