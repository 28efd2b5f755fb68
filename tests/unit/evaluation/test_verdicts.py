"""The four verdicts with their gaps and reasons, on the built-in MiniLM."""

import pytest

from lib.corpus.chunking.sentences import sentence_starts
from lib.domain import Chunk, Passage
from lib.embedding.minilm import open_embedder
from lib.evaluation.statements import check_statements
from lib.records import Gap, Support
from lib.weights import embedder_path

TEXT = (
    "Employees are entitled to 18 weeks of paid parental leave after one year of service. "
    "Unused days are not paid out. The Bristol office closes at 18:00 on Fridays. "
    "Refunds are issued within 14 days and exchanges within 30 days. The Metro was opened in 1980. "
    "Anna Berg led the committee on safety, and Tom Hale wrote its report in 1962."
)
PASSAGE = Passage(Chunk("d", "handbook.md", 0, len(TEXT), TEXT, 110), 1, 0.9)


@pytest.fixture(scope="module")
def minilm():
    embedder = open_embedder(embedder_path())
    yield embedder
    embedder.close()


def check(statement, embedder, question=""):
    (found,) = check_statements(statement, lambda _: (PASSAGE,), embedder, sentence_starts, question=question)
    return found


@pytest.mark.parametrize(
    ("statement", "gap", "words"),
    [
        ("Employees get 12 weeks of paid parental leave.", Gap.NUMBER, "says 18 weeks; the statement says 12 weeks"),
        ("The Metro was opened in 1991.", Gap.NUMBER, "says 1980; the statement says 1991"),
        ("The Leeds office closes at 18:00 on Fridays.", Gap.ENTITY, "says Bristol; the statement says Leeds"),
        ("Unused days are paid out.", Gap.NEGATION, "handbook.md denies what the statement says"),
        ("The Metro was not opened in 1980.", Gap.NEGATION, "denies what handbook.md says"),
    ],
)
def test_another_number_name_or_a_denial_on_the_same_thing_contradicts(statement, gap, words, minilm):
    found = check(statement, minilm)
    assert (found.support, found.gap) == (Support.CONTRADICTED, gap), found
    assert words in found.reason
    assert found.sentence is not None


def test_one_of_two_numbers_carried_is_supported_partly_and_names_what_is_missing(minilm):
    found = check("Refunds are issued within 14 days and exchanges within 60 hours.", minilm)
    assert (found.support, found.gap) == (Support.PARTLY, Gap.NUMBER)
    assert "60 hours is missing" in found.reason


@pytest.mark.parametrize(
    ("statement", "gap"),
    [
        ("The moon orbits slowly.", Gap.NO_OVERLAP),
        ("Penguins in Norway receive 77 crates of herring.", Gap.NO_OVERLAP),
    ],
)
def test_what_no_sentence_is_about_is_unsupported_and_surely_so(statement, gap, minilm):
    found = check(statement, minilm)
    assert (found.support, found.gap, found.unsure) == (Support.UNSUPPORTED, gap, False)
    assert found.score < 0.35


def test_a_supported_statement_names_its_document(minilm):
    found = check("Employees get 18 weeks of paid parental leave.", minilm)
    assert (found.support, found.gap, found.reason) == (Support.SUPPORTED, Gap.NONE, "handbook.md says so.")
    assert not found.unsure


def test_a_number_that_stands_in_the_passage_for_something_else_scores_lower_than_the_right_one(minilm):
    question = "After how many days are refunds issued?"
    right, wrong = (check(f"Refunds are issued within {days} days.", minilm, question) for days in (14, 30))
    assert (right.support, right.unsure) == (Support.SUPPORTED, False)
    assert right.score > wrong.score
    assert wrong.unsure


def test_a_name_of_the_question_need_not_be_repeated_by_the_sentence(minilm):
    question = "When was the Metro in Newcastle opened?"
    assert check("The Metro in Newcastle was opened in 1980.", minilm, question).supported
    assert not check("The Metro in Newcastle was opened in 1980.", minilm).supported


def test_a_few_words_quoted_from_the_sentence_that_answers_the_question_are_supported(minilm):
    text = "Up to four probes can be paired to each room. Compare each probe with a reference every nine months."
    passage = Passage(Chunk("m", "manual.md", 0, len(text), text, 30), 1, 0.9)

    def read(statement, question):
        [found] = check_statements(statement, lambda _: (passage,), minilm, sentence_starts, question=question)
        return found

    asked = "How often should a Rindsense probe be compared with a reference?"
    assert read("every nine months [1]", asked).supported
    assert (
        read("every nine months [1]", asked).sentence.text == "Compare each probe with a reference every nine months."
    )
    assert not read("every six months [1]", asked).supported
    assert not read("up to four [1]", asked).supported
