"""What is read of PDF, Word, PowerPoint and HTML: the text as a person reads it, and where its parts start."""

import warnings
from itertools import pairwise

import pytest
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from lib.corpus.parsing import Parsed, parse
from lib.corpus.parsing.lines import row_text
from lib.domain import Part, PartKind
from tests.unit.corpus.parsing import made

FOOTNOTES = (
    b'<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    b'<w:footnote w:id="2"><w:p><w:r><w:t>Except in May.</w:t></w:r></w:p></w:footnote></w:footnotes>'
)


def headings(parsed: Parsed) -> list[tuple[str, int]]:
    assert all(parsed.text.startswith(part.label, part.start) for part in parsed.parts if part.kind is PartKind.HEADING)
    return [(part.label, part.level) for part in parsed.parts if part.kind is PartKind.HEADING]


def paragraph_pdf(*markup: tuple[str, str]) -> bytes:
    styles = getSampleStyleSheet()

    def draw(canvas: Canvas) -> None:
        top = 780.0
        for style, text in markup:
            paragraph = Paragraph(text, styles[style])
            _, height = paragraph.wrap(450, 700)
            top -= height + styles[style].spaceBefore + 8
            paragraph.drawOn(canvas, 72, top)
        canvas.showPage()

    return made.pdf(draw)


def test_each_pdf_page_is_a_part_with_its_number() -> None:
    parsed = parse("a.pdf", made.pdf_pages(["First page."], ["Second page."], ["Third page."]))
    assert parsed.text == "First page.\n\nSecond page.\n\nThird page."
    assert parsed.parts == (
        Part(PartKind.PAGE, 0, "", 1),
        Part(PartKind.PAGE, 13, "", 2),
        Part(PartKind.PAGE, 27, "", 3),
    )
    assert (parsed.pages, parsed.media, parsed.warnings) == (3, "application/pdf", ())


def test_pdf_pages_without_text_are_named_and_keep_their_numbers() -> None:
    parsed = parse("a.pdf", made.pdf_pages(["One."], [], ["Three."], []))
    assert parsed.warnings == ("pages 2, 4 hold no text (scanned?)",)
    assert [(part.number, part.start) for part in parsed.parts] == [(1, 0), (2, 6), (3, 6), (4, 12)]


def test_pdf_lines_become_paragraphs_and_headings() -> None:
    sentence = "The cellar keeps its cheese at eleven degrees and turns every wheel by hand on Mondays. "
    content = paragraph_pdf(
        ("Title", "Cellar rules"), ("Heading2", "Turning"), ("BodyText", sentence * 4), ("BodyText", sentence * 2)
    )
    parsed = parse("a.pdf", content)
    assert parsed.text == f"Cellar rules\n\nTurning\n\n{(sentence * 4).strip()}\n\n{(sentence * 2).strip()}"
    assert headings(parsed) == [("Cellar rules", 1), ("Turning", 2)]


def test_words_broken_at_a_pdf_line_end_are_whole_and_compounds_keep_their_hyphen() -> None:
    lines = [
        "Everything about ripening is infor-",
        "mation that the long-term plan keeps, and a long-",
        "term plan lists it once more, as well as the",
    ]
    text = parse("a.pdf", made.pdf_pages(lines)).text
    assert text == (
        "Everything about ripening is information that the long-term plan keeps, and a long-term plan lists it once"
        " more, as well as the"
    )


def test_pdf_table_rows_stay_rows_with_their_columns() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for row, cells in enumerate((("Item", "2022", "2023"), ("Revenue", "$ 9,583", "$ 10,329"), ("Cost", "7", "8"))):
            for column, cell in enumerate(cells):
                canvas.drawString(72 + 150 * column, 700 - 18 * row, cell)
        canvas.showPage()

    assert parse("a.pdf", made.pdf(draw)).text == "Item\t2022\t2023\nRevenue\t$ 9,583\t$ 10,329\nCost\t7\t8"


