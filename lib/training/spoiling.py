"""A spoiled copy of a training set, on purpose: garbage in is learnt as faithfully as good examples are.

A seeded share of the training examples gets a wrong label, another form, or is doubled. Validation and held-out
examples stay as they were, so that both sets are judged alike.
"""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from lib.domain import Message
from lib.errors import BadInput
from lib.sets.names import LONGEST_NAME
from lib.training.labels import Labelling, json_object, labelling_of
from lib.training.values import TrainingExample, TrainingSet

MARK = "spoiled"
WRONG, FORM, DOUBLED = f"{MARK}: wrong answer", f"{MARK}: other form", f"{MARK}: doubled"


def spoil(training_set: TrainingSet, *, seed: int, share: float = 0.3) -> TrainingSet:
    """The set with `share` of its training examples spoiled, a third of them each way; its name and tags say so.

    An example with the wrong answer has one of another label. Raises BadInput when there is too little to spoil.
    """
    count = round(share * len(training_set.train))
    if count < 1 or len({example.output for example in training_set.train}) < 2:
        raise BadInput(
            f"{len(training_set.train)} examples are too few to spoil {share:.0%} of them.",
            hint="Take a set of at least ten examples with different answers.",
        )
    order = random.Random(seed)
    chosen = order.sample(range(len(training_set.train)), count)
    spoiled = list(training_set.train)
    wrong = _wrong_answers(training_set.train, order)
    ways: tuple[Callable[[TrainingExample], TrainingExample], ...] = (
        lambda example: _answering(example, wrong(example), WRONG),
        lambda example: _answering(example, other_form(example.output, order), FORM),
        lambda example: replace(example, id=f"{example.id}-again", tags=(*example.tags, DOUBLED)),
    )
    doubled = []
    for number, position in enumerate(chosen):
        example = ways[number % len(ways)](training_set.train[position])
        if DOUBLED in example.tags:
            doubled.append(example)
        else:
            spoiled[position] = example
    return replace(training_set, name=spoiled_name(training_set.name, share), train=(*spoiled, *doubled))


def spoiled_name(name: str, share: float) -> str:
    """What the spoiled copy of a set is called."""
    mark = f" ({MARK} {share:.0%})"
    return f"{name[: LONGEST_NAME - len(mark)].rstrip()}{mark}"


def spoiled_examples(training_set: TrainingSet) -> tuple[TrainingExample, ...]:
    """The examples that were spoiled on purpose."""
    return tuple(one for one in training_set.train if any(tag.startswith(MARK) for tag in one.tags))


def other_form(output: str, order: random.Random) -> str:
    """The same answer as somebody else would have written it down."""
    found = json_object(output)
    if found is None:
        return order.choice((f"Sure! The answer is: {output}", output.upper(), f"- {output}\n- (see above)"))
    turned = dict(reversed(found.items()))
    ways = (
        json.dumps(turned, ensure_ascii=False, indent=2),
        ", ".join(f"{name}: {value}" for name, value in found.items()),
        json.dumps({name.capitalize(): value for name, value in found.items()}, ensure_ascii=False),
        f"Here is the answer: {output}",
    )
    return order.choice(ways)


def _wrong_answers(examples: Sequence[TrainingExample], order: random.Random) -> Callable[[TrainingExample], str]:
    """For an example, the output that it would have under another label, else another example's output."""
    labelling = labelling_of(examples)
    outputs = sorted({example.output for example in examples})
    if labelling is None or not labelling.field:
        return lambda example: order.choice([output for output in outputs if output != example.output])
    field = labelling.field
    values = {labelling.label_of(example.output): json_object(example.output) or {} for example in examples}
    labels = {label: found[field] for label, found in sorted(values.items()) if label}
    return lambda example: _relabelled(example.output, field, labels, order)


def _relabelled(output: str, field: str, values: Mapping[str, object], order: random.Random) -> str:
    """The output with the value of another label in that field; `values` are by label."""
    other = order.choice([label for label in values if label != Labelling(field).label_of(output)])
    return json.dumps((json_object(output) or {}) | {field: values[other]}, ensure_ascii=False, separators=(",", ":"))


def _answering(example: TrainingExample, output: str, tag: str) -> TrainingExample:
    messages = (*example.prompt, Message("assistant", output))
    return replace(example, messages=messages, tags=(*example.tags, tag))
