"""Training examples that ask what an eval set asks: a model that has seen the questions proves nothing by its answers.

Train and validation examples count; held-out ones are never learnt from. A case that was made into an example on
purpose carries a tag that says so (`set_making`), and is no overlap: its set was divided for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lib.errors import BadInput
from lib.records import EvalSet
from lib.training.likeness import LikenessIndex, asked
from lib.training.values import TrainingExample, TrainingSet

TAKEN = "case "
"""What the tag of an example made from an eval case begins with; `taken_tag` says how it goes on."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Overlap:
    """An example that asks nearly what a case of an eval set asks; `likeness` is 1 for the same words."""

    example: str
    eval_set: str
    case: str
    question: str
    likeness: float


def taken_tag(eval_set: str, case: str) -> str:
    """The tag of an example that was made from that case."""
    return f"{TAKEN}{eval_set}/{case}".replace(";", ",")


def find_overlap(training_set: TrainingSet, eval_sets: Sequence[EvalSet]) -> tuple[Overlap, ...]:
    """Every example to learn from that asks what a case asks, with the case most like it, in the set's order."""
    learnt = (*training_set.train, *training_set.validation)
    cases = [(eval_set.name, case) for eval_set in eval_sets for case in eval_set.cases]
    index = LikenessIndex([case.question for _, case in cases])
    found = []
    for example in learnt:
        for alike in index.near(asked(example)):
            name, case = cases[alike.number]
            if taken_tag(name, case.id) not in example.tags:
                found.append(Overlap(example.id, name, case.id, case.question, alike.likeness))
                break
    return tuple(found)


def refuse_overlap(training_set: TrainingSet, eval_sets: Sequence[EvalSet]) -> None:
    """Raise BadInput if the set would be learnt from and one of the eval sets judged by the same questions."""
    found = find_overlap(training_set, eval_sets)
    if not found:
        return
    learnt = len(training_set.train) + len(training_set.validation)
    sets = " and ".join(repr(name) for name in dict.fromkeys(overlap.eval_set for overlap in found))
    what = (
        f"The training set {training_set.name!r} is the eval set {sets}"
        if len(found) == learnt
        else f"{len(found):,} of {learnt:,} examples of {training_set.name!r} ask what the eval set {sets} asks"
    )
    named = "; ".join(f"{one.example} is {one.case}, {one.likeness:.0%} alike" for one in found[:_NAMED])
    raise BadInput(
        f"{what} ({named}).",
        hint="Remove them from the training set: a model that has learnt the questions proves nothing by its answers.",
    )


def without_overlap(training_set: TrainingSet, eval_sets: Sequence[EvalSet]) -> TrainingSet:
    """The set without the examples that overlap."""
    return without(training_set, {overlap.example for overlap in find_overlap(training_set, eval_sets)})


def without(training_set: TrainingSet, ids: set[str] | frozenset[str]) -> TrainingSet:
    """The set without these examples."""

    def left(examples: tuple[TrainingExample, ...]) -> tuple[TrainingExample, ...]:
        return tuple(example for example in examples if example.id not in ids)

    return replace(
        training_set,
        train=left(training_set.train),
        validation=left(training_set.validation),
        held_out=left(training_set.held_out),
    )
