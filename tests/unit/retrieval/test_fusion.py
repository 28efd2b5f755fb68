"""Two legs become one ranking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.retrieval.fusion import convex, ranked, reciprocal_rank

SCORES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 1_000).map(lambda n: n / 1_000), max_size=8)
"""Scores a thousandth apart: closer ones may tie once they are scaled."""


def test_convex_by_hand() -> None:
    fused = convex({"a": 0.6, "b": 0.2}, {"b": 8.0, "c": 4.0}, dense_weight=0.7)
    assert fused["a"] == pytest.approx(0.7)
    assert fused["b"] == pytest.approx(0.7 * 1.2 / 1.6 + 0.3)
    assert fused["c"] == pytest.approx(0.3 * 0.5)


def test_reciprocal_rank_by_hand() -> None:
    fused = reciprocal_rank({"a": 0.9, "b": 0.1}, {"b": 3.0})
    assert fused["a"] == pytest.approx(0.5)
    assert fused["b"] == pytest.approx(61 / 124 + 0.5)


def test_first_in_both_legs_scores_one_either_way() -> None:
    dense, lexical = {"a": 0.8, "b": 0.3}, {"a": 7.0, "b": 1.0}
    assert convex(dense, lexical, dense_weight=0.4)["a"] == pytest.approx(1.0)
    assert reciprocal_rank(dense, lexical)["a"] == pytest.approx(1.0)


@given(dense=SCORES, lexical=SCORES, weight=st.floats(0, 1))
def test_convex_scores_lie_between_zero_and_one(
    dense: dict[str, float], lexical: dict[str, float], weight: float
) -> None:
    fused = convex(dense, lexical, dense_weight=weight)
    assert set(fused) == {*dense, *lexical}
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in fused.values())


@given(dense=SCORES)
def test_a_leg_that_finds_nothing_leaves_the_other_legs_order(dense: dict[str, float]) -> None:
    assert ranked(convex(dense, {}, dense_weight=0.7)) == ranked(dense)
    assert ranked(reciprocal_rank(dense, {})) == ranked(dense)
