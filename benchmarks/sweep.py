"""A sweep of 5 chunk sizes x 4 k x 2 retrievers, retrieval metrics only. Bars: <= 60 s cold, <= 3 s warm.

Cold: a fresh data folder after the documents were read with the default settings. Warm: the same in a new process,
from opening the data folder to the last figure. What the sweep says of the settings is printed below.

python benchmarks/sweep.py [--smoke]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from measure import ROOT, Row, print_table

from lib.corpus.outcomes import Upload
from lib.corpus.samples import sample_uploads
from lib.evaluation.eval_files import read_eval_set
from lib.evaluation.sweep import SweepPlan, SweepTools, sweep
from lib.evaluation.sweep_cells import Cell, GoldCase, Limit, SweepColumn, cells, choose
from lib.evaluation.sweep_store import SweepStore
from lib.lab import Lab
from lib.records import EvalCase, EvalSet, GoldEvidence
from lib.settings import ChunkSettings, LabSettings, RetrievalSettings

SIZES, KS, BUDGETS = (60, 100, 150, 200, 250), (1, 3, 5, 10), (300, 600, 1_000, 2_000)
RETRIEVERS = tuple(RetrievalSettings(retriever=name) for name in ("hybrid", "dense"))
COLD_BAR_S, WARM_BAR_S = 60.0, 3.0


@dataclass(frozen=True, slots=True)
class Material:
    """What is swept."""

    name: str
    uploads: tuple[Upload, ...]
    eval_set: EvalSet


def material(smoke: bool) -> Material:
    if not smoke:
        path = ROOT / "sample_docs" / "company" / "evalset.jsonl"
        return Material("company", sample_uploads("company"), read_eval_set(path.name, path.read_bytes()))
    lines = [f"Machine {n} weighs {n * 7} kilos and stands in hall {n % 5}." for n in range(80)]
    evidence = [(n, (GoldEvidence("machines.txt", lines[n]),)) for n in range(0, 80, 10)]
    cases = tuple(EvalCase(f"m{n}", f"What does machine {n} weigh?", f"{n * 7} kilos", gold) for n, gold in evidence)
    return Material("machines", (Upload("machines.txt", " ".join(lines).encode()),), EvalSet("machines", cases))


def cases_of(lab: Lab, eval_set: EvalSet) -> tuple[GoldCase, ...]:
    located = lab.measuring.located("default", eval_set)
    answerable = [case for case in eval_set.counted if case.answerable and not located[case.id].stale]
    return tuple(GoldCase(case.id, case.question, located[case.id].spans) for case in answerable)


def swept(lab: Lab, eval_set: EvalSet) -> tuple[tuple[Cell, ...], int]:
    """Every cell at each k and each budget, and how many cases they rest on."""
    cases = cases_of(lab, eval_set)
    kept = SweepStore(lab.store.folder("default") / "sweeps")
    tools = SweepTools(
        lambda: lab.version("default"),
        lambda chunking: lab.chunks("default", chunking),
        lab.searching.vectors,
        lab.measuring.embedder,
        kept,
    )
    plan = SweepPlan(tuple(ChunkSettings(size=size) for size in SIZES), RETRIEVERS)
    limits = (*map(Limit, KS), *(Limit(tokens, "tokens") for tokens in BUDGETS))
    events = sweep(plan, cases, tools, stopped=lambda: False)
    columns = [event for event in events if isinstance(event, SweepColumn)]
    return tuple(cell for column in columns for cell in cells(column, cases, limits)), len(cases)


def warm_seconds(data: Path, smoke: bool) -> float:
    """The whole sweep again in a new process, its imports left out."""
    order = [sys.executable, __file__, "--warm", str(data), *(["--smoke"] if smoke else [])]
    done = subprocess.run(order, capture_output=True, text=True, check=True, env=dict(os.environ))
    return float(done.stdout)


def again(data: Path, smoke: bool) -> None:
    """What the warm process does: print its seconds and nothing else."""
    from lib.assembly import open_lab

    eval_set = material(smoke).eval_set
    began = time.perf_counter()
    lab = open_lab(LabSettings(data_dir=data))
    swept(lab, eval_set)
    print(time.perf_counter() - began)
    lab.close()


def rows_of(found: tuple[Cell, ...], limits: tuple[Limit, ...]) -> list[Row]:
    """The best recall at each limit, and whether it differs from the next."""
    rows = []
    for limit in limits:
        choice = choose([cell for cell in found if cell.limit == limit], "recall")
        if choice is None:
            continue
        best = choice.best
        sentence = choice.difference.sentence if choice.difference else ""
        figure = f"{best.metric('recall').value:.3f} with {best.tokens:,.0f} tokens"
        rows.append(Row(f"best recall at {limit.words}: {best.words}", figure, sentence))
    return rows


def main() -> None:
    from lib.assembly import open_lab

    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--warm", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.warm:
        again(asked.warm, asked.smoke)
        return
    what = material(asked.smoke)
    with tempfile.TemporaryDirectory() as name:
        lab = open_lab(LabSettings(data_dir=Path(name)))
        for _ in lab.ingest("default", what.uploads, ChunkSettings()):
            pass
        began = time.perf_counter()
        found, cases = swept(lab, what.eval_set)
        cold = time.perf_counter() - began
        lab.close()
        warm = warm_seconds(Path(name), asked.smoke)
    rows = [
        Row("cold", f"{cold:.1f} s", f"<= {COLD_BAR_S:.0f} s", cold <= COLD_BAR_S),
        Row("warm, new process", f"{warm:.2f} s", f"<= {WARM_BAR_S:.0f} s", warm <= WARM_BAR_S),
    ]
    size = f"{len(SIZES)} sizes x {len(KS)} k x {len(RETRIEVERS)} retrievers"
    print_table(f"Sweep of {what.name}: {size}, {len(what.uploads)} files, {cases} questions with evidence", rows)
    limits = (*map(Limit, KS), *(Limit(tokens, "tokens") for tokens in BUDGETS))
    print_table("What it says", rows_of(found, limits))


if __name__ == "__main__":
    main()
