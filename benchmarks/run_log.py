"""The run log under 30 writers, and under kills. Bars: 6,000 rows, none lost, p95 <= 3 x one bare commit's.

A bare commit is one row of the same JSON put into a table of two columns by one plain connection with the same
settings, nobody beside it. Writers write as fast as they can, and once more with pauses, as people would.

python benchmarks/run_log.py [--smoke] [--kills 40]
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from measure import ROOT, Row, median, percentile, print_table

from lib.domain import (
    Answer,
    ApproachName,
    Chunk,
    Citation,
    LegHit,
    Message,
    Passage,
    Place,
    Prompt,
    PromptSegment,
    Sentence,
    Timings,
    Usage,
)
from lib.records import Origin, RunRecord, StatementCheck, Support, Verdicts
from lib.runs.query import RunQuery
from lib.runs.rows import to_json
from lib.runs.store import RunStore, new_run_id
from lib.settings import Workspace

WRITERS, RUNS = 30, 200
PAUSE_S = 0.1


def record(number: int) -> RunRecord:
    """An answer from five passages, as RAG gives it: about 9 kB of JSON."""
    words = "Parents receive eighteen weeks of paid leave, to be taken within two years of the birth. "
    chunks = [
        Chunk(
            "d" * 64,
            f"policy-{k}.pdf",
            800 * k,
            800 * k + 600,
            (f"{number} {k} " + words * 8)[:600],
            140,
            Place("page 4", 4),
        )
        for k in range(5)
    ]
    legs = (LegHit("dense", 1, 0.7312345), LegHit("lexical", 3, 8.1234567))
    passages = tuple(Passage(chunk, k + 1, 0.9 - k / 10, legs) for k, chunk in enumerate(chunks))
    sentence = Sentence(1, 10, 90, words.strip(), 0.8)
    prompt = Prompt(
        (Message("system", "Answer from the passages only. " * 8), Message("user", words * 4)),
        tuple(PromptSegment("passage", f"policy-{k}.pdf", 40) for k in range(5)),
        4_096,
        128,
    )
    answer = Answer(
        f"How many weeks of leave does parent {number} receive?", ApproachName.RAG, "SmolLM2", "Eighteen weeks [1].",
        abstained=False, citations=(Citation(1, 15, 18, passages[0], 10, 90, supported=True),), passages=passages,
        quotes=(sentence,), prompt=prompt, prompt_version="rag-2", usage=Usage(412, 9),
        timings=Timings(9.1, 120.5, 410.2), cost_usd=0.0,
    )  # fmt: skip
    check = StatementCheck("Eighteen weeks", 0, 14, Support.SUPPORTED, 0.93, sentence=sentence, passage=passages[0])
    now = datetime.now(UTC)
    return RunRecord(new_run_id(now), now, Origin.ASK, Workspace(), answer, Verdicts((check,)), corpus_version="v1")


def bare_commits(path: Path, count: int) -> list[float]:
    """Milliseconds of each."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE bare (id TEXT PRIMARY KEY, record TEXT)")
    rows = [(one.id, to_json(one)) for one in map(record, range(count))]
    spent = []
    for row in rows:
        began = time.perf_counter()
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO bare VALUES (?, ?)", row)
        database.execute("COMMIT")
        spent.append((time.perf_counter() - began) * 1000)
    database.close()
    return spent


def written(store: RunStore, writers: int, runs: int, *, pause_s: float) -> list[float]:
    """Milliseconds of each add of all writers; each pauses for `pause_s` on average before an add."""
    spent: list[float] = []
    start = threading.Barrier(writers)

    def write(writer: int) -> None:
        records = [record(writer * runs + number) for number in range(runs)]
        pauses = random.Random(writer)
        start.wait()
        for one in records:
            time.sleep(pauses.uniform(0, 2 * pause_s))
            began = time.perf_counter()
            store.add(one)
            spent.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return spent


