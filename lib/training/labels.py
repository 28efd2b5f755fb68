"""Which of a few answers an example has: the whole output, or the JSON field that tells examples apart best."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lib.training.values import TrainingExample

EXAMPLES_PER_LABEL = 3
"""Values are labels when each occurs so often on average."""
_LONGEST_LABEL = 80
_READ = 0.9
"""So large a share of the outputs must have the field: a few broken ones do not hide it."""


@dataclass(frozen=True, slots=True)
class Labelling:
    """How a set's outputs are labelled: by the JSON field of that name, or, with no name, by the whole output."""

    field: str = ""

    def label_of(self, output: str) -> str:
        """The label of an output, "" where it has none."""
        if not self.field:
            return " ".join(output.split())
        value = (json_object(output) or {}).get(self.field)
        return "" if value is None or isinstance(value, list | dict) else _as_text(value)


def labelling_of(examples: Sequence[TrainingExample]) -> Labelling | None:
    """How these outputs are labelled; None for free text, where no few answers recur.

    Of several JSON fields the one with most values is taken, the first of them in a tie.
    """
    outputs = [example.output for example in examples]
    objects = [found for output in outputs if (found := json_object(output)) is not None]
    if len(objects) < _READ * len(outputs) or not outputs:
        return Labelling() if _recurring([Labelling().label_of(output) for output in outputs]) else None
    names = dict.fromkeys(name for one in objects for name in one)
    counted = {name: _recurring([Labelling(name).label_of(output) for output in outputs]) for name in names}
    best = max(counted, key=lambda name: counted[name], default="")
    return Labelling(best) if best and counted[best] else None


def json_object(output: str) -> dict[str, object] | None:
    """The output as a JSON object; None for anything else."""
    if not output.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(output)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _recurring(labels: Sequence[str]) -> int:
    """How many different labels there are; 0 if they are no labels: too few, too many, too long, or often missing."""
    counts = Counter(label for label in labels if label)
    there = counts.total()
    few = len(counts) >= 2 and EXAMPLES_PER_LABEL * len(counts) <= there
    short = all(len(label) <= _LONGEST_LABEL for label in counts)
    return len(counts) if few and short and there >= _READ * len(labels) else 0


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
