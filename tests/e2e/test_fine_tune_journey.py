"""From the sample set to an adapter, asked at once and held against base, few-shot and look-up on unseen rows."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

LONG_MS = 900_000
"""Patience for what trains or asks: half a minute each on a quiet machine, many times that on one that is shared."""
WAIT_MS = 90_000
NARROW = (390, 844)


def step(page: "Page", screen, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()
    screen.settle()


def test_from_the_sample_set_to_an_adapter_that_is_judged_on_held_out_rows(app_server, page: "Page", screen) -> None:
    screen.open(app_server, "fine_tune")
    page.get_by_role("button", name=re.compile("^.*Load the sample set")).click()
    page.get_by_text(re.compile(r"Kept 210 examples")).wait_for(timeout=WAIT_MS)
    screen.settle()

    # Minutes and memory come from a measured step, before the button can be pressed.
    step(page, screen, "Train")
    page.get_by_text("120 to train on, 30 to validate with, 60 held out").wait_for(timeout=WAIT_MS)
    name = page.get_by_label("Name of the adapter").input_value()
    start = page.get_by_role("button", name=re.compile(f"Train {name}$"))
    page.get_by_text("from a step measured on this machine").wait_for(timeout=LONG_MS)
    screen.settle()
    assert re.search(r"About \d+ (s|min) and \d+\.\d GB of memory", screen.text())
    start.click()

    # It goes on while the page is opened anew, and stops with what it has learnt.
    page.get_by_text(re.compile(r"Step \d+ of 180 · ")).wait_for(timeout=LONG_MS)
    screen.open(app_server, "fine_tune")
    step(page, screen, "Train")
    page.get_by_text(re.compile(r"Step ([5-9]\d|1\d\d) of 180 · ")).wait_for(timeout=LONG_MS)
    assert "tokens/s" in screen.text()
    assert "validation loss" in screen.text()
    page.get_by_role("button", name="Stop and keep the best so far").click()
    page.get_by_text("is ready.").wait_for(timeout=LONG_MS)
    screen.settle()
    assert "stopped by you" in screen.text()
    assert "MB" in page.locator(f".st-key-tune-adapter-{name}").inner_text()

    # Asked at once, it answers a held-out ticket in the form that it has learnt.
    page.get_by_role("button", name="Ask it now").click()
    page.wait_for_url(re.compile(r"/ask$"), timeout=WAIT_MS)
    screen.whole_answer()
    assert "Fine-tuned" in page.locator(".st-key-ask-answer").inner_text()
    assert '{"code":' in page.locator(".st-key-ask-answer .ob-answer").inner_text().replace(" ", "")

    # Held-out rows to base, few-shot, fine-tuned and the look-up, and general questions before and after.
    page.get_by_role("link", name="Fine-tune").click()
    screen.settle()
    step(page, screen, "Was it worth it?")
    page.get_by_role("combobox", name="Held-out rows").click()
    page.get_by_role("option", name="5", exact=True).click()
    screen.settle()
    page.get_by_role("button", name="Compare on held-out rows").click()
    page.get_by_text("On rows that training never saw").wait_for(timeout=LONG_MS)
    screen.settle()
    said = screen.text()
    for told in ("Forgetting meter", "Prompt tokens saved", "95 % intervals", "look-up"):
        assert told in said, told

    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
