"""The lexical leg: BM25 over words (bm25s), with English stems and stopwords where the text is English."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
_ENGLISH_SHARE = 0.2
"""English prose is 35-50 % stopwords; other languages hardly share any with it."""


class LexicalIndex:
    """BM25 scores of all texts for a question: Lucene's variant, k1 = 1.5, b = 0.75."""

    def __init__(self, texts: Sequence[str]) -> None:
        import bm25s

        self._size = len(texts)
        self._english = is_english(texts)
        self._bm25 = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        words = [index_words(text, english=self._english) for text in texts]
        self._empty = not any(words)
        if not self._empty:
            self._bm25.index(words, show_progress=False)

    def scores(self, question: str) -> NDArray[np.float32]:
        """One score a text, 0 where no word of the question stands in it; shape (n,)."""
        return self.scores_of(self.words(question))

    def scores_of(self, words: Sequence[str]) -> NDArray[np.float32]:
        """The same for words as `words` gives them; a word that is there twice counts twice."""
        known = [] if self._empty else [word for word in words if word in self._bm25.vocab_dict]
        if not known:
            return np.zeros(self._size, np.float32)
        return np.asarray(self._bm25.get_scores(known), np.float32)

    def words(self, question: str) -> tuple[str, ...]:
        """The words of the question as the index counts them."""
        return tuple(index_words(question, english=self._english))


def index_words(text: str, *, english: bool) -> list[str]:
    """Lower-cased words in order; for English without stopwords and stemmed."""
    words = _WORD.findall(text.lower())
    if not english:
        return words
    stopwords = _stopwords()
    return _stems([word for word in words if word not in stopwords])


def words_with_starts(text: str, *, english: bool) -> list[tuple[str, int]]:
    """The words of `index_words`, each with the character at which it starts."""
    found = [(match[0].lower(), match.start()) for match in _WORD.finditer(text)]
    if not english:
        return found
    stopwords = _stopwords()
    kept = [(word, start) for word, start in found if word not in stopwords]
    stems = _stems([word for word, _ in kept])
    return [(stem, start) for stem, (_, start) in zip(stems, kept, strict=True)]


def is_english(texts: Sequence[str]) -> bool:
    """Whether the texts' words (the first 200,000 characters) are English enough for English stems."""
    sample = " ".join(text[:2_000] for text in texts[:100])[:200_000]
    words = _WORD.findall(sample.lower())
    stopwords = _stopwords()
    return bool(words) and sum(word in stopwords for word in words) / len(words) >= _ENGLISH_SHARE


def question_marks(question: str, text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the words in the text that share a stem with a word of the question; stopwords do not count."""
    wanted = set(index_words(question, english=True))
    spans = [match.span() for match in _WORD.finditer(text)]
    stems = _stems([text[start:end].lower() for start, end in spans])
    return tuple(span for span, stem in zip(spans, stems, strict=True) if stem in wanted)


@cache
def _stopwords() -> frozenset[str]:
    from bm25s.stopwords import STOPWORDS_EN_PLUS

    return frozenset(STOPWORDS_EN_PLUS)


def _stems(words: list[str]) -> list[str]:
    """Snowball's English stems; a stemmer of its own for each call, since one must not be shared by threads."""
    import Stemmer

    stems: list[str] = Stemmer.Stemmer("english").stemWords(words)
    return stems
