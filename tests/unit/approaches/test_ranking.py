import math

import numpy as np
import pytest

from lib.approaches.ranking import rank_sentences, word_overlap
from lib.embedding.hashing import HashingEmbedder
from tests.unit.approaches.made import LEAVE, TRAVEL, passage

EMBEDDER = HashingEmbedder()


def test_the_sentence_that_answers_comes_first_with_its_place_in_the_document() -> None:
    best = rank_sentences("How many weeks of leave do parents take?", (TRAVEL, LEAVE), EMBEDDER).sentences[0]
    assert best.text == "Parents take eighteen weeks of paid leave."
    assert (best.passage_rank, best.start, best.end) == (1, 100, 142)


def test_a_sentence_in_two_overlapping_passages_is_ranked_once_under_the_better_one() -> None:
    tail = passage(2, "Ask your lead a month before.", start=143)
    ranking = rank_sentences("When do I ask my lead?", (LEAVE, tail), EMBEDDER)
    asked = [sentence for sentence in ranking.sentences if sentence.text.startswith("Ask")]
    assert [(sentence.passage_rank, sentence.start) for sentence in asked] == [(1, 143)]


def test_the_strength_is_high_for_what_is_there_and_low_for_what_is_not() -> None:
    there = rank_sentences("How many weeks of paid leave do parents take?", (LEAVE, TRAVEL), EMBEDDER)
    absent = rank_sentences("Which database does the billing service use?", (LEAVE, TRAVEL), EMBEDDER)
    assert absent.strength < 0.4 < there.strength


def test_no_passages_rank_to_nothing() -> None:
    ranking = rank_sentences("Anything?", (), EMBEDDER)
    assert (ranking.sentences, ranking.strength) == ((), 0.0)


def test_word_overlap_weighs_rare_words_more() -> None:
    """Of two texts, "leave" is in both and "lisbon" in one: ln(1 + 0.5/2.5) and ln(1 + 1.5/1.5)."""
    common, rare = math.log(1.2), math.log(2)
    found = word_overlap("Leave in Lisbon?", ["Leave is paid.", "Leaving Lisbon."])
    np.testing.assert_allclose(found, [common / (common + rare), 1.0])


@pytest.mark.parametrize("question", ["the of and", "?"])
def test_a_question_of_grammar_alone_overlaps_with_nothing(question: str) -> None:
    assert word_overlap(question, ["the leave"]).tolist() == [0.0]
