"""How fast the built-in model answers while a LoRA job trains beside it. Bar: >= 50 tokens a second.

The job is the product's own, on the sample ticket set, with its threads and its priority; the engine computes with the
one thread that it has meanwhile. The processor time that a token takes in the engine's process tells the model's own
cost from the waiting that other work on the machine causes. The smoke run trains, and asks, a tiny model of random
weights.

python benchmarks/answers_while_training.py [--smoke]
"""

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil
from measure import Row, median, print_table
from tuned import WORKSPACE, tuning_lab

from lib.domain import Generated, Message
from lib.generation.engine import Engine, built_in_client
from lib.settings import GenerationOptions
from lib.training.set_store import sample_training_set
from lib.training.values import TrainingSettings, TrainingStep
from lib.weights import chat_model_path
from tests.support.tiny_base import tiny_base

ASKED = (Message("user", "Tell the story of a lighthouse keeper, at length."),)


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens a second as llama.cpp says, and the processor's milliseconds for each."""

    tokens_per_s: float
    cpu_ms: float


def speed(engine: Engine, *, tokens: int) -> Speed:
    client = built_in_client(engine)
    engine.connect()
    child = psutil.Process(engine.pid)
    before = sum(child.cpu_times()[:2])
    for event in client.stream(ASKED, GenerationOptions(max_tokens=tokens)):
        if isinstance(event, Generated):
            own, written = event.tokens_per_s or 0.0, event.usage.output_tokens
    return Speed(own, (sum(child.cpu_times()[:2]) - before) * 1000 / written)


def beside_a_job(engine: Engine, base: str, *, answers: int, tokens: int) -> tuple[list[Speed], list[float]]:
    """Answers from the job's first step on, and the job's tokens a second in each step until they were all given."""
    with tuning_lab() as lab, engine.training():
        settings = TrainingSettings(base=base, epochs=100)
        lab.tuning.start(WORKSPACE, sample_training_set("company"), "bench", settings)
        events = (event for event in lab.tuning.follow(WORKSPACE) if isinstance(event, TrainingStep))
        next(events)
        measured = [speed(engine, tokens=tokens) for _ in range(answers)]
        next(events)
        run = lab.tuning.state(WORKSPACE)
        assert run is not None
        steps = [event.tokens_per_s for event in run.events if isinstance(event, TrainingStep)]
    return measured, steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a tiny model, one answer")
    smoke = parser.parse_args().smoke
    answers, tokens = (1, 16) if smoke else (5, 128)
    with tempfile.TemporaryDirectory() as folder:
        base = tiny_base(Path(folder)) if smoke else chat_model_path()
        engine = Engine(lambda: base)
        speed(engine, tokens=8)
        others = psutil.cpu_percent(1.0)
        before = [speed(engine, tokens=tokens) for _ in range(answers)]
        beside, steps = beside_a_job(engine, str(base) if smoke else "", answers=answers, tokens=tokens)
        engine.close()
    alone, trained = (median([one.tokens_per_s for one in arm]) for arm in (before, beside))
    costs = [f"{median([one.cpu_ms for one in arm]):.1f} ms of processor a token" for arm in (before, beside)]
    rows = [
        Row("other work on the machine before", f"{others:.0f} % of its processors", ""),
        Row("answers, nothing trained", f"{alone:.0f} tokens/s, {costs[0]}", ""),
        Row("answers while a job trains", f"{trained:.0f} tokens/s, {costs[1]}", ">= 50", trained >= 50),
        Row("the job meanwhile", f"{median(steps):.0f} tokens/s", ""),
    ]
    print_table("Answers while a job trains", rows)


if __name__ == "__main__":
    main()
