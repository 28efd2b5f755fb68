"""Text of documents and models is shown as the characters it is."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.ui import markup

HOSTILE = (
    "<script>alert(1)</script>",
    '<img src="https://evil.example/x.png" onerror="alert(1)">',
    "<svg/onload=alert(1)>",
    "![pixel](https://evil.example/pixel.png)",
    "[click](javascript:alert(1))",
    '<a href="javascript:alert(1)">x</a>',
    '<style>@import url("https://evil.example/a.css")</style>',
    ":red[danger] :material/home: :tada:",
    "$E = mc^2$ and $$\\int$$",
    "&lt;script&gt; &amp;",
    '"><iframe src="https://evil.example">',
    "https://ok.example/?a=<script>",
)
ALLOWED = re.compile(
    r'</?mark(?: class="ob-span")?>|</a>'
    r'|<a href="https?://[^"<>\s]*" rel="noopener noreferrer nofollow" target="_blank">'
)


def tags_left(markup_text: str) -> str:
    return ALLOWED.sub("", markup_text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_becomes_html_without_any_tag_of_its_own(text: str) -> None:
    assert "<" not in tags_left(markup.safe_html(text, words=("danger", "script"), spans=((2, 9),)))


@given(
    st.text(alphabet="<>\"'&:/$[]()!htpsmark =.x\n", max_size=80),
    st.lists(st.tuples(st.integers(-5, 90), st.integers(-5, 90))),
)
def test_no_text_and_no_span_lets_a_tag_through(text: str, spans: list[tuple[int, int]]) -> None:
    html = markup.safe_html(text, words=("mark", "http"), spans=spans)
    assert "<" not in tags_left(html)
    assert re.search(r"<(?!/?mark|/?a)", html) is None


@given(st.text(max_size=200))
def test_nothing_of_the_text_is_lost(text: str) -> None:
    shown = ALLOWED.sub("", markup.safe_html(text, spans=((3, 40),)))
    assert html.unescape(shown) == text


def test_only_web_addresses_become_links_and_only_as_themselves() -> None:
    html = markup.safe_html("see https://a.example/b?c=1&d=2, not javascript:alert(1) or ftp://x.example")
    assert re.findall(r'href="([^"]*)"', html) == ["https://a.example/b?c=1&amp;d=2"]
    assert "javascript:alert(1)" in html


def test_a_full_stop_after_an_address_is_not_part_of_it() -> None:
    assert 'href="https://a.example/b"' in markup.safe_html("Look at https://a.example/b.")


def test_question_words_are_marked_in_any_ending_and_case() -> None:
    html = markup.safe_html(
        "Refunds are paid. A refund takes a week.", words=markup.question_words("How are refunds paid?")
    )
    assert html.count("<mark>") == 3
    assert "<mark>Refunds</mark>" in html


def test_stop_words_of_a_question_are_not_marked() -> None:
    assert markup.question_words("How is the warranty?") == ("warranty",)


def test_overlapping_spans_are_one_mark_and_spans_are_cut_to_the_text() -> None:
    assert markup.safe_html("abcdef", spans=((1, 3), (2, 99))) == 'a<mark class="ob-span">bcdef</mark>'


@pytest.mark.parametrize("text", HOSTILE)
def test_plain_text_leaves_no_markdown_that_streamlit_reads(text: str) -> None:
    plain = markup.plain(text)
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", plain)
    assert re.search(r"[!-/:-@\[-`{-~]", bare) is None, "every mark is escaped"
    assert re.search(r":\w", plain) is None, "no emoji, icon or colour code can begin"


def test_plain_text_is_one_line() -> None:
    assert markup.plain("a\n# b\n\nc") == "a \\# b c"


def test_an_attribute_cannot_be_left() -> None:
    assert markup.attribute('"><script>') == "&quot;&gt;&lt;script&gt;"
