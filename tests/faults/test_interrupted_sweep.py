"""A sweep that is killed at any moment keeps the columns that it gave, and the next one ends with the same figures."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("OPENBOOK_FAULT_LOOPS", "3"))

pytestmark = [pytest.mark.faults, pytest.mark.skipif(os.name == "nt", reason="Windows has no kill -9")]

SWEEP = """
import sys, time
from pathlib import Path
from lib.assembly import open_lab
from lib.corpus.outcomes import Upload
from lib.evaluation.spans import Span
from lib.evaluation.sweep import SweepPlan, SweepTools, sweep
from lib.evaluation.sweep_cells import GoldCase, Limit, SweepColumn, cells
from lib.evaluation.sweep_store import SweepStore
from lib.settings import ChunkSettings, LabSettings, RetrievalSettings

lab = open_lab(LabSettings(data_dir=Path(sys.argv[1]), fake_models=True))
lines = [f"Machine {n} weighs {n * 7} kilos and stands in hall {n % 5}." for n in range(300)]
text = " ".join(lines)
if not lab.documents("default"):
    for _ in lab.ingest("default", (Upload("machines.md", text.encode()),), ChunkSettings()):
        pass
def case(n):
    start = text.index(lines[n])
    return GoldCase(f"c{n}", f"What does machine {n} weigh?", (Span("machines.md", start, start + len(lines[n])),))
cases = [case(n) for n in range(0, 300, 15)]
plan = SweepPlan(
    tuple(ChunkSettings(size=size) for size in (40, 60, 80, 120, 200)),
    tuple(RetrievalSettings(retriever=name) for name in ("hybrid", "dense")),
)
tools = SweepTools(
    lambda: lab.version("default"),
    lambda chunking: lab.chunks("default", chunking),
    lab.searching.vectors,
    lab.measuring.embedder,
    SweepStore(lab.store.folder("default") / "sweeps"),
)
print("ready", flush=True)
for event in sweep(plan, cases, tools, stopped=lambda: False):
    if isinstance(event, SweepColumn):
        recall = [cell.metric("recall").value for cell in cells(event, cases, [Limit(3), Limit(300, "tokens")])]
        print(event.chunking.size, event.retrieval.retriever, *recall, flush=True)
        time.sleep(0.05)
lab.close()
"""


def started(data: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SWEEP, str(data)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    first = process.stdout.readline()
    assert first == "ready\n", process.communicate()[1]
    return process


def whole(data: Path) -> dict[tuple[str, str], list[str]]:
    """An uninterrupted sweep's figures by column."""
    process = started(data)
    printed, told = process.communicate()
    assert process.returncode == 0, told
    return by_column(printed.splitlines())


def by_column(lines: list[str]) -> dict[tuple[str, str], list[str]]:
    fields = [line.split() for line in lines if line.count(" ") == 3]
    return {(size, way): figures for size, way, *figures in fields}


def written(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (data / "workspaces" / "default" / "sweeps").glob("*.json")}


def test_a_killed_sweep_keeps_its_columns_and_the_next_one_ends_it(tmp_path: Path) -> None:
    expected = whole(tmp_path / "whole")
    assert len(expected) == 10
    data = tmp_path / "killed"
    given: dict[tuple[str, str], list[str]] = {}
    kept: dict[str, bytes] = {}
    for kill in range(KILLS):
        process = started(data)
        time.sleep(random.Random(kill).uniform(0.02, 0.5))
        os.killpg(process.pid, signal.SIGKILL)
        printed, _ = process.communicate()
        given |= by_column(printed.splitlines())
        now = written(data)
        assert len(now) >= len(given)
        assert kept.items() <= now.items()
        assert all(json.loads(content)["cases"] for content in now.values())
        kept = now
    assert whole(data) == expected
    assert given.items() <= expected.items()
    assert kept.items() <= written(data).items()


def test_a_column_torn_in_half_is_made_again(tmp_path: Path) -> None:
    expected = whole(tmp_path)
    path = sorted((tmp_path / "workspaces" / "default" / "sweeps").glob("*.json"))[0]
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert whole(tmp_path) == expected
    assert json.loads(path.read_bytes())["cases"]
