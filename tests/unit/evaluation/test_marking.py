import pytest

from lib.domain import Document
from lib.errors import BadInput
from lib.evaluation.locating import locate
from lib.evaluation.marking import likeliest_quote, marked_case, source_of
from lib.records import EvalCase, GoldEvidence

TEXT = "Doors stay shut. Probes are compared\nevery nine months. Foggers rest at noon. Doors stay shut. The end."
DOCUMENT = Document("d", "manual.md", TEXT, "md")
WHOLE = source_of(DOCUMENT, 0, len(TEXT))


def test_the_sentence_that_shares_most_with_the_question_is_proposed() -> None:
    assert likeliest_quote(WHOLE, "How often is a probe compared?") == "Probes are compared every nine months."


def test_without_a_shared_word_the_whole_passage_is_proposed() -> None:
    part = source_of(DOCUMENT, 17, 77)
    assert likeliest_quote(part, "Quid?") == "Probes are compared every nine months. Foggers rest at noon."
    assert likeliest_quote(part, "") == likeliest_quote(part, "Quid?")


def test_a_marked_passage_becomes_a_case_in_the_documents_own_characters() -> None:
    case = marked_case(WHOLE, " How often? ", " every nine months ", "Probes are  compared every nine months.")
    assert case == EvalCase(
        "", "How often?", "every nine months", (GoldEvidence("manual.md", "Probes are compared\nevery nine months."),)
    )


def test_words_that_stand_twice_are_tied_to_the_marked_place() -> None:
    at = TEXT.rindex("Doors")
    for start, end in ((at, len(TEXT)), (at - 3, at + 5)):
        case = marked_case(source_of(DOCUMENT, start, end), "What stays shut?", "doors", "Doors stay shut.")
        assert case.evidence == (GoldEvidence("manual.md", "Doors stay shut.", at, at + 16),)
    (span,) = locate(case, lambda _name: DOCUMENT).spans
    assert (span.start, span.end) == (at, at + 16)


def test_an_empty_answer_makes_a_case_for_retrieval_alone() -> None:
    case = marked_case(WHOLE, "How often?", "", "Foggers rest at noon.")
    assert case.answer is None
    assert case.answerable


@pytest.mark.parametrize(
    ("question", "quote", "said"),
    [
        ("How?", "Words that stand nowhere", "do not stand in 'manual.md'"),
        ("How?", "  ", "quote is empty"),
        (" ", "Doors stay shut.", "question is missing"),
        ("x" * 4_001, "Doors stay shut.", "4,001 characters"),
    ],
)
def test_what_makes_no_case_is_said(question: str, quote: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as raised:
        marked_case(WHOLE, question, "", quote)
    assert raised.value.hint


def test_a_span_outside_the_text_is_cut_to_it() -> None:
    assert source_of(DOCUMENT, -5, 10_000).text == TEXT
    assert source_of(DOCUMENT, 900, 10_000).text == ""
    assert likeliest_quote(source_of(DOCUMENT, 900, 950), "How?") == ""
