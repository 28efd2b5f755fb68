import pytest

from lib.approaches.questions import checked_question
from lib.errors import BadInput, LimitExceeded
from lib.settings import LIMITS


@pytest.mark.parametrize("nothing", ["", "   \n", "???", "\x00\x1b", "\u200b", "<>"])
def test_a_question_without_words_is_refused(nothing: str) -> None:
    with pytest.raises(BadInput, match="no question"):
        checked_question(nothing)


def test_an_enormous_question_is_refused_with_both_numbers() -> None:
    with pytest.raises(LimitExceeded, match=r"4,001 characters; the limit is 4,000"):
        checked_question("a" * (LIMITS.question_characters + 1))


def test_control_characters_go_and_the_words_stay() -> None:
    assert checked_question(" \x1b[31mHow\x00 long\u202e is\tthe leave?\r\n") == "[31mHow long is\tthe leave?"


def test_markup_is_asked_as_it_was_typed() -> None:
    markup = "<script>alert(1)</script> What is $x$ in **this**?"
    assert checked_question(markup) == markup
