import pytest

from lib.approaches.citing import Cited, cite, quoted
from lib.approaches.ranking import rank_sentences
from lib.embedding.hashing import HashingEmbedder
from tests.unit.approaches.made import LEAVE, TRAVEL

PASSAGES = (LEAVE, TRAVEL)
READ = rank_sentences("leave", PASSAGES, HashingEmbedder()).sentences


def cited(text: str, *, question: str = "How long is the leave?") -> Cited:
    result = cite(text, PASSAGES, READ, question=question)
    for citation in result.citations:
        assert result.text[citation.answer_start : citation.answer_end] == f"[{citation.marker}]"
        assert citation.passage.rank == citation.marker
        assert citation.passage.chunk.start <= citation.start < citation.end <= citation.passage.chunk.end
    return result


@pytest.mark.parametrize(
    ("written", "shown", "markers"),
    [
        ("Eighteen weeks [1].", "Eighteen weeks. [1]", [1]),
        ("Eighteen weeks. [1]", "Eighteen weeks. [1]", [1]),
        ("Eighteen weeks [1][2].", "Eighteen weeks. [1][2]", [1, 2]),
        ("Eighteen weeks [1, 2].", "Eighteen weeks. [1][2]", [1, 2]),
        ("Eighteen weeks【1】.", "Eighteen weeks. [1]", [1]),
        ("Eighteen weeks [Passage 1].", "Eighteen weeks. [1]", [1]),
        ("Eighteen [1] weeks [1].", "Eighteen weeks. [1]", [1]),
        ("They take eighteen weeks [1]. Flights need approval [2].",
         "They take eighteen weeks. [1] Flights need approval. [2]", [1, 2]),
        ("- Eighteen weeks [1]\n- Second class [2]", "- Eighteen weeks [1]\n- Second class [2]", [1, 2]),
    ],
)  # fmt: skip
def test_markers_are_brought_to_one_form_after_their_statement(written: str, shown: str, markers: list[int]) -> None:
    result = cited(written)
    assert result.text == shown
    assert [citation.marker for citation in result.citations] == markers


def test_a_marker_that_names_no_passage_is_removed() -> None:
    result = cited("They take eighteen weeks [1]. Penguins agree [7].")
    assert result.text == "They take eighteen weeks. [1] Penguins agree."


def test_a_citation_quotes_the_sentence_of_its_passage_that_is_nearest() -> None:
    (citation,) = cited("Ask a month before [1].").citations
    assert LEAVE.chunk.text[citation.start - 100 : citation.end - 100] == "Ask your lead a month before."


def test_an_answer_without_markers_is_cited_where_a_sentence_carries_it() -> None:
    result = cited("Parents take eighteen weeks. Penguins live in Antarctica.")
    assert result.text == "Parents take eighteen weeks. [1] Penguins live in Antarctica."


def test_words_of_the_question_alone_earn_no_citation() -> None:
    result = cited("Parents take 12 weeks of paid leave.", question="How many weeks of paid leave do parents take?")
    assert (result.text, result.citations) == ("Parents take 12 weeks of paid leave.", ())


def test_other_brackets_stay() -> None:
    assert cited("See [the annex] of [2024].").text == "See [the annex] of [2024]."


def test_quoted_sentences_carry_their_own_citation() -> None:
    result = quoted(READ[:2], PASSAGES)
    for citation, sentence in zip(result.citations, READ, strict=False):
        assert (citation.start, citation.end, citation.supported) == (sentence.start, sentence.end, True)
        assert result.text[citation.answer_start : citation.answer_end] == f"[{sentence.passage_rank}]"
