"""A quote is found where it stands, whatever white space its text was laid out with."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from lib.corpus.quotes import find_all, find_quote

WORDS = st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=6), min_size=1, max_size=6)
GAPS = st.text(" \n\t\u00a0\u2003", min_size=1, max_size=3)


def test_white_space_is_flexible_and_nothing_else_is() -> None:
    text = "Leave:\n18  weeks\tof paid leave. 18 weeks of paid leave."
    assert find_quote(text, " 18 weeks of\npaid ") == (7, 24)
    assert text[7:24] == "18  weeks\tof paid"
    assert find_quote(text, "18 Weeks") is None
    assert find_quote(text, "18weeks") is None


def test_all_occurrences_are_found_in_order() -> None:
    assert find_all("a b a\nb a  b", "a b") == ((0, 3), (4, 7), (8, 12))


def test_a_quote_without_words_is_nowhere() -> None:
    assert find_quote("text", " \n") is None
    assert find_all("text", "") == ()


def test_signs_of_patterns_are_only_signs() -> None:
    assert find_quote("cost (a+b)* [1]", "(a+b)* [1]") == (5, 15)


@given(before=st.text(max_size=20), words=WORDS, data=st.data())
def test_every_passage_of_a_text_is_found_again(before: str, words: list[str], data: st.DataObject) -> None:
    laid_out = words[0] + "".join(data.draw(GAPS) + word for word in words[1:])
    text = unicodedata.normalize("NFC", f"{before} {laid_out} end")
    found = find_quote(text, " ".join(words))
    assert found is not None
    start, end = found
    assert text[start:end].split() == unicodedata.normalize("NFC", " ".join(words)).split()
    assert start <= len(unicodedata.normalize("NFC", before)) + 1
