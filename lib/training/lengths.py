"""How many tokens examples take, against the window that they are trained in."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from lib.training.values import TrainingExample

MESSAGE_TOKENS = 8
"""What a chat template puts around one message, at most, with the models we know."""
_COUNTED = 400

Counter = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Lengths:
    """Tokens an example, its messages and what stands around them; `counted` is how many examples were counted.

    `over` are the ids of those that are longer than the window, in order.
    """

    counted: int
    median: int
    longest: int
    window: int
    over: tuple[str, ...] = ()


def lengths_of(
    examples: Sequence[TrainingExample], count: Counter, *, window: int, at_most: Counter | None = None, seed: int = 0
) -> Lengths | None:
    """The lengths, None where there are no examples.

    With `at_most`, which never gives too few and costs nothing, those that surely fit are counted only as far as a
    seeded sample of some hundreds goes; without it all are.
    """
    if not examples:
        return None
    chosen = set(random.Random(seed).sample(range(len(examples)), min(_COUNTED, len(examples))))
    counted: list[int] = []
    over: list[str] = []
    for number, example in enumerate(examples):
        if at_most is None or number in chosen or example_tokens(example, at_most) > window:
            tokens = example_tokens(example, count)
            counted.append(tokens)
            over += [example.id] if tokens > window else []
    return Lengths(len(counted), round(median(counted)), max(counted), window, tuple(over))


def example_tokens(example: TrainingExample, count: Counter) -> int:
    """The example's tokens with what a chat template puts around its messages, rather too many than too few."""
    return sum(count(message.content) + MESSAGE_TOKENS for message in example.messages)
