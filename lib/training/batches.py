"""Examples -> token ids -> batches of like length, padded to steps of 16 or 64 tokens."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lib.domain import Message
from lib.errors import BadInput
from lib.training.values import TrainingExample

_STEP_TOKENS, _BFLOAT16_STEP_TOKENS = 16, 64


def step_tokens(dtype: Any) -> int:
    """Batches are padded to a multiple of this.

    In bfloat16 memory keeps growing with each new shape, so there are few (DESIGN.md, 7); in float32 it grew by a
    twentieth in 50 steps of varying lengths (docs/EXPERIMENTS.md), and padding is mostly time lost.
    """
    import torch

    return _BFLOAT16_STEP_TOKENS if dtype == torch.bfloat16 else _STEP_TOKENS


@dataclass(frozen=True, slots=True)
class Encoded:
    """One example in tokens: the first `prompt_tokens` of `ids` are read, the rest (with the end mark) is learnt."""

    ids: tuple[int, ...]
    prompt_tokens: int


def encode(example: TrainingExample, tokenizer: Any) -> Encoded:
    """The example through the model's own chat template, the answer ended by the model's end mark."""
    prompt = tokenizer.apply_chat_template(
        as_dicts(example.prompt), add_generation_prompt=True, tokenize=True, return_dict=False
    )
    answer = tokenizer(example.output, add_special_tokens=False)["input_ids"]
    return Encoded((*prompt, *answer, tokenizer.eos_token_id), len(prompt))


def encode_all(examples: Sequence[TrainingExample], tokenizer: Any, *, window_tokens: int) -> tuple[Encoded, ...]:
    """All of them, in order; raises BadInput for the first that is longer than the window."""
    encoded = tuple(encode(example, tokenizer) for example in examples)
    for example, one in zip(examples, encoded, strict=True):
        if len(one.ids) > window_tokens:
            raise BadInput(
                f"The example {example.id} has {len(one.ids):,} tokens; the window has {window_tokens:,}.",
                hint="Shorten or remove it, or raise the window, which costs memory and time.",
            )
    return encoded


def batches_of(lengths: Sequence[int], *, size: int, seed: int, step: int) -> list[tuple[int, ...]]:
    """Positions in batches of like length, the batches in an order that `seed` decides; every position once."""
    shuffled = list(range(len(lengths)))
    order = random.Random(seed)
    order.shuffle(shuffled)
    # Sorted by the padded length only, so that examples of one step still mix differently in each epoch.
    shuffled.sort(key=lambda position: padded(lengths[position], step))
    batches = [tuple(shuffled[start : start + size]) for start in range(0, len(shuffled), size)]
    order.shuffle(batches)
    return batches


def padded(tokens: int, step: int) -> int:
    """The length that a batch with this longest example is padded to, in steps of so many tokens."""
    return -(-tokens // step) * step


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of one batch: `ids` and `mask` of shape (n, padded length); `targets` is -100 where nothing is learnt.

    `targets[i, t]` is the token that position t should predict.
    """

    ids: Any
    mask: Any
    targets: Any
    tokens: int


def collate(encoded: Sequence[Encoded], *, pad_id: int, step: int) -> Batch:
    """The examples side by side, padded on the right."""
    import torch

    width = padded(max(len(one.ids) for one in encoded), step)
    ids = torch.full((len(encoded), width), pad_id, dtype=torch.long)
    mask = torch.zeros((len(encoded), width), dtype=torch.long)
    targets = torch.full((len(encoded), width), -100, dtype=torch.long)
    for row, one in enumerate(encoded):
        length = len(one.ids)
        ids[row, :length] = torch.tensor(one.ids)
        mask[row, :length] = 1
        targets[row, one.prompt_tokens - 1 : length - 1] = torch.tensor(one.ids[one.prompt_tokens :])
    return Batch(ids, mask, targets, sum(len(one.ids) for one in encoded))


def schedule(lengths: Sequence[int], *, size: int, epochs: int, seed: int, step: int) -> Iterator[tuple[int, ...]]:
    """The batches of all epochs, in the one order that these arguments give."""
    for epoch in range(epochs):
        yield from batches_of(lengths, size=size, seed=seed + epoch, step=step)


def as_dicts(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Messages in the form that chat templates take."""
    return [{"role": message.role, "content": message.content} for message in messages]
