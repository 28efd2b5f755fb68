"""What a sentence claims, as far as words show it: its words, its numbers with their units, its names, its negation."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

_MARKER = re.compile(r"\[\d{1,3}\]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_MOST_NAMES = 3
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATION = re.compile(r"\b(?:not|no|never|none|neither|nor|without|cannot|\w+n['’]t)\b", re.IGNORECASE)
_COMMON = (
    "a about according all also an and any are as at be been being both but by can could did do does document "
    "documents each for from had has have he her his how i if in into is it its may me might must my of on one or "
    "our shall she should so some such than that the their them then there these they this those to too up upon "
    "us was we were what when where which while who whom whose why will with would yes you your"
)
_STOP_WORDS = frozenset(_COMMON.split())
_NEGATORS = frozenset({"not", "no", "never", "none", "neither", "nor", "without", "cannot"})
# "one" is left out: it is a pronoun as often as a number.
_UNDER_TWENTY_ONE = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
)
_SPELT_OUT = {word: str(number) for number, word in enumerate(_UNDER_TWENTY_ONE.split(), start=2)} | {
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it is compared, and the stem of the word after it where that says what is counted."""

    number: str
    unit: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence as it is compared: stems of its words of substance, quantities, names (lower case), negation.

    `surroundings` are words that stand around it, in its heading and document name: names may be found there.
    """

    stems: frozenset[str]
    quantities: frozenset[Quantity]
    names: frozenset[str]
    negated: bool
    surroundings: frozenset[str]

    def is_carried_by(self, other: "Claim") -> bool:
        """Whether every number with its unit and every name stands in the other, and neither denies the other."""
        return self.negated == other.negated and not self.quantities_missing(other) and not self.names_missing(other)

    def quantities_missing(self, other: "Claim") -> frozenset[Quantity]:
        """The quantities whose number, or whose unit, does not stand in the other."""
        numbers = {quantity.number for quantity in other.quantities}
        return frozenset(
            quantity
            for quantity in self.quantities
            if quantity.number not in numbers or (quantity.unit and quantity.unit not in other.stems)
        )

    def without_values(self) -> "Claim":
        """The same without its numbers and names; the whole where nothing else is left."""
        values = {quantity.number for quantity in self.quantities} | set(_stems(sorted(self.names)))
        rest = self.stems - values
        return replace(self, stems=rest) if rest else self

    def names_missing(self, other: "Claim") -> frozenset[str]:
        """The names that stand neither in the other nor around it."""
        return self.names - other.names - other.surroundings


def claim_of(sentence: str, *, heading: str = "") -> Claim:
    """Read a sentence; citation markers such as [2] are no part of what it says."""
    text = _MARKER.sub(" ", sentence)
    words = [match.group() for match in _WORD.finditer(text)]
    lowered = [_SPELT_OUT.get(word.lower(), word.lower()) for word in words]
    content = [word for word in lowered if _is_content(word)]
    surroundings = frozenset(word.lower() for word in _WORD.findall(f"{heading} {text}"))
    return Claim(
        frozenset(_stems(content)),
        _quantities(text),
        _names(words),
        bool(_NEGATION.search(text)),
        surroundings,
    )


def weights_of(claims: Sequence[Claim]) -> dict[str, float]:
    """How rare each stem is among these sentences: ln(1 + n / how many hold it). Unknown stems weigh ln(1 + n)."""
    counts: dict[str, int] = {}
    for claim in claims:
        for stem in claim.stems:
            counts[stem] = counts.get(stem, 0) + 1
    return {stem: math.log(1 + len(claims) / count) for stem, count in counts.items()} | {"": math.log(1 + len(claims))}


def words_shared(claim: Claim, other: Claim, weights: dict[str, float]) -> float:
    """The share (0 to 1) of the claim's words that the other holds, each weighted by how rare it is."""
    unknown = weights[""]
    total = sum(weights.get(stem, unknown) for stem in claim.stems)
    shared = sum(weights.get(stem, unknown) for stem in claim.stems & other.stems)
    return shared / total if total else 0.0


def shown_quantity(quantity: Quantity, text: str) -> str:
    """The quantity as the text writes it, with the word that it counts; the bare number if it is not there."""
    tokens = [match.group() for match in _TOKEN.finditer(_MARKER.sub(" ", text))]
    for position, token in enumerate(tokens):
        if _number(token) == quantity.number:
            unit = tokens[position + 1] if quantity.unit and position + 1 < len(tokens) else ""
            return f"{token} {unit}".strip()
    return quantity.number


def shown_names(names: Iterable[str], text: str) -> str:
    """The names as the text writes them, in its order; words that stand side by side are one name. At most three."""
    wanted, found, last = set(names), list[str](), -2
    for position, word in enumerate(_WORD.findall(text)):
        if not word.islower() and re.sub(r"['’]s$", "", word.lower()) in wanted:
            found[-1:] = [f"{found[-1]} {word}"] if found and position == last + 1 else [*found[-1:], word]
            last = position
    return " and ".join(tuple(dict.fromkeys(found))[:_MOST_NAMES])


def denies(text: str) -> bool:
    """Whether it holds a word that negates."""
    return bool(_NEGATION.search(text))


def is_substance(token: str) -> bool:
    """Whether a word says something by itself: neither grammar nor a negation."""
    return _is_content(token.lower())


def stem_of(token: str) -> str:
    """The stem by which words are compared."""
    return _stems([token.lower()])[0]


def number_of(token: str) -> str:
    """The digits of a number, in figures or spelt out to twenty, without separators; "" for a word that is none."""
    return _number(token)


def _is_content(word: str) -> bool:
    return word not in _STOP_WORDS and word not in _NEGATORS and not word.endswith(("n't", "n’t"))


def _stems(words: Sequence[str]) -> list[str]:
    import Stemmer

    stems: list[str] = Stemmer.Stemmer("english").stemWords([re.sub(r"['’]s$", "", word) for word in words])
    return stems


def _quantities(text: str) -> frozenset[Quantity]:
    tokens = _TOKEN.findall(text)
    found = []
    for position, token in enumerate(tokens):
        number = _number(token)
        if number:
            following = tokens[position + 1].lower() if position + 1 < len(tokens) else ""
            counts_something = following.isalpha() and _is_content(following) and len(following) > 2
            found.append(Quantity(number, _stems([following])[0] if counts_something else ""))
    return frozenset(found)


def _number(token: str) -> str:
    """The digits of a number without thousands separators or trailing zeros; "" for a word that is none."""
    spelt = _SPELT_OUT.get(token.lower())
    if spelt:
        return spelt
    if not _NUMBER.fullmatch(token):
        return ""
    digits = re.sub(r",(?=\d{3}(?:\D|$))", "", token).replace(",", ".")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits.lstrip("0") or "0"


def _names(words: Sequence[str]) -> frozenset[str]:
    """Words with a capital inside the sentence, or letters mixed with digits: products, people, places, days.

    The first word has a capital anyway, so it counts only with the rest of a name after it.
    """
    found = {word.lower() for word in words[1:] if word[0].isupper() and word.lower() not in _STOP_WORDS}
    found |= {word.lower() for word in words if re.search(r"\d", word) and re.search(r"[^\W\d_]", word)}
    if len(words) > 1 and words[1][0].isupper() and words[0].lower() not in _STOP_WORDS:
        found.add(words[0].lower())
    return frozenset(re.sub(r"['’]s$", "", name) for name in found - _NEGATORS)
