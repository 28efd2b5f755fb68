"""What is learnt and what is only read; batches of like length; nothing lost, nothing twice."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain import Message
from lib.errors import BadInput
from lib.training.batches import (
    Encoded,
    batches_of,
    collate,
    encode,
    encode_all,
    padded,
    schedule,
    step_tokens,
)
from lib.training.values import TrainingExample
from tests.unit.training.conftest import example


def test_an_example_is_its_prompt_in_the_models_own_form_then_the_answer_and_the_end_mark(tokenizer: Any) -> None:
    one = TrainingExample("a", (Message("system", "Be brief."), Message("user", "Hi"), Message("assistant", "Yes.")))
    encoded = encode(one, tokenizer)
    text = tokenizer.decode(encoded.ids)
    prompt = tokenizer.decode(encoded.ids[: encoded.prompt_tokens])
    assert prompt == "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    assert text == prompt + "Yes.<|im_end|>"


def test_an_example_over_the_window_is_refused_with_its_name_and_length(tokenizer: Any) -> None:
    long = example(7, words=80)
    tokens = len(encode(long, tokenizer).ids)
    assert encode_all([long], tokenizer, window_tokens=tokens)[0].ids == encode(long, tokenizer).ids
    with pytest.raises(BadInput, match=f"row-7 has {tokens} tokens; the window has {tokens - 1}"):
        encode_all([example(1), long], tokenizer, window_tokens=tokens - 1)


def test_padding_is_on_the_right_to_a_whole_step_and_is_never_learnt() -> None:
    short, long = Encoded((5, 6, 7), 2), Encoded(tuple(range(100, 170)), 30)
    batch = collate([short, long], pad_id=0, step=64)
    assert batch.ids.shape == batch.mask.shape == batch.targets.shape == (2, 128)
    assert batch.ids[0].tolist() == [5, 6, 7, *[0] * 125]
    assert batch.mask[0].tolist() == [1, 1, 1, *[0] * 125]
    assert batch.targets[0].tolist() == [-100, 7, *[-100] * 126]
    assert batch.tokens == 73


def test_bfloat16_has_few_shapes_and_float32_little_padding() -> None:
    import torch

    assert [step_tokens(dtype) for dtype in (torch.bfloat16, torch.float32)] == [64, 16]
    assert [padded(tokens, 16) for tokens in (1, 16, 17)] == [16, 16, 32]


encoded_examples = st.lists(
    st.tuples(st.lists(st.integers(1, 999), min_size=1, max_size=90), st.lists(st.integers(1, 999), min_size=1)),
    min_size=1,
    max_size=6,
)


@given(encoded_examples)
def test_each_answer_token_is_predicted_once_from_the_token_before_it(pairs: list[tuple[list[int], list[int]]]) -> None:
    encoded = [Encoded((*prompt, *answer), len(prompt)) for prompt, answer in pairs]
    batch = collate(encoded, pad_id=0, step=16)
    for row, (prompt, answer) in enumerate(pairs):
        wanted = [-100] * batch.targets.shape[1]
        for position, token in enumerate(answer):
            wanted[len(prompt) - 1 + position] = token
        assert batch.targets[row].tolist() == wanted
    assert batch.ids.shape[1] % 16 == 0


@given(st.lists(st.integers(1, 600), min_size=1, max_size=60), st.integers(1, 9), st.integers(0, 5))
def test_every_example_is_in_one_batch_with_others_of_like_length(lengths: list[int], size: int, seed: int) -> None:
    batches = batches_of(lengths, size=size, seed=seed, step=16)
    assert Counter(at for batch in batches for at in batch) == Counter(range(len(lengths)))
    assert len(batches) == -(-len(lengths) // size)
    widths = sorted(sorted(padded(lengths[at], 16) for at in batch) for batch in batches)
    widths.sort(key=lambda batch: (batch[-1], batch[0]))
    assert [width for batch in widths for width in batch] == sorted(padded(length, 16) for length in lengths)


def test_the_same_seed_gives_the_same_batches_and_each_epoch_another_order() -> None:
    lengths = [40 + n % 30 for n in range(48)]
    epochs = list(schedule(lengths, size=8, epochs=2, seed=3, step=16))
    assert epochs == list(schedule(lengths, size=8, epochs=2, seed=3, step=16))
    assert epochs[:6] != epochs[6:]
