"""Chroma's chunking questions, and how well a way of cutting and searching answers them; shared by two benchmarks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from measure import bench_dir, read_jsonl
from numpy.typing import NDArray

from lib.corpus.chunking.breaks import outline
from lib.corpus.chunking.cutter import cut_outline
from lib.domain import Chunk, Document, Vectors
from lib.evaluation.spans import Span, score
from lib.protocols import Embedder
from lib.retrieval.fusion import convex, ranked
from lib.retrieval.lexical import LexicalIndex
from lib.settings import ChunkSettings

TOP = 5


@dataclass(frozen=True, slots=True)
class Case:
    """One question with the spans that answer it."""

    question: str
    references: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """Documents and the questions about them."""

    documents: tuple[Document, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over the questions, in percent."""

    recall: float
    precision: float
    iou: float


def chroma_bench() -> Bench:
    """The three corpora under OPENBOOK_BENCH; says so and ends when they are not there."""
    folder = bench_dir("chroma_chunking")
    return Bench(
        tuple(_document(path.name, path.read_text(encoding="utf-8")) for path in sorted((folder / "docs").iterdir())),
        tuple(_case(row) for row in read_jsonl(folder / "eval.jsonl")),
    )


def smoke_bench() -> Bench:
    """Sixty paragraphs that each hold one number: enough to see that everything runs."""
    paragraphs = [
        f"Depot {n} is led by person {n * 7}. It opens at {n % 24} o'clock and keeps {n} vans." for n in range(60)
    ]
    text = "\n\n".join(paragraphs)
    cases = [_smoke_case(text, n) for n in range(0, 60, 6)]
    return Bench((_document("depots.txt", text),), tuple(cases))


def cutter(embedder: Embedder) -> Callable[[Document, ChunkSettings], tuple[Chunk, ...]]:
    """The product's cutter with the outlines kept, as the app keeps them."""
    outlines = {}

    def cut(document: Document, settings: ChunkSettings) -> tuple[Chunk, ...]:
        key = (document.id, settings.strategy)
        if key not in outlines:
            outlines[key] = outline(document, embedder.tokenizer.spans(document.text), settings.strategy)
        return cut_outline(outlines[key], settings)

    return cut


def evaluate(bench: Bench, chunks: Sequence[Chunk], vectors: Vectors, questions: Vectors, *, weight: float) -> Figures:
    """Search with the product's fusion and score the best five; `weight` 1 is dense alone."""
    spans = [Span(chunk.document, chunk.start, chunk.end) for chunk in chunks]
    lexical = LexicalIndex([chunk.text for chunk in chunks])
    scores = []
    for case, vector in zip(bench.cases, questions, strict=True):
        dense = _by_row(vectors @ vector)
        words = _by_row(lexical.scores(case.question)) if weight < 1 else {}
        best = ranked(convex(dense, words, dense_weight=weight))[:TOP]
        found = score(case.references, [spans[int(row)] for row in best])
        scores.append((found.recall, found.precision, found.iou))
    return Figures(*(100 * np.mean(scores, axis=0)).tolist())


def _by_row(scores: NDArray[np.float32]) -> dict[str, float]:
    return {f"{row:06d}": float(one) for row, one in enumerate(scores)}


def _document(name: str, text: str) -> Document:
    return Document(name, name, text, "text/plain")


def _case(row: dict) -> Case:
    return Case(row["question"], tuple(Span(one["document"], one["start"], one["end"]) for one in row["evidence"]))


def _smoke_case(text: str, number: int) -> Case:
    quote = f"Depot {number} is led by person {number * 7}."
    start = text.index(quote)
    return Case(f"Who leads depot {number}?", (Span("depots.txt", start, start + len(quote)),))
