"""Chunk size dragged, watched and applied in a real browser."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import NARROW, AppServer, load_sample, open_screen, settle

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

LIVE_MS = 120_000


def thumb(page: "Page", value: int) -> tuple[float, float]:
    """Where the size slider's thumb is on the screen at `value`."""
    slider = size_slider(page)
    box = slider.bounding_box()
    assert box
    least, most = (int(slider.get_attribute(name) or 0) for name in ("min", "max"))
    share = (value - least) / (most - least)
    return box["x"] + 9 + share * (box["width"] - 18), box["y"] + box["height"] / 2


def size_slider(page: "Page") -> "Locator":
    return page.get_by_label(re.compile("^Chunk size"))


def spans_found(page: "Page") -> str:
    return page.locator("ol.ob-live").get_attribute("data-spans") or ""


def live(page: "Page", server: AppServer, screen: str = "chunks") -> None:
    """Open the screen and wait until live search is prepared."""
    open_screen(page, server, screen)
    page.locator("ol.ob-live").wait_for(timeout=LIVE_MS)
    settle(page)


def test_passages_change_while_the_size_is_dragged_before_it_is_let_go(page: "Page", loaded_server: AppServer) -> None:
    live(page, loaded_server)
    before = spans_found(page)
    page.mouse.move(*thumb(page, 200))
    page.mouse.down()
    seen = {before}
    for value in (170, 140, 110, 80, 50):
        page.mouse.move(*thumb(page, value), steps=3)
        page.wait_for_function(
            "seen => !seen.includes(document.querySelector('ol.ob-live')?.dataset.spans)",
            arg=sorted(seen),
            timeout=10_000,
        )
        seen.add(spans_found(page))
    assert len(seen) == 6
    assert page.get_by_text(re.compile(r"^To apply: ")).or_(page.get_by_text(re.compile("chunks to embed"))).count()
    page.mouse.up()


def test_the_arrow_keys_move_the_size_by_one_token(page: "Page", loaded_server: AppServer) -> None:
    live(page, loaded_server)
    size_slider(page).focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Apply 199 tokens").wait_for(timeout=10_000)
    assert size_slider(page).get_attribute("aria-valuetext") == "199 tokens"


def test_an_applied_size_is_in_use_on_the_other_screens_and_the_way_back_is_instant(
    page: "Page", app_server: AppServer
) -> None:
    page.goto(app_server.url)
    load_sample(page)
    live(page, app_server)
    size_slider(page).focus()
    for _ in range(5):
        page.keyboard.press("PageDown")
    label = page.get_by_role("button", name=re.compile(r"^Apply \d+ tokens"))
    label.wait_for(timeout=10_000)
    settle(page)
    size = int(re.findall(r"\d+", label.inner_text())[0])
    assert size < 200
    label.click()
    page.get_by_text("In use now.").wait_for(timeout=LIVE_MS)
    settle(page)
    assert page.get_by_test_id("stSidebar").get_by_text(f"Recursive, {size} tokens").count()
    page.mouse.move(*thumb(page, size))
    page.mouse.down()
    page.mouse.move(*thumb(page, 200), steps=8)
    page.mouse.up()
    page.get_by_text("applying is instant").wait_for(timeout=10_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_at_phone_width_nothing_sticks_out_and_the_slider_stays_in_sight(
    page: "Page", loaded_server: AppServer, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    live(page, loaded_server)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    page.locator(".ob-live li").last.scroll_into_view_if_needed()
    box = size_slider(page).bounding_box()
    assert box
    assert 0 <= box["y"] <= NARROW[1] / 2
