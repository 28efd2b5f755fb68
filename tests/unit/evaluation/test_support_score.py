"""The score: how a statement is parted by its question, and what moves it up and down."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.evaluation.support_score import Fit, PassageWords, aim_of, score_of

SENTENCES = ("Anna Berg led the committee.", "Tom Hale wrote the report in 1962.", "The depot keeps 12 vans, not 20.")
QUESTION = "Who wrote the report?"
PERFECT = Fit(held=1.0, told=1.0, lead=0.3, beaten=0.0, denied=0.0)


def fit(statement: str, question: str = QUESTION, cosines: tuple[float, ...] = (0.3, 0.9, 0.1)) -> Fit:
    return PassageWords(SENTENCES).fit(aim_of(statement, question), np.array(cosines, np.float32))


def test_a_statement_is_parted_into_what_the_question_has_and_what_it_adds():
    aim = aim_of("Tom Hale wrote the report in 1962 [1].", QUESTION)
    assert [word.stem for word in aim.added] == ["tom", "hale", "1962"]
    assert aim.about == {"wrote", "report"}
    assert aim.of_question
    assert aim.kind == "year"


def test_a_statement_far_from_its_question_is_parted_by_its_own_numbers_and_names():
    aim = aim_of("The depot keeps 12 vans.", QUESTION)
    assert [word.stem for word in aim.added] == ["12"]
    assert aim.about == {"depot", "keep", "van"}
    assert not aim.of_question


def test_the_right_answer_fits_better_than_a_name_that_stands_elsewhere_or_nowhere():
    right, elsewhere, nowhere = (
        fit("Tom Hale wrote the report."),
        fit("Anna Berg wrote the report."),
        fit("Ida wrote the report."),
    )
    assert (right.held, right.told) == (1.0, 1.0)
    assert elsewhere.held == 1.0
    assert elsewhere.told < 1
    assert elsewhere.lead < right.lead
    assert elsewhere.beaten > right.beaten == 0.0
    assert (nowhere.held, nowhere.told) == (0.0, 0.0)
    assert score_of(right) > score_of(elsewhere) > score_of(nowhere)


def test_a_denial_counts_only_where_neither_question_nor_sentence_denies():
    assert fit("Tom Hale never wrote the report.").denied == 1.0
    assert fit("Tom Hale never wrote the report.", "Who never wrote the report?").denied == 0.0
    assert fit("The depot keeps not 20 vans.", "How many vans does the depot keep?", (0.1, 0.1, 0.9)).denied == 0.0


def test_the_score_of_a_perfect_fit_is_near_one_and_a_denial_brings_it_down():
    assert score_of(PERFECT) == pytest.approx(1 / (1 + np.exp(-(3.5 + 3.2 + 0.3 * 3.3 - 4.8))))
    assert score_of(PERFECT) > 0.9
    assert score_of(Fit(1.0, 1.0, 0.3, 0.0, 1.0)) < 0.01


@given(st.text(max_size=40), st.text(max_size=40), st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_every_figure_stays_in_its_range(statement, question, sentences):
    found = PassageWords(sentences).fit(aim_of(statement, question), np.zeros(len(sentences), np.float32))
    assert 0 <= found.held <= 1
    assert 0 <= found.told <= 1
    assert -1 <= found.lead <= 1
    assert 0 <= found.beaten < 1
    assert 0 <= score_of(found) <= 1
