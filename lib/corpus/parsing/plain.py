"""Plain text and Markdown: the text stays as it is, character for character where it was clean already."""

import re
from collections.abc import Iterator

from lib.corpus.parsing.decoding import decode
from lib.corpus.parsing.draft import Parsed, clean, label_of
from lib.corpus.parsing.sniff import Kind
from lib.domain import Part, PartKind

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_NOT_A_PARAGRAPH = re.compile(r" {4}|\t| {0,3}(?:[-+*>|]|\d+[.)]\s|#{1,6}\s)")
_IMAGE_OR_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"(\*\*|__|`|(?<!\w)[*_]|[*_](?!\w))")


def read_text(content: bytes) -> Parsed:
    """The text of a plain file; it has no parts."""
    text, warnings = decode(content)
    return Parsed(clean(text), (), Kind.TEXT.value, warnings=warnings)


def read_markdown(content: bytes) -> Parsed:
    """The Markdown source as it stands, with its headings as parts."""
    text, warnings = decode(content)
    text = clean(text)
    return Parsed(text, tuple(headings_of(text)), Kind.MARKDOWN.value, warnings=warnings)


def headings_of(text: str) -> Iterator[Part]:
    """The headings of Markdown source in order, leaving out front matter and fenced code."""
    fence = ""
    before = ""
    before_start = 0
    for start, line in _lines_after_front_matter(text):
        opened = _FENCE.match(line)
        if fence:
            if opened and opened[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            continue
        if opened:
            fence, before = opened[1], ""
        elif heading := _ATX.match(line):
            yield _heading(start, heading[2] or "", len(heading[1]))
            before = ""
        elif before and (underline := _SETEXT.match(line)):
            yield _heading(before_start, before, 1 if underline[1][0] == "=" else 2)
            before = ""
        else:
            before, before_start = ("" if _NOT_A_PARAGRAPH.match(line) else line.strip()), start


def _lines_after_front_matter(text: str) -> Iterator[tuple[int, str]]:
    skipped = _front_matter_end(text)
    start = 0
    for line in text.split("\n"):
        if start >= skipped:
            yield start, line
        start += len(line) + 1


def _front_matter_end(text: str) -> int:
    matter = re.match(r"---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", text)
    return matter.end() if matter else 0


def _heading(start: int, label: str, level: int) -> Part:
    label = _EMPHASIS.sub("", _IMAGE_OR_LINK.sub(r"\1", label))
    return Part(PartKind.HEADING, start, label_of(label), level=level)
