import pytest

from lib.training.personal import masked, personal_data
from lib.training.set_store import sample_training_set


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("write to jo.smith+x@firm.co.uk.", "e-mail address", "jo.smith+x@firm.co.uk"),
        ("pay to DE89 3704 0044 0532 0130 00 please", "IBAN", "DE89 3704 0044 0532 0130 00"),
        ("GB82WEST12345698765432", "IBAN", "GB82WEST12345698765432"),
        ("card 4111 1111 1111 1111 expired", "card number", "4111 1111 1111 1111"),
        ("5500-0000-0000-0004", "card number", "5500-0000-0000-0004"),
        ("SSN 078-05-1120", "social security number", "078-05-1120"),
        ("call +44 20 7946 0958 now", "telephone number", "+44 20 7946 0958"),
        ("call (020) 7946 0958", "telephone number", "(020) 7946 0958"),
        ("ring 0151 2345678", "telephone number", "0151 2345678"),
    ],
)
def test_patterns_are_found_where_they_stand(text: str, kind: str, found: str) -> None:
    assert [(one.kind, text[one.start : one.end]) for one in personal_data(text)] == [(kind, found)]


@pytest.mark.parametrize(
    "text",
    [
        "GB82WEST12345698765431",  # wrong check digits
        "4111 1111 1111 1112",  # fails Luhn
        "0000 0000 0000 0000",
        "RS-61140, INV-48422 and CK4-22981",
        "2,480 pounds on 12-03-2024 at 10:30",
        "2024-05-12T10:30:00",
        "room 12 of 120 000",
        "@home and mail@",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert personal_data(text) == ()


def test_masking_says_what_stood_there_and_leaves_the_rest() -> None:
    assert masked("jo@a.example or +49 30 901820") == "[e-mail address] or [telephone number]"
    assert masked("nothing here") == "nothing here"


def test_the_sample_set_holds_none() -> None:
    said = [message.content for example in sample_training_set("company").examples for message in example.messages]
    assert [text for text in said if personal_data(text)] == []
