"""When the passages do not hold the answer: said before a model is asked, or by the model itself."""

import re

ABSTAINED_TEXT = "The passages found do not hold the answer."

MIN_STRENGTH = 0.4
"""Below this strength of the best sentence no model is asked; chosen by measurement, docs/EXPERIMENTS.md, "Answers".

It catches questions about something else altogether, and few of those whose subject the documents do treat.
"""

_DENIALS = re.compile(
    r"\b(?:not|never|n['’]t|no)\b[^.]{0,60}\b(?:document|passage|text|context|information|excerpt|sentence|provided)"
    r"|\b(?:document|passage|text|context|excerpt|sentence)s?\b[^.]{0,40}\b(?:do|does|did)(?: not|n['’]t)\b"
    r"|\bI (?:do not|don['’]t|cannot|can['’]t) (?:know|answer|find|tell)\b"
    r"|\b(?:cannot|can['’]t|can not) be (?:answered|determined|found)\b",
    re.IGNORECASE,
)


def is_too_weak(strength: float) -> bool:
    """Whether even the nearest sentence is too far from the question to hold its answer."""
    return strength < MIN_STRENGTH


def says_it_has_none(text: str) -> bool:
    """Whether the answer is the model's own word that the passages hold none; a long answer that goes on is not."""
    stripped = text.strip()
    first = re.split(r"(?<=[.!?])\s", stripped, maxsplit=1)
    return bool(_DENIALS.search(first[0])) and (len(first) == 1 or len(first[1]) < len(first[0]))
