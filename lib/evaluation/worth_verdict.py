"""Whether a training was worth it, in a sentence, and what would change that: made from the measured figures alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.evaluation.intervals import PairedDifference
from lib.evaluation.scoring import Measure
from lib.evaluation.worth_figures import EXACT, LIKENESS, STYLE, TOKENS, difference, figures, forgotten, main_measure
from lib.evaluation.worth_records import Contender, Familiarity, Worth

_MEMORY_GAP = 0.15
"""Seen rows this much better than unseen ones are learnt by heart rather than understood."""
_FEW_ROWS = 20


@dataclass(frozen=True, slots=True)
class WorthVerdict:
    """`worth_it` is None where the rows cannot tell. `reasons` rest on figures; `changes` are what would change it."""

    worth_it: bool | None
    sentence: str
    reasons: tuple[str, ...]
    changes: tuple[str, ...]


def verdict(worth: Worth) -> WorthVerdict:
    """Fine-tuned against base, few-shot and the floor on the unseen rows, by the set's main measure.

    It was worth it if it is told apart from every one of them and better. For a set of free texts the floor copies a
    training answer, style and all: there it is compared by the words that the wanted answer has.
    """
    measure = main_measure(worth.form)
    against = {rival: difference(worth, _measure(measure, rival), rival, Contender.FINE_TUNED) for rival in _RIVALS}
    against = {rival: found for rival, found in against.items() if found.cases}
    if not against:
        return WorthVerdict(None, "Nothing has been compared yet.", (), ())
    worth_it = _decided(against)
    reasons = [f"{_title(measure, rival)}: {found.sentence}" for rival, found in against.items()]
    saved = _saved(worth)
    memory = forgotten(worth)
    reasons += [saved] * bool(saved) + ([memory.sentence] if memory else [])
    return WorthVerdict(
        worth_it, _sentence(worth, measure, worth_it, against), tuple(reasons), _changes(worth, against)
    )


_RIVALS = (Contender.BASE, Contender.FEW_SHOT, Contender.FLOOR)


def tokens_saved(worth: Worth) -> PairedDifference:
    """Tokens that the fine-tuned prompt is shorter than the few-shot one (few-shot minus fine-tuned), row by row."""
    return difference(worth, TOKENS, Contender.FINE_TUNED, Contender.FEW_SHOT)


def _measure(measure: Measure, rival: Contender) -> Measure:
    return LIKENESS if measure is STYLE and rival is Contender.FLOOR else measure


def _title(measure: Measure, rival: Contender) -> str:
    return f"{_measure(measure, rival).title}, against {_names(rival)}"


def _beaten(found: PairedDifference) -> bool:
    return found.told_apart and found.difference > 0


def _decided(against: Mapping[Contender, PairedDifference]) -> bool | None:
    """True if every rival is beaten; False if one wins, or the floor is not even lower; else the rows cannot tell."""
    if all(map(_beaten, against.values())):
        return True
    lost = any(found.told_apart and found.difference < 0 for found in against.values())
    floor = against.get(Contender.FLOOR)
    return False if lost or (floor is not None and floor.difference <= 0) else None


def _sentence(
    worth: Worth, measure: Measure, worth_it: bool | None, against: Mapping[Contender, PairedDifference]
) -> str:
    found = figures(worth, Contender.FINE_TUNED).metric(measure.name)
    reached = (
        f"{measure.title}: {measure.shown(found.value)} of {found.cases} held-out rows" if found else measure.title
    )
    if worth_it:
        return f"It was worth it. {reached}, better than {_listed(list(against))}."
    if worth_it is None:
        return f"Not decided. {reached}; these rows cannot tell it apart from {_listed(_unbeaten(against))}."
    floor = against.get(Contender.FLOOR)
    if floor is not None and floor.difference <= 0:
        level = f"Not worth it yet. {reached}; copying the nearest training example does as well, without training."
        return f"{level} {_whole_answers_ahead(worth)}".rstrip()
    return f"Not worth it. {reached}; {_listed(_unbeaten(against))} does better."


def _whole_answers_ahead(worth: Worth) -> str:
    """That whole answers are right more often than the floor's, where they are."""
    found = difference(worth, EXACT, Contender.FLOOR, Contender.FINE_TUNED)
    tuned, floor = (figures(worth, one).metric(EXACT.name) for one in (Contender.FINE_TUNED, Contender.FLOOR))
    if not _beaten(found) or tuned is None or floor is None:
        return ""
    return f"Whole answers are another matter: {EXACT.shown(tuned.value)} exact, the copies {EXACT.shown(floor.value)}."


def _unbeaten(against: Mapping[Contender, PairedDifference]) -> list[Contender]:
    return [rival for rival, found in against.items() if not _beaten(found)]


def _changes(worth: Worth, against: Mapping[Contender, PairedDifference]) -> tuple[str, ...]:
    said = []
    floor = against.get(Contender.FLOOR)
    if floor and not _beaten(floor):
        said.append("Beat the floor: more and more varied examples, or keep the look-up, which costs nothing.")
    few_shot = against.get(Contender.FEW_SHOT)
    if few_shot and not _beaten(few_shot):
        said.append("Few-shot does as well: training then pays only by its shorter prompt and its speed.")
    needed = [one.cases_needed for one in against.values() if one.cases_needed]
    if needed:
        said.append(f"More held-out rows: about {max(needed):,} would tell these differences apart from luck.")
    if _learnt_by_heart(worth):
        said.append(
            "It knows seen rows much better than unseen ones: fewer epochs, or more examples of other wordings."
        )
    memory = forgotten(worth)
    if memory and memory.difference.told_apart and memory.difference.difference < 0:
        said.append("It forgets general skills: fewer epochs, a lower rank, or a lower learning rate.")
    if worth.trained_on < _FEW_ROWS:
        said.append(f"{worth.trained_on} training rows are few; twice as many is the first thing to try.")
    return tuple(said)


def _learnt_by_heart(worth: Worth) -> bool:
    name = main_measure(worth.form).name
    seen = figures(worth, Contender.FINE_TUNED, Familiarity.SEEN).metric(name)
    unseen = figures(worth, Contender.FINE_TUNED).metric(name)
    return seen is not None and unseen is not None and seen.value - unseen.value > _MEMORY_GAP


def _saved(worth: Worth) -> str:
    found = tokens_saved(worth)
    if not found.cases or found.difference <= 0:
        return ""
    around = "" if found.low is None else f" ({found.low:,.0f} to {found.high:,.0f})"
    return f"Each fine-tuned prompt is {found.difference:,.0f} tokens{around} shorter than the few-shot one."


def _names(rival: Contender) -> str:
    named = {Contender.BASE: "the base", Contender.FEW_SHOT: "few-shot", Contender.FLOOR: "the nearest-neighbour floor"}
    return named.get(rival, str(rival))


def _listed(rivals: Sequence[Contender]) -> str:
    names = [_names(rival) for rival in rivals]
    return " and ".join([*([", ".join(names[:-1])] if names[:-1] else []), *names[-1:]])
