"""Cohen's kappa, against textbook values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.evaluation.agreement import cohen_kappa

labels = st.sampled_from(["supported", "partly", "unsupported"])


def judged(*counts: tuple[str, str, int]) -> tuple[list[str], list[str]]:
    return [one for one, _, n in counts for _ in range(n)], [other for _, other, n in counts for _ in range(n)]


def test_the_example_of_fifty_grant_proposals() -> None:
    """Both yes 20, both no 15, A alone yes 5, B alone yes 10: .7 agreed, .5 expected, kappa .4."""
    found = cohen_kappa(*judged(("y", "y", 20), ("y", "n", 5), ("n", "y", 10), ("n", "n", 15)), seed=1)
    assert found.kappa == pytest.approx(0.4)
    assert (found.agreed, found.cases, found.reason) == (0.7, 50, "")
    assert found.low is not None
    assert found.high is not None
    # Fleiss, Cohen & Everitt 1969: standard error about .13.
    assert found.low == pytest.approx(0.4 - 1.96 * 0.13, abs=0.06)
    assert found.high == pytest.approx(0.4 + 1.96 * 0.13, abs=0.06)


def test_three_labels() -> None:
    """Shares on the diagonal .25 + .2 + .15 = .6; expected .4 * .35 + .3 * .4 + .3 * .25 = .335."""
    table = [("a", "a", 25), ("a", "b", 10), ("a", "c", 5), ("b", "b", 20), ("b", "a", 5), ("b", "c", 5)]
    found = cohen_kappa(*judged(*table, ("c", "c", 15), ("c", "a", 5), ("c", "b", 10)), seed=1)
    assert found.kappa == pytest.approx((0.6 - 0.335) / (1 - 0.335))


def test_perfect_agreement_and_none() -> None:
    same = ["y", "n"] * 10
    assert cohen_kappa(same, same, seed=1).kappa == 1
    found = cohen_kappa(same, ["n", "y"] * 10, seed=1)
    assert (found.kappa, found.agreed) == (-1, 0)


def test_one_label_only_leaves_kappa_undefined_and_says_why() -> None:
    found = cohen_kappa(["supported"] * 9, ["supported"] * 9, seed=1)
    assert (found.kappa, found.low, found.high, found.agreed) == (None, None, None, 1.0)
    assert found.reason == "Both gave every case one label, “supported”: chance agrees too."


def test_two_judges_with_one_label_each_agree_no_better_than_chance() -> None:
    assert cohen_kappa(["y"] * 9, ["n"] * 9, seed=1).kappa == 0


def test_no_cases_and_few_cases() -> None:
    nothing = cohen_kappa([], [], seed=1)
    assert (nothing.kappa, nothing.agreed, nothing.reason) == (None, None, "No case was judged by both.")
    few = cohen_kappa(["y", "n", "y"], ["y", "n", "n"], seed=1)
    assert few.kappa == pytest.approx((2 / 3 - 4 / 9) / (5 / 9))
    assert (few.low, few.high) == (None, None)


def test_labels_must_be_of_the_same_cases() -> None:
    with pytest.raises(ValueError, match="2 labels against 1"):
        cohen_kappa(["y", "n"], ["y"], seed=1)


def test_judges_who_guess_agree_by_chance_alone() -> None:
    random = np.random.default_rng(4)
    one, other = (list(random.choice(["y", "n"], 2_000, p=[0.8, 0.2])) for _ in range(2))
    found = cohen_kappa(one, other, seed=1)
    assert found.agreed == pytest.approx(0.68, abs=0.03)
    assert found.kappa == pytest.approx(0, abs=0.05)
    assert (found.low or 0) < 0 < (found.high or 0)


@given(st.lists(st.tuples(labels, labels), max_size=25))
@settings(deadline=None, max_examples=50)
def test_the_order_of_judges_does_not_matter_and_nothing_is_nan(pairs: list[tuple[str, str]]) -> None:
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    there, back = cohen_kappa(first, second, seed=3), cohen_kappa(second, first, seed=3)
    assert there.kappa == pytest.approx(back.kappa) if there.kappa is not None else back.kappa is None
    for figure in (there.kappa, there.low, there.high):
        assert figure is None or -1 - 1e-9 <= figure <= 1 + 1e-9
    assert (there.kappa is None) == bool(there.reason)
