"""A team brings its own documents: from a PDF to its highlighted passage; hostile text stays text."""

import io
import re
from typing import TYPE_CHECKING

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOSTILE = """# Kites

<script>document.title = "taken over"</script>
<img src="http://example.com/spy.png" onerror="document.title = 'taken over'">
![spy](http://example.com/spy.png) [click](javascript:alert(1)) :red[warning] $x^2$

The harbour kite flies on 40 metres of line.
"""


def pdf(*pages: str) -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=A4)
    for text in pages:
        for row, line in enumerate(text.split("\n")):
            canvas.drawString(72, 760 - 18 * row, line)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def bring(page: "Page", *files: tuple[str, str, bytes]) -> None:
    """Upload through the file chooser and wait for the report."""
    chosen = [{"name": name, "mimeType": media, "buffer": content} for name, media, content in files]
    page.locator("input[type=file]").set_input_files(chosen)
    button = page.get_by_role("button", name=re.compile("^Read")).first
    button.wait_for(timeout=30_000)
    button.click()
    page.get_by_text("Put this away").wait_for(timeout=120_000)


def test_an_uploaded_pdf_leads_to_a_highlighted_passage_on_its_page(app_server, page: "Page", screen) -> None:
    talk = "\n".join(f"On day {day} the keepers write down wind, tide and what they ate." for day in range(30))
    content = pdf(talk, "Maintenance.\nThe lamp of the west tower is changed every 19 days.\n" + talk, talk)
    screen.open(app_server, "documents")
    bring(page, ("rota.pdf", "application/pdf", content), ("broken.pdf", "application/pdf", content[:200]))
    said = screen.text()
    assert "rota.pdf indexed" in said
    assert re.search(r"broken\.pdf rejected · .{10,}", said)
    screen.open(app_server, "retrieve")
    page.get_by_label("Question", exact=True).fill("How often is the lamp changed?")
    page.keyboard.press("Enter")
    found = page.locator(".ob-found").first
    found.wait_for(timeout=60_000)
    assert re.search(r"rota\.pdf (page 2|pages 2-|pages 1-2)", found.inner_text())
    page.get_by_role("button", name="Open in its source").first.click()
    marked = page.get_by_role("dialog").locator("mark.ob-span").first
    marked.wait_for(timeout=30_000)
    assert "every 19 days" in marked.inner_text()


def test_text_of_documents_never_runs_and_loads_nothing(app_server, page: "Page", screen) -> None:
    screen.open(app_server, "documents")
    bring(page, ("kites.md", "text/markdown", HOSTILE.encode()))
    for name in ("documents", "chunks", "retrieve"):
        screen.open(app_server, name)
        if name == "retrieve":
            page.get_by_label("Question", exact=True).fill("How long is the line of the harbour kite?")
            page.keyboard.press("Enter")
            page.locator(".ob-found").first.wait_for(timeout=60_000)
            assert "40 metres" in screen.text()
        screen.settle()
        assert page.title() != "taken over"
        assert page.locator("main script, main img[src*=example], main a[href^=javascript]").count() == 0
