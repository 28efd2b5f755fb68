"""The benchmarks that need a browser still run."""

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["app_speed", "live_browser"])
def test_a_benchmark_runs_in_small(name: str, tmp_path: Path, browser: "Browser") -> None:
    environment = {**os.environ, "OPENBOOK_BENCH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, f"benchmarks/{name}.py", "--smoke"],
        capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    assert "<=" in done.stdout
