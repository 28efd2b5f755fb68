import json

import pytest

from lib.domain import Document
from lib.evaluation.draft_checks import (
    DraftRejected,
    Rejection,
    Source,
    checked_draft,
    find_words,
    is_near_duplicate,
    quoted_from,
)
from lib.evaluation.spans import Span
from lib.records import EvalCase, GoldEvidence

TEXT = "Probes are compared\nevery nine months. Doors stay shut. Foggers rest at noon. Doors stay shut."
SOURCE = Source(Document("d", "manual.md", TEXT, "md"), Span("manual.md", 0, len(TEXT)))
QUESTION = "How often is a probe compared with a reference?"
QUOTE = "Probes are compared every nine months."


def reply(question: str = QUESTION, answer: str = "every nine months", quote: str = QUOTE) -> str:
    return json.dumps({"question": question, "answer": answer, "quote": quote})


def rejected(said: str, *others: EvalCase) -> Rejection:
    with pytest.raises(DraftRejected) as raised:
        checked_draft(said, SOURCE, others)
    return raised.value.reason


def test_a_draft_that_stands_is_kept_unreviewed_with_the_documents_own_characters() -> None:
    assert checked_draft(reply(), SOURCE, ()) == EvalCase(
        "",
        QUESTION,
        "every nine months",
        (GoldEvidence("manual.md", "Probes are compared\nevery nine months."),),
        tags=("draft",),
        reviewed=False,
    )


def test_a_reply_between_other_words_is_found() -> None:
    assert checked_draft(f"Sure!\n```json\n{reply()}\n```", SOURCE, ()).question == QUESTION


def test_a_quote_that_stands_twice_is_tied_to_its_place_in_the_part_that_was_read() -> None:
    second = TEXT.rindex("Doors")
    source = Source(SOURCE.document, Span("manual.md", second, len(TEXT)))
    draft = checked_draft(reply("What about the doors, please?", "shut", "Doors stay shut."), source, ())
    assert draft.evidence == (GoldEvidence("manual.md", "Doors stay shut.", second, len(TEXT)),)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("I cannot do that.", Rejection.NO_JSON),
        ('{"question": "Who?"', Rejection.NO_JSON),
        ('{"question": "Who is it?", "answer": 3, "quote": "x"}', Rejection.NO_JSON),
        ("[1]", Rejection.NO_JSON),
        ('{"question": "Who is \\ud800?", "answer": "a", "quote": "x"}', Rejection.NO_JSON),
        (reply(answer="  "), Rejection.NO_ANSWER),
        (reply(question="Probes are compared."), Rejection.NO_QUESTION),
        (reply(question="Why?"), Rejection.NO_QUESTION),
        (reply(question="Probes they compared often?"), Rejection.NO_QUESTION),
        (reply(quote="Probes are compared every ten months."), Rejection.QUOTE_NOWHERE),
        (reply(quote=""), Rejection.QUOTE_NOWHERE),
        (reply(answer="ten months"), Rejection.ANSWER_NOT_IN_QUOTE),
        (reply(answer="mon"), Rejection.ANSWER_NOT_IN_QUOTE),
        (reply(answer="Probes are compared every nine months"), Rejection.ANSWER_IS_QUOTE),
        (reply(question="Who wrote the first novel of all?"), Rejection.ELSEWHERE),
        (reply(question="How long does the sailor wave to the doors?"), Rejection.ELSEWHERE),
        (reply(question="Is it every nine months that probes are compared?"), Rejection.GIVEN_AWAY),
    ],
)
def test_what_does_not_hold_is_dropped_with_its_reason(said: str, reason: Rejection) -> None:
    assert rejected(said) is reason


def test_a_question_that_nearly_stands_already_is_dropped() -> None:
    other = EvalCase("q", "How often is the probe compared with references?", "A")
    assert rejected(reply(), other) is Rejection.DUPLICATE


def test_near_duplicates_are_told_by_their_words_of_substance() -> None:
    assert is_near_duplicate("How long is the parental leave?", ["how long is parental leave"])
    assert not is_near_duplicate("How long is the parental leave?", ["How long is the sick leave?", "Who cooks?"])
    assert not is_near_duplicate("How long is the parental leave?", [])


def test_words_are_found_whole_whatever_their_case_and_white_space() -> None:
    assert find_words("Every  NINE\nmonths.", "nine months") == (7, 18)
    assert find_words("Nineteen months", "nine") is None
    assert find_words("costs €40.", "€40") == (6, 9)
    assert find_words("text", "") is None


def test_offsets_are_given_only_for_words_that_stand_more_than_once() -> None:
    assert quoted_from(SOURCE, 0, 19).start is None
    at = TEXT.index("Doors")
    assert quoted_from(SOURCE, at, at + 16) == GoldEvidence("manual.md", "Doors stay shut.", at, at + 16)
