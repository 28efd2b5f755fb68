"""Printed lines as a page gives them, and the rows that their cells make when a table is drawn cell by cell."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

HYPHENS = "\x02\ufffe"
"""What pdfium gives for a hyphen at a line's end, in place of the line's break."""

_FIGURE = re.compile(r"[$€£]?\(?\d[\d.,]*\)?%?|[-—–$%€£%)]+")
_SIGN_ALONE = re.compile(r"([$€£(])\t(?=[\d(—–-])|\t(?=[%)](?:\s|$))")
_NARROW_GAP = re.compile(r"(?<=[\d)—%]) (?=[$€£]? ?[\d(—])")
_MARKER = re.compile(
    r"((?:(?:item|part|section|article|note|figure|table) )?(?:\d+|[ivxlc]+|[a-z])[a-z]?(?:\.\d+)*[.):]"
    r"|[^\w\s$€£%(]|o)\t(?=[^\t]+$)",
    re.IGNORECASE,
)
_RULE = re.compile(r"[_=\-–—.· ]{5,}")

_SAME_LINE = 0.3
_CELL_PITCH = 1.35
_CELL_LINES = 8
_SAME_LEFT = 2.0


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; lengths in points, `bottom` counted from the foot of the page, columns parted by tabs.

    `top` is the `bottom` of its first line where several make one row, `last_left` where its last column starts.
    `joins` says that its last word goes on in the next line.
    """

    text: str
    left: float
    right: float
    bottom: float
    size: float
    top: float
    last_left: float
    is_bold: bool = False
    joins: bool = False

    @property
    def is_row(self) -> bool:
        """Whether it is a table's row: columns parted by gaps, or words that are mostly figures."""
        words = self.text.split()
        figures = sum(1 for word in words if _FIGURE.fullmatch(word))
        return "\t" in self.text or (figures >= 2 and figures * 5 >= len(words) * 2)


def row_text(text: str) -> str:
    """A line's text with a tab between its columns only.

    A bullet or number belongs to what it counts, a sign to its figure; two figures in a row of a table are two columns,
    however close they stand.
    """
    text = _MARKER.sub(r"\1 ", _SIGN_ALONE.sub(lambda sign: f"{sign[1]} " if sign[1] else "", text))
    return _NARROW_GAP.sub("\t", text) if "\t" in text else text


def rows_merged(lines: Sequence[Line]) -> list[Line]:
    """The lines with the pieces of a table's row as one line, whether drawn line by line or cell by cell.

    Rules made of characters are left out.
    """
    merged: list[Line] = []
    for line in lines:
        if _RULE.fullmatch(line.text):
            continue
        count = _lines_of_cell_beside(merged, line)
        if count:
            cell = merged[-count:]
            del merged[-count:]
            merged.append(_with_cell(cell, line))
        elif merged and _goes_on_in_cell(merged[-1], line):
            above = merged[-1]
            merged[-1] = replace(
                above, text=_joined(above.text, line.text), right=max(above.right, line.right), bottom=line.bottom
            )
        else:
            merged.append(line)
    return [replace(line, text=row_text(line.text)) for line in merged]


def _joined(above: str, below: str) -> str:
    """Two lines of one cell; a word broken between them is whole again."""
    if not above.endswith(tuple(HYPHENS)):
        return f"{above} {below}"
    return above.rstrip(HYPHENS) + ("" if below[0].islower() else "-") + below


def _lines_of_cell_beside(above: list[Line], line: Line) -> int:
    """How many of the last lines make the cell to whose right the line stands; 0 if it stands beside none."""
    for count in range(1, min(len(above), _CELL_LINES) + 1):
        first = above[-count]
        if line.left < first.right - _SAME_LEFT:
            return 0
        heights = (first.top, first.bottom)
        if any(abs(height - line.bottom) < _SAME_LINE * line.size for height in heights):
            return count
        if first.top > line.bottom or not _is_close(above, count):
            return 0
    return 0


def _is_close(above: list[Line], count: int) -> bool:
    """Whether the line before the last `count` ones belongs to the same cell as they do."""
    if len(above) <= count:
        return False
    upper, lower = above[-count - 1], above[-count]
    distance = upper.bottom - lower.top
    return 0 < distance <= _CELL_PITCH * lower.size and abs(upper.left - lower.left) < _SAME_LEFT


def _goes_on_in_cell(above: Line, line: Line) -> bool:
    distance = above.bottom - line.bottom
    return (
        "\t" in above.text
        and abs(above.last_left - line.left) < _SAME_LEFT
        and line.left > above.left + line.size
        and -_CELL_LINES * line.size < distance <= _CELL_PITCH * line.size
    )


def _with_cell(cell: list[Line], line: Line) -> Line:
    first = cell[0]
    return replace(
        first,
        text=f"{reduce(_joined, (part.text for part in cell))}\t{line.text}",
        right=max(line.right, *(part.right for part in cell)),
        bottom=min(line.bottom, *(part.bottom for part in cell)),
        last_left=line.last_left,
        is_bold=first.is_bold and line.is_bold,
    )
