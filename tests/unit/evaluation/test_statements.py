"""Statements of an answer against documents: what counts as supported, on the built-in MiniLM; spans that slice."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.corpus.chunking.sentences import sentence_starts
from lib.domain import Chunk, Passage, Place
from lib.embedding.hashing import HashingEmbedder
from lib.embedding.minilm import open_embedder
from lib.evaluation.statements import check_statements, statement_spans
from lib.weights import embedder_path

OFFSET = 40
TEXT = (
    "Employees are entitled to 18 weeks of paid parental leave after one year of service. Leave may be taken in two "
    "blocks within the first year. The carry-over limit is 5 days. Unused days are not paid out. The Bristol office "
    "closes at 18:00 on Fridays. A refund is issued within 14 days of the return reaching our warehouse in Leeds. "
    "The TurnBook X2 weighs 1.3 kg and has 16 GB of memory. A claim above 1,200 pounds needs a second signature."
)
PASSAGE = Passage(
    Chunk("d", "handbook.md", OFFSET, OFFSET + len(TEXT), TEXT, 110, Place("Leave › Parental leave")), 1, 0.9
)


@pytest.fixture(scope="module")
def minilm():
    embedder = open_embedder(embedder_path())
    yield embedder
    embedder.close()


def _check(text, embedder, passages=(PASSAGE,)):
    return check_statements(text, lambda _statement: passages, embedder, sentence_starts)


@pytest.mark.parametrize(
    "statement",
    [
        "Employees get 18 weeks of paid parental leave.",
        "You are entitled to eighteen weeks of paid parental leave [1].",
        "Unused days are not paid out.",
        "Refunds are issued within 14 days of the return reaching the warehouse.",
        "The carry-over limit is five days.",
        "The TurnBook X2 weighs 1.30 kg.",
        "A claim above 1200 pounds needs a second signature.",
        "The leave may be split into two blocks.",
    ],
)
def test_what_a_sentence_says_is_supported_also_in_other_words(statement, minilm):
    (check,) = _check(statement, minilm)
    assert check.supported, check


@pytest.mark.parametrize(
    "statement",
    [
        "Employees get 12 weeks of paid parental leave.",
        "Employees get 18 days of paid parental leave.",
        "Unused days are paid out.",
        "The Leeds office closes at 18:00 on Fridays.",
        "The Bristol office closes at 18:00 on Mondays.",
        "The TurnBook X3 weighs 1.3 kg.",
        "Refunds are issued within 14 weeks.",
        "A claim above 12,000 pounds needs a second signature.",
        "Paris is the capital of France.",
        "Our company values its employees and their families.",
    ],
)
def test_another_number_unit_name_or_a_denial_is_not_mentioned(statement, minilm):
    (check,) = _check(statement, minilm)
    assert not check.supported, check


def test_a_supported_statement_names_the_sentence_by_its_place_in_the_document(minilm):
    (check,) = _check("The carry-over limit is 5 days.", minilm)
    assert check.sentence.text == "The carry-over limit is 5 days."
    assert TEXT[check.sentence.start - OFFSET : check.sentence.end - OFFSET] == check.sentence.text
    assert check.passage is PASSAGE
    assert 0.9 < check.score <= 1.0


def test_a_clause_with_its_own_subject_is_judged_on_its_own(minilm):
    checks = _check("Employees get 18 weeks of paid parental leave, and they may extend it with a manager.", minilm)
    assert [check.support for check in checks] == ["supported", "unsupported"]


def test_a_name_may_stand_in_the_heading_of_the_passage(minilm):
    text = "The office closes at 18:00 on Fridays."
    named = Passage(Chunk("d", "offices.md", 0, len(text), text, 10, Place("Offices › Bristol")), 1, 0.9)
    assert _check("The office in Bristol closes at 18:00 on Fridays.", minilm, (named,))[0].supported


def test_without_passages_every_statement_is_not_mentioned_and_nothing_is_embedded():
    class Untouchable(HashingEmbedder):
        def embed(self, texts):
            raise AssertionError("nothing to compare with")

    checks = _check("Leave is 18 weeks. Refunds take 14 days.", Untouchable(), ())
    assert [check.support for check in checks] == ["unsupported", "unsupported"]
    assert all(check.sentence is None and check.passage is None for check in checks)


def test_each_statement_is_searched_for_on_its_own():
    asked = []

    def find(statement):
        asked.append(statement)
        return (PASSAGE,)

    check_statements("Leave is 18 weeks. Refunds take 14 days.", find, HashingEmbedder(), sentence_starts)
    assert asked == ["Leave is 18 weeks.", "Refunds take 14 days."]


def test_list_items_are_statements_and_questions_lead_ins_and_empty_words_are_not():
    text = "Here are the rules:\n- Leave is 18 weeks [1].\n2. Refunds take 14 days.\nAnything else?\nYes, it is."
    found = [text[start:end] for start, end in statement_spans(text, sentence_starts)]
    assert found == ["Leave is 18 weeks [1].", "Refunds take 14 days."]


def test_an_answer_without_text_has_no_statements():
    assert _check("", HashingEmbedder()) == ()


def test_a_long_table_is_searched_line_by_line(minilm):
    rows = [f"Model T{n}: weight {n}.5 kg, price {n}00 pounds" for n in range(1, 20)]
    text = "\n".join(rows)
    table = Passage(Chunk("d", "prices.csv", 0, len(text), text, 200), 1, 0.9)
    assert _check("Model T7 has a price of 700 pounds.", minilm, (table,))[0].sentence.text == rows[6]
    assert not _check("Model T7 has a price of 900 pounds.", minilm, (table,))[0].supported


@given(st.text(alphabet="ab1. ,;\n-[]?:AB", max_size=80))
def test_spans_are_in_order_and_never_overlap(text):
    spans = statement_spans(text, sentence_starts)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
