import re
from itertools import pairwise

from lib.domain import Chunk
from pages.ui import chunk_view

TEXT = "Alpha beta gamma. Delta epsilon zeta. Eta theta iota kappa."


def chunk(start: int, end: int, tokens: int = 4) -> Chunk:
    return Chunk("d", "d.txt", start, end, TEXT[start:end], tokens)


def drawn(*chunks: Chunk, ranks: dict[str, int] | None = None, shown: tuple[int, int] = (0, len(TEXT))) -> str:
    return chunk_view.boundaries(chunk_view.Cut(TEXT, chunks, 8, ranks or {}), shown=shown)


def words_of(html: str) -> str:
    return re.sub(r"<[^>]*>", "", re.sub(r"<i .*?</i>", "", html))


def test_the_text_reads_on_whole_whatever_the_cuts() -> None:
    assert words_of(drawn(chunk(0, 17), chunk(10, 36), chunk(37, 60))) == TEXT


def test_neighbouring_chunks_have_different_tints_and_an_overlap_its_own() -> None:
    html = drawn(chunk(0, 20), chunk(15, 36))
    assert [*re.findall(r'<span class="(\w)', html)] == ["a", "o", "b"]


def test_each_chunk_shows_its_tokens_where_it_starts() -> None:
    html = drawn(chunk(0, 17, tokens=5), chunk(18, 36, tokens=7))
    assert re.findall(r"<i [^>]*>([^<]*)</i>", html) == ["5", "7"]
    assert 'title="chunk 2: 7 tokens, characters 18 to 36"' in html


def test_a_passage_that_was_found_shows_its_rank() -> None:
    html = drawn(chunk(0, 17, tokens=5), chunk(18, 36, tokens=7), ranks={"d:18-36": 1})
    assert ">#1 · 7</i>" in html


def test_a_chunk_beyond_the_window_is_flagged() -> None:
    assert '<i class="w"' in drawn(chunk(0, 17, tokens=9))
    assert '<i class="w"' not in drawn(chunk(0, 17, tokens=8))


def test_only_the_shown_stretch_is_drawn() -> None:
    assert words_of(drawn(chunk(0, 17), chunk(18, 36), shown=(6, 24))) == TEXT[6:24]


def test_markup_in_a_document_stays_text() -> None:
    text = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
    cut = chunk_view.Cut(text, (Chunk("d", "d", 0, len(text), text, 9),), 8, {})
    html = chunk_view.boundaries(cut, shown=(0, len(text)))
    assert "<img" not in html
    assert "<script" not in html


def test_pages_follow_on_one_another_without_a_gap() -> None:
    text = "A line of words.\n" * 2_000
    spans = [chunk_view.on_page(text, page) for page in range(1, chunk_view.pages(text) + 1)]
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text)
    assert all(earlier[1] == later[0] for earlier, later in pairwise(spans))


def test_following_a_passage_shows_it_near_the_top() -> None:
    text = "A line of words.\n" * 2_000
    start, end = chunk_view.around(text, Chunk("d", "d", 9_000, 9_400, text[9_000:9_400], 80))
    assert 0 < 9_000 - start <= chunk_view.LEAD_CHARACTERS
    assert end > 9_400
