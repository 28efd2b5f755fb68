"""A training set as rows of a table, there and back; what is wrong in which row is told, and nothing is kept then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lib.domain import Message
from lib.errors import TrainingFileRejected
from lib.sets.texts import Problems
from lib.training.set_files import numbered, parts_of
from lib.training.set_rows import Part, conversation_problems, pair
from lib.training.values import TrainingExample, TrainingSet


@dataclass(frozen=True, slots=True)
class SetRow:
    """One row: the part that the example is in, what the person wrote last, the answer, tags behind semicolons."""

    id: str
    part: str
    input: str
    output: str
    tags: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was written in the row."""
        return not (self.input.strip() or self.output.strip() or self.tags.strip())


def rows_of(training_set: TrainingSet) -> tuple[SetRow, ...]:
    """The set's examples as rows, in order."""
    return tuple(
        SetRow(example.id, part.value, example.input, example.output, "; ".join(example.tags))
        for example, part in parts_of(training_set)
    )


def set_from(rows: Sequence[SetRow], base: TrainingSet) -> TrainingSet:
    """The set that the rows make of `base`, blank rows left out; raises TrainingFileRejected naming rows from 1.

    A row with the id of an example changes its last two messages and keeps those before them; others are new examples
    under the set's instruction. A row without a part is trained on.
    """
    known = {example.id: example for example in base.examples}
    problems = Problems()
    read: list[tuple[TrainingExample, Part]] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if row.blank:
            continue
        example = _example_of(row, known.get(row.id), base.instruction)
        for wrong in conversation_problems(example.messages):
            problems.wrong(number, wrong)
        if example.id and example.id in seen:
            problems.wrong(number, f"the id {example.id[:60]!r} stands twice")
        seen.add(example.id)
        read.append((example, Part(row.part) if row.part else Part.TRAIN))
    problems.refuse("the table", TrainingFileRejected, hint="Mend the rows; nothing was kept.")
    examples = numbered(example for example, _ in read)
    parted = list(zip(examples, (part for _, part in read), strict=True))
    return TrainingSet(base.name, *(tuple(one for one, part in parted if part is chosen) for chosen in Part))


def merged(base: TrainingSet, edited: TrainingSet, now: TrainingSet) -> TrainingSet:
    """The edited set with the examples that came to the kept set since the table began."""
    began = {example.id for example in base.examples}
    there = {example.id for example in edited.examples}
    came = TrainingSet(
        now.name,
        *(
            tuple(example for example in part if example.id not in began | there)
            for part in (now.train, now.validation, now.held_out)
        ),
    )
    return TrainingSet(
        now.name,
        (*edited.train, *came.train),
        (*edited.validation, *came.validation),
        (*edited.held_out, *came.held_out),
    )


def _example_of(row: SetRow, known: TrainingExample | None, instruction: str) -> TrainingExample:
    tags = tuple(dict.fromkeys(tag.strip() for tag in row.tags.split(";") if tag.strip()))
    if known is None:
        return TrainingExample(row.id.strip(), pair(row.input.strip(), row.output.strip(), instruction), tags)
    asked, answer = known.messages[-2:]
    turn = (_said(asked, row.input), _said(answer, row.output))
    return replace(known, messages=(*known.messages[:-2], *turn), tags=tags)


def _said(message: Message, text: str) -> Message:
    """The message with another text; white space around it alone changes nothing."""
    return message if text.strip() == message.content.strip() else replace(message, content=text.strip())
