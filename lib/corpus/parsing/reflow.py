"""Printed lines back to paragraphs: which line goes on in the next, which is a heading, which is a table row."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from lib.corpus.parsing.lines import HYPHENS, Line, rows_merged

_LAST_WORD = re.compile(r"([^\W\d_]+)-?$")
_FIRST_WORD = re.compile(r"^([^\W\d_]+)")
_COMPOUND = re.compile(r"[^\W\d_]+-[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+")
_BULLET = re.compile(r"(?:[•●▪■◦‣·–—*-]|\(?[0-9]{1,3}[.)]|\(?[a-zA-Z][.)]|\([ivx]+\))\s")
_SENTENCE_END = (".", "!", "?", ":", ";", "”", '"')

_LARGER = 1.12
_PARAGRAPH_PITCH = 1.3
_ROW_PITCH = 2.2
_SAME_LINE = 0.3
_FULL_WIDTH = 0.82
_PROSE_CHARACTERS = 45
_HEADING_CHARACTERS = 150
_HEADING_LINES = 3
_HEADING_LEVELS = 4


Pages = Sequence[Sequence[Line]]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a table or a heading (`level` above 0)."""

    text: str
    level: int = 0


class Layout:
    """What the whole document says about each of its lines: the body's size, the headings' sizes, its words."""

    def __init__(self, pages: Pages) -> None:
        self._pages = [rows_merged(lines) for lines in pages]
        lines = [line for page in self._pages for line in page]
        sizes: Counter[float] = Counter()
        bold = 0
        for line in lines:
            sizes[_step(line.size)] += len(line.text)
            bold += len(line.text) * line.is_bold
        self._body_size = sizes.most_common(1)[0][0] if sizes else 0.0
        self._bold_stands_out = bold * 4 < sum(sizes.values())
        self._repeated = _running_titles(self._pages)
        larger = {_step(line.size) for line in lines if self._is_large(line) and self._may_be_heading([line])}
        self._heading_sizes = sorted(larger, reverse=True)
        self._words, self._compounds = _vocabulary(lines)

    def pages(self) -> Iterator[tuple[Block, ...]]:
        """The blocks of each page, in order."""
        for lines in self._pages:
            groups = _groups(self._hyphens_settled(lines))
            yield tuple(Block(_paragraphs(group), self._level(group)) for group in groups)

    def _level(self, group: list[Line]) -> int:
        """The depth of the heading that the lines are; 0 if they are none."""
        if not self._may_be_heading(group):
            return 0
        size = _step(group[0].size)
        if size in self._heading_sizes:
            return min(self._heading_sizes.index(size) + 1, _HEADING_LEVELS)
        is_bold = self._bold_stands_out and all(line.is_bold for line in group) and len(group) == 1
        return min(len(self._heading_sizes) + 1, _HEADING_LEVELS) if is_bold and size >= self._body_size else 0

    def _is_large(self, line: Line) -> bool:
        return line.size >= _LARGER * self._body_size

    def _may_be_heading(self, lines: list[Line]) -> bool:
        text = " ".join(line.text for line in lines)
        is_short = len(lines) <= _HEADING_LINES and len(text) <= _HEADING_CHARACTERS
        is_title = (
            sum(map(str.isalpha, text)) >= 3 and not text.endswith((".", ",", ";", ":")) and not text[0].islower()
        )
        return is_short and is_title and not any(line.is_row or line.text in self._repeated for line in lines)

    def _hyphens_settled(self, lines: list[Line]) -> list[Line]:
        following = [*lines[1:], None]
        return [self._hyphen_settled(line, after) for line, after in zip(lines, following, strict=False)]

    def _hyphen_settled(self, line: Line, after: Line | None) -> Line:
        """Drop the hyphen of a broken word, keep that of a compound; which it is, the other lines tell."""
        if not line.text.endswith(tuple(HYPHENS)):
            return line
        text = line.text.rstrip(HYPHENS)
        last = _LAST_WORD.search(text)
        first = _FIRST_WORD.match(after.text) if after else None
        is_broken = (
            last and first and first[1][0].islower() and not self._is_compound(last[1].lower(), first[1].lower())
        )
        return replace(line, text=text if is_broken else f"{text}-", joins=True)

    def _is_compound(self, first: str, second: str) -> bool:
        if self._words[first + second]:
            return False
        return bool(self._compounds[f"{first}-{second}"]) or min(self._words[first], self._words[second]) > 1


def _step(size: float) -> float:
    return round(size * 2) / 2


def _vocabulary(lines: Sequence[Line]) -> tuple[Counter[str], Counter[str]]:
    words: Counter[str] = Counter()
    compounds: Counter[str] = Counter()
    for line in lines:
        text = line.text.lower()
        words.update(_WORD.findall(text))
        compounds.update(_COMPOUND.findall(text))
    return words, compounds


def _running_titles(pages: Pages) -> set[str]:
    """Lines that stand on every third page or more: running heads, not headings."""
    counts = Counter(text for lines in pages for text in {line.text for line in lines})
    return {text for text, count in counts.items() if count > max(2, len(pages) / 3)}


def _groups(lines: list[Line]) -> Iterator[list[Line]]:
    """Lines that follow each other closely in one size and weight."""
    group: list[Line] = []
    pitch = _usual_pitch(lines)
    for line in lines:
        if group and not _belongs(group[-1], line, pitch):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _usual_pitch(lines: list[Line]) -> float:
    """The distance from line to line within paragraphs, in font sizes."""
    steps = sorted((above.bottom - line.top) / max(line.size, 1.0) for above, line in pairwise(lines))
    usual = [step for step in steps if 0.8 < step < 3.0]
    return usual[len(usual) * 3 // 10] if usual else 1.2


def _belongs(above: Line, line: Line, pitch: float) -> bool:
    if above.joins:
        return True
    both_rows = above.is_row and line.is_row
    distance = (above.bottom - line.top) / max(line.size, 1.0)
    if not -_SAME_LINE < distance <= pitch * (_ROW_PITCH if both_rows else _PARAGRAPH_PITCH):
        return False
    return both_rows or (abs(above.size - line.size) < 0.08 * line.size and above.is_bold == line.is_bold)


def _paragraphs(group: list[Line]) -> str:
    """The group's text: prose is joined, rows and list items stay lines, a short last line ends a paragraph."""
    left, right = min(line.left for line in group), max(line.right for line in group)
    is_prose = max(len(line.text) for line in group) >= _PROSE_CHARACTERS
    pieces = [group[0].text]
    for above, line in pairwise(group):
        is_full = above.right >= left + _FULL_WIDTH * (right - left)
        pieces += [_joint(above, line, is_full=is_full, is_prose=is_prose), line.text]
    return "".join(pieces)


def _joint(above: Line, line: Line, *, is_full: bool, is_prose: bool) -> str:
    if above.joins:
        return ""
    if above.is_row or line.is_row or _BULLET.match(line.text):
        return "\n"
    goes_on = line.text[0].islower()
    if is_full and (is_prose or goes_on):
        return " "
    if above.text.endswith(_SENTENCE_END):
        return "\n\n"
    return " " if goes_on else "\n"
