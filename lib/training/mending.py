"""What can be done about a finding in one click: functions from a set and a finding to the set without it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from lib.domain import Message
from lib.training.findings import Finding, FindingKind
from lib.training.overlap import without
from lib.training.personal import with_masks
from lib.training.set_files import parts_of
from lib.training.set_rows import Part
from lib.training.splitting import split_again
from lib.training.values import TrainingExample, TrainingSet

Change = Callable[[TrainingSet, Finding], TrainingSet]


@dataclass(frozen=True, slots=True)
class Mend:
    """One way out of a finding: what its button says, and what it does."""

    label: str
    change: Change


def mend_for(kind: FindingKind) -> Mend | None:
    """The way out of findings of that kind that needs no person to decide; None where one must."""
    return _MENDS.get(kind)


def with_instruction(training_set: TrainingSet, instruction: str) -> TrainingSet:
    """The set with that system message before every conversation, in place of what stood there; none if empty."""
    system = (Message("system", instruction.strip()),) if instruction.strip() else ()

    def told(example: TrainingExample) -> TrainingExample:
        turns = tuple(message for message in example.messages if message.role != "system")
        return replace(example, messages=(*system, *turns))

    return changed(training_set, told)


def changed(training_set: TrainingSet, change: Callable[[TrainingExample], TrainingExample]) -> TrainingSet:
    """The set with every example changed, each in its part."""
    return replace(
        training_set,
        train=tuple(change(example) for example in training_set.train),
        validation=tuple(change(example) for example in training_set.validation),
        held_out=tuple(change(example) for example in training_set.held_out),
    )


def _remove(training_set: TrainingSet, finding: Finding) -> TrainingSet:
    return without(training_set, frozenset(finding.examples))


def _keep_one(training_set: TrainingSet, finding: Finding) -> TrainingSet:
    """Of each group one is left: the held-out one before others, so that held-out scores stay what they were."""
    part_of = {example.id: part for example, part in parts_of(training_set)}
    order = (Part.HELD_OUT, Part.VALIDATION, Part.TRAIN)
    kept = {min(group, key=lambda id: order.index(part_of[id])) for group in finding.groups}
    return without(training_set, frozenset(finding.examples) - kept)


def _mask(training_set: TrainingSet, finding: Finding) -> TrainingSet:
    concerned = set(finding.examples)
    return changed(training_set, lambda one: with_masks(one) if one.id in concerned else one)


def _split(training_set: TrainingSet, _finding: Finding) -> TrainingSet:
    return split_again(training_set, seed=0)


def _one_instruction(training_set: TrainingSet, _finding: Finding) -> TrainingSet:
    said = Counter(one.messages[0].content for one in training_set.examples if one.messages[0].role == "system")
    return with_instruction(training_set, said.most_common(1)[0][0] if said else "")


_MENDS = {
    FindingKind.EVAL_OVERLAP: Mend("Remove them", _remove),
    FindingKind.TOO_LONG: Mend("Remove them", _remove),
    FindingKind.EMPTY_ANSWERS: Mend("Remove them", _remove),
    FindingKind.CONTRADICTIONS: Mend("Remove all that contradict", _remove),
    FindingKind.MIXED_FORMS: Mend("Remove them", _remove),
    FindingKind.DUPLICATES: Mend("Keep one of each", _keep_one),
    FindingKind.NEAR_DUPLICATES: Mend("Keep one of each group", _keep_one),
    FindingKind.PERSONAL_DATA: Mend("Mask it", _mask),
    FindingKind.LEAKS: Mend("Split again", _split),
    FindingKind.NOT_VALIDATED: Mend("Split the set", _split),
    FindingKind.NOTHING_HELD_OUT: Mend("Split the set", _split),
    FindingKind.MIXED_INSTRUCTIONS: Mend("Give all the commonest one", _one_instruction),
}
