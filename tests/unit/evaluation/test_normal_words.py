"""What counts as the same words, and what must not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.evaluation.normal_words import is_number, normal_tokens, without_markers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ten days", "10 days"),
        ("the  Days.", "days"),
        ("1,000 litres", "1000 litres"),
        ("71,300 euros", "€71,300"),
        ("EUR 71,300.00", "71300 euros"),
        ("150 GBP", "£150"),
        ("12%", "twelve per cent"),
        ("11.40", "11.4"),
        ("the eleventh day", "the 11th day"),
        ("31 May 2022", "31st May 2022"),
        ("May 3rd", "May 3"),
        ("eighty-one", "81"),
        ("a hundred minutes", "100 minutes"),
        ("two thousand, three hundred and forty-two", "2,342"),
        ("half a million", "half 1,000,000"),
        ("03:00", "3:00"),
        ("U.S. law", "US law"),
        ("the keeper’s lamp", "the keeper's lamp"),
        ("SP-3002 [1]", "SP 3002"),
        ("ｆｕｌｌ width", "full width"),
        ("1\u00a0000 people", "1000 people"),
    ],
)
def test_the_same_said_in_another_way_is_the_same(one: str, other: str) -> None:
    assert normal_tokens(one) == normal_tokens(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.5", "15"),
        ("the eleventh day", "11 days"),
        ("twenty one two", "twenty three"),
        ("one two three", "123"),
        ("-5 or 5", "55"),
        ("P2", "P3"),
        ("1.2.3", "1.2.30"),
        ("nineteen five", "24"),
        ("100 and 5", "105"),
        ("forty and ten", "fifty"),
    ],
)
def test_what_differs_in_meaning_stays_different(one: str, other: str) -> None:
    assert normal_tokens(one) != normal_tokens(other)


def test_numbers_come_out_as_digits() -> None:
    assert normal_tokens("One hundred and five of ninety-nine, zero 007 and 0.50") == (
        *("105", "of", "99"),
        *("0", "7", "and", "0.5"),
    )
    assert [word for word in normal_tokens("ten 11th eleven x2 2.5") if is_number(word)] == ["10", "11th", "11", "2.5"]


def test_articles_stay_where_nothing_else_stands() -> None:
    assert normal_tokens("A") == ("a",)
    assert normal_tokens("an A") == ("an", "a")
    assert normal_tokens("...") == normal_tokens("") == ()


def test_only_citation_markers_are_taken_for_such() -> None:
    assert without_markers("It is so [1], and [2, 3] so 【4】.") == "It is so, and so."
    assert without_markers("[abc] [1999a] a[i]") == "[abc] [1999a] a[i]"


def test_a_model_that_writes_nothing_but_spaces_is_read_too() -> None:
    assert normal_tokens("ten" + " " * 300_000 + "x [1]") == ("10", "x")


@given(st.text(max_size=60))
def test_any_text_has_lower_case_words_without_spaces(text: str) -> None:
    for word in normal_tokens(text):
        assert word
        assert word == word.lower()
        assert not any(character.isspace() for character in word)


@given(st.integers(0, 999_999_999))
def test_a_number_reads_the_same_with_and_without_separators(number: int) -> None:
    assert normal_tokens(f"{number:,} days") == normal_tokens(f"{number} days") == (str(number), "days")