def add_until_killed(path: Path) -> None:
    """Add runs from four threads for ever; the id of each is printed once it is acknowledged."""
    store = RunStore(path)

    def write() -> None:
        number = 0
        while True:
            one = record(number)
            store.add(one)
            os.write(1, f"{one.id}\n".encode())
            number += 1

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def killed(path: Path, after_s: float) -> list[str]:
    """The ids that a child acknowledged before it was killed `after_s` after its first."""
    command = [sys.executable, __file__, "--until-killed", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(after_s)
        child.send_signal(signal.SIGKILL)
        lines = (first + child.stdout.read()).split(b"\n")
    return [line.decode() for line in lines[:-1]]


def lost(path: Path, acknowledged: Sequence[str]) -> int:
    """How many acknowledged runs are not there; ends the benchmark for a damaged file."""
    database = sqlite3.connect(path)
    intact = database.execute("PRAGMA integrity_check").fetchone()[0]
    there = {run_id for (run_id,) in database.execute("SELECT id FROM runs")}
    database.close()
    if intact != "ok":
        sys.exit(f"The run log is damaged: {intact}")
    return len(set(acknowledged) - there)


def speed_rows(folder: Path, *, writers: int, runs: int) -> list[Row]:
    before = bare_commits(folder / "bare-before.sqlite", 400)
    store = RunStore(folder / "runs.sqlite")
    store.add(record(0))
    hurried = written(store, writers, runs, pause_s=0)
    paused = written(store, writers, runs, pause_s=PAUSE_S)
    found = time.perf_counter()
    total = store.find("default", RunQuery(text="weeks parent 17")).total
    search_ms = (time.perf_counter() - found) * 1000
    rows = store.count("default") - 1
    store.close()
    bare = before + bare_commits(folder / "bare-after.sqlite", 400)
    bare_p95, expected = percentile(bare, 0.95), 2 * writers * runs
    size = len(to_json(record(1)))
    figures = [
        Row(f"one bare commit of {size / 1000:.1f} kB, p50 / p95", f"{median(bare):.2f} / {bare_p95:.2f} ms", ""),
        Row("rows kept", f"{rows:,} of {expected:,}", "none lost", rows == expected),
    ]
    for name, spent in (("as fast as they can", hurried), (f"with pauses of {PAUSE_S * 1000:.0f} ms", paused)):
        p95 = percentile(spent, 0.95)
        measured = f"{median(spent):.2f} / {p95:.2f} ms = {p95 / bare_p95:.1f} x bare"
        figures.append(Row(f"{writers} writers {name}, p50 / p95", measured, "<= 3 x", p95 <= 3 * bare_p95))
    figures.append(Row(f"search over {rows:,} runs, {total:,} found", f"{search_ms:.0f} ms", ""))
    return figures


def kill_row(folder: Path, kills: int) -> Row:
    path, acknowledged = folder / "killed.sqlite", list[str]()
    for kill in range(kills):
        acknowledged += killed(path, random.Random(kill).uniform(0.0, 0.8))
        missing = lost(path, acknowledged)
        if missing:
            return Row(f"kill -9, {kill + 1} times", f"{missing} of {len(acknowledged):,} lost", "none lost", False)
    return Row(
        f"kill -9, {kills} times", f"{len(acknowledged):,} acknowledged, none lost, file intact", "none lost", True
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--until-killed", type=Path)
    asked = parser.parse_args()
    if asked.until_killed:
        add_until_killed(asked.until_killed)
    writers, runs = (5, 20) if asked.smoke else (WRITERS, RUNS)
    with tempfile.TemporaryDirectory() as name:
        rows = speed_rows(Path(name), writers=writers, runs=runs)
        if asked.kills:
            rows.append(kill_row(Path(name), asked.kills))
    print_table(f"Run log: {writers} writers x {runs} runs", rows)


if __name__ == "__main__":
    main()