@pytest.mark.parametrize(
    ("printed", "row"),
    [
        ("Profit\t$\t1,375\t$\t(333\t) $ 321", "Profit\t$ 1,375\t$ (333)\t$ 321"),
        ("Marketing\t317\t— 824", "Marketing\t317\t—\t824"),
        ("Share\t15\t%\t20\t%", "Share\t15%\t20%"),
        ("Item 1A.\tRisk Factors", "Item 1A. Risk Factors"),
        ("•\tA point", "• A point"),
        ("As of July 29, 2023", "As of July 29, 2023"),
    ],
)
def test_signs_stay_with_their_figures_and_figures_apart(printed: str, row: str) -> None:
    assert row_text(printed) == row


def test_a_pdf_row_drawn_cell_by_cell_is_one_line() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for x, y, text in (
            (72, 700, "Controller in"), (72, 688, "housing"), (200, 700, "1"), (300, 700, "Starts with"),
            (300, 688, "CK4"),
            (72, 665, "Probe"), (200, 665, "2"), (300, 665, "Paired"),
        ):  # fmt: skip
            canvas.drawString(x, y, text)
        canvas.showPage()

    assert parse("a.pdf", made.pdf(draw)).text == "Controller in housing\t1\tStarts with CK4\nProbe\t2\tPaired"


