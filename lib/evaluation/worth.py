"""Was the training worth it? Held-out rows answered by base, few-shot, fine-tuned and the nearest-neighbour floor.

Contenders answer one after the other, all rows each: the server keeps the few-shot prompt's beginning in its cache
between rows, and does not have to exchange adapters.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lib.domain import Message
from lib.errors import BadInput, ModelFailed
from lib.evaluation.asking import ask
from lib.evaluation.floor import NearestNeighbour
from lib.evaluation.forgetting import GENERAL_QUESTIONS, GeneralAnswer, GeneralQuestion, ask_general
from lib.evaluation.rewording import reword
from lib.evaluation.task_form import TaskForm, asked_with, task_form
from lib.evaluation.worth_records import Contender, Familiarity, Worth, WorthAnswer
from lib.protocols import Embedder, Generator
from lib.settings import GenerationOptions
from lib.training.values import TrainingExample, TrainingSet

PARAPHRASE_TAG = "paraphrase"
"""A held-out row with this tag rewords a training row; where there are some, none is made mechanically."""
MOST_ROWS = 60
KNOWN_ROWS = 30
"""So many seen and so many paraphrased rows: they show memory beside skill, and need fewer rows for it."""
_FAILURES_IN_A_ROW = 3
_MESSAGE_TOKENS = 8
"""What a chat template adds around one message; SmolLM2's adds five."""
_SPARE_TOKENS = 64
_READ_AHEAD = 8
"""Worked examples that the server reads at a time."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is compared: a set, the model before training and with its adapter.

    `embedder` gives the floor a second way of likeness. At most `most_rows` held-out rows are asked, drawn by seed.
    """

    adapter: str
    training_set: TrainingSet
    base: Generator
    tuned: Generator
    embedder: Embedder | None = None
    adapter_sha256: str = ""
    schema: str = ""
    seed: int = 0
    most_rows: int = MOST_ROWS
    general: tuple[GeneralQuestion, ...] = GENERAL_QUESTIONS


@dataclass(frozen=True, slots=True)
class WorthBegun:
    """How many answers the whole comparison has."""

    answers: int


WorthEvent = WorthBegun | WorthAnswer | GeneralAnswer | Worth
_Row = tuple[Familiarity, TrainingExample]
_Reader = Callable[[TrainingExample], tuple[Message, ...]]


def never() -> bool:
    """The answer of work that nobody stops."""
    return False


def compare_held_out(trial: Trial, *, now: datetime, stopped: Callable[[], bool] = never) -> Iterator[WorthEvent]:
    """How many answers there will be, each as it comes, and at the end the Worth of all (not `finished` if stopped).

    Base and few-shot answer unseen rows; fine-tuned and the floor also seen and paraphrased ones. Raises BadInput for a
    set without held-out or training rows, and ModelFailed when the tuned model fails three times in a row; another
    contender that does is given up, with a remark.
    """
    found = trial.training_set
    if not found.held_out or not found.train:
        raise BadInput(
            f"The set {found.name!r} has {len(found.train)} training and {len(found.held_out)} held-out rows.",
            hint="Split it under Training set: rows that training never saw are what it is judged by.",
        )
    form = task_form(found.train, schema=trial.schema)
    rows = rows_of(trial)
    unseen = [row for row in rows if row[0] is Familiarity.UNSEEN]
    floor = NearestNeighbour(found, form, trial.embedder)
    shots = fitting_examples(trial, form, [example for _, example in unseen])
    asked = _arms(trial, form, rows, shots)
    yield WorthBegun(len(rows) + sum(len(arm.rows) for arm in asked) + 2 * len(trial.general))
    events: list[WorthAnswer | GeneralAnswer] = []
    ended = False
    for event in _answers(trial, floor, rows, asked):
        events.append(event)
        yield event
        if ended := stopped():
            break
    answers = [event for event in events if isinstance(event, WorthAnswer)]
    failed = {contender: error for contender in Contender if (error := _given_up(answers, contender))}
    yield Worth(
        adapter=trial.adapter,
        trainset=found.name,
        model=trial.base.model_id,
        at=now,
        form=form,
        answers=tuple(answer for answer in answers if answer.contender not in failed),
        general=tuple(event for event in events if isinstance(event, GeneralAnswer)),
        floor=floor.choice,
        shots=len(shots),
        trained_on=len(found.train),
        adapter_sha256=trial.adapter_sha256,
        seed=trial.seed,
        finished=not ended,
        remarks=tuple(f"{contender.value} was given up: {error}" for contender, error in failed.items()),
    )


def rows_of(trial: Trial) -> tuple[_Row, ...]:
    """The rows that are asked: unseen, paraphrased, seen. Rows that are drawn keep the order of their file."""
    found, order = trial.training_set, random.Random(trial.seed)
    marked = [row for row in found.held_out if PARAPHRASE_TAG in row.tags]
    fresh = [row for row in found.held_out if PARAPHRASE_TAG not in row.tags]
    unseen = _drawn(fresh, trial.most_rows, order)
    known = _drawn(found.train, min(KNOWN_ROWS, trial.most_rows), order)
    reworded = marked or [_reworded(row, trial.seed) for row in known]
    kinds = ((Familiarity.UNSEEN, unseen), (Familiarity.PARAPHRASED, reworded), (Familiarity.SEEN, known))
    return tuple((kind, row) for kind, examples in kinds for row in examples)


