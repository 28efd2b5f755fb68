"""Evaluations of the sample sets through the product: how long they take, and what the settings are worth.

Speed: 60 cases, RAG with the extractive answerer, sample corpus company. Bars: <= 15 s, and <= 3 s for the second run
with one retrieval setting changed, in the same process; reading the documents and loading the models come before.

Settings, with 95 % intervals and paired sentences: chunk sizes and searches by retrieval and by extractive answers, and
for the built-in model one against three passages, and one against three best sentences.

python benchmarks/evaluation.py [--smoke] [--only speed|search|model]
"""

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from measure import ROOT, Row, print_table

from lib.assembly import open_lab
from lib.corpus.outcomes import Upload
from lib.corpus.samples import sample_uploads
from lib.domain import ApproachName
from lib.evaluation.differences import difference
from lib.evaluation.eval_files import read_eval_set
from lib.evaluation.results import Results, SetUpResults
from lib.evaluation.scoring import measure
from lib.lab import Lab
from lib.records import EvalCase, EvalSet, GoldEvidence, SetUp
from lib.settings import ChunkSettings, LabSettings, ModelChoice, Workspace

CASES, FIRST_BAR_S, SECOND_BAR_S = 60, 15.0, 3.0
RAG = ApproachName.RAG
SIZES = (60, 100, 150, 200, 250)


@dataclass(frozen=True, slots=True)
class Material:
    """Documents with their eval set."""

    name: str
    uploads: tuple[Upload, ...]
    eval_set: EvalSet


def sample(name: str) -> Material:
    path = ROOT / "sample_docs" / name / "evalset.jsonl"
    return Material(name, sample_uploads(name), read_eval_set(path.name, path.read_bytes()))


def machines() -> Material:
    """A small corpus for the smoke run."""
    lines = [f"Machine {n} weighs {n * 7} kilos and stands in hall {n % 5}." for n in range(40)]
    cases = tuple(
        EvalCase(f"m{n}", f"What does machine {n} weigh?", f"{n * 7} kilos", (GoldEvidence("m.txt", lines[n]),))
        for n in range(0, 40, 5)
    )
    return Material("machines", (Upload("m.txt", " ".join(lines).encode()),), EvalSet("machines", cases))


def workspace_of(material: Material, kind: str) -> Workspace:
    return Workspace(id=material.name, model=ModelChoice(kind), reader=False)  # type: ignore[arg-type]


def ingest(lab: Lab, material: Material) -> None:
    for _ in lab.ingest(material.name, material.uploads, ChunkSettings()):
        pass


def evaluate(lab: Lab, material: Material, eval_set: EvalSet, setups: Sequence[SetUp]) -> Results:
    evaluation = lab.measuring.plan(material.name, eval_set, setups)
    for _ in lab.measuring.evaluate(evaluation, stopped=lambda: False):
        pass
    return lab.measuring.results(evaluation)


def speed(lab: Lab, material: Material) -> list[Row]:
    cases = material.eval_set.counted
    drawn = replace(material.eval_set, cases=tuple(random.Random(0).sample(cases, min(CASES, len(cases)))))
    plain = workspace_of(material, "extractive")
    changed = replace(plain, retrieval=replace(plain.retrieval, dense_weight=0.5))
    lab.measuring.embedder.embed(["warm"])
    seconds = []
    for workspace in (plain, changed):
        began = time.perf_counter()
        evaluate(lab, material, drawn, [SetUp("RAG", RAG, workspace)])
        seconds.append(time.perf_counter() - began)
    what = f"eval of {len(drawn.cases)} cases, RAG, extractive, {material.name}"
    return [
        Row(what, f"{seconds[0]:.1f} s", f"<= {FIRST_BAR_S:.0f} s", seconds[0] <= FIRST_BAR_S),
        Row("again with another dense weight", f"{seconds[1]:.1f} s", f"<= {SECOND_BAR_S:.0f} s",
            seconds[1] <= SECOND_BAR_S),
    ]  # fmt: skip


