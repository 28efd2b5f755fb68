"""The verdict on one statement from what was compared: supported, partly, contradicted or unsupported, and why.

Deliberately hard to please. A statement is supported only if one sentence carries most of its words and its meaning,
all its numbers with their units and all its names, and neither denies what the other says. It is contradicted only if
a sentence about the same thing has another number or name in the place, or denies it. What is reworded beyond that
reads as unsupported, never the other way round, and is marked unsure where the score says otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.domain import Passage, Sentence
from lib.evaluation.answer_metrics import gold_contained
from lib.evaluation.claims import Claim, Quantity, shown_names, shown_quantity
from lib.records import Gap, Support

MIN_SHARED_WORDS = 0.6
"""Share of the statement's words, weighted by rarity, that the sentence must hold."""
MIN_COSINE = 0.5
"""Likeness in meaning below which shared words are taken for a coincidence."""
SAME_THING_WORDS = 0.6
SAME_THING_COSINE = 0.6
"""What a sentence shares with a statement, numbers and names left out, when both are about the same thing."""
SAME_THING_WORDS_FOR_NAMES = 0.75
"""The same where the difference is a name: a sentence names more things than it counts."""
UNSURE_FROM, UNSURE_TO = 0.35, 0.8
"""Scores between these are too near the border to be sure of."""

OUT_OF_PLACE = 0.5
"""A score below which words that stand in a sentence are taken to answer another question than the one asked."""
VERBATIM_COSINE = 0.93
"""Likeness from which a statement that a sentence carries is that sentence, whatever the question."""
SURE_SCORE = UNSURE_TO
"""A score from which a sentence that carries every number and name is believed with fewer words shared."""

