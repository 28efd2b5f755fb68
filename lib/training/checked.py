"""A training set as the checks of its health see it: what several of them need is worked out once."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from lib.records import EvalSet
from lib.training.findings import Finding
from lib.training.labels import Labelling
from lib.training.lengths import Lengths
from lib.training.likeness import LikenessIndex, asked, plain_words
from lib.training.set_files import parts_of
from lib.training.set_rows import Part
from lib.training.values import TrainingExample, TrainingSet


@dataclass(frozen=True)
class Checked:
    """The set as the checks see it; what several of them need is worked out once."""

    training_set: TrainingSet
    eval_sets: tuple[EvalSet, ...]
    labelling: Labelling | None
    lengths: Lengths | None

    @cached_property
    def part_of(self) -> dict[str, Part]:
        """The part that each example is in, by id."""
        return {example.id: part for example, part in parts_of(self.training_set)}

    @cached_property
    def same(self) -> tuple[tuple[TrainingExample, ...], ...]:
        """Examples that ask the same in the same words, two or more."""
        asking: dict[tuple[str, ...], list[TrainingExample]] = {}
        for example in self.training_set.examples:
            asking.setdefault(tuple(plain_words(_read(example))) or (_read(example),), []).append(example)
        return tuple(tuple(group) for group in asking.values() if len(group) > 1)

    @cached_property
    def near(self) -> tuple[tuple[TrainingExample, ...], ...]:
        """Examples that ask nearly the same, two or more; those that ask the same are among them."""
        examples = self.training_set.examples
        groups = LikenessIndex([asked(example) for example in examples]).groups()
        return tuple(tuple(examples[number] for number in group) for group in groups)

    def answer(self, example: TrainingExample) -> str:
        """What an example's answer comes to: its label where there are labels."""
        label = self.labelling.label_of(example.output) if self.labelling else ""
        return label or " ".join(example.output.split()).casefold()


def _read(example: TrainingExample) -> str:
    """All that the model reads before the answer, the instruction left out."""
    return "\n".join(message.content for message in example.prompt if message.role != "system")


def examples_in_words(count: int) -> str:
    """So many examples, in words."""
    return f"{count:,} example{'' if count == 1 else 's'}"


def each(ids: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Every example in a group of its own."""
    return tuple((id,) for id in ids)


Check = Callable[[Checked], Iterator[Finding]]
"""Yields what it finds, nothing where all is well."""
