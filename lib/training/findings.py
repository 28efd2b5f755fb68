"""What a health check finds in a training set, as values."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is, the gravest first."""

    STOP = "stop"
    WARN = "warn"
    NOTE = "note"


class FindingKind(StrEnum):
    """What was found, in the order in which it is shown among findings of one severity."""

    TOO_FEW = "too few"
    EVAL_OVERLAP = "overlap with an eval set"
    TOO_LONG = "too long"
    EMPTY_ANSWERS = "empty answers"
    CONTRADICTIONS = "contradictory answers"
    LEAKS = "leaks between the parts"
    PERSONAL_DATA = "personal data"
    DUPLICATES = "duplicates"
    NEAR_DUPLICATES = "near-duplicates"
    MIXED_FORMS = "mixed forms"
    MIXED_INSTRUCTIONS = "mixed instructions"
    BALANCE = "unbalanced"
    SMALL = "small"
    NOTHING_HELD_OUT = "nothing held out"
    NOT_VALIDATED = "nothing to validate with"
    SPOILED = "spoiled on purpose"
    TAKEN = "made from eval cases"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: a sentence with figures, what it would do to the model, and what to do about it.

    `groups` are ids of examples, those that belong together (the same question twice, say) in one group.
    """

    kind: FindingKind
    severity: Severity
    title: str
    effect: str
    way_out: str
    groups: tuple[tuple[str, ...], ...] = ()

    @property
    def examples(self) -> tuple[str, ...]:
        """The ids of all examples concerned, each once, in order."""
        return tuple(dict.fromkeys(id for group in self.groups for id in group))
