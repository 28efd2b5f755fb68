"""How fast the built-in model answers while a LoRA job trains beside it. Bar: >= 50 tokens a second.

The job is a process of its own with one thread at low priority, on the sample ticket set; the engine computes with one
thread. The processor time that a token takes in the engine's process tells the model's own cost from the waiting that
other work on the machine causes. The smoke run trains, and asks, a tiny model of random weights.

python benchmarks/answers_while_training.py [--smoke]
"""

import argparse
import json
import multiprocessing
import os
import tempfile
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
from measure import ROOT, Row, median, print_table

from lib.domain import Generated, Message
from lib.generation.engine import Engine, built_in_client
from lib.settings import GenerationOptions
from lib.training.base import load_base
from lib.training.batches import encode_all
from lib.training.lora import LoraRun
from lib.training.values import TrainingExample, TrainingSettings, TrainingStep
from lib.weights import chat_model_path
from tests.support.tiny_base import tiny_base

TICKETS = ROOT / "sample_docs" / "company" / "trainset"
ASKED = (Message("user", "Tell the story of a lighthouse keeper, at length."),)
LOW = 10


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens a second as llama.cpp says, and the processor's milliseconds for each."""

    tokens_per_s: float
    cpu_ms: float


def tickets() -> list[TrainingExample]:
    rows = [json.loads(line) for line in (TICKETS / "train.jsonl").read_text(encoding="utf-8").splitlines()]
    pairs = [(Message("user", row["input"]), Message("assistant", row["output"])) for row in rows]
    return [TrainingExample(str(number), pair) for number, pair in enumerate(pairs)]


def train(base: Path, told: Connection) -> None:
    """Train until ended from outside; tells each step's tokens a second. Runs in a process of its own."""
    import torch

    if hasattr(os, "nice"):
        os.nice(LOW)
    torch.set_num_threads(1)
    loaded = load_base(base)
    encoded = encode_all(tickets(), loaded.tokenizer, window_tokens=512)
    run = LoraRun(loaded, encoded, (), TrainingSettings(epochs=1_000, validations=1))
    for event in run.steps(stopped=lambda: False):
        if isinstance(event, TrainingStep):
            told.send(event.tokens_per_s)


def speed(engine: Engine, *, tokens: int) -> Speed:
    client = built_in_client(engine)
    engine.connect()
    child = psutil.Process(engine.pid)
    before = sum(child.cpu_times()[:2])
    for event in client.stream(ASKED, GenerationOptions(max_tokens=tokens)):
        if isinstance(event, Generated):
            own, written = event.tokens_per_s or 0.0, event.usage.output_tokens
    return Speed(own, (sum(child.cpu_times()[:2]) - before) * 1000 / written)


def beside_a_job(engine: Engine, base: Path, *, answers: int, tokens: int) -> tuple[list[Speed], list[float]]:
    """Answers from the job's first step on, and how fast the job went meanwhile."""
    spawn = multiprocessing.get_context("spawn")
    heard, told = spawn.Pipe(duplex=False)
    job = spawn.Process(target=train, args=(base, told), daemon=True)
    with engine.training():
        job.start()
        heard.recv()
        measured = [speed(engine, tokens=tokens) for _ in range(answers)]
        steps = [heard.recv()]
        while heard.poll():
            steps.append(heard.recv())
    job.terminate()
    job.join()
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
        beside, steps = beside_a_job(engine, base, answers=answers, tokens=tokens)
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
