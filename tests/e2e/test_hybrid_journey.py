"""A hybrid answer that a rule holds is approved by a reviewer, in a real browser with the built-in models."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUESTION = "How often should a Rindsense probe be compared with a reference?"
NOTHING_MATCHES = "(?!)"
"""Whatever a model says, a rule with this pattern is broken."""
WAIT_MS = 180_000


@pytest.fixture
def own_server(app_server, screen):
    """A server of this test's own with the sample company: its rules are changed."""
    screen.open(app_server, "")
    screen.load_sample()
    return app_server


def ask(page: "Page") -> None:
    box = page.get_by_label("Question", exact=True)
    box.fill(QUESTION)
    box.press("Enter")
    page.get_by_text("What filled the context window").wait_for(state="detached", timeout=WAIT_MS)
    page.get_by_text("What filled the context window").wait_for(timeout=WAIT_MS)


def add_rule(page: "Page", screen, name: str, pattern: str) -> None:
    """A rule with a pattern, from the editor on Ask."""
    page.locator(".st-key-ask-rules summary").click()
    kind = page.get_by_role("combobox", name="Kind")
    kind.scroll_into_view_if_needed()
    page.wait_for_timeout(1_000)  # a list of choices closes when the page moves under it, and the expander still opens
    kind.click()
    kind.fill("Pattern")
    kind.press("Enter")
    screen.settle()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Name", exact=True).press("Tab")
    page.get_by_label("A regular expression that the whole answer must match").fill(pattern)
    page.get_by_role("button", name="Add the rule").click()
    page.get_by_text("4 rules that an answer must keep").wait_for(timeout=WAIT_MS)
    screen.settle()


def test_a_hybrid_answer_is_held_by_a_rule_and_approved(own_server, page: "Page", screen) -> None:
    page.get_by_role("button", name="Hybrid").or_(page.get_by_role("radio", name="Hybrid")).first.click()
    page.get_by_text("3 rules that an answer must keep").wait_for(timeout=WAIT_MS)
    screen.settle()
    add_rule(page, screen, "Not yet", NOTHING_MATCHES)
    ask(page)
    screen.settle()
    for step in ("1. Retrieve", "2. Instruct", "3. Answer and cite", "4. Validate", "5. Log"):
        assert page.get_by_text(step).first.is_visible(), step
    page.get_by_text("Held for review").first.wait_for(timeout=WAIT_MS)
    held = screen.text()
    assert "Not yet" in held
    assert page.locator(".st-key-ask-citations").count() == 0
    page.get_by_text("The repair: what was written first").wait_for()
    page.get_by_role("link", name="See it in the review queue").click()
    page.wait_for_url("**/runs")
    screen.settle()
    page.get_by_text("Review queue").first.click()
    page.get_by_text("Held by a rule").first.wait_for(timeout=30_000)
    screen.settle()
    page.get_by_label("Your name").fill("Grace")
    page.get_by_label("Your name").press("Enter")
    screen.settle()
    page.get_by_role("button", name="Approve as it is").first.click()
    page.get_by_text("Decided, and kept").wait_for(timeout=30_000)
    page.get_by_role("link", name="Ask").first.click()
    page.get_by_text("approved by Grace").wait_for(timeout=30_000)
    screen.settle()
    assert "Held for review" not in screen.text()
    assert page.locator(".ob-answer").first.inner_text().strip()
