"""The words in which a failure is shown: ranks, shortened quotes, borders of chunks."""

import textwrap
from collections.abc import Sequence

from lib.domain import Chunk, Passage
from lib.evaluation.spans import Span
from lib.records import AnswerFormat, EvalCase

SHOWN_CHARACTERS = 90
"""Of a quoted text."""


def short(text: str) -> str:
    """The text on one line, cut at a word with an ellipsis where it is long."""
    return textwrap.shorten(text, SHOWN_CHARACTERS, placeholder=" …")


def capital(words: str) -> str:
    """The words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def form_words(case: EvalCase) -> str:
    """Which form the case asks for, as a clause; empty if none."""
    return {
        AnswerFormat.NONE: "",
        AnswerFormat.PATTERN: f"the case asks for an answer of the form {case.format_spec}",
        AnswerFormat.JSON_SCHEMA: "the case asks for JSON that keeps its schema",
    }[case.format]


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def split_words(span: Span, parts: Sequence[Chunk], passages: Sequence[Passage]) -> str:
    """Where the chunks `parts` cut the span, and how many of them are among the passages."""
    found = sum(any(passage.chunk.id == chunk.id for passage in passages) for chunk in parts)
    borders = " and ".join(f"{chunk.start:,} to {chunk.end:,} ({chunk.tokens} tokens)" for chunk in parts)
    return (
        f"The evidence in {span.document}, characters {span.start:,} to {span.end:,}, is cut over {len(parts)} "
        f"chunks: {borders}. {found or 'None'} of them came among the passages."
    )
