"""Each benchmark still runs: a small run on data that it makes itself prints its table."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
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


Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def small_runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Done]]]:
    """The runs that were chosen, as many at a time as there are cores: most of each is loading on one of them."""

    def run(name: str) -> Done:
        folder = tmp_path_factory.mktemp(name)
        environment = {**os.environ, "OPENBOOK_BENCH": str(folder), "OPENBOOK_DATA_DIR": str(folder / "data")}
        return subprocess.run(
            [sys.executable, f"benchmarks/{name}.py", "--smoke"],
            capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=300,
        )  # fmt: skip

    items = (item for item in request.session.items if isinstance(item, pytest.Function) and item.path == request.path)
    chosen = [item.callspec.params["name"] for item in items if "small_runs" in item.fixturenames]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {name: pool.submit(run, name) for name in chosen}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", WITHOUT_BROWSER)
def test_a_benchmark_runs_on_data_of_its_own(name: str, small_runs: dict[str, Future[Done]]) -> None:
    done = small_runs[name].result()
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
