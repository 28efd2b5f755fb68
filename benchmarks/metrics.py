"""Do the metrics say what they mean? Intervals against simulated truth, precision-omega against its definition.

python benchmarks/metrics.py [--smoke]. The reference splitter needs benchmarks/requirements.txt; without it, and in a
smoke run, our own recursive chunks stand in, and the table says so.
"""

import argparse
import importlib.util
import math
import time
from collections.abc import Sequence

import numpy as np
from measure import Row, print_table
from numpy.typing import NDArray
from spans_bench import Bench, chroma_bench, smoke_bench

from lib.corpus.chunking.cutter import cut
from lib.domain import Document
from lib.embedding.wordpiece import WordPieceTokenizer
from lib.evaluation.intervals import bootstrap, paired
from lib.evaluation.spans import Span, precision_omega
from lib.settings import ChunkSettings
from lib.weights import embedder_path

SEED = 20261121
SEPARATORS = ["\n\n", "\n", ".", "?", "!", " ", ""]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true")
    smoke = parser.parse_args().smoke
    draws = 20 if smoke else 2_000
    print_table(f"95 % intervals that hold the truth, {draws} draws each", coverage(draws))
    print_table(f"Two set-ups told apart, {draws // 4} draws each", told_apart(draws // 4))
    print_table("100 values, 10,000 resamples", speed())
    print_table("Precision-omega and a naive transcription of its definition", omega(smoke))


def coverage(draws: int) -> list[Row]:
    random = np.random.default_rng(SEED)
    rows = []
    for cases in (6, 10, 20, 60, 200):
        for what, truth, values in (
            ("share .5", 0.5, (random.random((draws, cases)) < 0.5) * 1.0),
            ("share .9", 0.9, (random.random((draws, cases)) < 0.9) * 1.0),
            ("F1-like", 0.5, random.beta(0.4, 0.4, (draws, cases))),
            ("latency-like", math.exp(0.125), random.lognormal(0, 0.5, (draws, cases))),
        ):
            rows.append(Row(f"{what}, {cases} cases", f"{100 * held(values, truth, what):.1f} %", "95 %"))
    return rows


def held(samples: NDArray[np.float64], truth: float, what: str) -> float:
    found = (bootstrap(list(s), seed=n, share=what.startswith("share")) for n, s in enumerate(samples))
    return float(np.mean([interval is not None and interval[0] <= truth <= interval[1] for interval in found]))


def told_apart(draws: int) -> list[Row]:
    random = np.random.default_rng(SEED)

    def share(cases: int, second: float) -> float:
        """Right or wrong by one difficulty for both and some noise; `second` is how much easier it is for B."""
        told = []
        for number in range(draws):
            hard, noise = random.random(cases), random.random((2, cases)) * 0.3
            first = list((hard + noise[0] < 0.75) * 1.0)
            told.append(paired(first, list((hard + noise[1] < 0.75 + second) * 1.0), seed=number).told_apart)
        return 100 * float(np.mean(told))

    same = [Row(f"no difference, {cases} cases", f"{share(cases, 0.0):.1f} %", "<= 5 %") for cases in (10, 40, 100)]
    return [*same, *(Row(f"10 points, {cases} cases", f"{share(cases, 0.1):.1f} %", "") for cases in (40, 100, 140))]


def speed() -> list[Row]:
    random = np.random.default_rng(SEED)
    first, second = list(random.random(100)), list(random.random(100))
    rows = []
    for what, run in (
        ("bootstrap", lambda: bootstrap(first, seed=1)),
        ("paired", lambda: paired(first, second, seed=1)),
    ):
        spent = []
        for _ in range(15):
            began = time.perf_counter()
            run()
            spent.append(1000 * (time.perf_counter() - began))
        rows.append(Row(what, f"{np.median(spent):.1f} ms", ""))
    return rows


def omega(smoke: bool) -> list[Row]:
    bench = smoke_bench() if smoke else chroma_bench()
    tokenizer = WordPieceTokenizer(embedder_path() / "tokenizer.json")
    rows = []
    for size in (200, 250):
        label, chunks = spans_of(bench, tokenizer, size, ours=smoke)
        pairs = [(precision_omega(c.references, chunks), naive_omega(c.references, chunks)) for c in bench.cases]
        worst = max(abs(one - other) for one, other in pairs)
        mean = 100 * np.mean([one for one, _ in pairs])
        rows.append(
            Row(f"{label} {size}, {len(pairs)} questions: {mean:.1f}", f"{worst:.0e}", "<= 1e-9", worst <= 1e-9)
        )
    return rows


def spans_of(bench: Bench, tokenizer: WordPieceTokenizer, size: int, *, ours: bool) -> tuple[str, list[Span]]:
    if ours or importlib.util.find_spec("langchain_text_splitters") is None:
        chunking = ChunkSettings(size=size - tokenizer.special_tokens, overlap=0)
        chunks = (chunk for d in bench.documents for chunk in cut(d, chunking, tokenizer.spans(d.text)))
        return "our recursive", [Span(chunk.document, chunk.start, chunk.end) for chunk in chunks]
    return "reference", [span for document in bench.documents for span in reference_spans(document, tokenizer, size)]


def reference_spans(document: Document, tokenizer: WordPieceTokenizer, size: int) -> list[Span]:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=size,
        chunk_overlap=0,
        separators=SEPARATORS,
        length_function=lambda text: tokenizer.count(text) + tokenizer.special_tokens,
    )
    found, position = [], 0
    for text in splitter.split_text(document.text):
        position = document.text.index(text, position)
        found.append(Span(document.name, position, position + len(text)))
    return found


def naive_omega(references: Sequence[Span], chunks: Sequence[Span]) -> float:
    """Covered reference characters over the sum of the lengths of all chunks that touch a reference."""
    wanted = {(span.document, at) for span in references for at in range(span.start, span.end)}
    covered: set[tuple[str, int]] = set()
    length = 0
    for chunk in chunks:
        touched = {at for at in range(chunk.start, chunk.end) if (chunk.document, at) in wanted}
        if touched:
            covered |= {(chunk.document, at) for at in touched}
            length += chunk.end - chunk.start
    return len(covered) / length if length else 0.0


if __name__ == "__main__":
    main()
