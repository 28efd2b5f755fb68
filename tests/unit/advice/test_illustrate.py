"""Which row an example illustrates: the label proposes, the two answers decide, and the reason gives their values."""

import pytest

from lib.advice.illustrate import Shows, illustrates
from lib.advice.likeness import answers_agree, asked_form, keeps_form
from lib.domain import Answer, ApproachName, Chunk, Citation, Passage, Timings
from lib.records import StatementCheck, Support

PROMPT, RAG = ApproachName.PROMPT_ONLY, ApproachName.RAG
TEXT = "18 weeks of paid parental leave."
PASSAGE = Passage(Chunk("d", "leave-policy-2026.md", 0, len(TEXT), TEXT, 8), 1, 0.9)
CITED = Citation(1, 0, 3, PASSAGE, 0, len(TEXT))


def prompt_only(text, *, question="How long is parental leave?", abstained=False):
    return Answer(question, PROMPT, "m", text, abstained)


def rag(text, *, abstained=False, citations=(CITED,)):
    return Answer("q", RAG, "m", text, abstained, citations, (PASSAGE,), timings=Timings(retrieve=12.4, total=900))


def checks(*supported):
    return tuple(StatementCheck("s", 0, 1, Support.SUPPORTED if each else Support.UNSUPPORTED) for each in supported)


def test_a_private_fact_that_prompt_only_invents_illustrates_rag_and_names_the_source():
    row = illustrates(
        prompt_only("It is 12 weeks. You apply online."),
        rag("It is 18 weeks [1]."),
        "private fact",
        checks(False, False),
    )
    assert (row.approach, row.take) == (RAG, True)
    assert "leave-policy-2026.md" in row.reason
    assert "0 of 2 statements stand in the documents" in row.reason


def test_what_the_documents_contradict_is_counted_in_the_reason():
    against = StatementCheck("It is 12 weeks.", 0, 15, Support.CONTRADICTED)
    row = illustrates(prompt_only("It is 12 weeks."), rag("It is 18 weeks [1]."), "private fact", (against,))
    assert "0 of 1 statement stand in the documents, and they contradict 1" in row.reason


def test_a_question_of_ones_own_is_read_from_the_answers_alone():
    row = illustrates(prompt_only("It is 12 weeks."), rag("It is 18 weeks [1]."), None, checks(False))
    assert (row.approach, row.take) == (RAG, True)
    assert "never read" in row.reason


def test_an_unknown_label_is_treated_as_none():
    answers = (prompt_only("It is 12 weeks."), rag("It is 18 weeks [1]."))
    assert illustrates(*answers, "something else", checks(False)) == illustrates(*answers, None, checks(False))


def test_a_changed_fact_illustrates_that_documents_can_be_replaced():
    row = illustrates(prompt_only("It is 12 weeks."), rag("It is 18 weeks [1]."), "changed fact", checks(False))
    assert row.approach is RAG
    assert "replaced today" in row.reason


def test_a_label_does_not_overrule_answers_that_agree():
    row = illustrates(
        prompt_only("Parental leave is 18 weeks."), rag("It is 18 weeks of leave [1]."), "private fact", checks(True)
    )
    assert (row.approach, row.take) == (PROMPT, True)
    assert "chosen to show a private fact; with this model it does not" in row.reason


@pytest.mark.parametrize("ready", ["not in the corpus", None])
def test_silent_documents_illustrate_abstaining_against_inventing(ready):
    row = illustrates(
        prompt_only("It is 40 pounds."), rag("Not in the documents.", abstained=True), ready, checks(False)
    )
    assert row.approach is RAG
    assert "0 of 1 statement stand" in row.reason
    assert "1 passage, found no answer" in row.reason


def test_two_abstentions_are_said_to_invent_nothing():
    row = illustrates(prompt_only("I do not know.", abstained=True), rag("No.", abstained=True), None, ())
    assert "nothing was invented" in row.reason


@pytest.mark.parametrize("ready", ["private fact", "changed fact"])
def test_a_fact_that_the_documents_hold_and_rag_misses_points_to_retrieval(ready):
    row = illustrates(prompt_only("It is 12 weeks."), rag("No.", abstained=True), ready, checks(False))
    assert (row.approach, row.take) == (RAG, False)
    assert "Mend retrieval first" in row.reason


