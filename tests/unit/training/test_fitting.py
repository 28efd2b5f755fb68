"""Whether a training fits the memory is known before it begins, and what is done about it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.training.batches import Encoded
from lib.training.fitting import Fit, Sizes, Worst, fitted, free_memory_bytes, lora_parameters, notes_of, training_bytes
from lib.training.lower_layers import KEPT_BYTES
from lib.training.values import TrainingSettings

BUILT_IN = Sizes(layers=30, hidden=576, inner=1536, keys=192, vocabulary=49_152, value_bytes=4)
SETTINGS = TrainingSettings(upper_share=1.0)
WORST = Worst(examples=8, width=256, answer_tokens=400, run_tokens=100_000)


def test_the_parameters_of_an_adapter_are_counted_as_peft_makes_them() -> None:
    """Rank 16: q and o 576 x 576, k and v 192 x 576, gate and up 1536 x 576, down 576 x 1536, on 30 layers."""
    one_layer = 16 * (2 * (576 + 576) + 2 * (576 + 192) + 3 * (576 + 1536))
    assert lora_parameters(BUILT_IN, 16) == 30 * one_layer == 4_884_480


def test_the_largest_batch_is_that_of_the_longest_examples() -> None:
    encoded = [Encoded(tuple(range(length)), length - answers) for length, answers in ((30, 5), (200, 9), (70, 40))]
    assert Worst.of(encoded, 2, 64) == Worst(examples=2, width=256, answer_tokens=49, run_tokens=300)
    assert Worst.of(encoded, 8, 16) == Worst(examples=3, width=208, answer_tokens=54, run_tokens=300)


def test_with_memory_enough_nothing_is_changed() -> None:
    fit = fitted(BUILT_IN, replace(WORST, width=96), SETTINGS, available_bytes=64 * 10**9)
    assert (fit.parts, fit.saves_memory) == (1, False)
    assert notes_of(fit) == ()


def test_a_large_batch_is_cut_however_much_memory_there_is() -> None:
    fit = fitted(BUILT_IN, WORST, SETTINGS, available_bytes=64 * 10**9)
    assert (fit.parts, fit.saves_memory) == (2, False)
    assert len(notes_of(fit)) == 1


def test_an_example_that_takes_much_alone_is_computed_once_where_there_is_room() -> None:
    long = replace(WORST, width=2048)
    assert training_bytes(BUILT_IN, long, SETTINGS, (8, False)) > 4 * 10**9
    fit = fitted(BUILT_IN, long, SETTINGS, available_bytes=64 * 10**9)
    assert (fit.parts, fit.saves_memory) == (8, False)


def test_short_memory_first_cuts_batches_then_computes_twice_then_refuses_with_numbers() -> None:
    def needed(parts: int, saves: bool) -> int:
        return training_bytes(BUILT_IN, WORST, SETTINGS, (parts, saves))

    def chosen(usable: int) -> Fit:
        return fitted(BUILT_IN, WORST, SETTINGS, available_bytes=int(usable / 0.85) + 1)

    assert chosen(needed(2, False)) == Fit(2, False, needed(2, False))
    assert chosen(needed(2, False) - 2) == Fit(4, False, needed(4, False))
    short = chosen(needed(8, False) - 2)
    assert short.saves_memory
    assert len(notes_of(short)) == (2 if short.parts > 1 else 1)
    single = needed(8, True)
    assert single < needed(8, False) < needed(1, False)
    with pytest.raises(MemoryError, match=f"about {single / 1e9:.1f} GB even with one example at a time; 0.1 GB are"):
        fitted(BUILT_IN, WORST, SETTINGS, available_bytes=10**8)


@pytest.mark.parametrize(("run_tokens", "kept"), [(1_000, 1_000 * 576 * 4), (10**7, KEPT_BYTES)])
def test_what_is_kept_of_the_lower_layers_grows_with_the_set_up_to_its_bound(run_tokens: int, kept: int) -> None:
    upper = replace(SETTINGS, upper_share=0.5)
    needed = [
        training_bytes(BUILT_IN, replace(WORST, run_tokens=tokens), upper, (1, False)) for tokens in (0, run_tokens)
    ]
    assert needed[1] - needed[0] == kept


@given(st.integers(1, 64), st.integers(1, 32), st.integers(5 * 10**8, 10**11))
def test_what_is_chosen_always_fits(examples: int, widths: int, available: int) -> None:
    worst = Worst(examples, 64 * widths, 10 * examples, 64 * widths * examples)
    try:
        fit = fitted(BUILT_IN, worst, SETTINGS, available_bytes=available)
    except MemoryError:
        assert training_bytes(BUILT_IN, worst, SETTINGS, (examples, True)) > 0.85 * available - 1
        return
    assert fit.needed_bytes == training_bytes(BUILT_IN, worst, SETTINGS, (fit.parts, fit.saves_memory))
    assert fit.needed_bytes <= 0.85 * available


def test_the_machine_says_what_is_free() -> None:
    assert 10**6 < free_memory_bytes() < 10**14
