"""Where overfitting begins, and that a bump is not taken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.training.overfitting import best_step, overfits_from
from lib.training.values import Curve


def validated(*losses: float) -> Curve:
    return Curve(validation=tuple((10 * number, loss) for number, loss in enumerate(losses, start=1)))


@pytest.mark.parametrize(
    ("losses", "begins"),
    [
        ((1.0, 0.5, 0.6, 0.7), 20),
        ((1.0, 0.5, 0.6), None),
        ((1.0, 0.5, 0.504, 0.509), None),
        ((1.0, 0.5, 0.7, 0.505), None),
        ((1.0, 0.8, 0.6, 0.4), None),
        ((0.4, 0.5, 0.6), 10),
        ((), None),
    ],
)
def test_overfitting_begins_at_the_best_step_when_all_that_follows_is_clearly_worse(losses, begins) -> None:
    assert overfits_from(validated(*losses)) == begins


def test_the_best_step_is_the_first_of_the_lowest_losses() -> None:
    assert best_step(validated(1.0, 0.5, 0.5)) == 20
    assert best_step(Curve()) == 0


@given(st.lists(st.floats(0.001, 10), max_size=12))
def test_overfitting_never_begins_anywhere_but_at_the_best_step_and_never_at_the_end(losses) -> None:
    curve = validated(*losses)
    begins = overfits_from(curve)
    assert begins in (None, best_step(curve))
    assert begins is None or begins < curve.validation[-1][0] - 10
