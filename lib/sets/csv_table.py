"""Rows of a CSV file: the delimiter found, the line where each row starts, and no cell that is a formula.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, which is taken off again
when it is read; no formula is ever worked out.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from lib.sets.texts import header_problems

_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_LONGEST_CELL = 1_000_000

Wrong = Callable[[int, str], None]
"""Told of a line and what is wrong with it."""


def csv_cells(text: str, needed: Sequence[str], wrong: Wrong) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, column -> cell) of each row under a header that has the `needed` columns.

    The line is where the row starts; names of columns are in lower case. What cannot be read is told to `wrong`.
    """
    rows = _rows(text, wrong)
    header_line, header = next(rows, (1, []))
    names = [cell.strip().lower() for cell in header]
    problems = header_problems(names, needed)
    for problem in problems:
        wrong(header_line, problem)
    if problems:
        return
    for line, cells in rows:
        if len(cells) == len(names):
            yield line, {name: with_formula(cell.strip()) for name, cell in zip(names, cells, strict=True)}
        else:
            wrong(line, f"has {len(cells)} cells, the header has {len(names)} (is a cell with commas not in quotes?)")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table that a spreadsheet opens and `csv_cells` reads back; no cell of it is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([without_formula(cell) for cell in row] for row in rows)
    return out.getvalue()


def _rows(text: str, wrong: Wrong) -> Iterator[tuple[int, list[str]]]:
    """(line where it starts, cells) of every row that is not blank."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    started = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield started, cells
            started = reader.line_num + 1
    except csv.Error as error:
        unclosed = "unexpected end of data" in str(error)
        wrong(started, "a quotation mark is opened and never closed" if unclosed else f"is no CSV: {error}")


def _delimiter(text: str) -> str:
    """Comma, semicolon or tab, whichever the header has most of."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t", key=header.count)


def without_formula(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would work out."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def with_formula(cell: str) -> str:
    """The cell as it was before `without_formula`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
