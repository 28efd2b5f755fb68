"""How many tokens examples take, against the window that they are trained in."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from lib.training.values import TrainingExample

MESSAGE_TOKENS = 8
"""What a chat template puts around one message, at most, with the models we know."""

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


@dataclass(frozen=True, slots=True)
class TokenCount:
    """How tokens are counted: `exact` as the model does, which takes time, against a window of so many.

    `at_most` never gives too few and costs nothing: examples that surely fit by it are counted exactly only as far as
    a sample of `sampled` goes. Without it all are.
    """

    exact: Counter
    at_most: Counter | None = None
    window: int = 512
    sampled: int = 400


def lengths_of(examples: Sequence[TrainingExample], tokens: TokenCount, *, seed: int = 0) -> Lengths | None:
    """The lengths, None where nothing was counted; `seed` decides which examples are in the sample."""
    chosen = set(random.Random(seed).sample(range(len(examples)), min(tokens.sampled, len(examples))))
    counted: list[int] = []
    over: list[str] = []
    for number, example in enumerate(examples):
        at_most = tokens.at_most
        if at_most is None or number in chosen or example_tokens(example, at_most) > tokens.window:
            length = example_tokens(example, tokens.exact)
            counted.append(length)
            over += [example.id] if length > tokens.window else []
    if not counted:
        return None
    return Lengths(len(counted), round(median(counted)), max(counted), tokens.window, tuple(over))


def example_tokens(example: TrainingExample, count: Counter) -> int:
    """The example's tokens with what a chat template puts around its messages, rather too many than too few."""
    return sum(count(message.content) + MESSAGE_TOKENS for message in example.messages)
