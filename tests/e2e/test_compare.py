"""Prompt-only beside RAG with the built-in model, in a real browser: side by side, cited, checked, explained."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PROBE = "How often should a Rindsense probe be compared with a reference?"
ANSWERED_MS = 180_000
NARROW = (390, 844)
WORDS = "s => document.querySelectorAll(s).length === 2"


def compare(screen, question: str) -> None:
    """Send the question and wait for both answers with all that lies between them."""
    page = screen.page
    box = page.get_by_label("Question", exact=True)
    box.fill(question)
    box.press("Enter")
    page.locator(".st-key-compare-row-1").wait_for(timeout=ANSWERED_MS)
    screen.settle()


def column(page: "Page", name: str) -> "Locator":
    return page.locator(f".st-key-compare-side-{name}")


def test_one_question_two_answers_a_citation_and_a_lesson(loaded_server, page: "Page", screen) -> None:
    screen.open(loaded_server, "compare")
    compare(screen, PROBE)
    alone, rag = column(page, "prompt-only"), column(page, "rag")
    assert len(alone.locator(".ob-answer").inner_text()) > 20
    assert "nine months" in rag.locator(".ob-answer").inner_text()
    figures = page.locator(".ob-compared").inner_text()
    for figure in ("tokens in", "tokens out", "first word", "time in all", "cost", "sources", "abstained"):
        assert figure in figures
    left, right = alone.bounding_box(), rag.bounding_box()
    assert left
    assert right
    assert abs(left["y"] - right["y"]) < 2
    assert left["x"] + left["width"] <= right["x"]
    assert any(verdict in screen.text() for verdict in ("not mentioned", "contradicted"))
    assert "supported" in rag.locator(".ob-verdict").first.inner_text()
    assert "Chosen to show: private fact" in screen.text()
    assert "a case for RAG" in page.locator(".st-key-compare-row-1").inner_text()

    rag.get_by_role("button").first.click()
    marked = page.get_by_role("dialog").locator("mark.ob-span").first
    marked.wait_for(timeout=30_000)
    assert "every nine months" in marked.inner_text()


def test_coming_back_shows_the_last_comparison(loaded_server, page: "Page", screen) -> None:
    screen.open(loaded_server, "compare")
    compare(screen, PROBE)
    said = page.locator(".ob-answer").all_inner_texts()
    page.get_by_role("link", name="Retrieve").click()
    page.wait_for_url("**/retrieve")
    screen.settle()
    page.get_by_role("link", name="Compare").click()
    page.wait_for_url("**/compare")
    page.wait_for_function(WORDS, arg=".ob-answer", timeout=30_000)
    assert page.locator(".ob-answer").all_inner_texts() == said


def test_on_a_phone_the_figures_come_first_and_the_answers_one_under_the_other(
    loaded_server, page: "Page", screen
) -> None:
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    screen.open(loaded_server, "compare")
    compare(screen, PROBE)
    left, right = column(page, "prompt-only").bounding_box(), column(page, "rag").bounding_box()
    figures = page.locator(".ob-compared").bounding_box()
    lesson = page.locator(".st-key-compare-row-1").bounding_box()
    passages = page.get_by_text("What RAG read").bounding_box()
    assert left
    assert right
    assert lesson
    assert passages
    assert figures
    assert figures["y"] + figures["height"] <= left["y"]
    assert left["y"] + left["height"] <= right["y"]
    assert right["y"] + right["height"] <= lesson["y"] < passages["y"]
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 1


def test_two_settings_of_rag_stand_beside_each_other(loaded_server, page: "Page", screen) -> None:
    screen.open(loaded_server, "compare")
    page.get_by_text("Two RAG settings").click()
    page.get_by_text("B's index is there").wait_for(timeout=60_000)
    box = page.get_by_label("Question", exact=True)
    box.fill(PROBE)
    box.press("Enter")
    page.get_by_text("What B changed").wait_for(timeout=ANSWERED_MS)
    screen.settle()
    assert "hybrid search" in column(page, "a").inner_text()
    assert "search by words" in column(page, "b").inner_text()
    assert page.locator(".ob-compared thead th").all_inner_texts() == ["A", "B"]
