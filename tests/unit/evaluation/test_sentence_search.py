from lib.domain import Document
from lib.evaluation.sentence_search import LONGEST, find_sentences, sentences_of

LEAVE = Document("a", "leave.md", "# Leave\n\nA full year brings 27 days.  A doctor's note\nis due on day 11.", "text")
ROOMS = Document("b", "rooms.md", "The door has a note. " + "X" * 900, "text")


def test_sentences_and_lines_stand_where_their_spans_say() -> None:
    found = list(sentences_of(LEAVE))
    assert [one.text for one in found] == [
        "# Leave", "A full year brings 27 days.", "A doctor's note", "is due on day 11.",
    ]  # fmt: skip
    assert all(LEAVE.text[one.span.start : one.span.end] == one.text for one in found)


def test_words_that_stand_as_they_are_are_found_across_line_breaks() -> None:
    found = find_sentences([ROOMS, LEAVE], "doctor's note is due", most=5)
    assert [one.text for one in found] == ["doctor's note\nis due"]
    assert found[0].span.document == "leave.md"


def test_single_words_find_their_sentences_best_first_in_any_form() -> None:
    found = find_sentences([ROOMS, LEAVE], "doctors notes", most=5)
    assert [one.text for one in found] == ["A doctor's note", "The door has a note."]
    assert len(find_sentences([ROOMS, LEAVE], "doctors notes", most=1)) == 1


def test_what_stands_nowhere_is_not_found() -> None:
    assert find_sentences([LEAVE, ROOMS], "sabbatical", most=5) == ()
    assert find_sentences([LEAVE, ROOMS], "  ", most=5) == ()
    assert find_sentences([], "leave", most=5) == ()


def test_an_endless_line_is_offered_by_its_beginning() -> None:
    assert max(len(one.text) for one in sentences_of(ROOMS)) == LONGEST
