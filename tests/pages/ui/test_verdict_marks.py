"""Verdicts for the eye: a mark behind each sentence and its markers, words for each verdict, the count of them."""

from hypothesis import given
from hypothesis import strategies as st

from lib.domain import Answer, ApproachName, Chunk, Citation, Passage
from lib.records import CitationCheck, StatementCheck, Support
from pages.ui import answer_pieces, verdicts

PASSAGE = Passage(Chunk("d", "a.md", 0, 4, "text", 1), 1, 1.0)
TEXT = "Leave is 18 weeks. [1] Refunds take 14 days [1]."


def citation(at: int) -> Citation:
    return Citation(1, at, at + 3, PASSAGE, 0, 4)


def check(text: str, support: Support, *, unsure: bool = False) -> StatementCheck:
    start = TEXT.index(text)
    return StatementCheck(text, start, start + len(text), support, reason="why", unsure=unsure)


FIRST = check("Leave is 18 weeks.", Support.SUPPORTED)
SECOND = check("Refunds take 14 days [1].", Support.CONTRADICTED, unsure=True)
ANSWER = Answer("q", ApproachName.RAG, "m", TEXT, False, citations=(citation(19), citation(44)))


def test_a_mark_stands_behind_the_sentence_and_the_marker_that_follows_it():
    drawn = answer_pieces.marked(ANSWER, (FIRST, SECOND), "unsupported")
    assert [piece.verdict or piece.text for piece in drawn] == [
        "Leave is 18 weeks. ",
        "[1]",
        "✓ supported",
        " Refunds take 14 days ",
        "[1]",
        ".",
        "✗ contradicted, unsure",
    ]
    assert [piece.hint for piece in drawn if piece.verdict] == ["why", "why"]


@given(st.lists(st.integers(0, len(TEXT)), max_size=4))
def test_marks_take_nothing_from_the_text_wherever_they_stand(ends):
    checks = tuple(StatementCheck(TEXT[:end], 0, end, Support.PARTLY) for end in ends)
    assert "".join(piece.text for piece in answer_pieces.marked(ANSWER, checks, "unsupported")) == TEXT


def test_an_answer_that_read_nothing_is_not_mentioned_rather_than_unsupported():
    bare = check("Leave is 18 weeks.", Support.UNSUPPORTED)
    assert verdicts.in_line(bare) == "? unsupported"
    assert verdicts.in_line(bare, verdicts.NOT_MENTIONED) == "? not mentioned"
    assert "help" in verdicts.in_markdown(bare)


def test_the_count_names_every_verdict_that_there_is():
    assert verdicts.summary((FIRST,)) == "1 of 1 statement supported"
    assert verdicts.summary((SECOND, SECOND)) == "0 of 2 statements supported, 2 contradicted"


def test_a_citation_in_several_places_says_the_worst_of_them():
    both = (CitationCheck(citation(19), FIRST), CitationCheck(citation(44), SECOND))
    assert verdicts.citation_words(both[:1]) == "✓ carries it"
    assert verdicts.citation_words(both) == "✗ says otherwise, unsure"
    assert verdicts.citation_words(()) == ""
