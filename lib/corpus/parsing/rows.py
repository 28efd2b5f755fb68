"""Table rows as text that stands on its own: "Product: Lamp | Price: 19.90", each row a part with its number."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lib.corpus.parsing.draft import Draft, one_line
from lib.domain import PartKind

_NUMBER = re.compile(r"[-+(]?\s*[€$£¥]?\s*[-+]?\d[\d.,' ]*\s*(?:[%€$£¥)]|[A-Z]{3})?")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?|\d{1,2}:\d{2}(?::\d{2})?")
_LONGEST_HEADER = 60
_SAMPLE_ROWS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One row as a person sees it; `number` is the row's number in the file, an empty cell an empty string."""

    number: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> tuple[str, ...]:
        """The cells that hold something."""
        return tuple(cell for cell in self.cells if cell)


def add_rows(draft: Draft, rows: Iterable[Row]) -> int:
    """Write the rows with their headers into the draft; returns how many were written.

    Rows that are parted by an empty row are tables of their own, each with its own header if it has one; an empty line
    parts them in the text too.
    """
    written = 0
    header: tuple[str, ...] = ()
    for table in _tables(rows):
        caption, new_header, body = _divided(table, known=header)
        header = new_header or header
        lines = [(row, " | ".join(row.filled)) for row in caption]
        lines += [(row, _line(row, header)) for row in body]
        if not body and new_header:
            lines.append((table[len(caption)], " | ".join(cell for cell in new_header if cell)))
        for position, (row, line) in enumerate(lines):
            draft.mark(PartKind.ROW, number=row.number)
            written += draft.add(line, gap="\n" if position else "\n\n")
    return written


def cell_line(cells: Sequence[str]) -> str:
    """A row of a table in a text document: "cell | cell"; an empty cell keeps its column."""
    texts = [one_line(cell) for cell in cells]
    return " | ".join(texts).strip() if any(texts) else ""


def _tables(rows: Iterable[Row]) -> Iterator[list[Row]]:
    table: list[Row] = []
    for row in rows:
        if row.filled:
            table.append(row)
        elif table:
            yield table
            table = []
    if table:
        yield table


def _divided(table: list[Row], *, known: tuple[str, ...]) -> tuple[list[Row], tuple[str, ...], list[Row]]:
    """The rows above the header, the header (empty if there is none), the rows below it."""
    width = max(len(row.filled) for row in table[:_SAMPLE_ROWS])
    for index, row in enumerate(table[:_SAMPLE_ROWS]):
        if len(row.filled) <= max(1, width // 2) and width > 1:
            continue
        body = table[index + 1 :]
        if _is_header(row, body[:_SAMPLE_ROWS], must_differ=bool(known)):
            return table[:index], tuple(one_line(cell) for cell in row.cells), body
        break
    return [], (), table


def _is_header(row: Row, body: list[Row], *, must_differ: bool) -> bool:
    """Whether the row names its columns: short, different words, above values that are not all of that sort.

    `must_differ` asks for a column of numbers or dates below a word; it guards the rows after a gap in a table.
    """
    names = row.filled
    if any(_is_value(name) or len(name) > _LONGEST_HEADER for name in names) or len(set(names)) < len(names):
        return False
    below = [[other.cells[column] for other in body if column < len(other.cells)] for column in range(len(row.cells))]
    differs = any(name and any(map(_is_value, cells)) for name, cells in zip(row.cells, below, strict=True))
    return differs or not must_differ


def _is_value(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


def _line(row: Row, header: tuple[str, ...]) -> str:
    names = header + ("",) * (len(row.cells) - len(header))
    pairs = ((name, one_line(cell)) for name, cell in zip(names, row.cells, strict=False))
    return " | ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)
