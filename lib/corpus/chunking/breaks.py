"""Where a text may be broken, and how good a place each is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from lib.corpus.chunking.sentences import sentence_starts
from lib.domain import Document, PartKind
from lib.settings import Strategy


class Level(IntEnum):
    """How strong a break is, from one inside a word over one at a punctuation mark upwards.

    Headings of level 1 to 6 are strongest, `HEADING + 6 - level`.
    """

    TOKEN = 0
    MARK = 1
    WORD = 2
    SENTENCE = 3
    LINE = 4
    PARAGRAPH = 5
    PART = 6
    HEADING = 7


_LINE = re.compile(r"\n\s*")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_WORD = re.compile(r"(?<=\s)\S")
_FENCE = re.compile(r"^ {0,3}(```+|~~~+).*?(?:^ {0,3}\1[`~]*[^\S\n]*$|\Z)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^ {0,3}(#{1,6})[^\S\n]+\S.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Outline:
    """A document's tokens and breaks, computed once and cut at any size.

    `starts` are the tokens' first characters, and the end of the text. `levels[i]` is the strength of the break before
    token i; the text's start and end are the strongest. `breaks` pairs each level that occurs, strongest first, with
    the tokens at breaks of that strength or more.
    """

    document: Document
    levels: NDArray[np.int8]
    starts: Sequence[int]
    breaks: tuple[tuple[int, Sequence[int]], ...]
    strategy: Strategy


def outline(document: Document, tokens: NDArray[np.int64], strategy: Strategy) -> Outline:
    """Find the breaks that the strategy heeds. `tokens` are the embedder's spans of the document's text."""
    levels = np.zeros(len(tokens) + 1, np.int8)
    levels[:-1] = _at_marks(document.text, tokens)
    for level, starts in _starts(document, strategy):
        _raise(levels, tokens, starts, level)
    levels[0] = levels[-1] = np.iinfo(np.int8).max
    found = np.unique(levels[1:-1])[::-1].tolist()
    # Lists, because bisecting one in Python is many times faster than an array.
    breaks = tuple((level, np.flatnonzero(levels >= level).tolist()) for level in found)
    return Outline(document, levels, [*tokens[:, 0].tolist(), len(document.text)], breaks, strategy)


def _starts(document: Document, strategy: Strategy) -> Iterator[tuple[int, Sequence[int]]]:
    """Levels with the characters at which they begin, weakest first."""
    text = document.text
    yield Level.WORD, [match.start() for match in _WORD.finditer(text)]
    if strategy is Strategy.FIXED:
        return
    yield Level.SENTENCE, sentence_starts(text)
    if strategy is Strategy.SENTENCE:
        return
    yield Level.LINE, [match.end() for match in _LINE.finditer(text)]
    yield Level.PARAGRAPH, [match.end() for match in _PARAGRAPH.finditer(text)]
    if strategy is Strategy.MARKDOWN:
        yield from _structure(document)


def _at_marks(text: str, tokens: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the token does not go on a word: its first character or the one before is no letter or digit."""
    starts = tokens[:, 0].tolist()
    return np.array([not (text[at].isalnum() and text[at - 1 : at].isalnum()) for at in starts], np.bool_)


def _structure(document: Document) -> Iterator[tuple[int, Sequence[int]]]:
    """Pages, slides and sheets, then headings, those of the text and those that the parser found."""
    kinds = (PartKind.SLIDE, PartKind.SHEET)
    yield Level.PART, [part.start for part in document.parts if part.kind in kinds]
    fences = [match.span() for match in _FENCE.finditer(document.text)]
    for level in range(6, 0, -1):
        starts = [m.start() for m in _HEADING.finditer(document.text) if len(m[1]) == level and not _inside(m, fences)]
        parts = [p.start for p in document.parts if p.kind is PartKind.HEADING and min(max(p.level, 1), 6) == level]
        yield Level.HEADING + 6 - level, starts + parts


def _inside(match: re.Match[str], spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= match.start() < end for start, end in spans)


def _raise(levels: NDArray[np.int8], tokens: NDArray[np.int64], starts: Sequence[int], level: int) -> None:
    """Mark the first token at or after each of these characters."""
    at = np.searchsorted(tokens[:, 0], np.asarray(starts, np.int64))
    levels[at] = np.maximum(levels[at], level)
