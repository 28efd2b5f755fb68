"""The words of a text that carry meaning, stemmed: what question and sentence are compared by."""

import re
from functools import lru_cache

_WORD = re.compile(r"\w+")
_STOPWORDS = frozenset(
    "a about an and any are as at be been but by can could did do does for from had has have he her his how i if in "
    "into is it its many me much my of on or our she should so than that the their them there these they this to us "
    "was we were what when where which who whom whose why will with would you your".split()
)
_REMEMBERED_WORDS = 50_000


def content_words(text: str) -> frozenset[str]:
    """Stems of the words that are not mere grammar."""
    return frozenset(_stem(word) for word in _WORD.findall(text.lower()) if word not in _STOPWORDS)


@lru_cache(maxsize=_REMEMBERED_WORDS)
def _stem(word: str) -> str:
    import Stemmer  # type: ignore[import-not-found, unused-ignore]

    # A stemmer object is not thread-safe; making one takes microseconds, and each word asks once.
    return str(Stemmer.Stemmer("english").stemWord(word))
