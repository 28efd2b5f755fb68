"""A run rated, reviewed, repeated and exported, in a real browser with the built-in models."""

import csv
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUESTION = "How many weeks at full pay does the second parent receive?"
ANSWERED_MS = 180_000


def tick(page: "Page", row: int) -> None:
    """Tick a row of the table, counted from 0: the table is drawn on a canvas."""
    box = page.get_by_test_id("stDataFrame").first.locator("canvas").first.bounding_box()
    assert box
    page.mouse.click(box["x"] + 18, box["y"] + 35 + 35 * row + 17)


def test_a_run_is_rated_reviewed_repeated_and_exported(loaded_server, page: "Page", screen) -> None:
    screen.open(loaded_server, "ask")
    box = page.get_by_label("Question", exact=True)
    box.fill(QUESTION)
    box.press("Enter")
    page.locator(".st-key-ask-citations, .ob-quote").first.wait_for(timeout=ANSWERED_MS)
    screen.settle()
    page.get_by_role("link", name="Runs").click()
    page.wait_for_url("**/runs")
    screen.settle()

    tick(page, 0)
    page.get_by_text("What people say").wait_for(timeout=30_000)
    screen.settle()
    page.get_by_test_id("stFeedback").get_by_role("radio").or_(
        page.get_by_test_id("stFeedback").get_by_role("button")
    ).nth(3).click()
    screen.settle()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Your name").press("Enter")
    screen.settle()
    page.get_by_role("button", name="Save rating").click()
    page.get_by_text("4 of 5 by Ada").wait_for(timeout=30_000)

    page.get_by_role("button", name="Repeat exactly").click()
    page.get_by_text("Question, settings, model, documents and versions were the same.").wait_for(timeout=ANSWERED_MS)
    screen.settle()

    with page.expect_download() as saved:
        page.get_by_role("button", name="As an HTML page").click()
    html = saved.value.path().read_text(encoding="utf-8")
    assert QUESTION in html
    assert "<script" not in html

    page.get_by_role("button", name="Export").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="JSONL: everything").click()
    lines = [json.loads(line) for line in saved.value.path().read_text(encoding="utf-8").splitlines()]
    assert [line["origin"] for line in lines if line["answer"]["question"] == QUESTION][:2] == ["repeat", "ask"]
    assert lines[1]["remarks"]["rating"]["by"] == "Ada"
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV: for a spreadsheet").click()
    with saved.value.path().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(lines)
    assert rows[1]["rated_by"] == "Ada"
    page.keyboard.press("Escape")

    page.get_by_text("Review queue").first.click()
    page.get_by_text("2 wait").wait_for(timeout=30_000)
    page.get_by_label("Your name").fill("Grace")
    page.get_by_label("Your name").press("Enter")
    screen.settle()
    page.get_by_role("button", name="Approve as it is").first.click()
    page.get_by_text("1 wait").wait_for(timeout=30_000)
    page.get_by_text("Decided, and kept").wait_for(timeout=30_000)
