"""A passage that did not come is pointed at, and a change that lifts it in is taken over, in a real browser."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

NARROW = (390, 844)
ANSWER_MS = 180_000
QUESTION = "There's a pen drive lying on the asphalt outside. Now what?"
EVIDENCE = "Bring it to the security desk without plugging it in"


def found_out(screen, server) -> None:
    """The question of a sample case is asked, and its evidence looked into up to the last change."""
    page = screen.page
    screen.open(server, "retrieve")
    page.get_by_label("Question", exact=True).fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator(".ob-found").first.wait_for(timeout=ANSWER_MS)
    screen.settle()
    page.get_by_text("Why not this passage?").click()
    page.get_by_text("This question is in an eval set").wait_for(timeout=30_000)
    page.get_by_role("button", name="Find out").click()
    page.get_by_text("What lifts it in").wait_for(timeout=ANSWER_MS)
    page.get_by_role("button", name="Stop", exact=True).wait_for(state="detached", timeout=ANSWER_MS)
    screen.settle()


def test_why_not_leads_to_a_change_that_lifts_the_passage_in(app_server, page: "Page", screen) -> None:
    screen.open(app_server, "")
    screen.load_sample()
    found_out(screen, app_server)
    assert re.search(r"It came \d+(st|nd|rd|th) of \d+; only the first 5 are handed on", screen.text())
    assert EVIDENCE not in " ".join(page.locator(".ob-found .ob-text").all_inner_texts())
    card = page.locator("[class*='st-key-why_not-change-search']").first
    card.get_by_role("button", name="Take it over").click()
    page.locator(".ob-found .ob-text", has_text=EVIDENCE).first.wait_for(timeout=30_000)
    screen.settle()
    assert "The settings in use now are others" in screen.text()
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    screen.settle()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
