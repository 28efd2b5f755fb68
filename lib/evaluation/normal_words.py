"""Answers as they are compared: the words of a text without what makes no difference to its meaning.

SQuAD's normalisation (Rajpurkar et al. 2016: lower case, no punctuation or articles), and numbers in one form besides.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

_MARKERS = re.compile(r"(?<![ \t])[ \t]*[\[【](?:passages?\s+)?\d{1,3}(?:\s*[,;]\s*\d{1,3})*[\]】]", re.IGNORECASE)
_ARTICLES = frozenset({"a", "an", "the"})
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_APOSTROPHES = re.compile(r"['’‘`]")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[,\u00a0\u202f'’]\d{3})+(?!\d)")
_SIGNED = re.compile(r"([€$£])\s*(\d+(?:[.,]\d+)*)")
_CODED = re.compile(r"\b(eur|usd|gbp)\s+(\d+(?:[.,]\d+)*)")
_TOKEN = re.compile(r"\d+(?:st|nd|rd|th)\b|\d+(?:[.,]\d+)*|[^\W_]+")
_ORDINAL_NUMBER = re.compile(r"(\d+)(?:st|nd|rd|th)")

_MONEY = {"€": "euro", "$": "dollar", "£": "pound"} | {
    "eur": "euro",
    "euros": "euro",
    "usd": "dollar",
    "dollars": "dollar",
    "gbp": "pound",
    "pounds": "pound",
}
_UNITS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=1,
    )
} | {"thirtieth": 30, "fortieth": 40, "fiftieth": 50, "hundredth": 100}
_MONTHS = frozenset("january february march april may june july august september october november december".split())


def without_markers(text: str) -> str:
    """The text without citation markers such as [1] or [2, 3]."""
    return _MARKERS.sub("", text)


def normal_tokens(text: str) -> tuple[str, ...]:
    """The text's words as they are compared, in order; empty where nothing but punctuation and articles stands.

    Lower case; no articles (unless nothing else stands there), punctuation or citation markers; "ten" is 10,
    "twenty-one" 21, "1,000" 1000, "2.50" 2.5, "eleventh" 11th, "May 3rd" may 3; "€480", "EUR 480" and "480 euros" are
    480 euro; "12%" and "12 per cent" 12 percent. Other words keep their form: there is no stemming.
    """
    grouped = _GROUPED.sub(lambda match: re.sub(r"\D", "", match[0]), without_markers(text))
    lowered = unicodedata.normalize("NFKC", grouped).lower()
    lowered = _DOTTED.sub(lambda match: match[0].replace(".", ""), lowered)
    lowered = _SIGNED.sub(lambda match: f"{match[2]} {_MONEY[match[1]]} ", lowered)
    lowered = _CODED.sub(lambda match: f"{match[2]} {_MONEY[match[1]]} ", lowered)
    lowered = _APOSTROPHES.sub("", lowered).replace("%", " percent ").replace("per cent", "percent")
    words = [_MONEY.get(word, word) for word in _TOKEN.findall(lowered)]
    counted = list(_counted(words))
    return _dated([word for word in counted if word not in _ARTICLES] or counted)


def is_number(token: str) -> bool:
    """Whether a normal token is a number or begins with one: 10, 2.5, 11th."""
    return token[:1].isdigit()


def _counted(words: Sequence[str]) -> Iterator[str]:
    """The words with each run of number words as digits."""
    at = 0
    while at < len(words):
        used, value = _spelt_out(words, at)
        if used:
            yield str(value)
            at += used
        else:
            yield _figure(words[at])
            at += 1


def _spelt_out(words: Sequence[str], start: int) -> tuple[int, int]:
    """How many words from `start` spell one number, and the number; (0, 0) for none. "One hundred and five" is 105."""
    total, group, last, at = 0, 0, 0, start
    while at < len(words):
        word = words[at]
        if word in _UNITS and (last == 0 or (last == 10 and _UNITS[word] < 10) or last >= 100):
            group, last = group + _UNITS[word], 1
        elif word in _TENS and (last == 0 or last >= 100):
            group, last = group + _TENS[word], 10
        elif word == "hundred" and last in (0, 1) and group < 100:
            group, last = max(group, 1) * 100, 100
        elif word in _SCALES and last < 1_000:
            total, group, last = total + max(group, 1) * _SCALES[word], 0, 1_000
        elif not (word == "and" and last >= 100 and _starts_small(words, at + 1)):
            break
        at += 1
    return at - start, total + group


def _starts_small(words: Sequence[str], at: int) -> bool:
    return at < len(words) and (words[at] in _UNITS or words[at] in _TENS)


def _figure(word: str) -> str:
    if word in _ORDINALS:
        return f"{_ORDINALS[word]}{_ending(_ORDINALS[word])}"
    if not word[0].isdigit() or not word.replace(".", "").replace(",", "").isdigit():
        return word
    digits = word.replace(",", ".")
    whole, dot, rest = digits.partition(".")
    if "." in rest:
        return digits
    rest = rest.rstrip("0")
    return f"{whole.lstrip('0') or '0'}.{rest}" if dot and rest else whole.lstrip("0") or "0"


def _ending(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _dated(words: Sequence[str]) -> tuple[str, ...]:
    """The words with "3rd" as 3 beside a month."""
    return tuple(
        ordinal[1]
        if (ordinal := _ORDINAL_NUMBER.fullmatch(word)) and _MONTHS & set(words[max(0, at - 1) : at + 3])
        else word
        for at, word in enumerate(words)
    )
