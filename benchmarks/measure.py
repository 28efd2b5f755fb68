"""What the benchmarks share: where the data is, how figures are summed up, and how a table is printed."""

import json
import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside its bar."""

    what: str
    measured: str
    bar: str
    holds: bool | None = None


def bench_dir(name: str) -> Path:
    """The folder of one data set; ends the benchmark with a message when it is not there."""
    folder = Path(os.environ.get("OPENBOOK_BENCH", ROOT.parent / "shared" / "bench")) / name
    if not folder.is_dir():
        sys.exit(f"The benchmark data {name!r} is not at {folder}. Set OPENBOOK_BENCH, or use --smoke.")
    return folder


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def print_table(title: str, rows: Sequence[Row]) -> None:
    print(f"\n{title}\n")
    widths = [max(len(text) for text in column) for column in zip(*(_cells(row) for row in rows), strict=True)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(_cells(row), widths, strict=True)))


def _cells(row: Row) -> tuple[str, str, str, str]:
    verdict = "" if row.holds is None else ("holds" if row.holds else "MISSED")
    return row.what, row.measured, row.bar, verdict
