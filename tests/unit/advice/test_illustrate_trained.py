"""Which row of the framework a trained answer shows: form is what training is for, facts are not."""

from dataclasses import replace

import pytest

from lib.advice.illustrate_trained import illustrates_both, illustrates_training
from lib.domain import Answer, ApproachName, Chunk, Citation, Passage, RuleVerdict
from lib.records import StatementCheck, Support

FACT = "How often should a probe be compared?"
FORM = "How often should a probe be compared? Answer in JSON."
PASSAGE = Passage(Chunk("d", "manual.md", 0, 20, "Every nine months ..", 5), 1, 0.9)
JSON = '{"months": 9}'
FINE_TUNED, HYBRID, PROMPT_ONLY = ApproachName.FINE_TUNED, ApproachName.HYBRID, ApproachName.PROMPT_ONLY


def said(approach: ApproachName, text: str, question: str = FACT, *, cited: bool = False, abstained: bool = False):
    sources = (Citation(1, len(text), len(text), PASSAGE, 0, 5),) if cited else ()
    return Answer(question, approach, "m", text, abstained, citations=sources, passages=(PASSAGE,) if cited else ())


RAG = said(ApproachName.RAG, "Every nine months.", cited=True)


def check(support: Support) -> StatementCheck:
    return StatementCheck("Every two years.", 0, 16, support)


@pytest.mark.parametrize(
    ("trained", "base", "whose", "take", "words"),
    [
        (JSON, "Every nine months.", FINE_TUNED, True, "the base alone does not"),
        (JSON, JSON, PROMPT_ONLY, True, "a prompt was enough"),
        ("Nine months.", JSON, FINE_TUNED, False, "has learnt the form of its examples and no other"),
    ],
)
def test_a_form_that_was_asked_for_decides_first(trained, base, whose, take, words) -> None:
    row = illustrates_training(said(FINE_TUNED, trained, FORM), said(PROMPT_ONLY, base, FORM), RAG, ())
    assert (row.approach, row.take) == (whose, take)
    assert words in row.reason


def test_the_form_of_the_examples_is_wrong_where_documents_hold_an_answer_in_words() -> None:
    trained, base = said(FINE_TUNED, JSON), said(PROMPT_ONLY, "It depends.")
    limit = illustrates_training(trained, base, RAG, ())
    assert (limit.approach, limit.take) == (FINE_TUNED, False)
    assert "brittleness" in limit.rule
    right = illustrates_training(trained, base, said(ApproachName.RAG, "", abstained=True), ())
    assert right.take
    assert "No instruction has to say so any more" in right.reason


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            (check(Support.CONTRADICTED), check(Support.UNSUPPORTED)),
            "0 of 2 statements stand in the documents, 1 contr",
        ),
        ((check(Support.SUPPORTED),), "it cannot say where"),
    ],
)
def test_facts_are_no_case_for_training_right_or_wrong(found, words) -> None:
    row = illustrates_training(said(FINE_TUNED, "Every two years."), said(PROMPT_ONLY, "Weekly."), RAG, found)
    assert (row.approach, row.take) == (FINE_TUNED, False)
    assert words in row.reason
    assert "RAG answered from manual.md" in row.reason


def test_a_trained_model_that_abstains_has_no_facts_from_its_examples() -> None:
    row = illustrates_training(said(FINE_TUNED, "", abstained=True), said(PROMPT_ONLY, "Weekly."), None, ())
    assert not row.take
    assert "examples of a form give it no facts" in row.reason


def test_a_rule_that_is_broken_holds_the_answer_and_a_repair_is_told() -> None:
    broken = (RuleVerdict("Cites a passage", False, "It cites no passage."), RuleVerdict("Short", True, "It is."))
    held = replace(said(HYBRID, "Nine."), verdicts=broken, held=True, repaired=True)
    row = illustrates_both(held, RAG)
    assert row is not None
    assert row.reason.startswith("“Cites a passage” is still broken after one repair, so a person decides")
    mended = replace(said(HYBRID, "Nine."), verdicts=broken[1:], first_verdicts=broken, repaired=True)
    row = illustrates_both(mended, RAG)
    assert row is not None
    assert row.reason.startswith("“Cites a passage” was broken at first, and one repair mended it.")


@pytest.mark.parametrize(
    ("hybrid", "rag", "take", "words"),
    [
        (said(HYBRID, JSON, FORM, cited=True), RAG, True, "current facts and a dependable form at once"),
        (said(HYBRID, "", abstained=True), RAG, False, "hybrid said that they do not tell"),
        (said(HYBRID, "A coin."), RAG, False, "wrote something that none of them carries"),
        (said(HYBRID, "Nine months.", cited=True), said(ApproachName.RAG, "A coin."), True, "answered with its source"),
        (said(HYBRID, "Every nine months.", cited=True), RAG, False, "for this question RAG was enough"),
    ],
)
def test_hybrid_is_judged_by_what_it_adds_to_rag(hybrid, rag, take, words) -> None:
    row = illustrates_both(hybrid, rag)
    assert row is not None
    assert (row.approach, row.take) == (HYBRID, take)
    assert words in row.reason


def test_two_sourced_answers_that_say_different_things_teach_no_row() -> None:
    assert illustrates_both(said(HYBRID, "Twelve years.", cited=True), RAG) is None
