"""What the documents say of an answer: each statement with its verdict, its score, and the sentence that tells.

Statements are parted here and put beside the sentences of the passages; lib.evaluation.verdict_rules gives the
verdict, lib.evaluation.support_score the score that says how sure it is.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lib.approaches.sentences import sentence_spans
from lib.domain import Passage, Sentence
from lib.evaluation.claims import Claim, claim_of, weights_of, words_shared
from lib.evaluation.support_score import Aim, PassageWords, aim_of, score_of
from lib.evaluation.verdict_rules import Compared, Stated, finding
from lib.protocols import Embedder
from lib.records import StatementCheck

SentenceStarts = Callable[[str], list[int]]
"""Offsets at which sentences start after another, as `lib.corpus.chunking.sentences.sentence_starts` gives them."""

NEAREST = 4
"""Sentences a statement is compared with in meaning: those that share most of its words."""
NEAREST_TO_QUESTION = 12
"""Sentences whose likeness to the question is asked for: those that share most words with it and the statement."""

_LONG_SENTENCE = 400
_NEW_CLAUSE = re.compile(r"\n+|;\s+|,\s+(?=(?:and|but)\s+(?:he|it|she|the|there|these|they|this|we|you)\b)")
_LEAD_IN = re.compile(r"\s*(?:\[\d{1,3}\]\s*)*(?:[-*•]\s+|\d{1,2}[.)]\s+|#+\s+)?")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a passage that might carry a statement; `claim` is what it says."""

    passage: Passage
    sentence: Sentence
    claim: Claim


class Pool:
    """The sentences of some passages, read once for all statements that are held against them."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        """No passages make an empty pool."""
        self.candidates = _candidates(passages)
        self.weights = weights_of([candidate.claim for candidate in self.candidates])
        self.words = PassageWords([candidate.sentence.text for candidate in self.candidates])


@dataclass(frozen=True, slots=True)
class _Draft:
    """A statement before its sentences are embedded: `near` and `read` are rows of the pool, `shared` as in `near`."""

    span: tuple[int, int]
    text: str
    claim: Claim
    pool: Pool
    near: tuple[int, ...]
    read: tuple[int, ...]
    shared: tuple[float, ...]

    def texts(self) -> list[str]:
        """What must be embedded besides the question."""
        return [self.text, *(self.pool.candidates[row].sentence.text for row in {*self.near, *self.read})]


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
    *,
    question: str = "",
) -> tuple[StatementCheck, ...]:
    """Each statement of an answer's text, in order, checked against the passages that `find` gives for it.

    `find` may search the whole index for every statement, or give the same passages each time. With the question, a
    right word in the wrong place is seen too. Without any passage every statement is unsupported.
    """
    return check_spans(text, statement_spans(text, sentence_starts), find, embedder, question=question)


def check_spans(
    text: str,
    spans: Sequence[tuple[int, int]],
    find: Callable[[str], Sequence[Passage]],
    embedder: Embedder,
    *,
    question: str = "",
) -> tuple[StatementCheck, ...]:
    """The same for statements that are parted already; one call of the embedder for all of them."""
    pools: dict[tuple[str, ...], Pool] = {}
    drafts = []
    for start, end in spans:
        passages = find(text[start:end])
        ids = tuple(passage.chunk.id for passage in passages)
        if ids not in pools:
            pools[ids] = Pool(passages)
        drafts.append(_draft(text, (start, end), pools[ids], question))
    wanted = [one for draft in drafts if draft.pool.candidates for one in draft.texts()]
    vector_of = _vectors(wanted, question, embedder)
    return tuple(_checked(draft, vector_of, question) for draft in drafts)


def _draft(text: str, span: tuple[int, int], pool: Pool, question: str) -> _Draft:
    said = text[slice(*span)]
    claim = claim_of(said)
    shared = np.array([words_shared(claim, candidate.claim, pool.weights) for candidate in pool.candidates])
    asked = pool.words.words_of(aim_of(said, question).about)
    near = tuple(int(row) for row in np.argsort(-shared, kind="stable")[:NEAREST])
    read = tuple(int(row) for row in np.argsort(-(shared + asked), kind="stable")[:NEAREST_TO_QUESTION])
    return _Draft(span, said, claim, pool, near, read, tuple(float(shared[row]) for row in near))


def _vectors(texts: Sequence[str], question: str, embedder: Embedder) -> dict[str, NDArray[np.float32]]:
    """A vector for each text and for the question; nothing is embedded where there are no texts."""
    wanted = list(dict.fromkeys([*texts, question] if question else texts)) if texts else []
    return dict(zip(wanted, embedder.embed(wanted), strict=True)) if wanted else {}


def _checked(draft: _Draft, vector_of: dict[str, NDArray[np.float32]], question: str) -> StatementCheck:
    aim = aim_of(draft.text, question)
    score = _score(draft, aim, vector_of, question)
    stated = Stated(draft.text, draft.claim, score, claim_of(question) if aim.of_question else None)
    found = finding(stated, [_compared(draft, place, vector_of) for place in range(len(draft.near))])
    return StatementCheck(
        draft.text,
        *draft.span,
        found.support,
        score,
        found.gap,
        found.reason,
        found.unsure,
        sentence=found.told_by.sentence if found.told_by else None,
        passage=found.told_by.passage if found.told_by else None,
    )


def _score(draft: _Draft, aim: Aim, vector_of: dict[str, NDArray[np.float32]], question: str) -> float:
    """0 without any sentence."""
    candidates = draft.pool.candidates
    if not candidates:
        return 0.0
    about = vector_of[question if aim.of_question else draft.text]
    cosines = np.zeros(len(candidates), np.float32)
    for row in draft.read:
        cosines[row] = vector_of[candidates[row].sentence.text] @ about
    return score_of(draft.pool.words.fit(aim, cosines))


def _compared(draft: _Draft, place: int, vector_of: dict[str, NDArray[np.float32]]) -> Compared:
    candidate = draft.pool.candidates[draft.near[place]]
    rest = draft.claim.without_values()
    return Compared(
        candidate.passage,
        candidate.sentence,
        candidate.claim,
        draft.shared[place],
        words_shared(rest, candidate.claim, draft.pool.weights),
        float(vector_of[draft.text] @ vector_of[candidate.sentence.text]),
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    lead = _LEAD_IN.match(text, start, end)
    first = lead.end() if lead else start
    last = end
    while last > first and (text[last - 1].isspace() or text[last - 1] in ",;"):
        last -= 1
    return first, last


def _candidates(passages: Sequence[Passage]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            passage, sentence, claim_of(sentence.text, heading=f"{passage.chunk.document} {passage.chunk.place.label}")
        )
        for passage in passages
        for sentence in _sentences(passage)
    )


def _sentences(passage: Passage) -> list[Sentence]:
    """The passage's sentences; what is too long to be one, such as a table, by its lines."""
    text = passage.chunk.text
    spans = [span for start, end in sentence_spans(text) for span in _short_spans(text, start, end)]
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
