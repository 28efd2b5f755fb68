"""Where sentences start: rules for text as it comes out of files, no model."""

import re

_TITLES = "mr mrs ms dr prof st jr sr gen col sgt capt lt rev hon vs etc eds e.g i.e cf al approx dept est"
_MONTHS = "inc ltd co corp jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k"
_ABBREVIATIONS = frozenset(f"{_TITLES} {_MONTHS}".split())
_BEFORE_NUMBERS = frozenset({"no", "nos", "fig", "figs", "eq", "sec", "ch", "vol", "p", "pp", "art", "par"})
_OPENING = "\"'\u201c\u2018(["
# Possessive throughout, and anchored to the first mark of a run: the time stays linear in the text, whatever it holds.
_END = re.compile(
    r"""(?<![.!?\u2026])(?P<mark>[.!?\u2026]++)["'\u201d\u2019)\]]*+\s++(?=["'\u201c\u2018(\[]?[^\W_])"""
    r"""|[\u3002\uff01\uff1f]++[\u300d\u300f\u201d)]*+\s*+|\n[^\S\n]*+\n\s*+"""
)
_LAST_WORD = re.compile(r"[\w.&'-]*\Z")
_LONGEST = 12


def sentence_starts(text: str) -> list[int]:
    """Characters at which a sentence starts after another one ended, in order; the first sentence's is not listed.

    A full stop ends a sentence unless the word before it is a known abbreviation or an initial, or the next one
    starts in lower case. A blank line ends one too; a single line break does not.
    """
    return [match.end() for match in _END.finditer(text) if _ends(match, text)]


def _ends(match: re.Match[str], text: str) -> bool:
    if match["mark"] is None:
        return match.end() < len(text)
    closed_quote = not text[match.end("mark")].isspace()
    if match["mark"].strip(".\u2026") or closed_quote:
        return True
    following = text[match.end() : match.end() + 2].lstrip(_OPENING)[:1]
    return not following.islower() and not _shortened(text, match.start(), numbered=following.isdigit())


def _shortened(text: str, stop: int, *, numbered: bool) -> bool:
    """Whether the full stop at `stop` belongs to an abbreviation or an initial; "no." is one only before a number."""
    word = _LAST_WORD.findall(text[max(0, stop - _LONGEST) : stop])[0]
    if len(word) == 1 and word.isupper():
        return True
    return word.lower() in _ABBREVIATIONS or (numbered and word.lower() in _BEFORE_NUMBERS)