_SOME_WORDS = 0.35
_HARDLY_ANY_WORDS = 0.2
_MOST_WORDS = 0.8
_YEAR_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement with what it claims and its score; `asked` is what its question says, None where there is none."""

    text: str
    claim: Claim
    score: float
    asked: Claim | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A sentence beside a statement, 0 to 1: the statement's words that it holds, and their likeness in meaning.

    `shared_rest` leaves the statement's numbers and names out: it tells whether both are about the same thing.
    """

    passage: Passage
    sentence: Sentence
    claim: Claim
    shared: float
    shared_rest: float
    cosine: float

    @property
    def closeness(self) -> float:
        """How close it comes, by words and meaning."""
        return (self.shared + max(0.0, self.cosine)) / 2

    @property
    def document(self) -> str:
        """Whose sentence it is."""
        return self.passage.chunk.document


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, why, whether it is near the border, and the sentence that tells."""

    support: Support
    gap: Gap
    reason: str
    unsure: bool = False
    told_by: Compared | None = None


@dataclass(frozen=True, slots=True)
class _Missing:
    """The numbers and names of a statement that a sentence does not have, and whether it has any others of them."""

    quantities: frozenset[Quantity]
    names: frozenset[str]
    some_held: bool

    def __bool__(self) -> bool:
        return bool(self.quantities or self.names)


def finding(stated: Stated, compared: Sequence[Compared]) -> Finding:
    """The verdict on a statement beside the sentences that come nearest to it; none at all makes it unsupported."""
    if not compared:
        return Finding(Support.UNSUPPORTED, Gap.NO_OVERLAP, "There is no passage that could say so.")
    nearest_first = sorted(compared, key=lambda one: -one.closeness)
    return (
        _supported(stated, nearest_first)
        or _contradicted(stated, nearest_first)
        or _partly(stated, nearest_first)
        or _unsupported(stated, nearest_first)
    )


def _supported(stated: Stated, compared: Sequence[Compared]) -> Finding | None:
    """The nearest sentence that carries the statement; partly where that sentence answers something else."""
    for one in compared:
        wanted = _SOME_WORDS if stated.asked is not None and stated.score >= SURE_SCORE else MIN_SHARED_WORDS
        same = one.claim.negated == stated.claim.negated
        if one.shared < wanted or not same or _missing(stated, one):
            continue
        if one.cosine < MIN_COSINE and not _quoted(stated, one):
            continue
        sure = one.cosine >= VERBATIM_COSINE or stated.score >= UNSURE_TO
        if not sure and stated.asked is not None and stated.score < OUT_OF_PLACE:
            gap = Gap.NUMBER if stated.claim.quantities else Gap.ENTITY if stated.claim.names else Gap.OTHER_WORDS
            reason = f"The words stand in {one.document}, but something else stands nearer to what was asked."
            return Finding(Support.PARTLY, gap, reason, unsure=True, told_by=one)
        return Finding(Support.SUPPORTED, Gap.NONE, f"{one.document} says so.", not sure, one)
    return None


def _quoted(stated: Stated, one: Compared) -> bool:
    """A few words of a long sentence are not like all of it: if they fit the question, standing there is enough."""
    fits = stated.asked is not None and stated.score >= SURE_SCORE
    return fits and gold_contained(one.sentence.text, stated.text)


def _missing(stated: Stated, one: Compared) -> _Missing:
    """What the sentence lacks; what the question has already need not be repeated if the score is sure."""
    claim, asked = stated.claim, stated.asked
    quantities, names = claim.quantities_missing(one.claim), claim.names_missing(one.claim)
    known = asked.names if asked is not None else frozenset()
    given = {quantity.number for quantity in asked.quantities} if asked is not None else set()
    if stated.score >= SURE_SCORE:
        names -= known
        quantities = frozenset(quantity for quantity in quantities if quantity.number not in given)
    held = {quantity for quantity in claim.quantities - quantities if quantity.number not in given}
    return _Missing(quantities, names, bool(held or claim.names - names - known))


def _contradicted(stated: Stated, compared: Sequence[Compared]) -> Finding | None:
    """The nearest sentence about the same thing that says otherwise; None where none clearly does."""
    for one in compared:
        if one.shared_rest < SAME_THING_WORDS or one.cosine < SAME_THING_COSINE:
            continue
        if stated.claim.negated != one.claim.negated:
            said, unsure = _denial(stated, one), False
        else:
            said, unsure = _other_number(stated, one) or _other_name(stated, one), stated.score >= UNSURE_FROM
        if said is not None:
            return Finding(Support.CONTRADICTED, *said, unsure, one)
    return None


def _other_number(stated: Stated, one: Compared) -> tuple[Gap, str] | None:
    missing = _missing(stated, one)
    own = {quantity.number for quantity in stated.claim.quantities}
    if missing.names:
        return None
    for quantity in sorted(missing.quantities, key=lambda quantity: quantity.number):
        others = [other for other in one.claim.quantities if other.number not in own]
        rivals = [other for other in others if _alike(other, quantity, alone=len(others) == 1)]
        if rivals:
            says = shown_quantity(min(rivals, key=lambda other: other.number), one.sentence.text)
            return Gap.NUMBER, _other_words(one, says, shown_quantity(quantity, stated.text))
    return None


def _alike(one: Quantity, other: Quantity, *, alone: bool) -> bool:
    """Whether both count the same thing, or are years, or the unit is left out and no other number stands there."""
    years = [len(each.number) == _YEAR_DIGITS and each.number[0] in "12" for each in (one, other)]
    if one.unit and other.unit:
        return one.unit == other.unit
    return all(years) or (alone and not any(years))


def _other_name(stated: Stated, one: Compared) -> tuple[Gap, str] | None:
    missing = _missing(stated, one)
    rivals = one.claim.names - stated.claim.names - stated.claim.surroundings
    if missing.quantities or not missing.names or not rivals or one.shared_rest < SAME_THING_WORDS_FOR_NAMES:
        return None
    says, states = shown_names(rivals, one.sentence.text), shown_names(missing.names, stated.text)
    return Gap.ENTITY, _other_words(one, says, states)


def _other_words(one: Compared, says: str, states: str) -> str:
    return f"{one.document} says {says}; the statement says {states}."


def _denial(stated: Stated, one: Compared) -> tuple[Gap, str] | None:
    """A denial of what a sentence says; or a sentence that is little more than the statement, denied."""
    if _missing(stated, one):
        return None
    if stated.claim.negated:
        return Gap.NEGATION, f"The statement denies what {one.document} says."
    mutual = len(stated.claim.stems & one.claim.stems) / max(len(one.claim.stems), 1)
    if one.shared < _MOST_WORDS or mutual < MIN_SHARED_WORDS:
        return None
    return Gap.NEGATION, f"{one.document} denies what the statement says."


def _partly(stated: Stated, compared: Sequence[Compared]) -> Finding | None:
    """A sentence on the same thing that carries some of the numbers and names, or all of them in other words."""
    for one in compared:
        if one.claim.negated != stated.claim.negated:
            continue
        missing, same_thing = _missing(stated, one), one.shared >= _SOME_WORDS and one.cosine >= MIN_COSINE
        if missing and missing.some_held and same_thing:
            gap, words = _gap_of(stated, missing)
            return Finding(Support.PARTLY, gap, f"{one.document} says part of it; {words}.", _near(stated), one)
        sure = stated.asked is not None and stated.score >= SURE_SCORE and stated.claim.stems & one.claim.stems
        if not missing and (sure or (same_thing and stated.score >= UNSURE_FROM)):
            reason = f"{one.document} says something like it, in other words."
            return Finding(Support.PARTLY, Gap.OTHER_WORDS, reason, unsure=True, told_by=one)
    return None


def _unsupported(stated: Stated, compared: Sequence[Compared]) -> Finding:
    best = compared[0]
    missing = _missing(stated, best)
    gap, words = _gap_of(stated, missing)
    unsure = stated.score >= UNSURE_FROM
    if best.shared < _HARDLY_ANY_WORDS:
        return Finding(Support.UNSUPPORTED, Gap.NO_OVERLAP, "No sentence found is about this.", unsure, best)
    if stated.claim.negated != best.claim.negated and not missing:
        return Finding(
            Support.UNSUPPORTED,
            Gap.NEGATION,
            "Of the statement and the nearest sentence only one denies it.",
            unsure,
            best,
        )
    reason = f"In the nearest sentence {words}." if missing else "The nearest sentence says something else."
    return Finding(Support.UNSUPPORTED, gap, reason, unsure, best)


def _gap_of(stated: Stated, missing: _Missing) -> tuple[Gap, str]:
    """What is missing, as the end of a sentence."""
    if missing.quantities:
        shown = sorted(shown_quantity(quantity, stated.text) for quantity in missing.quantities)
        return Gap.NUMBER, f"{' and '.join(shown)} is missing" if len(
            shown
        ) == 1 else f"{' and '.join(shown)} are missing"
    if missing.names:
        return Gap.ENTITY, f"the name {shown_names(missing.names, stated.text)} is missing"
    return Gap.OTHER_WORDS, "other words stand"


def _near(stated: Stated) -> bool:
    return UNSURE_FROM <= stated.score < UNSURE_TO
