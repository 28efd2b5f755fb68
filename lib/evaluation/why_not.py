"""Why a passage did not come, and the smallest change that lifts it in: every change is really searched with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lib.domain import Chunk, Leg, Passage
from lib.errors import NotFound
from lib.evaluation.changes import Change, Trial, cut_trials, search_trials
from lib.evaluation.chunk_spans import holds, span_of, whole_in
from lib.evaluation.failure_words import ordinal
from lib.evaluation.spans import Span, covered
from lib.retrieval.every_chunk import LegScores, WordWeight, leg_scores, ranking, word_weights
from lib.retrieval.live import LiveIndex
from lib.retrieval.search import CANDIDATES, SearchIndex
from lib.settings import ChunkSettings, RetrievalSettings

UNTELLING = (
    "Other cuts were not tried: live search, which stands in for embedding them, finds these words under the present "
    "cut already, so it could not tell what another cut would change."
)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The question, the words that should have come, and the settings that did not find them."""

    question: str
    span: Span
    chunking: ChunkSettings
    retrieval: RetrievalSettings


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the passage stands in one leg among all chunks: its rank (only better scores count) and its score.

    `last_in` is the score of the last one that would be within top-k by this leg alone, `best` that of the first.
    """

    leg: Leg
    rank: int
    score: float
    last_in: float
    best: float


@dataclass(frozen=True, slots=True)
class Competitor:
    """A passage that came before the wanted one, its cosine, and what each of the question's words adds to it."""

    passage: Passage
    cosine: float
    words: tuple[WordWeight, ...]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What was found out about one passage that should have come.

    `chunk` is the best ranked one that holds the words, or the one with most of them where they are split (`whole` is
    False then). `rank` is its place among the `ranked` passages of the search before the minimum score is applied,
    None where the search leaves it out. `words` say what each word of the question adds to the chunk's BM25.
    `changes` lift the words in whole, smallest first, out of the number `tried`; `untried` says why the cut was left.
    """

    inquiry: Inquiry
    chunk: Chunk
    whole: bool
    rank: int | None
    ranked: int
    score: float | None
    standings: tuple[Standing, ...]
    words: tuple[WordWeight, ...]
    competitors: tuple[Competitor, ...]
    changes: tuple[Change, ...] = ()
    tried: int = 0
    untried: str = ""

    @property
    def came(self) -> bool:
        """Whether the words did come, whole and among those handed on."""
        retrieval = self.inquiry.retrieval
        within = self.rank is not None and self.rank <= retrieval.top_k
        return self.whole and within and (self.score or 0.0) >= retrieval.min_score

    @property
    def sentence(self) -> str:
        """The reason, for a person."""
        retrieval, name = self.inquiry.retrieval, self.chunk.document
        if self.rank is None:
            if retrieval.documents and name not in retrieval.documents:
                return f"Only {', '.join(retrieval.documents)} is searched; these words stand in {name}."
            return f"The search does not put it forward: it is not among the best {CANDIDATES} of any leg."
        came = f"It came {ordinal(self.rank)} of {self.ranked}"
        if not self.whole:
            return f"No chunk holds these words whole. The chunk with most of them came {ordinal(self.rank)}."
        if self.came:
            return f"{came}, so it is among the {retrieval.top_k} that are handed on."
        if self.rank <= retrieval.top_k:
            return f"{came}, and its score of {self.score:.3f} is below the minimum of {retrieval.min_score:.2f}."
        return f"{came}; only the first {retrieval.top_k} are handed on."


@dataclass(frozen=True, slots=True)
class Trying:
    """How many changes are behind, out of at most `total`, and the one that is tried now."""

    done: int
    total: int
    trial: Trial


def why_not(
    inquiry: Inquiry, index: SearchIndex, live: LiveIndex | None, *, most: int, untried: str = ""
) -> Iterator[Trying | WhyNot]:
    """Look the passage up in every leg, then try one change after the other; the last event is the `WhyNot`.

    `live` searches under other cuts and must be ready; None leaves the cut as it is, and `untried` says why. `most`
    is the longest chunk that the embedder reads whole. Nothing is tried for words that did come. Raises NotFound for
    a span of which no chunk holds anything.
    """
    scores = leg_scores(index, inquiry.question)
    found = replace(_looked_up(inquiry, index, scores), untried=untried)
    if found.came:
        yield found
        return
    groups = search_trials(inquiry.retrieval, inquiry.chunking)
    if live is not None and found.whole and _finds(live, inquiry):
        found = replace(found, untried=UNTELLING)
    elif live is not None:
        groups += cut_trials(inquiry.retrieval, inquiry.chunking, most=most)
    changes: list[Change] = []
    tried = behind = 0
    total = sum(len(group) for group in groups)
    for group in groups:
        for place, trial in enumerate(group):
            yield Trying(behind + place, total, trial)
            tried += 1
            rank = _rank(inquiry, _passages(trial, inquiry, scores, live))
            if rank is not None:
                changes.append(Change(trial, rank, cuts_anew=trial.chunking != inquiry.chunking))
                break
        behind += len(group)
    yield replace(found, changes=tuple(changes), tried=tried)


def _finds(live: LiveIndex, inquiry: Inquiry) -> bool:
    """Whether live search finds the words under the cut in use, where the index does not."""
    return _rank(inquiry, live.passages(inquiry.question, inquiry.chunking, inquiry.retrieval).passages) is not None


def _passages(trial: Trial, inquiry: Inquiry, scores: LegScores, live: LiveIndex | None) -> Sequence[Passage]:
    """What is handed on under the changed settings."""
    if live is not None and trial.chunking != inquiry.chunking:
        return live.passages(inquiry.question, trial.chunking, trial.retrieval).passages
    return ranking(scores, trial.retrieval)[: trial.retrieval.top_k]


def _rank(inquiry: Inquiry, passages: Sequence[Passage]) -> int | None:
    return next((passage.rank for passage in passages if holds(passage.chunk, inquiry.span)), None)


def _looked_up(inquiry: Inquiry, index: SearchIndex, scores: LegScores) -> WhyNot:
    """The passage's standing under the settings in use; nothing is tried yet."""
    passages = ranking(scores, replace(inquiry.retrieval, min_score=0.0))
    chunk = _wanted(inquiry.span, passages, index.chunks)
    passage = next((one for one in passages if one.chunk.id == chunk.id), None)
    row_of = {one.id: row for row, one in enumerate(index.chunks)}
    row = row_of[chunk.id]
    rivals = _rivals(passage, passages, inquiry.retrieval.top_k)
    rows = [row, *(row_of[one.chunk.id] for one in rivals)]
    words = word_weights(index.lexical, inquiry.question, rows)
    top_k = inquiry.retrieval.top_k
    return WhyNot(
        inquiry=inquiry,
        chunk=chunk,
        whole=holds(chunk, inquiry.span),
        rank=passage.rank if passage else None,
        ranked=len(passages),
        score=passage.score if passage else None,
        standings=(
            _standing("dense", scores.cosines, row, top_k),
            _standing("lexical", scores.bm25, row, top_k),
        ),
        words=words[0],
        competitors=tuple(
            Competitor(one, float(scores.cosines[at]), column)
            for one, at, column in zip(rivals, rows[1:], words[1:], strict=True)
        ),
    )


