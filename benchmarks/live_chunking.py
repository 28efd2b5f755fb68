"""Does retrieval follow the size slider, and is it as good as embedding? `--smoke` runs on self-made text in seconds.

Time: 100,000 tokens, a question set, the size changed over the whole slider; boundaries, vectors and passages anew.
Quality: recall of pooled against embedded chunks at four sizes, dense and with the default hybrid.
"""

import resource
import sys
import time
from dataclasses import replace
from itertools import chain

import numpy as np
from spans_bench import Bench, chroma_bench, cutter, evaluate, smoke_bench

from lib.embedding.minilm import open_embedder
from lib.retrieval.live import LiveIndex
from lib.settings import MIN_CHUNK_TOKENS, ChunkSettings, RetrievalSettings, Strategy
from lib.weights import embedder_path

SIZES = (100, 150, 200, 250)
TOKENS = 100_000


def main(bench: Bench, *, tokens: int) -> None:
    embedder = open_embedder(embedder_path(), threads=2)
    embedder.load()
    cut = cutter(embedder)
    index = LiveIndex(bench.documents, embedder, cut)
    started = time.perf_counter()
    last = list(index.prepare())[-1]
    reading_s = time.perf_counter() - started
    print(f"Reading {last.total:,} tokens once: {reading_s:.1f} s\n")
    questions = embedder.embed([case.question for case in bench.cases])
    print(
        "| size | dense pooled / embedded | hybrid pooled / embedded | pooled ms | embedded s |\n|---|---|---|---|---|"
    )
    for size in SIZES:
        started = time.perf_counter()
        pooled = index.vectors(index.cuts(ChunkSettings(size=size)))
        pooled_ms = (time.perf_counter() - started) * 1_000
        chunks = list(chain.from_iterable(cut(document, ChunkSettings(size=size)) for document in bench.documents))
        started = time.perf_counter()
        embedded = embedder.embed([chunk.text for chunk in chunks])
        embedded_s = time.perf_counter() - started
        cells = []
        for weight in (1.0, RetrievalSettings().dense_weight):
            pair = [evaluate(bench, chunks, vectors, questions, weight=weight).recall for vectors in (pooled, embedded)]
            cells.append(f"{pair[0]:.1f} / {pair[1]:.1f} ({pair[0] - pair[1]:+.1f})")
        print(f"| {size} | {cells[0]} | {cells[1]} | {pooled_ms:.0f} | {embedded_s:.1f} |", flush=True)
    print("\nBar: pooled within 1.5 points of embedded.\n")
    time_sliding(bench, tokens=tokens)


def time_sliding(bench: Bench, *, tokens: int) -> None:
    """Copies of the documents up to so many tokens, read once, then the slider moved over every size."""
    embedder = open_embedder(embedder_path(), threads=2)
    documents, total = [], 0
    while total < tokens:
        for document in bench.documents:
            documents.append(
                replace(document, id=f"{len(documents)}-{document.id}", name=f"{len(documents)}-{document.name}")
            )
            total += embedder.tokenizer.count(document.text)
            if total >= tokens:
                break
    index = LiveIndex(documents, embedder, cutter(embedder))
    for _ in index.prepare():
        pass
    asked = [case.question for case in bench.cases]
    print(f"| {total:,} tokens | p50 ms | p95 ms | most ms |\n|---|---|---|---|")
    for strategy in (Strategy.RECURSIVE, Strategy.MARKDOWN):
        index.passages(asked[0], ChunkSettings(strategy), RetrievalSettings())
        sizes = range(MIN_CHUNK_TOKENS, embedder.max_tokens + 1, 2)
        settings = [ChunkSettings(strategy, size, size // 5 * (at % 2)) for at, size in enumerate(sizes)]
        ms = [index.passages(asked[at % len(asked)], one, RetrievalSettings()).ms for at, one in enumerate(settings)]
        p50, p95, most = np.percentile(ms, [50, 95, 100])
        print(
            f"| {strategy.value}, {len(ms)} sizes, a new question each | {p50:.0f} | {p95:.0f} (bar 150) | {most:.0f} |"
        )
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    print(f"\nMost memory resident: {megabytes:.0f} MB; token sums: {index.size / 1e6:.0f} MB")


if __name__ == "__main__":
    if "--smoke" in sys.argv:
        main(smoke_bench(), tokens=3_000)
    else:
        main(chroma_bench(), tokens=TOKENS)
