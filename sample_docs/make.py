"""Builds the binary sample documents (PDF, DOCX, PPTX, XLSX) from the texts in `_sources/`.

    python sample_docs/make.py [folder]

A source `name.pdf.md` becomes `name.pdf`. The same sources give the same content on every run: dates are
fixed and nothing is random. The sources use a small part of Markdown: headings, paragraphs, lists, pipe
tables, `**bold**` and `*italic*`; `---` starts a page, and `Notes:` holds a slide's speaker notes.
Needs reportlab, a development dependency; reading the built files does not.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
SOURCES = HERE / "_sources"
COMPANY_DOCS = HERE / "company" / "docs"
BUILT_ON = dt.datetime(2026, 10, 1, 9, 0, 0)
CELL_POINTS = 9.5
PAGE_WIDTH_POINTS = 480
EMPHASIS = re.compile(r"(\*\*.+?\*\*|\*.+?\*)")


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a source: `kind` is heading, paragraph, bullets, numbers, table or page."""

    kind: str
    rows: tuple[tuple[str, ...], ...]
    level: int = 0

    @property
    def text(self) -> str:
        """The first cell: all there is in a heading or a paragraph."""
        return self.rows[0][0]


def read_blocks(source: str) -> Iterator[Block]:
    """The blocks of a source in order; blocks are separated by a heading, a `---` or an empty line."""
    separated = re.sub(r"(?m)^(#+ .*|---)$", r"\n\1\n", source)
    for piece in re.split(r"\n\s*\n", separated):
        if piece.strip():
            yield read_block(piece.strip())


def read_block(piece: str) -> Block:
    """What one piece of source text is."""
    lines = piece.splitlines()
    if piece == "---":
        return Block("page", ())
    if heading := re.match(r"(#+) (.*)", piece):
        return Block("heading", ((heading[2],),), level=len(heading[1]))
    if piece.startswith("|"):
        cells = [tuple(cell.strip() for cell in line.strip("| ").split("|")) for line in lines]
        return Block("table", tuple(row for row in cells if set("".join(row)) != {"-"}))
    if piece.startswith("- "):
        return Block("bullets", tuple((line[2:],) for line in lines))
    if re.match(r"\d+\. ", piece):
        return Block("numbers", tuple((line.split(". ", 1)[1],) for line in lines))
    return Block("paragraph", ((" ".join(lines),),))


