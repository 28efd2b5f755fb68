"""Find quoted words in a text, whatever white space stands between them."""

import re
import unicodedata
from collections.abc import Iterator


def find_quote(text: str, quote: str) -> tuple[int, int] | None:
    """The span of the quote's first occurrence in characters of `text`; None if it is not there or holds no word.

    Any run of white space equals any other; everything else must be the same, capitals and punctuation included.
    """
    return next(_occurrences(text, quote), None)


def find_all(text: str, quote: str) -> tuple[tuple[int, int], ...]:
    """The spans of all occurrences that do not overlap, in order."""
    return tuple(_occurrences(text, quote))


def _occurrences(text: str, quote: str) -> Iterator[tuple[int, int]]:
    words = unicodedata.normalize("NFC", quote).split()
    if not words:
        return
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words))
    for match in pattern.finditer(text):
        yield match.span()
