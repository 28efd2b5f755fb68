"""From the sample's eval set to the report: asked, read, a bar clicked down to its case, taken away and opened."""

import re
from pathlib import Path

EVALUATION_MS = 300_000
NARROW = (390, 844)


def click_segment(page, number: int) -> None:
    """Click a segment of the first chart; the layer above it takes the click, so it goes by place."""
    segment = page.locator(".js-plotly-plot").first.locator("g.points path").nth(number)
    segment.scroll_into_view_if_needed()
    box = segment.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def evaluated(screen, server) -> None:
    """The results of 20 cases of the sample set, asked now unless another test of this server has done so."""
    page = screen.page
    screen.open(server, "evaluate")
    main = page.get_by_test_id("stMain")
    main.get_by_text("Results", exact=True).click()
    screen.settle()
    main.get_by_text("Nothing measured yet").or_(main.get_by_text("What became of every answer")).wait_for()
    if "Nothing measured yet" in screen.text():
        main.get_by_text("Run", exact=True).click()
        page.get_by_text("20 drawn by lot").click()
        screen.settle()
        page.get_by_role("button", name=re.compile("Ask 20 questions")).click()
        page.get_by_role("button", name="See the results").wait_for(timeout=EVALUATION_MS)
        page.get_by_role("button", name="See the results").click()
    page.get_by_text("What became of every answer").wait_for(timeout=EVALUATION_MS)
    screen.settle()


def test_from_the_sample_set_to_the_report(screen, loaded_server, tmp_path: Path) -> None:
    page = screen.page
    evaluated(screen, loaded_server)
    assert re.search(r"\w+ answered \d+ of 20 questions right \(\d+–\d+ %\)", screen.text())

    click_segment(page, 0)
    page.get_by_text(re.compile(r"· right: \d+ cases?")).wait_for()
    table = page.locator("[class*=st-key-evaluate-results-behind] [data-testid=stDataFrame]")
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 15, box["y"] + 52)
    page.get_by_role("button", name="Open the run").first.wait_for()
    assert "Expected:" in screen.text()

    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    page.get_by_role("button", name="Take it away").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Report: one HTML file").click()
    report = tmp_path / "report.html"
    download.value.save_as(report)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(report.as_uri())
    page.get_by_role("heading", name="Every case").wait_for()
    page.wait_for_function("document.querySelectorAll('.main-svg').length > 0")
    drawn = page.evaluate(
        "[...document.querySelectorAll('.plotly-graph-div')].filter(d => d.querySelector('svg')).length"
    )
    assert drawn == page.locator("figure").count()
    assert drawn >= 4
    assert errors == []
    assert page.locator("section.case").count() == 20


def test_a_failure_label_leads_to_its_cause(screen, loaded_server) -> None:
    page = screen.page
    evaluated(screen, loaded_server)
    reasons = page.get_by_label("Why wrong")
    reasons.scroll_into_view_if_needed()
    reasons.click()
    page.get_by_role("option", name="not retrieved").click()
    page.keyboard.press("Escape")
    page.get_by_text(re.compile(r"^\d of 20 cases\.$")).wait_for()
    screen.settle()
    table = page.get_by_test_id("stDataFrame").last
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 15, box["y"] + 52)
    case = page.locator(".st-key-evaluate-results-case")
    case.wait_for()
    screen.settle()
    page.get_by_text(re.compile("wrong: not retrieved")).first.wait_for()
    why = page.get_by_role("button", name="Why did it not come?")
    why.first.wait_for()
    assert re.search(r"came \d+(st|nd|rd|th)|did not come|no part of it", case.inner_text())
    why.first.click()
    page.wait_for_url("**/retrieve")
    page.get_by_role("button", name="Find out").click()
    page.get_by_text(re.compile(r"What lifts it in|None of the \d+ changes tried")).wait_for(timeout=EVALUATION_MS)
    assert re.search(r"It came \d+(st|nd|rd|th) of \d+", screen.text())
