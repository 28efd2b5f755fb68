"""How likely the passages carry a statement, from 0 to 1: what they say about the question, not which words they hold.

A wrong number that stands elsewhere in the same passage shares every word with a right one. So the statement is parted
into what it is about (the question's words) and what it adds (the rest); the score asks whether a sentence near the
question holds what was added, how near to the question's words it stands, and whether another number or name stands
nearer. A logistic sum of five such figures; benchmarks/faithfulness.py fits the weights (`--fit`) on the documents for
tuning and measures them on others.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lib.evaluation.claims import denies, is_substance, number_of, stem_of

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?")
_MARKER = re.compile(r"\[\d{1,3}\]")
_YEAR = re.compile(r"1\d{3}|20\d{2}")
_REACH_WORDS = 6.0
"""Distance at which a question's word counts 1/e of one that stands beside."""
_OTHER_SENTENCE_WORDS = 10
_COSINE_WEIGHT = 0.6
"""Of meaning against words in how near a sentence is to the question, as in lib.approaches.ranking."""
_ABOUT_QUESTION = 0.34
"""Share of the question's words that a statement must repeat before it is read as an answer to it."""
_FRAGMENT_WORDS = 6
"""Words of substance up to which a text without a full stop is read as an answer, not as a sentence."""

WordKind = Literal["number", "year", "name", "word"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of substance: its stem (a number without separators) and what kind of word it is."""

    stem: str
    kind: WordKind


@dataclass(frozen=True, slots=True)
class Fit:
    """What the score rests on; all but `lead` lie in 0 to 1.

    `held`: share of what the statement adds that one sentence holds. `told`: the same where the sentence is near the
    question, against the nearest sentence. `lead`: how much closer to the question's words it stands
    than any other number or name of its kind (less than 0: farther). `beaten`: the share of those that stand
    closer. `denied`: 1 where the statement denies what neither the question nor the sentence does.
    """

    held: float
    told: float
    lead: float
    beaten: float
    denied: float


WEIGHTS = Fit(held=3.5, told=3.2, lead=3.3, beaten=-1.6, denied=-10.0)
BIAS = -4.8


@dataclass(frozen=True, slots=True)
class Aim:
    """A statement as it is scored: what it adds, what it is about, and whether it denies more than the question.

    `of_question` says whether it is about the question, or else about itself.
    """

    added: tuple[Word, ...]
    about: frozenset[str]
    denies: bool
    of_question: bool

    @property
    def kind(self) -> WordKind:
        """What was added: a number if there is one, else a year, a name, a word."""
        kinds = {word.kind for word in self.added}
        order: tuple[WordKind, ...] = ("number", "year", "name")
        return next((kind for kind in order if kind in kinds), "word")


def score_of(fit: Fit) -> float:
    """The logistic of the weighted sum: 0 to 1, higher is better supported."""
    total = BIAS + sum(weight * value for weight, value in zip(astuple(WEIGHTS), astuple(fit), strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def aim_of(statement: str, question: str) -> Aim:
    """Part a statement by its question; without one, or far from it, by its own numbers and names.

    A few words with no full stop are no sentence but an answer that leaves the question's words out: all are added.
    """
    words = substance(statement)
    asked = frozenset(word.stem for word in substance(question))
    said = {word.stem for word in words}
    near = len(asked & said) >= _ABOUT_QUESTION * len(asked)
    if asked and words and (near or _is_fragment(statement, words)):
        added = tuple(dict.fromkeys(word for word in words if word.stem not in asked))
        return Aim(added, asked, denies(statement) and not denies(question), True)
    values = tuple(dict.fromkeys(word for word in words if word.kind != "word"))
    added = values or tuple(dict.fromkeys(words))
    about = frozenset(said - {word.stem for word in values}) or frozenset(said)
    return Aim(added, about, denies(statement), False)


def _is_fragment(statement: str, words: Sequence[Word]) -> bool:
    ended = _MARKER.sub(" ", statement).rstrip().endswith((".", "!", "?"))
    return len(words) <= _FRAGMENT_WORDS and not ended


@lru_cache(maxsize=4_096)
def substance(text: str) -> tuple[Word, ...]:
    """The words of substance in their order; citation markers are none."""
    found = (match.group() for match in _TOKEN.finditer(_MARKER.sub(" ", text)))
    return tuple(_word(token) for token in found if is_substance(token))


class PassageWords:
    """The sentences of the passages that are looked at, word by word, for many statements."""

    def __init__(self, sentences: Sequence[str]) -> None:
        """In the passages' order."""
        self._denying = [denies(sentence) for sentence in sentences]
        self._holds = [frozenset(word.stem for word in substance(sentence)) for sentence in sentences]
        tokens = [(token, row) for row, sentence in enumerate(sentences) for token in _TOKEN.findall(sentence)]
        self._row = np.array([row for _, row in tokens], dtype=np.int64)
        self._words = [_word(token) if is_substance(token) else None for token, _ in tokens]
        self._at: dict[str, list[int]] = {}
        for position, word in enumerate(self._words):
            if word is not None:
                self._at.setdefault(word.stem, []).append(position)
        self._near: dict[frozenset[str], NDArray[np.float64]] = {}

    def words_of(self, about: frozenset[str]) -> NDArray[np.float64]:
        """For each sentence the share of these words that it holds, rare ones weighing more (BM25's idf)."""
        total = sum(self._weight(stem) for stem in about)
        if not total:
            return np.zeros(len(self._holds))
        return np.array([sum(self._weight(stem) for stem in about & held) / total for held in self._holds])

    def fit(self, aim: Aim, cosines: NDArray[np.float32]) -> Fit:
        """How the statement stands among the sentences; `cosines[i]` is sentence i's to the question."""
        added = frozenset(word.stem for word in aim.added)
        near_question = _COSINE_WEIGHT * np.clip(cosines, 0.0, 1.0) + (1 - _COSINE_WEIGHT) * self.words_of(aim.about)
        held = np.array([len(added & sentence) / len(added) if added else 1.0 for sentence in self._holds])
        best = int(np.argmax(held + near_question / 2))
        near = self._nearness(aim.about)
        own = max(
            (near[at] * self._together(added, at) for stem in added for at in self._at.get(stem, ())), default=0.0
        )
        rivals = [near[at] for at in self._rivals(aim, added)]
        return Fit(
            held=float(held.max()),
            told=float((held * near_question).max() / max(float(near_question.max()), 1e-6)),
            lead=float(own - max(rivals, default=0.0)),
            beaten=sum(rival > own for rival in rivals) / (len(rivals) + 1),
            denied=float(aim.denies and not self._denying[best]),
        )

    def _weight(self, stem: str) -> float:
        holding = sum(stem in held for held in self._holds)
        return math.log(1 + (len(self._holds) - holding + 0.5) / (holding + 0.5))

    def _rivals(self, aim: Aim, added: frozenset[str]) -> list[int]:
        return [
            at
            for at, word in enumerate(self._words)
            if word is not None and word.kind == aim.kind and word.stem not in added and word.stem not in aim.about
        ]

    def _together(self, added: frozenset[str], at: int) -> float:
        """The share of the added words that stand around this position."""
        reach = len(added) + 2
        around = {word.stem for word in self._words[max(0, at - reach) : at + reach + 1] if word is not None}
        return len(added & around) / len(added)

    def _nearness(self, about: frozenset[str]) -> NDArray[np.float64]:
        """For each word of the passages how close these words stand to it, rare ones weighing more."""
        if about not in self._near:
            near = np.zeros(len(self._words))
            total = sum(self._weight(stem) for stem in about) or 1.0
            for stem in about:
                if stem in self._at:
                    near += self._weight(stem) / total * self._closest(np.array(self._at[stem]))
            self._near[about] = near
        return self._near[about]

    def _closest(self, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """For each word the nearness of the closest of these places; the same sentence counts for itself."""
        distance = np.abs(np.arange(len(self._words))[:, None] - places)
        same = self._row[:, None] == self._row[places]
        decay = np.exp(-(distance + np.where(same, 0, _OTHER_SENTENCE_WORDS)) / _REACH_WORDS)
        closest: NDArray[np.float64] = (0.5 * decay + np.where(same, 0.25, 0.05)).max(axis=1)
        return closest


@lru_cache(maxsize=50_000)
def _word(token: str) -> Word:
    number = number_of(token)
    if number:
        return Word(number, "year" if _YEAR.fullmatch(number) else "number")
    return Word(stem_of(token), "name" if token[0].isupper() else "word")