def searches(workspace: Workspace) -> list[SetUp]:
    """The default first, then each size and each search alone."""
    retrieval = workspace.retrieval
    sized = [replace(workspace, chunking=replace(workspace.chunking, size=size)) for size in SIZES]
    others = [
        ("RRF", replace(retrieval, fusion="rrf")),
        ("dense", replace(retrieval, retriever="dense")),
        ("lexical", replace(retrieval, retriever="lexical")),
    ]
    return [
        SetUp("200 tokens, hybrid", RAG, workspace),
        *(SetUp(f"{one.chunking.size} tokens", RAG, one) for one in sized if one.chunking.size != 200),
        *(SetUp(name, RAG, replace(workspace, retrieval=changed)) for name, changed in others),
        SetUp("250 tokens, top 4", RAG, replace(sized[-1], retrieval=replace(retrieval, top_k=4))),
        SetUp("100 tokens, top 10", RAG, replace(sized[1], retrieval=replace(retrieval, top_k=10))),
        SetUp("60 tokens, top 16", RAG, replace(sized[0], retrieval=replace(retrieval, top_k=16))),
    ]


def readings(workspace: Workspace) -> list[SetUp]:
    """One best sentence (the default), then three, one and three whole passages, and what no search could better."""

    def reading(sentences: int, top_k: int) -> Workspace:
        changed = replace(workspace, retrieval=replace(workspace.retrieval, top_k=top_k))
        return replace(changed, rag=replace(workspace.rag, sentences=sentences))

    return [
        SetUp("1 best sentence of 5", RAG, reading(1, 5)),
        SetUp("3 best sentences of 5", RAG, reading(3, 5)),
        SetUp("1 whole passage", RAG, reading(0, 1)),
        SetUp("3 whole passages", RAG, reading(0, 3)),
        SetUp("prompt-only", ApproachName.PROMPT_ONLY, workspace),
        SetUp("gold context, 1 sentence", ApproachName.GOLD_CONTEXT, reading(1, 5)),
    ]


def rows(found: Results, names: Sequence[str], main: str) -> list[Row]:
    """A line a set-up: the figures with intervals, and what the main one says against the first set-up."""
    first = found.setups[0]
    lines = []
    for one in found.setups:
        compared = difference(main, first, one, seed=0) if one is not first else None
        says = compared.sentence if compared else f"{len(one.asked)} cases"
        lines.append(Row(one.setup.label, "  ".join(_shown(one, name) for name in names), says))
    return lines


def _shown(one: SetUpResults, name: str) -> str:
    metric, known = one.metric(name), measure(name)
    if metric is None:
        return f"{known.title} -"
    if metric.low is None or metric.high is None:
        return f"{known.title} {known.shown(metric.value)}"
    return f"{known.title} {known.shown(metric.value)} ({known.shown(metric.low)} to {known.shown(metric.high)})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--only", choices=["speed", "search", "model"])
    asked = parser.parse_args()
    materials = [machines()] if asked.smoke else [sample("company"), sample("longdoc")]
    with tempfile.TemporaryDirectory() as folder:
        lab = open_lab(LabSettings(data_dir=Path(folder)))
        try:
            _measure(lab, materials, asked.only, model="echo" if asked.smoke else "built-in")
        finally:
            lab.close()


def _measure(lab: Lab, materials: Sequence[Material], only: str | None, *, model: str) -> None:
    for material in materials:
        ingest(lab, material)
    if only in (None, "speed"):
        print_table("Evaluation, seconds", speed(lab, materials[0]))
    for material in materials:
        if only in (None, "search"):
            found = evaluate(lab, material, material.eval_set, searches(workspace_of(material, "extractive")))
            figures = ("recall", "iou", "ndcg", "contained")
            print_table(f"{material.name}: chunk sizes and searches, top 5", rows(found, figures, "recall"))
        if only in (None, "model"):
            found = evaluate(lab, material, material.eval_set, readings(workspace_of(material, model)))
            figures = ("correct", "contained", "f1", "faithfulness", "abstention_recall", "latency_p50")
            print_table(f"{material.name}: what the built-in model reads", rows(found, figures, "correct"))


if __name__ == "__main__":
    main()