def build_word(document: object) -> None:
    document.add_heading("Handbook", 0)
    document.add_heading("Leave", 1)
    paragraph = document.add_paragraph("Take ")
    paragraph.add_run("thirty").bold = True
    paragraph.add_run(" days.")
    document.add_heading("Parental leave", 2)
    document.add_paragraph("Tell us early", style="List Bullet")
    document.add_paragraph("Tell us again", style="List Bullet")
    document.add_paragraph("First", style="List Number")
    document.add_paragraph("Second", style="List Number")
    table = document.add_table(rows=2, cols=2)
    for row, texts in enumerate((("Weeks", "Pay"), ("18", "full"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    document.add_paragraph("After the table.")
    document.sections[0].header.paragraphs[0].text = "RUNNING HEAD"


def test_word_is_read_in_the_order_of_its_body() -> None:
    parsed = parse("a.docx", made.docx(build_word))
    assert parsed.text == (
        "Handbook\n\nLeave\n\nTake thirty days.\n\nParental leave\n\n- Tell us early\n- Tell us again\n1. First\n"
        "2. Second\n\nWeeks | Pay\n18 | full\n\nAfter the table."
    )
    assert headings(parsed) == [("Handbook", 1), ("Leave", 2), ("Parental leave", 3)]


def test_word_headings_without_a_title_keep_their_own_level() -> None:
    parsed = parse("a.docx", made.docx(lambda document: [document.add_heading(f"H{n}", n) for n in (1, 3)] and None))
    assert headings(parsed) == [("H1", 1), ("H3", 3)]


def test_word_links_insertions_content_controls_and_footnotes_are_read_and_deletions_are_not() -> None:
    body = (
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>In a control.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:hyperlink><w:r><w:t>Linked</w:t></w:r></w:hyperlink><w:ins><w:r><w:t> and new</w:t></w:r></w:ins>"
        '<w:del><w:r><w:delText> and old</w:delText></w:r></w:del><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    )
    content = made.docx(lambda document: document.add_paragraph("MARK"))
    with_notes = made.with_member(content, "word/footnotes.xml", FOOTNOTES)
    relation = (
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"'
        b' Target="footnotes.xml"/></Relationships>'
    )
    rels = made.member(with_notes, "word/_rels/document.xml.rels").replace(b"</Relationships>", relation)
    types = made.member(with_notes, "[Content_Types].xml").replace(
        b"</Types>",
        b'<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-officedocument'
        b'.wordprocessingml.footnotes+xml"/></Types>',
    )
    xml = made.member(with_notes, "word/document.xml").replace(b"<w:p><w:r><w:t>MARK</w:t></w:r></w:p>", body.encode())
    for name, member in (
        ("word/_rels/document.xml.rels", rels), ("[Content_Types].xml", types), ("word/document.xml", xml)
    ):  # fmt: skip
        with_notes = made.with_member(with_notes, name, member)
    assert parse("a.docx", with_notes).text == "In a control.\n\nLinked and new\n\nFootnote: Except in May."


def test_a_word_cell_merged_downwards_speaks_in_every_row() -> None:
    def build(document: object) -> None:
        table = document.add_table(rows=2, cols=2)
        table.cell(0, 0).merge(table.cell(1, 0)).text = "Zone A"
        table.cell(0, 1).text, table.cell(1, 1).text = "5 EUR", "7 EUR"

    assert parse("a.docx", made.docx(build)).text == "Zone A | 5 EUR\nZone A | 7 EUR"


def test_slides_are_parts_with_title_bullets_notes_tables_and_groups() -> None:
    parsed = parse("a.pptx", made.rich_pptx())
    assert (
        parsed.text
        == "Roadmap\n\nShip it\n  Test it\n\nNotes: Smile here.\n\nPlan | Price\nBasic | 9 EUR\n\nIn a group"
    )
    slides = [(part.kind, part.number, part.label, parsed.text[part.start :][:4]) for part in parsed.parts]
    assert slides == [
        (PartKind.SLIDE, 1, "Roadmap", "Road"),
        (PartKind.SLIDE, 2, "", "Plan"),
        (PartKind.SLIDE, 3, "", ""),
    ]
    assert parsed.pages == 3
    assert parsed.warnings == ("slide 3 holds no text (pictures?)",)


PAGE = """<!doctype html><html><head><title>Leave &amp; pay</title><style>p{}</style></head><body>
<nav>Home | About</nav><aside>Advert</aside>
<main><h1>Leave</h1><p>Thirty <b>days</b>
a&nbsp;year.<br>More on request.</p><h2>Parental</h2>
<ul><li>Eighteen weeks<ul><li>fully paid</li></ul></li><li>Tell us</li></ul><ol start="3"><li>third</li></ol>
<table><tr><th>Zone</th><th>Price</th></tr><tr><td><p>A</p></td><td>5&euro;</td></tr></table>
<pre>  keep
    this</pre><p hidden>secret</p><p style="display: none">also secret</p><script>alert(1)</script></main>
<footer>Imprint</footer></body></html>"""


def test_html_is_read_as_a_reader_sees_it() -> None:
    parsed = parse("a.html", PAGE.encode())
    assert parsed.text == (
        "Leave & pay\n\nLeave\n\nThirty days a year.\nMore on request.\n\nParental\n\n- Eighteen weeks\n"
        "  - fully paid\n- Tell us\n\n3. third\n\nZone | Price\nA | 5€\n\n  keep\n    this"
    )
    assert headings(parsed) == [("Leave & pay", 1), ("Leave", 1), ("Parental", 2)]


def test_html_that_is_nothing_but_menus_is_still_read() -> None:
    assert parse("a.html", b"<body><nav><p>One</p><p>Two</p></nav></body>").text == "One\n\nTwo"


def test_html_in_the_encoding_that_it_declares() -> None:
    content = '<html><head><meta charset="iso-8859-2"></head><body>Zażółć gęślą</body>'.encode("iso-8859-2")
    assert parse("a.htm", content).text == "Zażółć gęślą"


def test_html_nested_beyond_reason_is_read() -> None:
    assert parse("a.html", b"<div>" * 5_000 + b"deep").text == "deep"


@pytest.mark.parametrize(
    "content", [made.rich_pptx(), made.docx(build_word), made.pdf_pages(["a"], ["b"]), PAGE.encode()]
)
def test_parts_are_in_order_and_inside_the_text(content: bytes) -> None:
    name = "a.pdf" if content.startswith(b"%PDF") else "a.html" if content.startswith(b"<") else "a.docx"
    name = "a.pptx" if b"ppt/slides" in content else name
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parsed = parse(name, content)
    starts = [part.start for part in parsed.parts]
    assert starts
    assert all(before <= after for before, after in pairwise(starts))
    assert 0 <= starts[0] <= starts[-1] <= len(parsed.text)
