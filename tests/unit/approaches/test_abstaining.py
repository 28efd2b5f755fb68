import pytest

from lib.approaches.abstaining import says_it_has_none


@pytest.mark.parametrize(
    "text",
    [
        "The passages do not hold the answer.",
        "This is not mentioned in the documents.",
        "I don't know.",
        "I cannot find that in the provided context.",
        "The answer cannot be determined from the text.",
        "There is no information about parking in the passages. Ask HR.",
    ],
)
def test_a_model_that_says_it_found_nothing_is_taken_at_its_word(text: str) -> None:
    assert says_it_has_none(text)


@pytest.mark.parametrize(
    "text",
    [
        "Eighteen weeks.",
        "Staff may not fly first class.",
        "No. Contractors are not covered.",
        "The text does not name a year. However, the table lists eighteen weeks for parents in every office.",
    ],
)
def test_an_answer_is_an_answer_even_with_a_not_in_it(text: str) -> None:
    assert not says_it_has_none(text)
