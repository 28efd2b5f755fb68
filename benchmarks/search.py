"""One search over 2,000 chunks: the question embedded, both legs asked, fused. Bar: p50 <= 25 ms.

python benchmarks/search.py [--smoke]
"""

import argparse
import tempfile
import time
from pathlib import Path

from measure import Row, bench_dir, median, percentile, print_table, read_jsonl

from lib.corpus.outcomes import Upload
from lib.settings import DEFAULT_CHUNKING, ChunkSettings, LabSettings, RetrievalSettings


def corpus(smoke: bool) -> tuple[tuple[Upload, ...], list[str], ChunkSettings]:
    if smoke:
        text = " ".join(f"Sentence number {n} tells of thing {n % 7}." for n in range(400))
        return (Upload("a.txt", text.encode()),), ["Which sentence tells of thing 3?"] * 3, DEFAULT_CHUNKING
    folders = (bench_dir("xquad"), bench_dir("chroma_chunking"))
    uploads = tuple(Upload(file.name, file.read_bytes()) for f in folders for file in sorted((f / "docs").iterdir()))
    return uploads, [case["question"] for case in read_jsonl(folders[0] / "eval.jsonl")], ChunkSettings(size=48)


def main() -> None:
    from lib.assembly import open_lab

    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true")
    uploads, questions, chunking = corpus(parser.parse_args().smoke)
    with tempfile.TemporaryDirectory() as name:
        lab = open_lab(LabSettings(data_dir=Path(name)))
        for _ in lab.ingest("default", uploads, chunking):
            pass
        retriever = lab.retriever("default", chunking, RetrievalSettings())
        chunks = len(lab.chunks("default", chunking))
        retriever.retrieve(questions[0], top_k=5)
        spent = []
        for question in questions:
            began = time.perf_counter()
            retriever.retrieve(question, top_k=5)
            spent.append((time.perf_counter() - began) * 1000)
        lab.close()
    p50 = median(spent)
    rows = [
        Row(f"search over {chunks:,} chunks, p50", f"{p50:.1f} ms", "<= 25 ms", p50 <= 25),
        Row("p95", f"{percentile(spent, 0.95):.1f} ms", ""),
    ]
    print_table(f"Search: {len(questions)} questions, embedded, hybrid, top 5", rows)


if __name__ == "__main__":
    main()
