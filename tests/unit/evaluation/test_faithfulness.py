"""A whole answer: its statements against all its passages, each citation against its own passage alone."""

import math

from hypothesis import given
from hypothesis import strategies as st

from lib.domain import Answer, ApproachName, Chunk, Citation, Passage
from lib.embedding.hashing import HashingEmbedder
from lib.evaluation.faithfulness import check_answer, statement_behind
from lib.records import Support

LEAVE = "Employees receive eighteen weeks of paid parental leave."
PROBES = "Compare each probe with a reference every nine months."
EMBEDDER = HashingEmbedder()


def passage(rank: int, text: str) -> Passage:
    return Passage(Chunk(f"d{rank}", f"file{rank}.md", 0, len(text), text, 9), rank, 1.0)


BOTH = (passage(1, LEAVE), passage(2, PROBES))


def cited(text: str, marker: str, of: Passage) -> Citation:
    start = text.index(marker)
    return Citation(of.rank, start, start + len(marker), of, 0, len(of.chunk.text))


def answer(text: str, citations: tuple[Citation, ...] = (), passages: tuple[Passage, ...] = BOTH, **more) -> Answer:
    return Answer("What are the rules?", ApproachName.RAG, "m", text, citations=citations, passages=passages, **more)


def test_statements_come_in_the_order_of_the_text_with_the_sentence_that_says_so():
    found = check_answer(answer(f"{LEAVE} {PROBES} Cats sleep.", abstained=False), EMBEDDER)
    assert [check.support for check in found.statements] == ["supported", "supported", "unsupported"]
    assert [check.passage.chunk.document for check in found.statements[:2]] == ["file1.md", "file2.md"]
    assert found.faithfulness == 2 / 3


def test_a_citation_is_held_against_its_own_passage_alone():
    text = f"{LEAVE} [2] {PROBES} [2]"
    wrong, right = cited(text, "[2]", BOTH[1]), Citation(2, len(text) - 3, len(text), BOTH[1], 0, 9)
    found = check_answer(answer(text, (wrong, right), abstained=False), EMBEDDER)
    assert [check.supported for check in found.statements] == [True, True]
    assert [(one.citation, one.carries) for one in found.citations] == [(wrong, False), (right, True)]
    assert found.citations[1].statement.text.startswith("Compare each probe")


def test_a_marker_before_the_full_stop_stands_behind_the_sentence_that_it_is_in():
    text = "Employees receive eighteen weeks of paid parental leave [1]. Cats sleep."
    found = check_answer(answer(text, (cited(text, "[1]", BOTH[0]),), abstained=False), EMBEDDER)
    assert [one.carries for one in found.citations] == [True]
    assert statement_behind(found.citations[0].citation, found.statements) == found.statements[0]


def test_a_marker_before_any_statement_is_not_checked():
    text = "[1] What now?"
    assert check_answer(answer(text, (cited(text, "[1]", BOTH[0]),), abstained=False), EMBEDDER).citations == ()


def test_an_answer_that_abstained_states_nothing():
    assert check_answer(answer(LEAVE, abstained=True), EMBEDDER).faithfulness is None


def test_an_answer_without_passages_has_nothing_to_be_faithful_to():
    found = check_answer(answer(LEAVE, passages=(), abstained=False), EMBEDDER)
    assert found.statements == ()
    assert found.faithfulness is None


def test_passages_without_a_word_are_no_evidence():
    found = check_answer(answer(LEAVE, passages=(passage(1, " \n "),), abstained=False), EMBEDDER)
    assert found.statements[0].support is Support.UNSUPPORTED


@given(st.text(alphabet="abN1. ,\n[]?'no", max_size=60), st.text(alphabet="abN1. ,\n|'no", max_size=60))
def test_a_score_is_always_a_number_from_0_to_1_whatever_the_texts(said, read):
    found = check_answer(answer(said, passages=(passage(1, read),), abstained=False), EMBEDDER)
    assert all(math.isfinite(check.score) and 0 <= check.score <= 1 for check in found.statements)
    assert all(check.support in Support and check.reason for check in found.statements)
    assert all(said[check.start : check.end] == check.text for check in found.statements)
