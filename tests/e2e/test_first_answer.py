"""The first journey: one click from a fresh app to an answer with its citation opened."""

import re
from typing import TYPE_CHECKING

from lib.corpus.samples import sample_corpus

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_one_click_leads_to_a_cited_answer_whose_source_opens(app_server, page: "Page", screen) -> None:
    screen.open(app_server, "")
    assert "open-book exam" in screen.text()
    screen.load_sample()
    assert page.get_by_role("textbox", name="Question").input_value() == sample_corpus("company").first_question
    answer = page.locator(".ob-answer").inner_text()
    assert len(answer.split()) > 2
    page.get_by_role("button", name=re.compile(r"^.*\[1\]")).first.click()
    drawer = page.get_by_role("dialog")
    drawer.locator("mark.ob-span").first.wait_for()
    marked = drawer.locator("mark.ob-span").first
    assert marked.is_visible()
    assert len(marked.inner_text()) > 10
    page.keyboard.press("Escape")
    drawer.wait_for(state="detached")


def test_stop_ends_an_answer_and_the_question_can_be_asked_again(loaded_server, page: "Page", screen) -> None:
    screen.open(loaded_server, "ask")
    ask = page.get_by_test_id("stFormSubmitButton").get_by_role("button").first
    ask.click()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Stop").wait_for(state="detached")
    ask.click()
    screen.whole_answer()
    assert page.locator(".ob-answer").inner_text().strip()


def test_an_answer_survives_a_visit_to_another_screen(loaded_server, page: "Page", screen) -> None:
    screen.open(loaded_server, "ask")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").first.click()
    page.get_by_role("link", name="Models").first.click()
    page.get_by_role("heading", name="Models").wait_for()
    page.get_by_role("link", name="Ask").first.click()
    screen.whole_answer()
    assert page.locator(".ob-answer").inner_text().strip()
