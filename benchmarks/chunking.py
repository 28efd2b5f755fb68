"""Does our scorer agree with the published one, and how good are our chunks? `--smoke` runs on self-made text.

Parity: the reference splitter (langchain-text-splitters, MiniLM tokens counting [CLS] and [SEP], 200), dense, n = 5.
Product: our recursive chunks with the default hybrid, at 200 tokens and at the size of the reference's mean length.
"""

import sys
from itertools import chain

import numpy as np
from spans_bench import Bench, Figures, chroma_bench, cutter, evaluate, smoke_bench

from lib.domain import Chunk
from lib.embedding.minilm import open_embedder
from lib.evaluation.spans import Span, precision_omega
from lib.protocols import Embedder
from lib.settings import DEFAULT_CHUNKING, ChunkSettings, RetrievalSettings
from lib.weights import embedder_path

SEPARATORS = ["\n\n", "\n", ".", "?", "!", " ", ""]
WEIGHT = RetrievalSettings().dense_weight


def main(bench: Bench) -> None:
    embedder = open_embedder(embedder_path(), threads=2)
    cut = cutter(embedder)
    questions = embedder.embed([case.question for case in bench.cases])

    def row(label: str, chunks: list[Chunk], weight: float, anchor: str) -> Figures:
        vectors = embedder.embed([chunk.text for chunk in chunks])
        found = evaluate(bench, chunks, vectors, questions, weight=weight)
        length = f"{len(chunks)} | {mean_length(chunks):.0f}"
        print(
            f"| {label} | {length} | {found.recall:.1f} | {found.precision:.1f} | {found.iou:.1f} | {anchor} |",
            flush=True,
        )
        return found

    print("| chunks, search | number | characters | recall | precision | IoU | anchor |\n|---|---|---|---|---|---|---|")
    reference = reference_chunks(bench, embedder)
    row("reference 200, dense", reference, 1.0, "recall 82.8 +- 1.0")
    row("reference 200, hybrid", reference, WEIGHT, "")
    sizes = {
        size: list(chain.from_iterable(cut(d, ChunkSettings(size=size)) for d in bench.documents))
        for size in range(100, 255)
    }
    same = min(sizes, key=lambda size: abs(mean_length(sizes[size]) - mean_length(reference)))
    row(f"recursive {DEFAULT_CHUNKING.size}, hybrid", sizes[DEFAULT_CHUNKING.size], WEIGHT, "recall >= 92.5")
    row(f"recursive {same} (the reference's mean length), hybrid", sizes[same], WEIGHT, "recall >= 87, IoU >= 7.4")
    for size in (100, 150, 155, 250):
        row(f"recursive {size}, hybrid", sizes[size], WEIGHT, "")
    spans = [Span(chunk.document, chunk.start, chunk.end) for chunk in reference]
    omega = np.mean([precision_omega(case.references, spans) for case in bench.cases])
    print(f"\nPrecision-omega of the reference: {100 * omega:.1f} (published, five corpora: 31.2)")


def mean_length(chunks: list[Chunk]) -> float:
    return float(np.mean([len(chunk.text) for chunk in chunks]))


def reference_chunks(bench: Bench, embedder: Embedder) -> list[Chunk]:
    try:
        from langchain_text_splitters import RecursiveCharacterTextSplitter
    except ImportError:
        sys.exit("The reference splitter is missing: pip install -r benchmarks/requirements.txt")
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=200,
        chunk_overlap=0,
        separators=SEPARATORS,
        length_function=lambda text: embedder.tokenizer.count(text) + 2,
    )
    found = []
    for document in bench.documents:
        position = 0
        for text in splitter.split_text(document.text):
            position = document.text.index(text, position)
            found.append(Chunk(document.id, document.name, position, position + len(text), text, 0))
    return found


if __name__ == "__main__":
    main(smoke_bench() if "--smoke" in sys.argv else chroma_bench())
