"""Splitting examples by a seed: train, validation and held-out, each with its share of every label, and apart.

Near-duplicates always go to one side: a held-out example that was nearly seen in training measures memory.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lib.errors import BadInput
from lib.training.labels import labelling_of
from lib.training.likeness import LikenessIndex, asked
from lib.training.set_rows import Part
from lib.training.values import TrainingExample, TrainingSet

_PARTS = (Part.TRAIN, Part.VALIDATION, Part.HELD_OUT)


@dataclass(frozen=True, slots=True)
class Shares:
    """Which share of the examples validates and which is held out; the rest is trained on."""

    validation: float = 0.15
    held_out: float = 0.2

    @property
    def train(self) -> float:
        """The share that is trained on."""
        return 1.0 - self.validation - self.held_out


def split(
    examples: Sequence[TrainingExample], *, seed: int, shares: Shares | None = None, name: str = ""
) -> TrainingSet:
    """The examples in three parts, each in the order given; the same seed gives the same parts.

    A part of a share of 0 stays empty. With too few examples for three parts, training gets the first. Raises
    BadInput for shares that leave nothing to train on.
    """
    chosen = _checked(shares or Shares())
    part_of: dict[int, Part] = {}
    missing = dict.fromkeys(_PARTS, 0.0)
    for groups in _by_label(examples, seed):
        total = sum(len(group) for group in groups)
        for part, share in zip(_PARTS, (chosen.train, chosen.validation, chosen.held_out), strict=True):
            missing[part] += share * total
        for group in groups:
            part = max(_PARTS, key=lambda one: (round(missing[one], 9), -_PARTS.index(one)))
            part_of |= dict.fromkeys(group, part)
            missing[part] -= len(group)
    parts = [tuple(example for number, example in enumerate(examples) if part_of[number] is part) for part in _PARTS]
    return TrainingSet(name, *parts)


def split_again(training_set: TrainingSet, *, seed: int, shares: Shares | None = None) -> TrainingSet:
    """The set's examples in new parts."""
    return replace(split(training_set.examples, seed=seed, shares=shares), name=training_set.name)


def _checked(shares: Shares) -> Shares:
    if min(shares.validation, shares.held_out) < 0 or shares.train < 0.1:
        raise BadInput(
            f"{shares.validation:.0%} for validation and {shares.held_out:.0%} held out leave {shares.train:.0%} to "
            "train on.",
            hint="Leave at least 10 % to train on.",
        )
    return shares


def _by_label(examples: Sequence[TrainingExample], seed: int) -> list[list[tuple[int, ...]]]:
    """Positions of examples that must stay together, by label of their first one, in an order that `seed` decides."""
    labelling = labelling_of(examples)
    together = LikenessIndex([asked(example) for example in examples]).groups()
    grouped = {number for group in together for number in group}
    groups = [*together, *((number,) for number in range(len(examples)) if number not in grouped)]
    rows: dict[str, list[tuple[int, ...]]] = {}
    for group in sorted(groups):
        label = labelling.label_of(examples[group[0]].output) if labelling else ""
        rows.setdefault(label, []).append(group)
    order = random.Random(seed)
    for label in sorted(rows):
        order.shuffle(rows[label])
        rows[label].sort(key=len, reverse=True)
    return [rows[label] for label in sorted(rows)]
