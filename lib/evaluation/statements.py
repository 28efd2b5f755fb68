"""What the documents say of an answer: each statement, supported or not mentioned, with the sentence that tells.

Deliberately hard to please. A statement counts as supported only if one sentence carries most of its words and its
meaning, all its numbers with their units and all its names, and neither denies what the other says. What is reworded
beyond that reads as "not mentioned", never the other way round.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lib.domain import Passage, Sentence
from lib.evaluation.claims import Claim, claim_of, weights_of, words_shared
from lib.protocols import Embedder
from lib.records import StatementCheck, Support

SentenceStarts = Callable[[str], list[int]]
"""Offsets at which sentences start after another, as `lib.corpus.chunking.sentences.sentence_starts` gives them."""

MIN_SHARED_WORDS = 0.6
"""Share of the statement's words, weighted by rarity, that the sentence must hold."""
MIN_COSINE = 0.5
"""Likeness in meaning below which shared words are taken for a coincidence."""
NEAREST = 4
"""Sentences a statement is compared with in meaning: those that share most of its words."""

_LONG_SENTENCE = 400
_NEW_CLAUSE = re.compile(r"\n+|;\s+|,\s+(?=(?:and|but)\s+(?:he|it|she|the|there|these|they|this|we|you)\b)")
_LEAD_IN = re.compile(r"\s*(?:[-*•]\s+|\d{1,2}[.)]\s+|#+\s+)?")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a passage that might carry a statement; `claim` is what it says."""

    passage: Passage
    sentence: Sentence
    claim: Claim


def statement_spans(text: str, sentence_starts: SentenceStarts) -> tuple[tuple[int, int], ...]:
    """Where the statements of an answer stand, in order: sentences, clauses with a subject of their own, list items.

    Questions, headings that end in a colon and lines without a word of substance claim nothing.
    """
    cuts = sorted({0, len(text), *sentence_starts(text), *(match.end() for match in _NEW_CLAUSE.finditer(text))})
    trimmed = (_trimmed(text, start, end) for start, end in pairwise(cuts))
    return tuple(
        (start, end)
        for start, end in trimmed
        if start < end and text[end - 1] not in "?:" and claim_of(text[start:end]).stems
    )


def check_statements(
    text: str,
    find: Callable[[str], Sequence[Passage]],
    embedder: Embedder,
    sentence_starts: SentenceStarts,
) -> tuple[StatementCheck, ...]:
    """Each statement of an answer's text, in order, checked against the passages that `find` gives for it.

    `find` may search the whole index for every statement, or give the same passages each time. Without any passage
    every statement is "not mentioned".
    """
    spans = statement_spans(text, sentence_starts)
    pools = [_candidates(find(text[start:end]), sentence_starts) for start, end in spans]
    nearest = [_nearest(claim_of(text[start:end]), pool) for (start, end), pool in zip(spans, pools, strict=True)]
    cosines = _cosines([text[start:end] for start, end in spans], nearest, embedder)
    return tuple(
        _verdict(text, span, ranked, cosine) for span, ranked, cosine in zip(spans, nearest, cosines, strict=True)
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    lead = _LEAD_IN.match(text, start, end)
    first = lead.end() if lead else start
    last = end
    while last > first and (text[last - 1].isspace() or text[last - 1] in ",;"):
        last -= 1
    return first, last


def _candidates(passages: Sequence[Passage], sentence_starts: SentenceStarts) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            passage, sentence, claim_of(sentence.text, heading=f"{passage.chunk.document} {passage.chunk.place.label}")
        )
        for passage in passages
        for sentence in _sentences(passage, sentence_starts)
    )


def _sentences(passage: Passage, sentence_starts: SentenceStarts) -> list[Sentence]:
    """The passage's sentences; what is too long to be one, such as a table, by its lines."""
    text = passage.chunk.text
    cuts = [0, *sentence_starts(text), len(text)]
    spans = [span for start, end in pairwise(cuts) for span in _short_spans(text, start, end)]
    offset = passage.chunk.start
    return [
        Sentence(passage.rank, offset + start, offset + end, text[start:end], 0.0)
        for start, end in spans
        if start < end
    ]


def _short_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    if end - start <= _LONG_SENTENCE:
        return [_trimmed(text, start, end)]
    cuts = sorted({start, end, *(match.end() for match in re.finditer(r"\n", text) if start < match.end() < end)})
    return [_trimmed(text, first, last) for first, last in pairwise(cuts)]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The candidates that share most words with one statement, best first, and how much each shares."""

    claim: Claim
    candidates: tuple[Candidate, ...]
    shared: tuple[float, ...]


def _nearest(claim: Claim, pool: Sequence[Candidate]) -> _Ranked:
    weights = weights_of([candidate.claim for candidate in pool])
    scored = [(words_shared(claim, candidate.claim, weights), candidate) for candidate in pool]
    best = sorted(scored, key=lambda pair: -pair[0])[:NEAREST]
    return _Ranked(claim, tuple(candidate for _, candidate in best), tuple(shared for shared, _ in best))


def _cosines(statements: Sequence[str], nearest: Sequence[_Ranked], embedder: Embedder) -> list[list[float]]:
    """How close in meaning each statement is to each of its nearest sentences; one call of the embedder for all."""
    sentences = [candidate.sentence.text for ranked in nearest for candidate in ranked.candidates]
    if not sentences:
        return [[] for _ in statements]
    vectors = embedder.embed([*statements, *sentences])
    found: list[list[float]] = []
    at = len(statements)
    for row, ranked in enumerate(nearest):
        after = at + len(ranked.candidates)
        found.append([float(cosine) for cosine in np.asarray(vectors[at:after] @ vectors[row])])
        at = after
    return found


def _verdict(text: str, span: tuple[int, int], ranked: _Ranked, cosines: Sequence[float]) -> StatementCheck:
    start, end = span
    best: tuple[bool, float, Candidate] | None = None
    for candidate, shared, cosine in zip(ranked.candidates, ranked.shared, cosines, strict=True):
        carries = shared >= MIN_SHARED_WORDS and cosine >= MIN_COSINE and ranked.claim.is_carried_by(candidate.claim)
        closeness = (shared + max(0.0, cosine)) / 2
        if best is None or (carries, closeness) > best[:2]:
            best = (carries, closeness, candidate)
    if best is None:
        return StatementCheck(text[start:end], start, end, Support.UNSUPPORTED)
    carried, closeness, candidate = best
    return StatementCheck(
        text[start:end],
        start,
        end,
        Support.SUPPORTED if carried else Support.UNSUPPORTED,
        min(1.0, closeness),
        sentence=candidate.sentence,
        passage=candidate.passage,
    )