def fitting_examples(trial: Trial, form: TaskForm, asked: Sequence[TrainingExample]) -> tuple[TrainingExample, ...]:
    """As many training examples as the base's window holds beside the longest row asked, each label in turn."""
    model = trial.base
    longest = max((_tokens(model, asked_with(row, form)) for row in asked), default=0)
    room = model.context_tokens - longest - answer_tokens(trial) - _SPARE_TOKENS
    chosen: list[TrainingExample] = []
    for example in _in_turn(trial.training_set.train, form):
        room -= _tokens(model, [message for message in example.messages if message.role != "system"])
        if room < 0:
            break
        chosen.append(example)
    return tuple(chosen)


def answer_tokens(trial: Trial) -> int:
    """How long an answer may be: half as long again as the longest of the set's wanted ones."""
    outputs = {example.output for example in (*trial.training_set.train, *trial.training_set.held_out)}
    longest = max(sorted(outputs, key=len)[-5:], key=trial.base.count_tokens)
    return 8 + round(1.5 * trial.base.count_tokens(longest))


@dataclass(frozen=True, slots=True)
class _Arm:
    """A contender that is a model: who, what it reads, and which rows; `shots` are its worked examples."""

    contender: Contender
    model: Generator
    reads: _Reader
    rows: tuple[_Row, ...]
    form: TaskForm
    shots: tuple[TrainingExample, ...] = ()


def _arms(trial: Trial, form: TaskForm, rows: tuple[_Row, ...], shots: tuple[TrainingExample, ...]) -> tuple[_Arm, ...]:
    unseen = tuple(row for row in rows if row[0] is Familiarity.UNSEEN)
    arms = (
        _Arm(Contender.FINE_TUNED, trial.tuned, lambda row: row.prompt, rows, form),
        _Arm(Contender.BASE, trial.base, lambda row: asked_with(row, form), unseen, form),
        _Arm(Contender.FEW_SHOT, trial.base, lambda row: asked_with(row, form, shots), unseen, form, shots),
    )
    return arms if shots else arms[:-1]


def _answers(
    trial: Trial, floor: NearestNeighbour, rows: Sequence[_Row], arms: Sequence[_Arm]
) -> Iterator[WorthAnswer | GeneralAnswer]:
    options = GenerationOptions(max_tokens=answer_tokens(trial), seed=trial.seed)
    for kind, row in rows:
        yield WorthAnswer(Contender.FLOOR, kind, row.id, row.input, row.output, floor.answer(row.input))
    for arm in arms:
        if arm.shots:
            _read_ahead(arm)
        yield from _asked(arm, options)
        if arm.contender is not Contender.FEW_SHOT:
            yield from ask_general(arm.model, tuned=arm.contender is Contender.FINE_TUNED, questions=trial.general)


def _read_ahead(arm: _Arm) -> None:
    """Have the server read the worked examples in steps before any row is timed.

    In one go a small machine may take longer over them than the limit for a first token; what one step has read stays
    in the server's cache for the next.
    """
    for end in (*range(_READ_AHEAD, len(arm.shots), _READ_AHEAD), len(arm.shots)):
        last = arm.shots[end - 1]
        ask(arm.model, asked_with(last, arm.form, arm.shots[: end - 1]), GenerationOptions(max_tokens=1))


def _asked(arm: _Arm, options: GenerationOptions) -> Iterator[WorthAnswer]:
    failures = 0
    for kind, row in arm.rows:
        reply = ask(arm.model, arm.reads(row), options)
        failures = failures + 1 if reply.error else 0
        if failures == _FAILURES_IN_A_ROW and arm.contender is Contender.FINE_TUNED:
            raise ModelFailed(reply.error, hint="Try it under Models, then compare again.")
        tokens = reply.usage
        yield WorthAnswer(
            arm.contender, kind, row.id, row.input, row.output, reply.text, reply.ms,
            tokens.input_tokens, tokens.output_tokens, reply.error,
        )  # fmt: skip
        if failures == _FAILURES_IN_A_ROW:
            return


def _given_up(answers: Sequence[WorthAnswer], contender: Contender) -> str:
    """Why the contender was given up; "" if it was not."""
    last = [answer.error for answer in answers if answer.contender == contender][-_FAILURES_IN_A_ROW:]
    return last[-1] if len(last) == _FAILURES_IN_A_ROW and all(last) else ""


def _reworded(row: TrainingExample, seed: int) -> TrainingExample:
    said = replace(row.messages[-2], content=reword(row.input, keep=row.output, seed=seed))
    return replace(row, messages=(*row.messages[:-2], said, row.messages[-1]))


def _drawn(rows: Sequence[TrainingExample], most: int, order: random.Random) -> tuple[TrainingExample, ...]:
    if len(rows) <= most:
        return tuple(rows)
    return tuple(rows[place] for place in sorted(order.sample(range(len(rows)), most)))


def _in_turn(examples: Sequence[TrainingExample], form: TaskForm) -> Iterator[TrainingExample]:
    """One example of each label, then a second one of each, in the order of the set; without labels as they come."""
    groups: dict[str | None, list[TrainingExample]] = {}
    for example in examples:
        groups.setdefault(form.label_of(example.output) if form.labels else None, []).append(example)
    for place in range(max(map(len, groups.values()), default=0)):
        for group in groups.values():
            if place < len(group):
                yield group[place]


def _tokens(model: Generator, messages: Sequence[Message]) -> int:
    return sum(model.count_tokens(message.content) + _MESSAGE_TOKENS for message in messages)
