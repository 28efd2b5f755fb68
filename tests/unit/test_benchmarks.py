"""Each benchmark still runs: a small run on data that it makes itself prints its table."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_BROWSER = (
    "search",
    "ingest",
    "xquad_retrieval",
    "live_chunking",
    "engine_speed",
    "adapter_switch",
    "answers_while_training",
    "training_speed",
    "training_memory",
    "tickets",
    "banking77",
    "adapter_parity",
    "change_a_fact",
    "answers",
    "reader",
    "reader_training",
    "run_log",
    "metrics",
    "evaluation",
    "sweep",
    "faithfulness",
)
SHARED = {"measure", "spans_bench", "declaratives", "corruptions", "reader_examples", "tuned"}
IN_A_BROWSER = {"app_speed", "live_browser"}
NEEDS_THE_REFERENCE_SPLITTER = {"chunking"}


@pytest.mark.parametrize("name", WITHOUT_BROWSER)
def test_a_benchmark_runs_on_data_of_its_own(name: str, tmp_path: Path) -> None:
    environment = {**os.environ, "OPENBOOK_BENCH": str(tmp_path), "OPENBOOK_DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, f"benchmarks/{name}.py", "--smoke"],
        capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    assert any(character.isdigit() for character in done.stdout)


def test_no_benchmark_is_forgotten() -> None:
    there = {path.stem for path in (ROOT / "benchmarks").glob("*.py")}
    assert there == {*WITHOUT_BROWSER, *SHARED, *IN_A_BROWSER, *NEEDS_THE_REFERENCE_SPLITTER}


def test_a_benchmark_without_its_data_says_where_it_looked(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/search.py"],
        capture_output=True, text=True, cwd=ROOT, env={**os.environ, "OPENBOOK_BENCH": str(tmp_path)}, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert str(tmp_path) in done.stderr
