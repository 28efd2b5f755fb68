"""Eval sets as a team makes them: a file with a bad line, a passage that becomes a case, a cell that is mended."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

NOTES = "# The lamp\n\nThe lamp of the west tower is changed every 19 days. Nobody sleeps on watch.\n"
GOOD = (
    '{"id": "lamp", "question": "How often is the lamp changed?", "answer": "every 19 days", '
    '"evidence": [{"document": "notes.md", "quote": "changed every 19 days"}]}\n'
)


def bring_notes(page: "Page", screen, server) -> None:
    screen.open(server, "documents")
    page.locator("input[type=file]").set_input_files(
        [{"name": "notes.md", "mimeType": "text/markdown", "buffer": NOTES.encode()}]
    )
    page.get_by_role("button", name=re.compile("^Read")).first.click()
    page.get_by_text("Put this away").wait_for(timeout=120_000)


def upload(page: "Page", name: str, content: str) -> None:
    file = {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
    page.locator("input[type=file]").set_input_files([file])


def saved(data: Path, name: str) -> str:
    return (data / "workspaces/default/evalsets" / f"{name}.jsonl").read_text("utf-8")


def opened_cell(page: "Page") -> "Locator":
    """The first question's cell, open for writing; the table may still move when it is first clicked."""
    cell = page.locator("textarea.gdg-input")
    for _ in range(6):
        table = page.get_by_test_id("stDataFrame").bounding_box()
        page.mouse.click(table["x"] + 250, table["y"] + 54)
        page.keyboard.press("Enter")
        page.wait_for_timeout(1_000)
        if cell.is_visible():
            break
    return cell


def test_a_team_uploads_mends_and_marks_its_cases(app_server, page: "Page", screen) -> None:
    bring_notes(page, screen, app_server)

    # A bad line is named, and nothing is imported.
    screen.open(app_server, "evaluate")
    upload(page, "ours.jsonl", GOOD + '{"answer": "no question"}\nnot JSON\n')
    page.get_by_text("was not imported").wait_for(timeout=30_000)
    told = screen.text()
    assert "Line 2: the question is missing" in told
    assert "Line 3: is not JSON" in told
    assert not (app_server.data / "workspaces/default/evalsets").exists()

    # Mended, it is kept under its name.
    screen.open(app_server, "evaluate")
    upload(page, "ours.jsonl", GOOD)
    page.get_by_role("button", name="Keep as “ours”").click()
    page.get_by_text("1 case ·").wait_for(timeout=30_000)
    assert "all evidence stands in the documents" in screen.text()
    assert "every 19 days" in saved(app_server.data, "ours")

    # A cell is changed, survives a visit elsewhere, and is saved.
    screen.settle()
    cell = opened_cell(page)
    cell.fill("How often do they change the lamp?")
    page.keyboard.press("Enter")
    page.get_by_text("Not saved yet").wait_for(timeout=30_000)
    page.get_by_role("link", name="Documents").click()
    page.get_by_role("heading", name="Documents").wait_for(timeout=30_000)
    screen.settle()
    page.get_by_role("link", name="Evaluate").first.click()
    page.get_by_text("Not saved yet").wait_for(timeout=30_000)
    page.get_by_role("button", name="Save the table").click()
    page.get_by_text("Saved: 1 case.").wait_for(timeout=30_000)
    assert "How often do they change the lamp?" in saved(app_server.data, "ours")

    # A passage that was found becomes a case, its words filled in.
    page.get_by_role("link", name="Retrieve").click()
    page.get_by_label("Question", exact=True).fill("When is the lamp changed?")
    page.keyboard.press("Enter")
    page.locator(".ob-found").first.wait_for(timeout=90_000)
    screen.settle()
    page.get_by_role("button", name="Make it a test case").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Expected answer").fill("every 19 days")
    dialog.get_by_role("button", name="Keep the case").click()
    dialog.get_by_text("Kept as case-001 in My questions").wait_for(timeout=30_000)
    kept = saved(app_server.data, "My questions")
    assert '"question": "When is the lamp changed?"' in kept
    assert '{"document": "notes.md", "quote": "The lamp of the west tower is changed every 19 days."}' in kept
    dialog.get_by_role("link", name="Look at it under Evaluate").click()
    page.get_by_text("One case gives a figure without an interval").wait_for(timeout=30_000)
