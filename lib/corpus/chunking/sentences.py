"""Where sentences start: rules for text as it comes out of files, no model."""

import re

_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st jr sr vs etc no fig figs eq sec ch vol pp ed eds e.g i.e cf al approx dept est inc ltd co "
    "corp jan feb mar apr jun jul aug sep sept oct nov dec gen col sgt capt lt rev hon u.s u.k".split()  # noqa: SIM905
)
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
    if match["mark"] != ".":
        return True
    before = text[max(0, match.start() - _LONGEST) : match.start()]
    word = _LAST_WORD.findall(before)[0]
    initial = len(word) == 1 and word.isupper()
    following = text[match.end() : match.end() + 2].lstrip(_OPENING)
    return word.lower() not in _ABBREVIATIONS and not initial and not following[:1].islower()
