import re

from lib.domain import Chunk, Passage
from pages.ui import live_results


def passage(rank: int, start: int, *, document: str = "a.md", text: str = "Refunds take ten days.") -> Passage:
    return Passage(Chunk(f"id-{document}", document, start, start + len(text), text, tokens=6), rank=rank, score=0.5)


def test_each_passage_says_how_far_it_moved() -> None:
    before = (passage(1, 0), passage(2, 100), passage(3, 200))
    now = (passage(1, 100), passage(2, 0), passage(3, 300))
    html = live_results.passages(before, now, question="refunds")
    assert re.findall(r'ob-move (\w+)"', html) == ["up", "down", "new"]
    assert "was #3: a.md" in html


def test_the_questions_words_are_marked() -> None:
    assert "<mark>Refunds</mark>" in live_results.passages((), (passage(1, 0),), question="How long do refunds take?")


def test_strips_show_where_each_document_was_found_and_where_it_was_before() -> None:
    html = live_results.coverage((passage(1, 50),), (passage(1, 0),), lengths={"a.md": 100})
    assert '<b style="left:0.00%;width:22.00%"></b>' in html
    assert '<u style="left:50.00%;width:22.00%"></u>' in html
    assert "22% of a.md found" in html


def test_the_summary_counts_passages_documents_and_tokens() -> None:
    said = live_results.summary((passage(1, 0), passage(2, 0, document="b.md")))
    assert said == "2 passages from 2 documents, 12 tokens for the model to read"


def test_markup_in_names_and_texts_stays_text() -> None:
    evil = passage(1, 0, document='"><img src=x onerror=alert(1)>', text="<script>alert(1)</script>")
    html = live_results.passages((), (evil,), question="x") + live_results.coverage((), (evil,), lengths={})
    assert "<img" not in html
    assert "<script" not in html


def test_nothing_found_draws_no_strip() -> None:
    assert live_results.coverage((), (), lengths={}) == ""


def test_a_long_passage_is_shown_from_where_the_questions_words_stand() -> None:
    text = (
        f"Refunds exist. {'Nothing of interest happens here. ' * 20}Refunds for broken probes take ten days. The end."
    )
    html = live_results.passages(
        (), (passage(1, 0, text=text),), question="How long do refunds for broken probes take?"
    )
    shown = html[html.index('class="t"') :]
    assert shown.index("<mark>probes</mark>") < 160
    assert "Refunds exist" not in shown
