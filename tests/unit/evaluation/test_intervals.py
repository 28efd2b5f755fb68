"""Intervals hold what they promise, and the sentence says no more than the figures do."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.evaluation.intervals import (
    MIN_CASES,
    MIN_PAIRS,
    Wording,
    bootstrap,
    bootstrap_ratio,
    mean,
    paired,
    percentile,
)

shares = st.lists(st.floats(0, 1), min_size=MIN_CASES, max_size=30)


# One figure


def test_too_few_cases_have_no_interval() -> None:
    assert bootstrap([], seed=1) is None
    assert bootstrap([0.5], seed=1) is None
    assert bootstrap([0.1] * (MIN_CASES - 1), seed=1) is None
    assert bootstrap([0.1] * MIN_CASES, seed=1) is not None


def test_the_same_seed_gives_the_same_interval_and_another_one_another() -> None:
    values = list(np.random.default_rng(0).random(40))
    assert bootstrap(values, seed=1) == bootstrap(values, seed=1)
    assert bootstrap(values, seed=1) != bootstrap(values, seed=2)


def test_an_interval_is_near_that_of_the_normal_law_for_many_cases() -> None:
    values = np.random.default_rng(3).normal(10, 2, 400)
    low, high = bootstrap(list(values), seed=1) or (0.0, 0.0)
    error = 1.966 * values.std(ddof=1) / math.sqrt(400)
    assert (low, high) == pytest.approx((values.mean() - error, values.mean() + error), abs=0.02)


def test_values_that_are_all_equal_leave_no_doubt_unless_they_are_shares() -> None:
    assert bootstrap([3.0] * 10, seed=1) == (3.0, 3.0)
    assert bootstrap([1.0] * 10, seed=1) == (1.0, 1.0)
    low, high = bootstrap([1.0] * 10, seed=1, share=True) or (0.0, 0.0)
    assert (low, high) == (pytest.approx(0.6915, abs=1e-4), 1.0)  # Clopper-Pearson, 10 of 10
    low, high = bootstrap([0.0] * 10, seed=1, share=True) or (1.0, 1.0)
    assert (low, high) == (0.0, pytest.approx(0.3085, abs=1e-4))


def test_values_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        bootstrap([1.0, math.nan, 1.0, 1.0, 1.0, 1.0], seed=1)
    with pytest.raises(ValueError, match="not finite"):
        paired([math.inf], [1.0], seed=1)


@given(shares, st.integers(0, 1000))
@settings(deadline=None, max_examples=40)
def test_an_interval_of_shares_lies_in_0_to_1_around_their_mean(values: list[float], seed: int) -> None:
    low, high = bootstrap(values, seed=seed, share=True) or (2.0, 2.0)
    assert 0 <= low <= np.mean(values) + 1e-9
    assert np.mean(values) - 1e-9 <= high <= 1


@given(shares)
@settings(deadline=None, max_examples=40)
def test_an_interval_moves_and_stretches_with_the_values(values: list[float]) -> None:
    low, high = bootstrap(values, seed=7) or (0.0, 0.0)
    moved = bootstrap([1000 + 500 * value for value in values], seed=7)
    assert moved == pytest.approx((1000 + 500 * low, 1000 + 500 * high))


@pytest.mark.parametrize(("cases", "share", "most"), [(8, 0.5, 1.0), (20, 0.7, 0.99), (60, 0.85, 0.98)])
def test_nineteen_of_twenty_intervals_of_a_share_hold_the_truth(cases: int, share: float, most: float) -> None:
    """300 seeded draws. With 8 right-or-wrong cases there are only nine outcomes, so the coverage is uneven."""
    random = np.random.default_rng(11)
    samples = (random.random((300, cases)) < share).astype(float)
    found = [bootstrap(list(sample), seed=number, share=True) for number, sample in enumerate(samples)]
    held = np.mean([low <= share <= high for low, high in filter(None, found)])
    assert 0.92 <= held <= most


@pytest.mark.parametrize("cases", [6, 15, 50])
def test_nineteen_of_twenty_intervals_of_a_mean_hold_the_truth(cases: int) -> None:
    random = np.random.default_rng(12)
    samples = random.normal(5, 2, (300, cases))
    found = [bootstrap(list(sample), seed=number) for number, sample in enumerate(samples)]
    assert 0.925 <= np.mean([low <= 5 <= high for low, high in filter(None, found)]) <= 0.98


def test_a_percentile_has_an_interval_too() -> None:
    values = [float(number) for number in range(1, 101)]
    assert percentile(50)(np.array([values]))[0] == 50.5
    low, high = bootstrap(values, seed=1, statistic=percentile(95)) or (0.0, 0.0)
    assert 85 < low < 95.05 < high <= 100


def test_many_cases_take_fewer_draws_and_still_give_their_interval() -> None:
    values = np.random.default_rng(1).random(50_000)
    low, high = bootstrap(list(values), seed=1) or (0.0, 0.0)
    assert low < mean(values[None, :])[0] < high
    assert high - low == pytest.approx(2 * 1.96 * values.std() / math.sqrt(50_000), rel=0.1)


# A ratio whose cases depend on the answers


def test_a_ratio_draws_the_cases_that_do_not_count_as_well() -> None:
    parts = [1.0] * 12 + [0.0] * 8 + [0.0] * 80
    wholes = [1.0] * 20 + [0.0] * 80
    low, high = bootstrap_ratio(parts, wholes, seed=1) or (0.0, 0.0)
    alone = bootstrap(parts[:20], seed=1) or (0.0, 0.0)
    assert low < 0.6 < high
    assert (low, high) == pytest.approx(alone, abs=0.06)


def test_a_ratio_needs_enough_cases_that_count() -> None:
    assert bootstrap_ratio([1.0] * 4 + [0.0] * 50, [1.0] * 4 + [0.0] * 50, seed=1) is None
    assert bootstrap_ratio([], [], seed=1) is None
    assert bootstrap_ratio([0.0] * 9, [0.0] * 9, seed=1) is None


def test_a_ratio_without_exception_is_a_share() -> None:
    low, high = bootstrap_ratio([1.0] * 10 + [0.0] * 5, [1.0] * 10 + [0.0] * 5, seed=1) or (0.0, 0.0)
    assert (low, high) == (pytest.approx(0.6915, abs=1e-4), 1.0)


# Two set-ups


def test_without_cases_or_with_one_nothing_can_be_said() -> None:
    assert paired([], [], seed=1).sentence == "No questions in common: nothing can be said."
    one = paired([0.0], [1.0], seed=1)
    assert one.sentence == "One question: nothing can be said."
    assert (one.difference, one.low, one.high, one.told_apart, one.cases_needed) == (1.0, None, None, False, None)


def test_a_handful_of_cases_is_too_few() -> None:
    few = paired([0.0] * 5, [1.0] * 5, seed=1)
    assert few.sentence == "5 questions are too few to tell these two apart; at least 6 are needed."
    assert not few.told_apart
    assert paired([0.0] * MIN_PAIRS, [1.0] * MIN_PAIRS, seed=1).told_apart


def test_equal_on_every_case_is_said_so() -> None:
    same = paired([0.5] * 60, [0.5] * 60, seed=1)
    assert same.sentence == "Both are equal on all 60 questions."
    assert (same.difference, same.told_apart, same.cases_needed) == (0.0, False, None)


def test_a_clear_difference_is_told_with_the_better_one_first() -> None:
    worse, better = [0.0, 1.0] * 40, [1.0, 1.0] * 40
    up = paired(worse, better, seed=1)
    assert up.told_apart
    assert up.cases_needed is None
    assert up.sentence.startswith("B is better by 50 points (")
    down = paired(better, worse, seed=1, wording=Wording("hybrid", "BM25"))
    assert down.difference == -0.5
    assert down.sentence.startswith("hybrid is better by 50 points (")
    low, high = (int(figure) for figure in down.sentence.split("(")[1].rstrip(").").split(" to "))
    assert 30 < low < 50 < high < 70


def test_where_less_is_better_the_faster_one_is_better() -> None:
    slow, fast = [1200.0 + n for n in range(20)], [200.0 + 2 * n for n in range(20)]
    wording = Wording("A", "B", "ms", 1.0, higher_is_better=False)
    assert paired(slow, fast, seed=1, wording=wording).sentence.startswith("B is better by 990 ms (98")
    assert paired(fast, slow, seed=1, wording=wording).sentence.startswith("A is better by 990 ms (98")


def test_too_small_a_difference_says_how_many_cases_would_do() -> None:
    # 60 pairs: 8 gained, 4 lost. d = 4/60, s^2 = (12 - 60 d^2) / 59, needed = 7.849 s^2 / d^2.
    first = [0.0] * 8 + [1.0] * 4 + [1.0] * 48
    second = [1.0] * 8 + [0.0] * 4 + [1.0] * 48
    found = paired(first, second, seed=1)
    variance = (12 - 60 * (4 / 60) ** 2) / 59
    assert not found.told_apart
    assert found.cases_needed == math.ceil(7.8489 * variance / (4 / 60) ** 2) == 352
    assert found.sentence == "With 60 questions these two cannot be told apart; about 360 would do."


def test_a_difference_of_nothing_on_average_promises_no_number_of_cases() -> None:
    found = paired([0.0, 1.0] * 10, [1.0, 0.0] * 10, seed=1)
    assert found.cases_needed is None
    assert found.sentence == "With 20 questions these two cannot be told apart: on average there is no difference."


def test_a_hopeless_difference_is_called_so() -> None:
    found = paired([0.0, 1.0] * 500 + [0.0], [1.0, 0.0] * 500 + [0.01], seed=1)
    assert found.sentence == "With 1001 questions these two cannot be told apart; even 10,000 would hardly do."


def test_few_exceptions_do_not_tell_two_apart_however_many_cases_agree() -> None:
    """A bootstrap alone would: its interval leaves 0 out here. Four coins fall alike too often."""
    first, second = [0.0] * 5 + [1.0] * 95, [1.0] * 100
    assert not paired(first, second, seed=1).told_apart
    assert paired([0.0] * 8 + [1.0] * 92, second, seed=1).told_apart


def test_right_on_every_case_against_wrong_on_every_case_still_has_an_interval() -> None:
    assert paired([0.0] * 6, [1.0] * 6, seed=1).sentence == "B is better by 100 points (54 to 100)."
    assert paired([1.0] * 6, [0.0] * 6, seed=1).sentence == "A is better by 100 points (54 to 100)."


def test_different_numbers_of_cases_cannot_be_paired() -> None:
    with pytest.raises(ValueError, match="3 cases against 2"):
        paired([1.0, 1.0, 1.0], [1.0, 1.0], seed=1)


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.5, 1.0])), max_size=25))
@settings(deadline=None, max_examples=60)
def test_the_order_of_the_two_does_not_change_what_is_found(pairs: list[tuple[float, float]]) -> None:
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    there, back = paired(first, second, seed=5), paired(second, first, seed=5, wording=Wording("B", "A"))
    assert back.difference == -there.difference
    assert (back.told_apart, back.cases_needed) == (there.told_apart, there.cases_needed)
    assert back.sentence == there.sentence


def test_two_that_do_not_differ_are_seldom_told_apart() -> None:
    """A/A tests on 40 right-or-wrong cases: at most 1 in 20 by more than chance of the simulation, 300 draws."""
    random = np.random.default_rng(21)
    told = [
        paired(list((random.random(40) < 0.7) * 1.0), list((random.random(40) < 0.7) * 1.0), seed=number).told_apart
        for number in range(300)
    ]
    assert 0.005 <= np.mean(told) <= 0.06


def test_as_many_cases_as_are_said_to_be_needed_do_tell_most_of_the_time() -> None:
    """With the number that the formula gives for a known difference, about POWER of samples are told apart."""
    random = np.random.default_rng(22)

    def sample(cases: int) -> tuple[list[float], list[float]]:
        hard = random.random(cases)
        noise = random.random((2, cases)) * 0.3
        return list((hard + noise[0] < 0.75) * 1.0), list((hard + noise[1] < 0.85) * 1.0)

    pilot_first, pilot_second = sample(20_000)
    differences = np.array(pilot_second) - np.array(pilot_first)
    needed = math.ceil(7.849 * differences.var() / differences.mean() ** 2)
    told = [paired(*sample(needed), seed=number).told_apart for number in range(150)]
    assert 0.7 <= np.mean(told) <= 0.9


def test_one_token_more_on_every_case_is_no_share_of_right_answers() -> None:
    words = Wording("A", "B", "tokens", 1.0, higher_is_better=False)
    found = paired([20.0] * 8, [21.0] * 8, seed=0, wording=words)
    assert (found.low, found.high) == (1.0, 1.0)
    assert paired([0.0] * 8, [1.0] * 8, seed=0).low == pytest.approx(0.63, abs=0.01)
