"""XQuAD, one document per article, the app's default settings: do the top five passages hold the answer?

By the product's own path (ingest, hybrid search). Bars: a top-5 chunk overlaps the gold paragraph >= .99; one holds
the whole answer >= .98. The mean over the questions; the interval is a 95 % bootstrap over them, seed 0.

    python benchmarks/xquad_retrieval.py [--smoke]
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from measure import Row, bench_dir, print_table, read_jsonl

from lib.corpus.outcomes import Upload
from lib.domain import Passage
from lib.settings import DEFAULT_CHUNKING, LabSettings, RetrievalSettings


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its answer's span and its paragraph's, in one document."""

    question: str
    document: str
    answer: tuple[int, int]
    paragraph: tuple[int, int]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true")
    uploads, cases = smoke() if parser.parse_args().smoke else xquad()
    found = search(uploads, cases)
    overlaps = [
        any(overlap(p, case, case.paragraph) for p in passages) for case, passages in zip(cases, found, strict=True)
    ]
    holds = [any(holding(p, case, case.answer) for p in passages) for case, passages in zip(cases, found, strict=True)]
    rows = [
        figure("a top-5 chunk overlaps the gold paragraph", overlaps, 0.99),
        figure("a top-5 chunk holds the whole answer", holds, 0.98),
    ]
    print_table(f"XQuAD, {len(cases)} questions, {len(uploads)} documents", rows)


def xquad() -> tuple[tuple[Upload, ...], list[Case]]:
    folder = bench_dir("xquad")
    uploads = tuple(Upload(file.name, file.read_bytes()) for file in sorted((folder / "docs").iterdir()))
    cases = []
    for row in read_jsonl(folder / "eval.jsonl"):
        gold, paragraph = row["evidence"][0], row["paragraph"]
        spans = (gold["start"], gold["end"]), (paragraph[0], paragraph[1])
        cases.append(Case(row["question"], gold["document"], *spans))
    return uploads, cases


def smoke() -> tuple[tuple[Upload, ...], list[Case]]:
    text = "\n\n".join(f"Depot {n} is led by person {n * 7}. It opens at {n % 24}." for n in range(40))
    cases = []
    for n in range(0, 40, 8):
        quote = f"Depot {n} is led by person {n * 7}."
        start = text.index(quote)
        cases.append(
            Case(f"Who leads depot {n}?", "depots.txt", (start, start + len(quote)), (start, start + len(quote)))
        )
    return (Upload("depots.txt", text.encode()),), cases


def search(uploads: Sequence[Upload], cases: Sequence[Case]) -> list[tuple[Passage, ...]]:
    from lib.assembly import open_lab

    with tempfile.TemporaryDirectory() as name:
        lab = open_lab(LabSettings(data_dir=Path(name)))
        for _ in lab.ingest("default", uploads, DEFAULT_CHUNKING):
            pass
        retriever = lab.retriever("default", DEFAULT_CHUNKING, RetrievalSettings())
        found = [retriever.retrieve(case.question, top_k=5) for case in cases]
        lab.close()
    return found


def overlap(passage: Passage, case: Case, span: tuple[int, int]) -> bool:
    chunk = passage.chunk
    return chunk.document == case.document and chunk.start < span[1] and span[0] < chunk.end


def holding(passage: Passage, case: Case, span: tuple[int, int]) -> bool:
    chunk = passage.chunk
    return chunk.document == case.document and chunk.start <= span[0] and span[1] <= chunk.end


def figure(what: str, hits: Sequence[bool], bar: float) -> Row:
    values = np.asarray(hits, float)
    draws = np.random.default_rng(0).choice(values, (2_000, len(values))).mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return Row(what, f"{values.mean():.3f} [{low:.3f}, {high:.3f}]", f">= {bar}", bool(values.mean() >= bar))


if __name__ == "__main__":
    main()
