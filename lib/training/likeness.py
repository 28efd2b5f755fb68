"""How alike texts are, exactly, for some thousands of them: shared words and pairs of neighbouring words.

The measure is Jaccard's: what two texts share, as a share of all that either has. 1 is the same words in the same
order, 0 nothing in common. Capitals, punctuation and white space do not count.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lib.training.values import TrainingExample

NEAR = 0.6
"""From here on two texts are near-duplicates: one word in ten exchanged, or one put into a short question."""

_QUESTION = "\nQuestion:"
_WORD = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\W぀-ヿ㐀-鿿가-힯]+")
_LOOK_COSTS = 400
"""Looking at one text costs about as much as counting so many features in one go."""

Feature = str | tuple[str, str]
Numbers = NDArray[np.int64]
Likenesses = NDArray[np.float64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Alike:
    """A text of an index, by its position, and how alike it is."""

    number: int
    likeness: float


class LikenessIndex:
    """Texts to compare with, and which of them are alike at least so much as `at_least` says.

    Every text's features are put into one order, the rarest first. Two texts that share enough share a feature among
    the first ones of each, as many as are left when the rest would just not suffice (Chaudhuri et al. 2006), so only
    those are looked up, and what is found is compared whole.
    """

    def __init__(self, texts: Sequence[str], *, at_least: float = NEAR) -> None:
        self._at_least = at_least
        held = [features(text) for text in texts]
        known: dict[Feature, int] = {}
        flat = np.array([known.setdefault(one, len(known)) for own in held for one in own], dtype=np.int64)
        self._sizes = np.array([len(own) for own in held], dtype=np.int64)
        self._starts = np.concatenate([[0], np.cumsum(self._sizes)]).astype(np.int64)
        counts = np.bincount(flat, minlength=len(known))
        order = np.empty(len(known), dtype=np.int64)
        order[np.argsort(counts, kind="stable")] = np.arange(len(known))
        self._order = {feature: int(order[number]) for feature, number in known.items()}
        owner = np.repeat(np.arange(len(held)), self._sizes)
        flat = order[flat]
        self._flat = flat[np.lexsort((flat, owner))]
        self._looked_up(owner)

    def __len__(self) -> int:
        return len(self._sizes)

    def near(self, text: str) -> tuple[Alike, ...]:
        """The texts of the index that are alike to `text`, most alike first, earlier ones first in a tie."""
        own = features(text)
        known = np.sort(np.array([self._order[one] for one in own if one in self._order], dtype=np.int64))
        numbers, likeness = self._alike(known, len(own), self._candidates(known, len(own)), self._unmarked())
        found = (Alike(int(number), float(score)) for number, score in zip(numbers, likeness, strict=True))
        return tuple(sorted(found, key=lambda alike: (-alike.likeness, alike.number)))

    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Texts that hang together by likeness, also over others between them; those alone are left out.

        Each group is in order, and groups are in order of their first text.
        """
        group, marks = np.arange(len(self)), self._unmarked()
        for number in range(len(self)):
            own = self._flat[self._starts[number] : self._starts[number + 1]]
            candidates = self._candidates(own, len(own))
            others = candidates[group[candidates] != group[number]]
            alike, _ = self._alike(own, len(own), others, marks)
            joined = np.unique(group[[number, *alike]])
            if len(joined) > 1:
                group[np.isin(group, joined)] = joined[0]
        names, counts = np.unique(group, return_counts=True)
        return tuple(tuple(int(one) for one in np.flatnonzero(group == name)) for name in names[counts > 1])

    def _looked_up(self, owner: Numbers) -> None:
        """Note which texts have a feature among their first ones."""
        place = np.arange(len(self._flat)) - self._starts[owner]
        firsts = self._sizes - np.ceil(self._at_least * self._sizes).astype(np.int64) + 1
        among = place < firsts[owner]
        features_, owners = self._flat[among], owner[among]
        self._owners = owners[np.argsort(features_, kind="stable")]
        counts = np.bincount(features_, minlength=len(self._order))
        self._owners_from = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    def _unmarked(self) -> Marks:
        """One mark for each feature, none of them set; `_alike` leaves them so."""
        return np.zeros(len(self._order), dtype=np.bool_)

    def _candidates(self, known: Numbers, size: int) -> Numbers:
        """Texts that may be alike to one of `size` features; its `known` ones are those that the index has."""
        # Features that no text of the index has are the rarest of all, so they come before the known ones.
        first = known[: max(0, size - math.ceil(self._at_least * size) + 1 - (size - len(known)))]
        found = [self._owners[self._owners_from[one] : self._owners_from[one + 1]] for one in first]
        if not found:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(np.bincount(np.concatenate(found), minlength=len(self)))

    def _alike(self, known: Numbers, size: int, numbers: Numbers, marks: Marks) -> tuple[Numbers, Likenesses]:
        """Those of the texts `numbers` that are alike to one of `size` features, and how much."""
        marks[known] = True
        shared = self._marked(marks, numbers)
        marks[known] = False
        likeness = shared / (self._sizes[numbers] + size - shared)
        enough = likeness >= self._at_least
        return numbers[enough], likeness[enough]

    def _marked(self, marks: Marks, numbers: Numbers) -> Numbers:
        """How many marked features each of these texts has."""
        if len(numbers) * _LOOK_COSTS > len(self._flat):
            running = np.concatenate([[0], np.cumsum(marks[self._flat])])
            counts: Numbers = (running[self._starts[1:]] - running[self._starts[:-1]])[numbers]
            return counts
        spans = ((self._starts[number], self._starts[number + 1]) for number in numbers)
        return np.array([np.count_nonzero(marks[self._flat[start:end]]) for start, end in spans], dtype=np.int64)


def features(text: str) -> frozenset[Feature]:
    """The words of a text and its pairs of neighbouring words; a text without words is one feature of its own."""
    words = plain_words(text)
    return frozenset([*words, *pairwise(words)]) or frozenset({text.strip()} - {""})


def plain_words(text: str) -> list[str]:
    """The words in order, without capitals and punctuation; each character of a script without spaces is a word."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def asked(example: TrainingExample) -> str:
    """What an example asks: all that the person says, or the question alone where passages stand before it."""
    said = " ".join(message.content for message in example.prompt if message.role == "user")
    return said.rpartition(_QUESTION)[2] if _QUESTION in said else said
