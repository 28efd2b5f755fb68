"""Personal data by its pattern: what a model may learn by heart and say to anybody.

E-mail addresses, telephone numbers, IBANs whose check digits are right, card numbers that pass Luhn's check, US social
security numbers. Names and addresses have no pattern; a person must look for those.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from lib.training.values import TrainingExample

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_CARD = re.compile(r"(?<![\w-])[3-6]\d{3}(?:[ -]?\d){9,15}(?![\w-])")
_SSN = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_PHONE = re.compile(
    r"(?<![\w.-])(?:(?:\+|00)[1-9]\d{0,2}[ .-]?(?:\(0?\d{1,4}\)[ .-]?)?\d(?:[ ./-]?\d){5,11}"
    r"|\(0?\d{2,5}\)[ -]?\d{3}(?:[ -]?\d){3,7}|0[1-9]\d{1,3}[ /-]\d{3}(?:[ -]?\d){2,6})(?![\w-])"
)


@dataclass(frozen=True, slots=True)
class Personal:
    """What was found in a text: its kind in words, and where it stands."""

    kind: str
    start: int
    end: int


def personal_data(text: str) -> tuple[Personal, ...]:
    """All of it, in order, nothing twice."""
    found: list[Personal] = []
    for kind, pattern, holds in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if holds(match.group()) and not any(start < one.end and one.start < end for one in found):
                found.append(Personal(kind, start, end))
    return tuple(sorted(found, key=lambda one: one.start))


def kinds_in(example: TrainingExample) -> tuple[str, ...]:
    """The kinds of personal data in an example, each once."""
    return tuple(dict.fromkeys(one.kind for message in example.messages for one in personal_data(message.content)))


def masked(text: str) -> str:
    """The text with its kind in brackets in place of each piece of personal data."""
    for one in reversed(personal_data(text)):
        text = f"{text[: one.start]}[{one.kind}]{text[one.end :]}"
    return text


def with_masks(example: TrainingExample) -> TrainingExample:
    """The example with all its messages masked."""
    return replace(
        example, messages=tuple(replace(message, content=masked(message.content)) for message in example.messages)
    )


def _is_iban(text: str) -> bool:
    """Check digits by ISO 7064, mod 97-10."""
    plain = text.replace(" ", "")
    digits = "".join(str(int(character, 36)) for character in plain[4:] + plain[:4])
    return 15 <= len(plain) <= 34 and int(digits) % 97 == 1


def _is_card(text: str) -> bool:
    """The check digit of Luhn."""
    digits = [int(character) for character in text if character.isdigit()]
    doubled = [digit if number % 2 == 0 else sum(divmod(2 * digit, 10)) for number, digit in enumerate(digits[::-1])]
    return sum(doubled) % 10 == 0 and len(set(digits)) > 1


def _always(_text: str) -> bool:
    return True


_PATTERNS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("e-mail address", _EMAIL, _always),
    ("IBAN", _IBAN, _is_iban),
    ("card number", _CARD, _is_card),
    ("social security number", _SSN, _always),
    ("telephone number", _PHONE, _always),
)
