"""Chunks are exact spans that lose nothing, never pass their size, and end where a reader would pause."""

import itertools
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lib.corpus.chunking.breaks import outline
from lib.corpus.chunking.cutter import cut, cut_outline
from lib.domain import Chunk, Document, Part, PartKind, Place
from lib.embedding.hashing import WordTokenizer
from lib.embedding.wordpiece import WordPieceTokenizer
from lib.errors import BadInput
from lib.settings import ChunkSettings, Strategy
from lib.weights import embedder_path

TOKENIZER = WordTokenizer()
WORDPIECE = WordPieceTokenizer(embedder_path() / "tokenizer.json")

texts = st.text(st.sampled_from("ab .!?\n#é日。“_-\u200b\x01\t1A"), max_size=400) | st.text(max_size=200)
settings_of_chunks = st.builds(
    lambda strategy, size, share: ChunkSettings(strategy, size, int(size * share)),
    st.sampled_from(list(Strategy)),
    st.integers(20, 60),
    st.floats(0, 0.99),
)


def document(text: str, *parts: Part) -> Document:
    return Document("id", "name.md", text, "text/plain", parts)


def chunks_of(text: str, size: int = 20, *, overlap: int = 0, strategy: Strategy = Strategy.RECURSIVE) -> list[str]:
    found = cut(document(text), ChunkSettings(strategy, size, overlap), TOKENIZER.spans(text))
    return [chunk.text for chunk in found]


def sentence(words: int, *, start: str = "Word") -> str:
    """So many tokens, the full stop included."""
    return " ".join([start, *["word"] * (words - 2)]) + "."


@given(texts, settings_of_chunks)
@example("\u200b\x01", ChunkSettings(size=20))
@settings(deadline=None)
def test_chunks_are_exact_spans_within_the_size_and_cover_everything(text: str, chunking: ChunkSettings) -> None:
    spans = TOKENIZER.spans(text)
    found = cut(document(text), chunking, spans)
    covered = np.zeros(len(text), bool)
    for chunk in found:
        assert chunk.text == text[chunk.start : chunk.end] == chunk.text.strip()
        assert chunk.tokens <= chunking.size
        covered[chunk.start : chunk.end] = True
    assert all(covered[at] or text[at].isspace() for at in range(len(text)))
    assert [chunk.start for chunk in found] == sorted({chunk.start for chunk in found})


@given(texts, settings_of_chunks)
@settings(deadline=None)
def test_overlap_is_never_more_than_asked(text: str, chunking: ChunkSettings) -> None:
    spans = TOKENIZER.spans(text)
    found = cut(document(text), chunking, spans)
    for before, after in itertools.pairwise(found):
        shared = ((spans[:, 0] >= after.start) & (spans[:, 0] < before.end)).sum()
        assert shared <= chunking.overlap
        assert after.end > before.end


@pytest.mark.parametrize("strategy", list(Strategy))
def test_the_tokens_of_a_chunk_are_those_the_model_counts(strategy: Strategy) -> None:
    text = "Unbelievably, the co-operative's e-mail (see fig. 3) costs 1,250.50 EUR.\n\n日本語 too: naïve café. " * 30
    for chunk in cut(document(text), ChunkSettings(strategy, 40, 8), WORDPIECE.spans(text)):
        assert WORDPIECE.count(chunk.text) == chunk.tokens <= 40


def test_paragraphs_that_fit_stay_whole() -> None:
    paragraphs = [sentence(12), sentence(15), sentence(18)]
    assert chunks_of("\n\n".join(paragraphs)) == paragraphs


def test_short_paragraphs_share_a_chunk() -> None:
    assert chunks_of(f"{sentence(6)}\n\n{sentence(6)}\n\n{sentence(12)}") == [
        f"{sentence(6)}\n\n{sentence(6)}",
        sentence(12),
    ]


def test_a_long_paragraph_is_broken_between_sentences() -> None:
    assert chunks_of(f"{sentence(12)} {sentence(12)} {sentence(12)}") == [sentence(12)] * 3


def test_a_long_sentence_is_broken_between_words() -> None:
    assert [len(text.split()) for text in chunks_of("word " * 50)] == [20, 20, 10]


def test_a_heading_is_not_left_alone() -> None:
    text = f"Annual leave\n\n{sentence(12)} {sentence(12)}"
    assert chunks_of(text)[0] == f"Annual leave\n\n{sentence(12)}"


def test_a_word_that_fits_a_chunk_is_not_broken() -> None:
    spans = np.array([(at, at + 1) for at in range(3)] + [(at, at + 1) for at in range(4, 22)], np.int64)
    found = cut(document("abc defghijklmnopqrstu"), ChunkSettings(size=20), spans)
    assert [chunk.text for chunk in found] == ["abc", "defghijklmnopqrstu"]


