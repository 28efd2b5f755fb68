"""Decide: the advice follows the answers at once, and its steps lead to where they can be tried."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_the_advice_follows_the_answers_and_leads_on(app_server, page: "Page", screen) -> None:
    screen.open(app_server, "decide")
    page.get_by_text("This points to Prompt-only").wait_for(timeout=30_000)
    page.get_by_role("button", name="facts are out of date").click()
    page.get_by_role("radio", name="our documents").or_(page.get_by_role("button", name="our documents")).first.click()
    page.get_by_role("radio", name="weekly or faster").or_(
        page.get_by_role("button", name="weekly or faster")
    ).first.click()
    page.get_by_text("This points to RAG").wait_for(timeout=30_000)
    with page.expect_download() as download:
        page.get_by_role("button", name="Decision record").click()
    assert "RAG" in download.value.path().read_text(encoding="utf-8")
    screen.open(app_server, "decide")
    page.get_by_text("This points to RAG").wait_for(timeout=30_000)
    page.get_by_test_id("stMain").locator("[data-testid=stPageLink] a:visible").first.click()
    page.wait_for_url(re.compile(r"/(?!decide)[a-z]*$"), timeout=30_000)
    screen.settle()
