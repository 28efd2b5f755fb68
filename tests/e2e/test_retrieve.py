"""Passages found, opened in their source, and read on the map, in a real browser."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


NARROW = (390, 844)


def ask(screen, question: str) -> None:
    page = screen.page
    page.get_by_label("Question", exact=True).fill(question)
    page.keyboard.press("Enter")
    page.locator(".ob-found").first.wait_for(timeout=30_000)
    screen.settle()


def test_a_passage_opens_highlighted_in_its_source_and_the_next_follows(loaded_server, page: "Page", screen) -> None:
    screen.open(loaded_server, "retrieve")
    ask(screen, "How many days of annual leave do I get?")
    text = page.locator(".ob-found .ob-text").first.inner_text()
    page.get_by_role("button", name="Open in its source").first.click()
    dialog = page.get_by_role("dialog")
    marked = dialog.locator("mark.ob-span").first
    marked.wait_for(timeout=30_000)
    assert marked.is_visible()
    assert text.split("\n")[0].strip() in marked.inner_text()
    dialog.get_by_text(re.compile(r"Passage 1 of \d")).wait_for()
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_text(re.compile(r"Passage 2 of \d")).wait_for(timeout=30_000)


def test_a_point_of_the_map_is_a_chunk_to_read(loaded_server, page: "Page", screen) -> None:
    screen.open(loaded_server, "retrieve")
    ask(screen, "How many days of annual leave do I get?")
    page.get_by_role("tab", name="Map of all chunks").click()
    point = page.locator(".js-plotly-plot .scatterlayer .trace").first.locator(".point").first
    point.wait_for(timeout=30_000)
    screen.settle()
    box = point.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    read = page.locator("[class*='st-key-retrieve'][class*='clicked']").first
    read.wait_for(timeout=30_000)
    assert len(read.locator(".ob-text").first.inner_text()) > 20


def test_at_phone_width_nothing_sticks_out(loaded_server, page: "Page", screen) -> None:
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    screen.open(loaded_server, "retrieve")
    ask(screen, "How many days of annual leave do I get?")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