def test_general_knowledge_illustrates_that_the_prompt_is_enough_and_what_the_search_took():
    question = "What is the capital of France?"
    row = illustrates(
        prompt_only("Paris.", question=question), rag("No.", abstained=True), "general knowledge", checks(False)
    )
    assert (row.approach, row.take) == (PROMPT, True)
    assert "12 ms" in row.reason


@pytest.mark.parametrize(
    ("plain", "grounded", "approach", "take", "words"),
    [
        ("It is 12.", "It is 18 [1].", RAG, False, "neither answer keeps to it"),
        ('{"weeks": 12}', "It is 18 [1].", RAG, False, "prompt-only keeps to it and RAG does not"),
        ("It is 12.", '{"weeks": 18}', RAG, False, "RAG keeps to it and prompt-only does not"),
        ('{"weeks": 12}', '{"weeks": 18}', PROMPT, True, "both answers keep to it"),
    ],
)
def test_a_format_request_is_judged_by_whether_the_form_was_kept(plain, grounded, approach, take, words):
    question = "How long is parental leave? Answer in JSON."
    row = illustrates(prompt_only(plain, question=question), rag(grounded), "format request", checks(False))
    assert (row.approach, row.take) == (approach, take)
    assert words in row.reason


def test_a_format_request_without_a_checkable_form_still_illustrates_what_rag_does_not_fix():
    row = illustrates(prompt_only("Dear all, ..."), rag("Hello [1]."), "format request", checks(False))
    assert (row.approach, row.take) == (RAG, False)


def test_every_label_of_a_ready_question_is_known():
    assert [shows.value for shows in Shows] == [
        "private fact",
        "changed fact",
        "not in the corpus",
        "general knowledge",
        "format request",
    ]


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Parental leave is 18 weeks.", "18 weeks of parental leave [1].", True),
        ("Parental leave is 12 weeks.", "18 weeks of parental leave [1].", False),
        ("Parental leave is long.", "18 weeks of parental leave.", False),
        ("Paris is the capital.", "The capital is Paris.", True),
        ("Berlin.", "Paris.", False),
        ("42", "42", True),
        ("", "Paris", False),
    ],
)
def test_two_answers_agree_on_words_and_numbers(one, other, agree):
    assert answers_agree(one, other) is agree
    assert answers_agree(other, one) is agree


@pytest.mark.parametrize(
    ("question", "text", "kept"),
    [
        ("Reply in JSON with the keys weeks and paid.", '{"weeks": 18}', True),
        ("Reply in JSON.", '```json\n{"weeks": 18}\n```', False),
        ("Give me a table of the offices.", "| a | b |\n|---|---|\n| 1 | 2 |", True),
        ("Give me a table of the offices.", "Bristol and Leeds.", False),
        ("List them as bullet points.", "- one\n- two", True),
        ("List them as bullet points.", "One and two.", False),
        ("Answer in one word: who pays?", "Finance [1]", True),
        ("Answer in one word: who pays?", "Finance pays.", False),
        ("Explain in one sentence.", "It is 18 weeks, version 1.2 [1].", True),
        ("Explain in one sentence.", "It is. It was.", False),
        ("Return the rows as CSV.", "a,b\n1,2", True),
        ("Write it in capitals.", "YES [1]", True),
        ("Write it in capitals.", "Yes", False),
    ],
)
def test_a_form_asked_for_is_recognised_and_checked(question, text, kept):
    form = asked_form(question)
    assert form is not None
    assert keeps_form(form, text) is kept


@pytest.mark.parametrize(
    "question", ["How long is parental leave?", "Which table saw is cheapest?", "What is a JSON file?"]
)
def test_a_question_about_something_asks_for_no_form(question):
    assert asked_form(question) is None


def test_an_answer_of_rag_without_a_source_is_not_praised_for_its_sources():
    row = illustrates(prompt_only("It is 12 weeks."), rag("It is a coin.", citations=()), "private fact", checks(False))
    assert (row.approach, row.take) == (RAG, False)
    assert "no source to cite" in row.reason
    assert "leave-policy-2026.md" not in row.reason
