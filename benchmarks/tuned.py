"""What the benchmarks of fine-tuning share: a lab, a training through the product, a comparison on held-out rows."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from measure import Row

from lib.assembly import open_lab
from lib.evaluation.forgetting import GENERAL_QUESTIONS
from lib.evaluation.scoring import Measure
from lib.evaluation.worth import Trial, compare_held_out
from lib.evaluation.worth_figures import difference, figures, forgotten
from lib.evaluation.worth_records import Contender, Familiarity, Worth
from lib.evaluation.worth_verdict import tokens_saved, verdict
from lib.generation.engine import Engine, built_in_client
from lib.lab import Lab
from lib.protocols import Generator
from lib.settings import LabSettings, ModelChoice
from lib.training.values import Adapter, TrainingSet, TrainingSettings
from tests.support.tiny_base import tiny_base

WORKSPACE = "bench"
SMOKE = TrainingSettings(epochs=1, rank=2, alpha=4, batch_size=4, validations=1)


@dataclass(frozen=True, slots=True)
class Tuned:
    """A trained adapter, and the seconds from the start of the training until it could answer."""

    adapter: Adapter
    wall_s: float


@contextmanager
def tuning_lab() -> Iterator[Lab]:
    with tempfile.TemporaryDirectory() as name:
        lab = open_lab(LabSettings(data_dir=Path(name) / "data"))
        try:
            yield lab
        finally:
            lab.close()


@contextmanager
def base_model(*, smoke: bool) -> Iterator[str]:
    """The setting of the base: nothing for the built-in model, a file of random weights for a smoke run."""
    with tempfile.TemporaryDirectory() as name:
        yield str(tiny_base(Path(name))) if smoke else ""


@contextmanager
def models(lab: Lab, base: str) -> Iterator[tuple[Generator, Generator]]:
    """The base alone and with the trained adapter; a smoke run's base has an engine of its own."""
    file = lab.tuning.adapter_file(WORKSPACE, "bench")
    if not base:
        yield lab.generator(ModelChoice()), lab.generator(ModelChoice(), adapter=file)
        return
    engine = Engine(lambda: Path(base), threads=1)
    try:
        yield built_in_client(engine), built_in_client(engine, file)
    finally:
        engine.close()


def train(lab: Lab, training_set: TrainingSet, settings: TrainingSettings) -> Tuned:
    began = time.perf_counter()
    lab.tuning.start(WORKSPACE, training_set, "bench", settings)
    for _ in lab.tuning.follow(WORKSPACE):
        pass
    lab.tuning.wait(WORKSPACE)
    return Tuned(lab.tuning.adapters.load(WORKSPACE, "bench"), time.perf_counter() - began)


def compare(lab: Lab, training_set: TrainingSet, base: str, *, most_rows: int, smoke: bool) -> Worth:
    with models(lab, base) as (untrained, tuned):
        trial = Trial(
            adapter="bench",
            training_set=training_set,
            base=untrained,
            tuned=tuned,
            embedder=lab.searching.embedder,
            most_rows=most_rows,
            general=GENERAL_QUESTIONS[:2] if smoke else GENERAL_QUESTIONS,
        )
        last = list(compare_held_out(trial, now=datetime.now(UTC)))[-1]
    assert isinstance(last, Worth)
    return last


def row(found: Worth, measure: Measure, contender: Contender, kind: Familiarity = Familiarity.UNSEEN) -> Row:
    metric = figures(found, contender, kind).metric(measure.name)
    title = f"{measure.title}, {contender.value}, {kind.value}"
    if metric is None:
        return Row(title, "not asked", "")
    around = "" if metric.low is None else f" ({measure.shown(metric.low)} to {measure.shown(metric.high or 0.0)})"
    return Row(title, f"{measure.shown(metric.value)}{around} of {metric.cases}", "")


def against_floor(found: Worth, measure: Measure) -> Row:
    """Holds only if the fine-tuned model is told apart from the floor, and better."""
    over = difference(found, measure, Contender.FLOOR, Contender.FINE_TUNED)
    return Row("fine-tuned against the floor", over.sentence, "above it", over.told_apart and over.difference > 0)


def closing_rows(found: Worth) -> list[Row]:
    rows = [Row("the floor", found.floor.words, ""), Row("worked examples in few-shot", str(found.shots), "")]
    saved, memory = tokens_saved(found), forgotten(found)
    rows += [Row("prompt tokens saved against few-shot", f"{saved.difference:,.0f}", "")] if saved.cases else []
    rows += [Row("forgetting", memory.sentence, "")] if memory else []
    rows += [Row("remark", remark, "") for remark in found.remarks]
    return [*rows, Row("in a sentence", verdict(found).sentence, "")]