def build_docx(blocks: list[Block], target: Path) -> None:
    """A text document; the first heading is its title."""
    import docx

    document = docx.Document()
    styles = {"bullets": "List Bullet", "numbers": "List Number"}
    for block in blocks:
        if block.kind == "heading":
            document.add_heading(block.text, level=block.level - 1)
        elif block.kind == "table":
            table = document.add_table(len(block.rows), len(block.rows[0]), style="Light Grid Accent 1")
            for row, cells in zip(table.rows, block.rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        else:
            for (text,) in block.rows:
                add_runs(document.add_paragraph(style=styles.get(block.kind)), text)
    date_properties(document.core_properties)
    document.save(str(target))


def add_runs(paragraph, text: str) -> None:  # type: ignore[no-untyped-def]
    """Adds the text to a paragraph, bold and italic where the source marks it."""
    for part in EMPHASIS.split(text):
        run = paragraph.add_run(part.strip("*"))
        run.bold = part.startswith("**") or None
        run.italic = (part.startswith("*") and not part.startswith("**")) or None


def build_pptx(blocks: list[Block], target: Path) -> None:
    """A deck: a heading starts a slide, its list is the body, its paragraph the notes."""
    import pptx

    deck = pptx.Presentation()
    for block in blocks:
        if block.kind == "heading":
            slide = deck.slides.add_slide(deck.slide_layouts[1])
            slide.shapes.title.text = block.text
        elif block.kind == "bullets":
            slide.placeholders[1].text = "\n".join(text for (text,) in block.rows)
        else:
            slide.notes_slide.notes_text_frame.text = block.text.removeprefix("Notes: ")
    date_properties(deck.core_properties)
    deck.save(str(target))


def build_xlsx(blocks: list[Block], target: Path) -> None:
    """A workbook: a heading starts a sheet, its table fills it; whole numbers become numbers."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for block in blocks:
        if block.kind == "heading":
            sheet = book.create_sheet(block.text)
            continue
        for row in block.rows:
            sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
        sheet.freeze_panes = "A2"
    book.save(target)


def build_pdf(blocks: list[Block], target: Path) -> None:
    """A document of A4 pages with a running footer that counts them."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    pages = 1 + sum(block.kind == "page" for block in blocks)
    footer = partial(draw_footer, title="Cellarkeep 4 manual, edition 7", pages=pages)
    template = SimpleDocTemplate(
        str(target),
        pagesize=A4,
        leftMargin=52,
        rightMargin=52,
        title="Cellarkeep 4: installation and operating manual",
        invariant=1,
    )
    story = [flowable for block in blocks for flowable in typeset(block)]
    template.build(story, onFirstPage=footer, onLaterPages=footer)


def typeset(block: Block) -> list[object]:
    """One block as reportlab's flowing elements."""
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
    from reportlab.platypus import PageBreak, Paragraph, Spacer, Table

    body = ParagraphStyle("body", fontSize=11.5, leading=17, spaceAfter=9)
    cell = ParagraphStyle("cell", fontSize=CELL_POINTS, leading=12)
    if block.kind == "page":
        return [PageBreak()]
    if block.kind == "heading":
        return [Paragraph(to_markup(block.text), getSampleStyleSheet()[f"Heading{block.level}"])]
    if block.kind == "table":
        grid = [("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("BACKGROUND", (0, 0), (-1, 0), colors.beige)]
        rows = [[Paragraph(to_markup(text), cell) for text in row] for row in block.rows]
        return [Table(rows, style=grid, colWidths=column_widths(block.rows)), Spacer(1, 8)]
    mark = {"bullets": "- ", "numbers": "{}. "}.get(block.kind, "")
    return [Paragraph(mark.format(at) + to_markup(text), body) for at, (text,) in enumerate(block.rows, 1)]


def column_widths(rows: tuple[tuple[str, ...], ...]) -> list[float]:
    """Widths in points that fit each column's longest text, the widest ones cut until the page holds them all."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    widths = [
        max(stringWidth(text, "Helvetica", CELL_POINTS) for text in column) + 14 for column in zip(*rows, strict=True)
    ]
    while sum(widths) > PAGE_WIDTH_POINTS:
        widths[widths.index(max(widths))] -= 1
    return widths


def draw_footer(canvas, document, *, title: str, pages: int) -> None:  # type: ignore[no-untyped-def]
    """The line at the foot of every page."""
    canvas.setFont("Helvetica", 8)
    canvas.drawString(58, 40, f"{title} - page {document.page} of {pages}")


def to_markup(text: str) -> str:
    """The text in reportlab's own markup."""
    bold = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text))
    return re.sub(r"\*(.+?)\*", r"<i>\1</i>", bold)


def date_properties(properties) -> None:  # type: ignore[no-untyped-def]
    """Gives an office file a fixed author and date."""
    properties.author = "Pellam & Rusk Ltd (invented)"
    properties.created = properties.modified = BUILT_ON
    properties.last_modified_by = ""


def fix_dates(archive: Path) -> None:
    """Writes an office file again with fixed dates: the libraries stamp the time of saving into it."""
    stamp = BUILT_ON.isoformat() + "Z"
    with zipfile.ZipFile(archive) as old:
        members = [(name, old.read(name)) for name in sorted(old.namelist())]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members:
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", stamp.encode(), content)
            member = zipfile.ZipInfo(name, BUILT_ON.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, content)


BUILDERS = {".pdf": build_pdf, ".docx": build_docx, ".pptx": build_pptx, ".xlsx": build_xlsx}


def build_all(folder: Path) -> list[Path]:
    """Builds every source into `folder` and returns the files it wrote, in order of name."""
    built = []
    for source in sorted(SOURCES.glob("*.md")):
        target = folder / source.stem
        BUILDERS[target.suffix](list(read_blocks(source.read_text("utf-8"))), target)
        if target.suffix != ".pdf":
            fix_dates(target)
        built.append(target)
    return built


if __name__ == "__main__":
    for path in build_all(Path(sys.argv[1]) if len(sys.argv) > 1 else COMPANY_DOCS):
        print(path.name, path.stat().st_size)
