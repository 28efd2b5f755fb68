"""Ingest by the command line against `SentenceTransformer.encode` alone on the same chunks, both with process start.

Same dtype, threads and batch size; each side is a fresh process, in turn. Then in one process: ingest again with
nothing changed, and going back to an earlier chunk size, as a share of the first ingest.

    python benchmarks/ingest.py [--smoke] [--runs 3]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import ROOT, Row, bench_dir, median, print_table

from lib.corpus.outcomes import Ingested, Upload
from lib.settings import DEFAULT_CHUNKING, ChunkSettings, LabSettings

ALONE = """
import json, sys
import torch
from sentence_transformers import SentenceTransformer
texts = json.load(open(sys.argv[1]))
dtype = {"dtype": getattr(torch, sys.argv[3])}
model = SentenceTransformer(sys.argv[2], device="cpu", local_files_only=True, model_kwargs=dtype)
model.encode(texts, batch_size=int(sys.argv[4]), show_progress_bar=False)
"""


def corpora(smoke: bool) -> tuple[Upload, ...]:
    if smoke:
        return tuple(
            Upload(f"{n}.txt", " ".join(f"Sentence {i} of text {n} is here." for i in range(60)).encode())
            for n in range(3)
        )
    files = [
        *sorted((bench_dir("chroma_chunking") / "docs").iterdir()),
        *sorted((bench_dir("xquad") / "docs").iterdir()),
    ]
    return tuple(Upload(file.name, file.read_bytes()) for file in files)


def timed(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(
        command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)
    )
    return time.perf_counter() - began


def last(events: object) -> Ingested:
    *_, end = events  # type: ignore[misc]
    return end


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    uploads = corpora(asked.smoke)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        rows = against_encode(uploads, work, runs=1 if asked.smoke else asked.runs) + again(uploads, work / "again")
    print_table(f"Ingest of {len(uploads)} documents, {sum(len(u.content) for u in uploads) / 1e3:,.0f} kB", rows)


def against_encode(uploads: tuple[Upload, ...], work: Path, *, runs: int) -> list[Row]:
    from lib.assembly import open_lab
    from lib.embedding.cache import _NEW_A_BATCH
    from lib.embedding.minilm import fast_dtype
    from lib.weights import embedder_path

    documents = work / "documents"
    documents.mkdir()
    for upload in uploads:
        (documents / upload.name).write_bytes(upload.content)
    lab = open_lab(LabSettings(data_dir=work / "texts"))
    last(lab.ingest("default", uploads, DEFAULT_CHUNKING))
    texts = [chunk.text for chunk in lab.chunks("default", DEFAULT_CHUNKING)]
    lab.close()
    (work / "texts.json").write_text(json.dumps(texts))
    alone = [
        sys.executable,
        "-c",
        ALONE,
        str(work / "texts.json"),
        str(embedder_path()),
        fast_dtype(),
        str(_NEW_A_BATCH),
    ]
    ours, theirs = [], []
    for _ in range(runs):
        shutil.rmtree(work / "data", ignore_errors=True)
        ours.append(
            timed([sys.executable, "-m", "lib.cli", "--data-dir", str(work / "data"), "ingest", str(documents)])
        )
        theirs.append(timed(alone))
    ratio = median([a / b for a, b in zip(ours, theirs, strict=True)])
    seconds = f"{median(ours):.1f} s against {median(theirs):.1f} s, {len(texts)} chunks, {fast_dtype()}"
    return [
        Row("ingest / encode alone, both with process start", f"{ratio:.2f} x ({seconds})", "<= 1.15 x", ratio <= 1.15)
    ]


def again(uploads: tuple[Upload, ...], folder: Path) -> list[Row]:
    from lib.assembly import open_lab

    lab = open_lab(LabSettings(data_dir=folder))
    lab.searching.embedder.embed(["warm"])
    first = clock(lambda: last(lab.ingest("default", uploads, DEFAULT_CHUNKING)))
    same = clock(lambda: last(lab.ingest("default", uploads, DEFAULT_CHUNKING)))
    last(lab.apply("default", ChunkSettings(size=120)))
    back = clock(lambda: last(lab.apply("default", DEFAULT_CHUNKING)))
    lab.close()
    return [
        Row(
            what,
            f"{100 * seconds / first:.2f} % ({seconds * 1000:.0f} ms of {first:.1f} s)",
            "<= 2 %",
            seconds <= 0.02 * first,
        )
        for what, seconds in (("ingest again, nothing changed", same), ("back to an earlier chunk size", back))
    ]


def clock(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
