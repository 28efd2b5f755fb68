"""What a health check finds by comparing examples with each other and with eval cases."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from lib.training.checked import Check, Checked, each, examples_in_words
from lib.training.findings import Finding, FindingKind, Severity
from lib.training.likeness import asked, plain_words
from lib.training.overlap import find_overlap
from lib.training.set_rows import Part
from lib.training.values import TrainingExample

_HAS_NUMBER = re.compile(r"\d")
_PAIRS_LOOKED_AT = 2_000


def _overlap(checked: Checked) -> Iterator[Finding]:
    found = find_overlap(checked.training_set, checked.eval_sets)
    if found:
        names = ", ".join(dict.fromkeys(one.eval_set for one in found))
        yield Finding(
            FindingKind.EVAL_OVERLAP,
            Severity.STOP,
            f"{examples_in_words(len(found))} asking what the eval set {names} asks",
            "The model would be judged by questions that it has seen: good answers would prove nothing.",
            "Remove them from the training set.",
            each(one.example for one in found),
        )


def _contradictions(checked: Checked) -> Iterator[Finding]:
    found = [group for group in checked.same if len({checked.answer(one) for one in group}) > 1]
    told = {example.id for group in found for example in group}
    if checked.labelling is not None:
        found += [pair for pair in _contrary_pairs(checked) if not told.issuperset(one.id for one in pair)]
    if found:
        yield Finding(
            FindingKind.CONTRADICTIONS,
            Severity.WARN,
            f"{len(found):,} time{'' if len(found) == 1 else 's'} the same or nearly the same input has different "
            "answers",
            "The model cannot tell which is right, learns to guess, and the loss never falls below that guess.",
            "Decide which answer holds and mend the others; or remove all that contradict each other.",
            tuple(tuple(one.id for one in group) for group in found),
        )


def _contrary_pairs(checked: Checked) -> Iterator[tuple[TrainingExample, TrainingExample]]:
    """Pairs that ask nearly the same, with the same numbers, and have different labels."""
    looked_at = 0
    for group in checked.near:
        for one, other in combinations(group, 2):
            looked_at += 1
            if looked_at > _PAIRS_LOOKED_AT:
                return
            if checked.answer(one) != checked.answer(other) and _numbers(one) == _numbers(other):
                yield one, other


def _duplicates(checked: Checked) -> Iterator[Finding]:
    again = [group for group in checked.same if len({checked.answer(one) for one in group}) == 1]
    if again:
        extra = sum(len(group) - 1 for group in again)
        yield Finding(
            FindingKind.DUPLICATES,
            Severity.WARN,
            f"{examples_in_words(extra)} asking and answering what another one does",
            "What stands twice counts twice: the model leans towards it and learns it by heart.",
            "Keep one of each.",
            _ids(again),
        )
    same = {example.id for group in checked.same for example in group}
    near = [group for group in checked.near if not same.issuperset(example.id for example in group)]
    if near:
        yield Finding(
            FindingKind.NEAR_DUPLICATES,
            Severity.NOTE,
            f"{len(near):,} group{'' if len(near) == 1 else 's'} of nearly the same input, {_sum(near):,} examples",
            "They add little that is new. A split by seed keeps them on one side.",
            "Reword some of them, or keep the best of each group.",
            _ids(near),
        )


def _leaks(checked: Checked) -> Iterator[Finding]:
    across = [group for group in checked.near if len({checked.part_of[one.id] for one in group}) > 1]
    if across:
        held = sum(any(checked.part_of[one.id] is Part.HELD_OUT for one in group) for group in across)
        yield Finding(
            FindingKind.LEAKS,
            Severity.WARN,
            f"{len(across):,} time{'' if len(across) == 1 else 's'} nearly the same input stands in two parts"
            + (f", {held:,} of them held out" if held else ""),
            "Scores on the other part then measure memory, and look better than the model is.",
            "Split again: near-duplicates are kept on one side. Or remove them from training.",
            _ids(across),
        )


def _numbers(example: TrainingExample) -> frozenset[str]:
    return frozenset(word for word in plain_words(asked(example)) if _HAS_NUMBER.search(word))


def _sum(groups: Iterable[Sequence[TrainingExample]]) -> int:
    return sum(len(group) for group in groups)


def _ids(groups: Iterable[Sequence[TrainingExample]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(example.id for example in group) for group in groups)


PAIR_CHECKS: tuple[Check, ...] = (_overlap, _contradictions, _duplicates, _leaks)
