import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.approaches.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def test_prose_is_cut_at_its_full_stops_and_not_at_abbreviations() -> None:
    text = "Dr. Silva leads the team. It has 3.5 posts, e.g. one in Porto! Does J. Ruiz know?"
    assert sentences(text) == [
        "Dr. Silva leads the team.",
        "It has 3.5 posts, e.g. one in Porto!",
        "Does J. Ruiz know?",
    ]


def test_a_wrapped_line_goes_on() -> None:
    text = "Employees who have worked here for a year\nmay take eighteen weeks."
    assert sentences(text) == [text]


def test_headings_list_items_and_table_rows_stand_alone() -> None:
    text = (
        "Parental leave\nEighteen weeks are paid.\n\n- Ask your lead\n- Tell payroll\n"
        "Plan: Basic | Price: 9\nPlan: Pro | Price: 19"
    )
    assert sentences(text) == [
        "Parental leave",
        "Eighteen weeks are paid.",
        "- Ask your lead",
        "- Tell payroll",
        "Plan: Basic | Price: 9",
        "Plan: Pro | Price: 19",
    ]


@pytest.mark.parametrize("nothing", ["", " \n\n\t "])
def test_nothing_has_no_sentences(nothing: str) -> None:
    assert sentence_spans(nothing) == ()


@given(st.text(alphabet=st.sampled_from("aB3. !?\n\t|-é。"), max_size=80))
def test_every_character_but_white_space_is_in_exactly_one_sentence(text: str) -> None:
    spans = sentence_spans(text)
    assert list(spans) == sorted(spans)
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())
