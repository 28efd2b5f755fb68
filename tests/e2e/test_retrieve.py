"""Passages found, opened in their source, and read on the map, in a real browser."""

import re
from typing import TYPE_CHECKING

from tests.e2e.conftest import NARROW, AppServer, open_screen, settle
from tests.e2e.test_chunks import LIVE_MS, spans_found, thumb

if TYPE_CHECKING:
    from playwright.sync_api import Page


def ask(page: "Page", question: str) -> None:
    page.get_by_label("Question", exact=True).fill(question)
    page.keyboard.press("Enter")
    page.locator(".ob-found").first.wait_for(timeout=30_000)
    settle(page)


def test_a_passage_opens_highlighted_in_its_source_and_the_next_follows(page: "Page", loaded_server: AppServer) -> None:
    open_screen(page, loaded_server, "retrieve")
    ask(page, "How many days of annual leave do I get?")
    text = page.locator(".ob-found .ob-text").first.inner_text()
    page.get_by_role("button", name="Open in its source").first.click()
    dialog = page.get_by_role("dialog")
    marked = dialog.locator("mark.ob-span").first
    marked.wait_for(timeout=10_000)
    assert marked.is_visible()
    assert text.split("\n")[0].strip() in marked.inner_text()
    dialog.get_by_text(re.compile(r"Passage 1 of \d")).wait_for()
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_text(re.compile(r"Passage 2 of \d")).wait_for(timeout=10_000)


def test_a_point_of_the_map_is_a_chunk_to_read(page: "Page", loaded_server: AppServer) -> None:
    open_screen(page, loaded_server, "retrieve")
    ask(page, "How many days of annual leave do I get?")
    page.get_by_role("tab", name="Map of all chunks").click()
    point = page.locator(".js-plotly-plot .scatterlayer .trace").first.locator(".point").first
    point.wait_for(timeout=30_000)
    settle(page)
    box = point.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    read = page.locator("[class*='st-key-retrieve'][class*='clicked']").first
    read.wait_for(timeout=10_000)
    assert len(read.locator(".ob-text").first.inner_text()) > 20


def test_the_size_can_be_dragged_here_too(page: "Page", loaded_server: AppServer) -> None:
    open_screen(page, loaded_server, "retrieve")
    ask(page, "How many days of annual leave do I get?")
    page.get_by_text("Chunk size, live").click()
    page.locator("ol.ob-live").wait_for(timeout=LIVE_MS)
    settle(page)
    before = spans_found(page)
    page.mouse.move(*thumb(page, 200))
    page.mouse.down()
    page.mouse.move(*thumb(page, 60), steps=10)
    page.wait_for_function(
        "before => document.querySelector('ol.ob-live')?.dataset.spans !== before", arg=before, timeout=10_000
    )
    page.mouse.up()


def test_at_phone_width_nothing_sticks_out(page: "Page", loaded_server: AppServer) -> None:
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    open_screen(page, loaded_server, "retrieve")
    ask(page, "How many days of annual leave do I get?")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
