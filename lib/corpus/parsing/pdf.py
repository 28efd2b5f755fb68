"""PDF: the characters of each page as lines with their place on it, then as paragraphs, headings and table rows."""

import ctypes
import math
from collections.abc import Iterator, Sequence

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from lib.corpus.parsing.draft import Draft, Parsed, numbers_of, one_line
from lib.corpus.parsing.lines import HYPHENS, Line
from lib.corpus.parsing.reflow import Layout
from lib.corpus.parsing.sniff import Kind, damaged, encrypted
from lib.domain import PartKind
from lib.errors import FileRejected
from lib.settings import LIMITS

_COLUMN_GAP = 1.1
"""A gap between two words this many times the font's size parts two columns of a table."""


def read_pdf(content: bytes) -> Parsed:
    """Pages and headings are parts; a table row is one line, its columns parted by a tab.

    A password that only restricts printing does not matter. Pages without text are named in a warning.
    """
    pages = _pages(content)
    silent = [number for number, lines in enumerate(pages, start=1) if not lines]
    if len(silent) == len(pages):
        raise FileRejected(
            f"holds no text: {numbers_of(silent, 'page')} {_are_silent(silent)} pictures of text (a scan?)",
            hint="Run text recognition (OCR) on it, then upload the result.",
        )
    draft = Draft()
    for number, blocks in enumerate(Layout(pages).pages(), start=1):
        draft.mark(PartKind.PAGE, number=number)
        for block in blocks:
            if block.level:
                draft.mark(PartKind.HEADING, block.text, level=block.level)
            draft.add(one_line(block.text) if block.level else block.text)
    if silent:
        draft.warn(f"{numbers_of(silent, 'page')} {'holds' if len(silent) == 1 else 'hold'} no text (scanned?)")
    return draft.parsed(Kind.PDF.value, pages=len(pages))


def _are_silent(silent: Sequence[int]) -> str:
    return "is blank or holds" if len(silent) == 1 else "are blank or hold"


def _pages(content: bytes) -> list[list[Line]]:
    document = _opened(content)
    try:
        if len(document) > LIMITS.pdf_pages:
            raise FileRejected(
                f"has {len(document):,} pages, the limit is {LIMITS.pdf_pages:,}", hint="Split it into several files."
            )
        if not len(document):
            raise damaged("it has no pages")
        return [list(_lines(document, index)) for index in range(len(document))]
    finally:
        document.close()


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise encrypted("password") from error
        if error.err_code == pdfium.FPDF_ERR_SECURITY:
            raise encrypted("certificate") from error
        raise damaged(f"its pages cannot be found ({error})") from error


def _lines(document: pypdfium2.PdfDocument, index: int) -> Iterator[Line]:
    try:
        page = document[index]
    except pypdfium2.PdfiumError as error:
        raise damaged(f"page {index + 1} cannot be read ({error})") from error
    text_page = page.get_textpage()
    try:
        characters = _characters(text_page)
        for start, end in _line_spans(characters):
            line = _line(text_page, characters, start, end)
            if line is not None:
                yield line
    finally:
        text_page.close()
        page.close()


def _line_spans(characters: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where lines stand among the characters; a hyphen at a line's end is the line's last character and its end."""
    start = 0
    for position, sign in enumerate(characters):
        if sign in "\r\n" or sign in HYPHENS:
            yield start, position + (sign in HYPHENS)
            start = position + 1
    yield start, len(characters)


def _characters(text_page: pypdfium2.PdfTextPage) -> list[str]:
    """One character per index of the page's text; surrogate halves and odd values become what they can."""
    text = text_page.get_text_range()
    count = text_page.count_chars()
    if len(text) == count:
        return list(text)
    codes = (pdfium.FPDFText_GetUnicode(text_page, index) for index in range(count))
    return [chr(code) if 0 < code < 0x110000 else " " for code in codes]


def _line(text_page: pypdfium2.PdfTextPage, characters: Sequence[str], start: int, end: int) -> Line | None:
    visible = [index for index in range(start, end) if not characters[index].isspace()]
    if not visible:
        return None
    boxes = {index: text_page.get_charbox(index, loose=True) for index in visible}
    size = _font_size(text_page, visible[0]) or boxes[visible[0]][3] - boxes[visible[0]][1]
    pieces: list[str] = []
    last_left = boxes[visible[0]][0]
    for previous, index in zip([None, *visible], visible, strict=False):
        if previous is not None and index > previous + 1:
            is_column = boxes[index][0] - boxes[previous][2] > _COLUMN_GAP * size
            last_left = boxes[index][0] if is_column else last_left
            pieces.append("\t" if is_column else " ")
        pieces.append(characters[index])
    return Line(
        text="".join(pieces),
        left=boxes[visible[0]][0],
        right=max(box[2] for box in boxes.values()),
        bottom=boxes[visible[0]][1],
        size=size,
        top=boxes[visible[0]][1],
        last_left=last_left,
        is_bold=_is_bold(text_page, visible[0]) and _is_bold(text_page, visible[-1]),
    )


def _font_size(text_page: pypdfium2.PdfTextPage, index: int) -> float:
    """The size on the page: what the font is set to, times the scale of the text's matrix."""
    matrix = pdfium.FS_MATRIX()
    size = float(pdfium.FPDFText_GetFontSize(text_page, index))
    if not pdfium.FPDFText_GetMatrix(text_page, index, ctypes.byref(matrix)):
        return size
    return size * math.hypot(matrix.c, matrix.d)


def _is_bold(text_page: pypdfium2.PdfTextPage, index: int) -> bool:
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text_page, index, name, 128, ctypes.byref(flags))
    return b"bold" in name.value.lower() or b"black" in name.value.lower()
