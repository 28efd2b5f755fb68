"""A difference is over shared cases only, and one figure can be asked for by name."""

import pytest

from lib.evaluation.differences import difference, differences
from lib.evaluation.results import results_of
from tests.support.evaluations import GOLD, PROMPT, RAG, evaluation_of, records_of

EVALUATION = evaluation_of(RAG, PROMPT)
SETUPS = results_of(EVALUATION, records_of(EVALUATION, "++++++--", "+---"), GOLD).setups


def test_one_figure_is_the_same_as_among_all_of_them() -> None:
    rag, prompt = SETUPS
    found = difference("correct", prompt, rag, seed=0)
    assert found == next(each.found for each in differences(prompt, rag, seed=0) if each.measure.name == "correct")
    assert found is not None
    assert (found.cases, found.difference) == (4, pytest.approx(3 / 4))


def test_a_figure_that_one_side_lacks_has_no_difference() -> None:
    assert difference("recall", *SETUPS, seed=0) is None
