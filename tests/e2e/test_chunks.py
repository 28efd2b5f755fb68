"""Chunk size dragged, watched and applied in a real browser."""

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

LIVE_MS = 240_000
"""Patience for reading every document token by token on a busy machine."""
NARROW = (390, 844)


def thumb(page: "Page", value: int) -> tuple[float, float]:
    """Where the size slider's thumb is on the screen at `value`."""
    slider = size_slider(page)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    least, most = (int(slider.get_attribute(name) or 0) for name in ("min", "max"))
    share = (value - least) / (most - least)
    return box["x"] + 9 + share * (box["width"] - 18), box["y"] + box["height"] / 2


def size_slider(page: "Page") -> "Locator":
    return page.get_by_role("slider", name=re.compile("^Chunk size"))


def spans_found(page: "Page") -> str:
    return page.locator("ol.ob-live").get_attribute("data-spans") or ""


def live(screen, server) -> None:
    """Open Chunks and wait until live search is prepared."""
    screen.open(server, "chunks")
    screen.page.locator("ol.ob-live").wait_for(timeout=LIVE_MS)
    screen.settle()


def test_passages_change_while_the_size_is_dragged_before_it_is_let_go(loaded_server, page: "Page", screen) -> None:
    live(screen, loaded_server)
    before = spans_found(page)
    page.mouse.move(*thumb(page, 200))
    page.mouse.down()
    seen = {before}
    for value in (170, 140, 110, 80, 50):
        page.mouse.move(*thumb(page, value), steps=3)
        page.wait_for_function(
            "seen => !seen.includes(document.querySelector('ol.ob-live')?.dataset.spans)",
            arg=sorted(seen),
        )
        seen.add(spans_found(page))
    assert len(seen) == 6
    assert page.get_by_text(re.compile(r"^To apply: ")).or_(page.get_by_text(re.compile("chunks to embed"))).count()
    page.mouse.up()


def test_the_arrow_keys_move_the_size_by_one_token(loaded_server, page: "Page", screen) -> None:
    live(screen, loaded_server)
    size_slider(page).focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Apply 199 tokens").wait_for(timeout=30_000)
    assert size_slider(page).get_attribute("aria-valuetext") == "199 tokens"


def test_an_applied_size_is_in_use_on_the_other_screens_and_the_way_back_is_instant(
    app_server, page: "Page", screen
) -> None:
    screen.open(app_server, "")
    screen.load_sample()
    live(screen, app_server)
    size_slider(page).focus()
    for _ in range(5):
        page.keyboard.press("PageDown")
    size = int(size_slider(page).input_value())
    assert size < 200
    page.get_by_role("button", name=f"Apply {size} tokens").click()
    page.get_by_text("In use now.").wait_for(timeout=LIVE_MS)
    screen.settle()
    page.get_by_test_id("stSidebar").get_by_text(f"Recursive, {size} tokens").wait_for()
    page.mouse.move(*thumb(page, size))
    page.mouse.down()
    page.mouse.move(*thumb(page, 200), steps=8)
    page.mouse.up()
    page.get_by_text("applying is instant").wait_for(timeout=30_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_at_phone_width_nothing_sticks_out_and_the_slider_stays_in_sight(
    loaded_server, page: "Page", screen, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    live(screen, loaded_server)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    page.locator(".ob-live li").last.scroll_into_view_if_needed()
    box = size_slider(page).bounding_box()
    assert box
    assert 0 <= box["y"] <= NARROW[1] / 2


def test_the_size_can_be_dragged_on_retrieve_too(loaded_server, page: "Page", screen) -> None:
    screen.open(loaded_server, "retrieve")
    page.get_by_label("Question", exact=True).fill("How many days of annual leave do I get?")
    page.keyboard.press("Enter")
    page.locator(".ob-found").first.wait_for(timeout=30_000)
    page.get_by_text("Chunk size, live").click()
    page.locator("ol.ob-live").wait_for(timeout=LIVE_MS)
    screen.settle()
    before = spans_found(page)
    page.mouse.move(*thumb(page, 200))
    page.mouse.down()
    page.mouse.move(*thumb(page, 60), steps=10)
    page.wait_for_function("before => document.querySelector('ol.ob-live')?.dataset.spans !== before", arg=before)
    assert int(size_slider(page).input_value()) <= 70
    page.mouse.up()
