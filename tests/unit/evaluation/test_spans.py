"""The span scores, against values worked out by hand."""

import pytest

from lib.evaluation.spans import Span, SpanScores, covered, precision_omega, score, union


def spans(*pairs: tuple[int, int], document: str = "a") -> tuple[Span, ...]:
    return tuple(Span(document, start, end) for start, end in pairs)


def test_union_joins_what_overlaps_or_touches_within_a_document() -> None:
    given = spans((5, 10), (0, 5), (20, 30), (22, 25), (40, 40)) + spans((8, 12), document="b")
    assert union(given) == spans((0, 10), (20, 30)) + spans((8, 12), document="b")


def test_characters_covered_twice_count_once() -> None:
    assert covered(spans((0, 10)), spans((0, 6), (4, 8))) == 8
    assert covered(spans((0, 10)), spans((0, 10), document="b")) == 0


def test_scores_of_a_worked_example() -> None:
    # 20 reference characters, 15 of them in 60 retrieved ones.
    scored = score(spans((10, 20), (50, 60)), spans((0, 30), (55, 85)))
    assert scored == SpanScores(recall=15 / 20, precision=15 / 60, iou=15 / (60 + 5))


def test_a_character_retrieved_twice_costs_precision_and_adds_no_recall() -> None:
    assert score(spans((0, 10)), spans((0, 10), (0, 10))) == SpanScores(1.0, 0.5, 0.5)


def test_perfect_retrieval_scores_one() -> None:
    assert score(spans((3, 9)), spans((3, 9))) == SpanScores(1.0, 1.0, 1.0)


def test_nothing_retrieved_or_nothing_wanted_scores_zero() -> None:
    assert score(spans((0, 5)), ()) == SpanScores(0.0, 0.0, 0.0)
    assert score((), spans((0, 5))) == SpanScores(0.0, 0.0, 0.0)


def test_precision_omega_is_over_all_chunks_that_touch_a_reference() -> None:
    chunks = spans((0, 10), (10, 20), (20, 30), (30, 40))
    assert precision_omega(spans((8, 12)), chunks) == pytest.approx(4 / 20)
    assert precision_omega(spans((10, 20)), chunks) == 1.0
