"""Workbooks and delimited files: every row a line that carries its column names."""

import csv
import re
import warnings
import zipfile
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from lib.corpus.parsing.archive import check_archive
from lib.corpus.parsing.cells import shown
from lib.corpus.parsing.decoding import decode
from lib.corpus.parsing.draft import Draft, Parsed, clean, one_line, plural
from lib.corpus.parsing.rows import Row, add_rows
from lib.corpus.parsing.sniff import Kind
from lib.domain import PartKind
from lib.settings import LIMITS

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_DEFAULT_SHEET_NAME = re.compile(r"(?:sheet|tabelle|feuil|hoja|foglio|blad)\s?\d*", re.IGNORECASE)
_FORMULA_WITHOUT_VALUE = re.compile(rb"<c\b[^>]*>\s*<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_DELIMITERS = ",;\t|"
_SNIFFED_ROWS = 50
_SNIFFED_CHARACTERS = 200_000


def read_xlsx(content: bytes) -> Parsed:
    """Each sheet a part, each row a part with the number it has in the workbook; hidden sheets are read too."""
    check_archive(content)
    from openpyxl import load_workbook

    draft = Draft()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl names every extension it skips; none of them holds cell text
        workbook = load_workbook(BytesIO(content), read_only=True, data_only=True)
        for sheet in workbook.worksheets:
            _add_sheet(draft, sheet)
    unknown = _formulas_without_value(content)
    if unknown:
        draft.warn(f"{plural(unknown, 'formula')} without a stored result left out; open it in Excel and save it")
    return draft.parsed(Kind.XLSX.value)


def read_csv(content: bytes) -> Parsed:
    """Each record a row part, numbered as a spreadsheet would number it; delimiter and encoding are found out."""
    decoded, lost = decode(content)
    text = clean(decoded)
    draft = Draft()
    for warning in lost:
        draft.warn(warning)
    csv.field_size_limit(LIMITS.file_bytes)
    records = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
    add_rows(draft, (Row(number, tuple(map(one_line, cells))) for number, cells in enumerate(records, start=1)))
    return draft.parsed(Kind.CSV.value)


def _add_sheet(draft: Draft, sheet: "ReadOnlyWorksheet") -> None:
    draft.mark(PartKind.SHEET, sheet.title)
    if not _DEFAULT_SHEET_NAME.fullmatch(sheet.title):
        draft.add(sheet.title)
    sheet.reset_dimensions()  # the size that the file claims may be wrong, or meant to exhaust memory
    add_rows(draft, _sheet_rows(sheet))


def _sheet_rows(sheet: "ReadOnlyWorksheet") -> Iterator[Row]:
    for number, cells in enumerate(sheet.rows, start=1):
        yield Row(
            number,
            tuple(one_line(shown(cell.value, cell.number_format)) if cell.value is not None else "" for cell in cells),
        )


def _formulas_without_value(content: bytes) -> int:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return sum(len(_FORMULA_WITHOUT_VALUE.findall(archive.read(name))) for name in names)


def _delimiter(text: str) -> str:
    """The delimiter that gives most rows the same number of columns, and more than one; a comma if none does."""
    sample = text[:_SNIFFED_CHARACTERS]
    return max(_DELIMITERS, key=lambda delimiter: _regularity(sample, delimiter))


def _regularity(sample: str, delimiter: str) -> tuple[float, int]:
    widths: list[int] = []
    try:
        for record in csv.reader(StringIO(sample, newline=""), delimiter=delimiter):
            widths += [len(record)] if record else []
            if len(widths) == _SNIFFED_ROWS:
                break
    except csv.Error:
        return (0.0, 0)
    most = max(set(widths), key=widths.count, default=1)
    return (widths.count(most) / len(widths), most) if most > 1 else (0.0, 0)
