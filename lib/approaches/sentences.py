"""The sentences of a passage, with exact offsets: what small models read and what extractive answers quote."""

import re
from itertools import pairwise

from lib.corpus.chunking.sentences import sentence_starts

_BREAK = re.compile(r"\n[^\S\n]*\n\s*|\n")
_ITEM = re.compile(r"[ \t]*(?:[-*+•–▪]|\d{1,3}[.)]|[a-z][.)]|#{1,6})[ \t]")
_CELLS = " | "
_WRAPPED_CHARACTERS = 40


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Spans [start, end) of the sentences, in order, without the white space around them.

    A blank line always ends a sentence. A single line break does too, unless the line looks wrapped: long, unfinished,
    and followed by neither a list item nor a table row. A row of cells ("Plan: Basic | Price: 9") is one sentence.
    """
    spans: list[tuple[int, int]] = []
    for start, end in _blocks(text):
        starts = [start, *(start + offset for offset in sentence_starts(text[start:end])), end]
        spans.extend(_trimmed(text, *pair) for pair in pairwise(starts))
    return tuple(span for span in spans if span[0] < span[1])


def _blocks(text: str) -> list[tuple[int, int]]:
    blocks, start = [], 0
    for gap in _BREAK.finditer(text):
        if gap.group().count("\n") == 1 and _continues(text, start, gap.start()):
            continue
        blocks.append((start, gap.start()))
        start = gap.end()
    blocks.append((start, len(text)))
    return blocks


def _continues(text: str, block_start: int, line_end: int) -> bool:
    """Whether the line that ends here goes on in the next one."""
    line = text[max(text.rfind("\n", 0, line_end) + 1, block_start) : line_end].rstrip()
    next_end = text.find("\n", line_end + 1)
    following = text[line_end + 1 : next_end if next_end >= 0 else len(text)]
    if len(line) < _WRAPPED_CHARACTERS or line[-1] in ".!?:;…。！？|" or _CELLS in line:
        return False
    return not (_ITEM.match(following) or following.lstrip().startswith("|") or _CELLS in following)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
