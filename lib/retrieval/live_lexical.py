"""The lexical leg of live search: BM25 of chunks that are not indexed, from where the question's words stand.

Only the question's terms matter, so the texts' words are numbered once and each term's positions kept; how often a
term stands in a chunk is then two bisections. The scores are `LexicalIndex`'s (bm25s, method "lucene").
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lib.retrieval.lexical import index_words, is_english, words_with_starts

K1 = 1.5
B = 0.75


class WordPositions:
    """Where every word of some texts stands, counted through all texts; stopwords are left out."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Number the words; about a second for a million words."""
        self._english = is_english(texts)
        found = [words_with_starts(text, english=self._english) for text in texts]
        self._starts = [np.array([start for _, start in words], np.int64) for words in found]
        self._first = np.cumsum([0, *(len(words) for words in found)])
        terms = [term for words in found for term, _ in words]
        self._number = {term: number for number, term in enumerate(dict.fromkeys(terms))}
        numbers = np.array([self._number[term] for term in terms], np.int64)
        self._order = np.argsort(numbers, kind="stable")
        self._of_term = np.searchsorted(numbers[self._order], np.arange(len(self._number) + 1))

    def ranges(self, text: int, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
        """Word ranges of spans of characters of one text, shape (n, 2), counted through all texts."""
        edges = np.searchsorted(self._starts[text], np.stack((starts, ends), axis=1))
        return np.asarray(edges + self._first[text], np.int64)

    def scores(self, question: str, ranges: NDArray[np.int64]) -> NDArray[np.float32]:
        """One BM25 score a range, 0 where no word of the question stands in it."""
        lengths = ranges[:, 1] - ranges[:, 0]
        mean = lengths.mean() if lengths.any() else 1.0
        norms = K1 * (1 - B + B * lengths / mean)
        total = np.zeros(len(ranges))
        for term in index_words(question, english=self._english):
            if term in self._number:
                counts = self._counts(self._number[term], ranges)
                having = np.count_nonzero(counts)
                total += np.log(1 + (len(ranges) - having + 0.5) / (having + 0.5)) * counts / (counts + norms)
        return np.asarray(total, np.float32)

    def _counts(self, number: int, ranges: NDArray[np.int64]) -> NDArray[np.int64]:
        positions = self._order[self._of_term[number] : self._of_term[number + 1]]
        edges = np.searchsorted(positions, ranges)
        return np.asarray(edges[:, 1] - edges[:, 0], np.int64)
