"""Files of every kind, made in memory."""

import io
import zipfile
from collections.abc import Callable, Sequence

import openpyxl
from docx import Document
from pptx import Presentation
from pptx.util import Inches
from reportlab.pdfgen.canvas import Canvas


def pdf(draw: Callable[[Canvas], None], **options: object) -> bytes:
    """A PDF; `draw` ends its own pages."""
    file = io.BytesIO()
    canvas = Canvas(file, **options)
    draw(canvas)
    canvas.save()
    return file.getvalue()


def pdf_pages(*pages: Sequence[str], **options: object) -> bytes:
    """A PDF with these lines on its pages, closely spaced; an empty page holds a drawing and no text."""

    def draw(canvas: Canvas) -> None:
        for lines in pages:
            canvas.setFont("Helvetica", 10)
            canvas.rect(300, 100, 50, 50)
            for number, line in enumerate(lines):
                canvas.drawString(72, 760 - 12 * number, line)
            canvas.showPage()

    return pdf(draw, **options)


def docx(build: Callable[[object], None] = lambda document: document.add_paragraph("A word.")) -> bytes:
    document = Document()
    build(document)
    return _saved(document)


def pptx(titles: Sequence[str] = ("Roadmap",)) -> bytes:
    deck = Presentation()
    for title in titles:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = f"All about {title}"
    return _saved(deck)


def rich_pptx() -> bytes:
    """Three slides: a title with bullets and notes, a table in a group's company, a picture of nothing."""
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "Roadmap"
    first.placeholders[1].text = "Ship it"
    nested = first.placeholders[1].text_frame.add_paragraph()
    nested.text, nested.level = "Test it", 1
    first.notes_slide.notes_text_frame.text = "Smile here."
    second = deck.slides.add_slide(deck.slide_layouts[6])
    table = second.shapes.add_table(2, 2, 0, 0, Inches(4), Inches(1)).table
    for row, texts in enumerate((("Plan", "Price"), ("Basic", "9 EUR"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    group = second.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "In a group"
    deck.slides.add_slide(deck.slide_layouts[6])
    return _saved(deck)


def xlsx(sheets: dict[str, Sequence[Sequence[object]]], formats: dict[str, str] | None = None) -> bytes:
    """A workbook; `formats` gives cells of the first sheet their number format."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    for cell, number_format in (formats or {}).items():
        book.worksheets[0][cell].number_format = number_format
    return _saved(book)


def with_member(archive: bytes, name: str, content: bytes) -> bytes:
    """The archive with one member replaced or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return file.getvalue()


def _saved(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def member(archive: bytes, name: str) -> bytes:
    """One member of an archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(name)
