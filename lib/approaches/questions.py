"""What a person may ask: something, within the limit, without characters that only terminals understand."""

import unicodedata

from lib.errors import BadInput, LimitExceeded
from lib.settings import LIMITS

_KEPT = "\n\t"


def checked_question(question: str) -> str:
    """The question without control characters and outer space. Raises BadInput for an empty or overlong one.

    Markup stays as it was typed: it is text to the model, and screens never render it.
    """
    cleaned = "".join(
        mark for mark in question if mark in _KEPT or unicodedata.category(mark) not in {"Cc", "Cf", "Cs"}
    )
    cleaned = cleaned.strip()
    if not any(mark.isalnum() for mark in cleaned):
        raise BadInput("There is no question.", hint="Type one, in words.")
    if len(cleaned) > LIMITS.question_characters:
        raise LimitExceeded(
            f"The question has {len(cleaned):,} characters; the limit is {LIMITS.question_characters:,}.",
            hint="Shorten it. A long text belongs under Documents, or in the text that prompt-only carries.",
        )
    return cleaned