def _wanted(span: Span, passages: Sequence[Passage], chunks: Sequence[Chunk]) -> Chunk:
    """The best ranked chunk that holds the span, else any that does, else the one that holds most of it."""
    ranked = next((one.chunk for one in passages if holds(one.chunk, span)), None)
    whole = ranked or whole_in(chunks, span)
    if whole is not None:
        return whole
    most = max(chunks, key=lambda chunk: covered([span], [span_of(chunk)]), default=None)
    if most is None or not covered([span], [span_of(most)]):
        raise NotFound(
            f"No chunk holds anything of characters {span.start:,} to {span.end:,} of {span.document}.",
            hint="Choose words of a document that is indexed.",
        )
    return most


def _rivals(wanted: Passage | None, passages: Sequence[Passage], top_k: int) -> tuple[Passage, ...]:
    """The first, the last within top-k, and the one just above the wanted one, without repeats, in order."""
    before = passages[: wanted.rank - 1] if wanted else passages
    places = {0, min(top_k, len(before)) - 1, len(before) - 1 if wanted else 0}
    return tuple(before[place] for place in sorted(places) if 0 <= place < len(before))


def _standing(leg: Leg, scores: NDArray[np.float32], row: int, top_k: int) -> Standing:
    best_first = np.sort(scores)[::-1]
    return Standing(
        leg=leg,
        rank=1 + int(np.count_nonzero(scores > scores[row])),
        score=float(scores[row]),
        last_in=float(best_first[min(top_k, len(best_first)) - 1]),
        best=float(best_first[0]),
    )
