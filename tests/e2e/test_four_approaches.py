"""Prompt-only, RAG, fine-tuned and hybrid on one question and one base model, in a real browser."""

from itertools import pairwise
from typing import TYPE_CHECKING

from tests.support.kept_adapters import keep_adapter
from tests.support.random_adapter import random_adapter

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

PROBE = "How often should a Rindsense probe be compared with a reference?"
ANSWERED_MS = 300_000
FOUR = ("prompt-only", "rag", "fine-tuned", "hybrid")
NARROW = (390, 844)


def column(page: "Page", name: str) -> "Locator":
    return page.locator(f".st-key-compare-side-{name}")


def choose_all(page: "Page", screen) -> None:
    for name in ("Fine-tuned", "Hybrid"):
        page.locator(".st-key-compare-approaches button").filter(has_text=name).click()
        page.locator(".st-key-compare-approaches button[aria-pressed=true]").filter(has_text=name).wait_for()
        screen.settle()


def ask(page: "Page", screen) -> None:
    box = page.get_by_label("Question", exact=True)
    box.fill(PROBE)
    box.press("Enter")
    page.locator(".ob-compared").wait_for(timeout=ANSWERED_MS)
    page.get_by_text("What RAG and Hybrid read").wait_for(timeout=ANSWERED_MS)
    screen.settle()


def choose_adapter(page: "Page", screen, name: str) -> None:
    page.locator("[class*=st-key-compare-adapter] [role=combobox]").first.click()
    page.get_by_role("option", name=name, exact=True).click()
    screen.settle()


def cells(page: "Page", row: str) -> list[str]:
    named = page.locator(".ob-compared tbody tr").filter(has=page.get_by_text(row, exact=True))
    return named.locator("td").all_inner_texts()


def boxes(page: "Page") -> list[dict]:
    found = [column(page, name).bounding_box() for name in FOUR]
    assert all(found)
    return [box for box in found if box]


def test_four_approaches_answer_one_question_side_by_side(app_server, page: "Page", screen, tmp_path: "Path") -> None:
    screen.open(app_server, "")
    screen.load_sample()
    screen.open(app_server, "compare")
    choose_all(page, screen)
    ask(page, screen)
    assert "No adapter is chosen" in column(page, "fine-tuned").inner_text()
    assert column(page, "fine-tuned").get_by_role("link", name="Train an adapter").count() == 1
    assert page.locator(".ob-compared thead th").all_inner_texts() == ["Prompt-only", "RAG", "Hybrid"]

    keep_adapter(app_server.data, "tried", gguf=random_adapter(tmp_path / "tried.gguf"))
    screen.open(app_server, "compare")
    choose_all(page, screen)
    choose_adapter(page, screen, "tried")
    ask(page, screen)
    assert page.locator(".ob-compared thead th").all_inner_texts() == ["Prompt-only", "RAG", "Fine-tuned", "Hybrid"]
    said = {name: column(page, name).locator(".ob-answer").first.inner_text() for name in ("prompt-only", "fine-tuned")}
    assert said["fine-tuned"].strip()
    assert said["fine-tuned"] != said["prompt-only"], "the adapter answers, not the base"
    assert "nine months" in column(page, "rag").inner_text()
    assert cells(page, "adapter")[2:] == ["tried", "tried"]
    sources = cells(page, "sources")
    assert (sources[0], sources[2]) == ("none", "none")
    assert sources[1].endswith("of 5")
    assert cells(page, "rules kept")[:3] == ["none"] * 3
    assert "What the documents say of the fine-tuned answer" in screen.text()
    assert page.locator("[class*=st-key-compare-row-]").count() >= 2

    alone, rag, tuned, hybrid = boxes(page)
    assert abs(alone["y"] - rag["y"]) < 2
    assert abs(tuned["y"] - hybrid["y"]) < 2
    assert alone["y"] + alone["height"] <= tuned["y"]
    assert abs(alone["x"] - tuned["x"]) < 2
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    page.wait_for_function("document.querySelector('.ob-compared').getBoundingClientRect().width < 390")
    screen.settle()
    figures = page.locator(".ob-compared").bounding_box()
    stacked = boxes(page)
    assert figures
    assert figures["y"] + figures["height"] <= stacked[0]["y"]
    assert all(one["y"] + one["height"] <= other["y"] for one, other in pairwise(stacked))
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 1