def test_markdown_breaks_before_the_highest_heading() -> None:
    text = f"# One\n\n{sentence(8)}\n\n## Detail\n\n{sentence(8)}\n\n# Two\n\n{sentence(8)}"
    assert chunks_of(text, 24, strategy=Strategy.MARKDOWN) == [
        text[: text.index("\n\n# Two")],
        text[text.index("# Two") :],
    ]


def test_a_heading_sign_in_code_is_no_heading() -> None:
    code = "```\n# comment one\n\n# comment two\n```"
    text = f"{sentence(10)}\n\n{code}"
    breaks = outline(document(text), TOKENIZER.spans(text), Strategy.MARKDOWN).breaks
    assert breaks == outline(document(text), TOKENIZER.spans(text), Strategy.RECURSIVE).breaks


def test_markdown_heeds_headings_that_the_parser_found() -> None:
    text = f"{sentence(8)}\n{sentence(8)}\n{sentence(8)}"
    heading = Part(PartKind.HEADING, text.index("\n") + 1, "Word", level=1)
    found = cut(document(text, heading), ChunkSettings(Strategy.MARKDOWN, 20, 0), TOKENIZER.spans(text))
    assert [chunk.start for chunk in found] == [0, heading.start]


def test_sentences_are_packed_whatever_the_lines() -> None:
    text = f"{sentence(7)}\n{sentence(7)}\n{sentence(7)}"
    assert chunks_of(text, 21, strategy=Strategy.SENTENCE) == [text]


def test_fixed_chunks_are_full() -> None:
    found = chunks_of(f"{sentence(15)} {sentence(15)}\n\n{sentence(15)}", strategy=Strategy.FIXED)
    assert [TOKENIZER.count(text) for text in found] == [20, 20, 5]


def test_an_overlap_starts_at_a_sentence() -> None:
    last = sentence(5, start="Last")
    found = chunks_of(f"{sentence(14)} {last} {sentence(10, start='Next')}", overlap=8)
    assert found == [f"{sentence(14)} {last}", f"{last} {sentence(10, start='Next')}"]


def test_an_overlap_without_a_sentence_starts_at_a_word() -> None:
    found = cut(document("word " * 40), ChunkSettings(size=20, overlap=5), TOKENIZER.spans("word " * 40))
    assert [(chunk.start // 5, chunk.tokens) for chunk in found] == [(0, 20), (15, 20), (30, 10)]


@pytest.mark.parametrize(("size", "overlap"), [(19, 0), (0, 0), (-5, 0), (20, 20), (50, 60), (50, -1)])
def test_an_impossible_size_or_overlap_is_refused_with_its_value(size: int, overlap: int) -> None:
    with pytest.raises(BadInput, match=str(size)) as refused:
        chunks_of("word", size, overlap=overlap)
    assert refused.value.hint


def test_white_space_gives_no_chunk() -> None:
    assert chunks_of(" \n\t \n") == []


def test_places_are_looked_up_for_the_trimmed_span() -> None:
    text = "  word one.  "
    plan = outline(document(text), TOKENIZER.spans(text), Strategy.RECURSIVE)
    found = cut_outline(plan, ChunkSettings(size=20), lambda start, end: Place(f"{start}-{end}"))
    assert found == (Chunk("id", "name.md", 2, 11, "word one.", 3, Place("2-11")),)


@pytest.mark.parametrize("blob", ["a", ".", ". ", "\n", "\n ", '"', "#", "`", "```\n", "# a\n", "。", "-", " "])
def test_hostile_repetition_costs_no_more_than_prose(blob: str) -> None:
    text = "Word." + blob * (200_000 // len(blob)) + "end"
    spans: NDArray[np.int64] = np.array([(0, 5), (len(text) - 3, len(text))], np.int64)
    started = time.process_time()
    cut(document(text), ChunkSettings(Strategy.MARKDOWN), spans)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("size", [100, 200])
def test_chunks_are_of_the_kind_that_semantic_text_splitter_makes(size: int) -> None:
    """The reference counts pieces of text again and again; ours agree in number and in most boundaries."""
    from semantic_text_splitter import TextSplitter

    words = ["policy", "annual", "leave", "employee", "manager", "request", "approval", "holiday"]
    rng = np.random.default_rng(0)
    sentences = [" ".join(rng.choice(words, rng.integers(5, 30))).capitalize() + "." for _ in range(400)]
    text = "".join(f"{one}{rng.choice([' ', ' ', ' ', chr(10), chr(10) * 2])}" for one in sentences).strip()
    reference = TextSplitter.from_callback(WORDPIECE.count, size).chunk_indices(text)
    ours = cut(document(text), ChunkSettings(size=size), WORDPIECE.spans(text))
    starts = {start for start, _ in reference}
    assert len(ours) == pytest.approx(len(reference), rel=0.15)
    assert len(starts & {chunk.start for chunk in ours}) > 0.5 * len(starts)
