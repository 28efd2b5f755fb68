"""The cut that would have kept the evidence together is one that was made and looked at."""

from dataclasses import replace

from lib.corpus.chunking.cutter import cut as cut_tokens
from lib.domain import Chunk, Document
from lib.embedding.hashing import HashingEmbedder
from lib.evaluation.autopsy import autopsy, sizes_up_to
from lib.evaluation.chunk_spans import whole_in
from lib.evaluation.spans import Span
from lib.settings import ChunkSettings, Strategy

TOKENIZER = HashingEmbedder().tokenizer
SENTENCES = [f"Sentence number {number} says that the cheese in room {number} ripens slowly." for number in range(40)]
DOCUMENT = Document("id", "rooms.md", " ".join(SENTENCES), "text/plain")
CHUNKING = ChunkSettings(Strategy.RECURSIVE, 30, 0)


def cut(document: Document, chunking: ChunkSettings) -> tuple[Chunk, ...]:
    return cut_tokens(document, chunking, TOKENIZER.spans(document.text))


def span_of(words: str) -> Span:
    start = DOCUMENT.text.index(words)
    return Span(DOCUMENT.name, start, start + len(words))


def test_evidence_that_a_chunk_holds_is_whole_and_nothing_is_tried() -> None:
    found = autopsy(DOCUMENT, span_of(SENTENCES[0]), CHUNKING, cut, most=250)
    assert found.whole is not None
    assert found.pieces == ()
    assert (found.size, found.overlap, found.tried) == (None, None, 0)
    assert f"characters 0 to {found.whole.end}, {found.whole.tokens} tokens" in found.sentence


def test_split_evidence_names_the_smallest_size_and_overlap_that_hold_it() -> None:
    border = cut(DOCUMENT, CHUNKING)[0].end
    span = Span(DOCUMENT.name, border - 30, border + 30)
    found = autopsy(DOCUMENT, span, CHUNKING, cut, most=250)
    assert found.whole is None
    assert [piece.start < span.end and piece.end > span.start for piece in found.pieces] == [True, True]
    assert found.size is not None
    assert whole_in(cut(DOCUMENT, replace(CHUNKING, size=found.size)), span)
    smaller = [size for size in sizes_up_to(250) if size < found.size]
    assert not any(whole_in(cut(DOCUMENT, replace(CHUNKING, size=size)), span) for size in smaller)
    assert found.overlap is not None
    assert whole_in(cut(DOCUMENT, replace(CHUNKING, overlap=found.overlap)), span)
    lower = range(5, found.overlap, 5)
    assert not any(whole_in(cut(DOCUMENT, replace(CHUNKING, overlap=overlap)), span) for overlap in lower)
    assert f"Chunks of {found.size} tokens without overlap or an overlap of {found.overlap}" in found.sentence


def test_evidence_longer_than_the_window_cannot_be_kept_and_that_is_said() -> None:
    span = span_of(" ".join(SENTENCES[3:20]))
    found = autopsy(DOCUMENT, span, CHUNKING, cut, most=60)
    assert (found.size, found.overlap) == (None, None)
    assert found.tried == len(sizes_up_to(60)) + 3
    assert f"None of the {found.tried} cuts tried" in found.sentence
    assert "60 tokens" in found.sentence


def test_a_span_that_no_chunk_touches_is_said_to_be_so() -> None:
    found = autopsy(replace(DOCUMENT, text="   "), Span(DOCUMENT.name, 0, 2), CHUNKING, cut, most=250)
    assert "No chunk holds any" in found.sentence


def test_sizes_go_up_to_the_window_in_growing_steps() -> None:
    assert sizes_up_to(50) == (20, 30, 40, 50)
    assert sizes_up_to(254)[-2:] == (250, 254)
    assert sizes_up_to(500) == (*range(20, 251, 10), 312, 390, 487, 500)
