"""Is a training set fit to be learnt from? Everything found, how grave it is, what it would do, and the way out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lib.records import EvalSet
from lib.training.checked import Checked
from lib.training.findings import Finding, FindingKind, Severity
from lib.training.health_checks import CHECKS
from lib.training.health_pairs import PAIR_CHECKS
from lib.training.labels import Labelling, labelling_of
from lib.training.lengths import Lengths, TokenCount, lengths_of
from lib.training.set_files import parts_of
from lib.training.set_rows import Part
from lib.training.values import TrainingSet


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How many examples have a label: to train on, to validate, held out."""

    label: str
    train: int
    validation: int
    held_out: int


@dataclass(frozen=True, slots=True)
class HealthReport:
    """How a set stands; `findings` come gravest first. `labels` are by number to train on, empty for free text.

    `label_field` is the JSON field that holds the label, empty where the whole output does. `lengths` are None where
    nothing could be counted.
    """

    findings: tuple[Finding, ...]
    labels: tuple[LabelCount, ...] = ()
    label_field: str = ""
    lengths: Lengths | None = None

    @property
    def stops(self) -> tuple[Finding, ...]:
        """What must be mended before training."""
        return self.of(Severity.STOP)

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings that are so grave."""
        return tuple(finding for finding in self.findings if finding.severity is severity)


def check_health(
    training_set: TrainingSet, eval_sets: Sequence[EvalSet] = (), *, tokens: TokenCount | None = None
) -> HealthReport:
    """Everything found in the set; `eval_sets` are those that the model will be judged by.

    Without `tokens` the lengths are not looked at.
    """
    examples = training_set.examples
    lengths = lengths_of(examples, tokens) if tokens else None
    labelling = labelling_of(examples)
    checked = Checked(training_set, tuple(eval_sets), labelling, lengths)
    findings = [finding for check in (*CHECKS, *PAIR_CHECKS) for finding in check(checked)]
    severities, kinds = list(Severity), list(FindingKind)
    findings.sort(key=lambda one: (severities.index(one.severity), kinds.index(one.kind)))
    labels = _label_counts(training_set, labelling) if labelling else ()
    return HealthReport(tuple(findings), labels, labelling.field if labelling else "", lengths)


def _label_counts(training_set: TrainingSet, labelling: Labelling) -> tuple[LabelCount, ...]:
    counts: Counter[tuple[str, Part]] = Counter(
        (labelling.label_of(example.output), part) for example, part in parts_of(training_set)
    )
    labels = sorted({label for label, _ in counts}, key=lambda label: (-counts[label, Part.TRAIN], label))
    return tuple(LabelCount(label, *(counts[label, part] for part in Part)) for label in labels)
