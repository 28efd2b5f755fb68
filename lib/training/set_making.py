"""Examples made from what is there already: answers that people approved, and cases of an eval set.

Cases that judge are never learnt from: an eval set is divided first, by a seed, and cases that ask nearly the same or
rest on the same words of a document stay on one side.
"""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lib.domain import Message
from lib.errors import BadInput
from lib.records import EvalCase, EvalSet, Remarks, ReviewState, RunRecord
from lib.sets.names import LONGEST_NAME
from lib.training.likeness import LikenessIndex, asked, plain_words
from lib.training.overlap import taken_tag
from lib.training.set_rows import pair
from lib.training.values import TrainingExample

HELD_OUT = " (held out)"
"""How the name of an eval set ends whose cases nothing may be trained on."""
_MARKER = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class Divided:
    """An eval set in two: the cases that may be learnt from, and those that judge, as a set of their own."""

    learnt: tuple[EvalCase, ...]
    held_out: EvalSet


@dataclass(frozen=True, slots=True)
class ReadCase:
    """A case with the prompt that a model reads it in: passages behind numbers, then the question.

    `rank` is the number of the passage that holds the evidence, 0 where none of them does.
    """

    case: EvalCase
    messages: tuple[Message, ...]
    rank: int


def examples_from_runs(
    runs: Iterable[tuple[RunRecord, Remarks]], *, instruction: str = "", with_passages: bool = False
) -> tuple[TrainingExample, ...]:
    """What people approved as it is, or with changes: question -> the text that may go out, newest first.

    With passages the example is the prompt that was sent, markers and all; without, the question alone, and markers
    are taken out. Runs of evaluations are left out: their questions judge. A question counts once, the newest first.
    """
    found: dict[tuple[str, ...], TrainingExample] = {}
    for record, remarks in runs:
        text = _approved(record, remarks)
        if not text or record.evaluation:
            continue
        prompt = record.answer.prompt.messages if with_passages and record.answer.prompt else ()
        messages = (
            (*prompt, Message("assistant", text))
            if prompt
            else pair(record.answer.question, _MARKER.sub("", text).strip(), instruction)
        )
        example = TrainingExample(f"run-{record.id}", messages, record.tags)
        found.setdefault(tuple(plain_words(record.answer.question)), example)
    return tuple(example for example in found.values() if example.output)


def divide(eval_set: EvalSet, *, seed: int, learnt: float = 0.5) -> Divided:
    """The set's counted cases in two; raises BadInput for a set that is itself held out, or too small to divide."""
    if eval_set.name.endswith(HELD_OUT):
        raise BadInput(
            f"{eval_set.name!r} holds cases that judge: nothing is trained on them.", hint="Choose another eval set."
        )
    cases = eval_set.counted
    groups = _together(cases)
    if len(groups) < 2:
        raise BadInput(
            f"{eval_set.name!r} has {len(groups)} case{'' if len(groups) == 1 else 's'} that can be told apart; it "
            "takes two to learn from one and judge by the other.",
            hint="Write more cases under Evaluate.",
        )
    random.Random(seed).shuffle(groups)
    taken: set[int] = set()
    for group in groups[:-1]:
        if len(taken) + len(group) <= round(learnt * len(cases)) or not taken:
            taken |= set(group)
    held = EvalSet(
        f"{eval_set.name[: LONGEST_NAME - len(HELD_OUT)].rstrip()}{HELD_OUT}",
        tuple(case for number, case in enumerate(cases) if number not in taken),
    )
    return Divided(tuple(case for number, case in enumerate(cases) if number in taken), held)


def examples_from_cases(
    eval_set: str, cases: Sequence[EvalCase], *, instruction: str = "", no_answer: str = ""
) -> tuple[TrainingExample, ...]:
    """Question -> answer; cases that the documents do not answer get `no_answer`, or are left out where it is empty."""
    answered = ((case, case.answer or ("" if case.answerable else no_answer)) for case in cases)
    return tuple(
        _tagged(eval_set, case, pair(case.question, answer, instruction)) for case, answer in answered if answer
    )


def examples_with_passages(eval_set: str, cases: Sequence[ReadCase], *, no_answer: str) -> tuple[TrainingExample, ...]:
    """Passages and question -> answer with its marker, or `no_answer` where no passage holds one.

    That teaches to use what was retrieved, and to say when it does not help. An answerable case without a written
    answer is left out.
    """
    found = []
    for read in cases:
        holds = read.rank and read.case.answerable
        if holds and not read.case.answer:
            continue
        text = f"{read.case.answer} [{read.rank}]" if holds else no_answer
        found.append(_tagged(eval_set, read.case, (*read.messages, Message("assistant", text))))
    return tuple(found)


def without_judging(examples: Iterable[TrainingExample], judging: Sequence[EvalSet]) -> tuple[TrainingExample, ...]:
    """The examples that ask nothing that a held-out eval set asks."""
    index = LikenessIndex([case.question for one in judging if one.name.endswith(HELD_OUT) for case in one.cases])
    return tuple(example for example in examples if not index.near(asked(example)))


def _approved(record: RunRecord, remarks: Remarks) -> str:
    """The text that may go out; "" for an answer that nobody approved."""
    review = remarks.review
    if review is None or record.error:
        return ""
    texts = {ReviewState.APPROVED: record.answer.text, ReviewState.EDITED: review.text}
    return texts.get(review.state, "").strip()


def _tagged(eval_set: str, case: EvalCase, messages: tuple[Message, ...]) -> TrainingExample:
    tags = tuple(tag.replace(";", ",") for tag in case.tags)
    return TrainingExample(f"case-{case.id}", messages, (*tags, taken_tag(eval_set, case.id)))


def _together(cases: Sequence[EvalCase]) -> list[tuple[int, ...]]:
    """Positions of cases that ask nearly the same or share a quote; each group in order, those alone included."""
    group = list(range(len(cases)))
    quoted: dict[tuple[str, str], int] = {}
    links = [(one[0], other) for one in LikenessIndex([case.question for case in cases]).groups() for other in one[1:]]
    for number, case in enumerate(cases):
        for evidence in case.evidence:
            if evidence.quote:
                key = (evidence.document, " ".join(plain_words(evidence.quote)))
                links.append((quoted.setdefault(key, number), number))
    for one, other in links:
        old, new = group[other], group[one]
        group = [new if name == old else name for name in group]
    return [tuple(number for number, name in enumerate(group) if name == chosen) for chosen in dict.fromkeys(group)]


def renumbered(examples: Iterable[TrainingExample], taken: Iterable[str]) -> tuple[TrainingExample, ...]:
    """The examples, an id that is taken or stands twice followed by a number."""
    gone = set(taken)
    found = []
    for example in examples:
        names = (example.id if number == 1 else f"{example.id}-{number}" for number in range(1, len(gone) + 2))
        new = replace(example, id=next(name for name in names if name not in gone))
        gone.add(new.id)
        found.append(new)
    return tuple(found)
