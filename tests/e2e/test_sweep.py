"""A sweep is interrupted, the page left and opened anew, and it goes on to a setting that can be looked into."""

import re

SWEEP_MS = 600_000
"""Patience: some 20 s of embedding on a quiet machine, and many times that on one that is shared."""
PATIENCE_MS = 60_000
NARROW = (390, 844)


def open_sweep(screen, server) -> None:
    screen.open(server, "evaluate")
    screen.page.get_by_test_id("stMain").get_by_text("Sweep", exact=True).click()
    screen.page.get_by_text("What is tried").wait_for()
    screen.settle()


def test_a_sweep_interrupted_and_resumed(screen, loaded_server) -> None:
    page = screen.page
    open_sweep(screen, loaded_server)
    page.get_by_role("button", name="Start the sweep").click()
    page.get_by_text(re.compile(r"[2-8] of 10 columns ·")).wait_for(timeout=SWEEP_MS)
    page.get_by_role("button", name="Stop").click()
    there = page.get_by_text(re.compile(r"\d of 10 columns are there"))
    there.wait_for(timeout=SWEEP_MS)
    before = int(re.findall(r"(\d) of 10 columns are there", there.inner_text())[0])
    assert 2 <= before < 10

    open_sweep(screen, loaded_server)
    assert f"{before} of 10 columns are there" in screen.text()
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("All is there").wait_for(timeout=SWEEP_MS)
    page.get_by_text("Best for Recall at 1,000 tokens").wait_for(timeout=PATIENCE_MS)
    page.get_by_text("of 85 questions lack some or all of their evidence").wait_for(timeout=PATIENCE_MS)
    screen.settle()
    page.wait_for_function("document.querySelectorAll('.js-plotly-plot .nsewdrag').length >= 2", timeout=PATIENCE_MS)
    # The map is drawn anew after the words are.
    page.wait_for_function(
        "!document.querySelector('[data-testid=stMain]').innerText.includes('not yet')", timeout=PATIENCE_MS
    )

    # A click on a map's top right cell looks into it: the longest chunks under the largest budget.
    target = page.locator(".js-plotly-plot").nth(1)
    target.scroll_into_view_if_needed()
    box = target.locator(".nsewdrag").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.12)
    page.get_by_role("button", name="Take over this cell").wait_for(timeout=PATIENCE_MS)
    page.get_by_text("200 tokens → Recursive, 250 tokens; search Hybrid → By meaning (dense); top-k 5 → 9").wait_for(
        timeout=PATIENCE_MS
    )

    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
