"""The commands that train: `finetune` makes an adapter and says what it is worth, `adapters` lists, shows, deletes."""

import argparse
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from lib.cli_output import Output
from lib.corpus.samples import sample_corpora, sample_uploads
from lib.errors import BadInput, NotFound
from lib.evaluation.worth import MOST_ROWS, Trial, compare_held_out
from lib.evaluation.worth_figures import ContenderFigures, figures
from lib.evaluation.worth_records import Contender, Worth
from lib.evaluation.worth_store import WorthStore
from lib.lab import Lab
from lib.records import EvalSet
from lib.reports import Json
from lib.settings import ModelChoice
from lib.training.event_lines import to_line
from lib.training.overfitting import overfits_from
from lib.training.overlap import refuse_overlap
from lib.training.set_files import read_training_path
from lib.training.set_store import sample_names
from lib.training.splitting import split
from lib.training.values import (
    Adapter,
    Sampled,
    Trained,
    TrainingEvent,
    TrainingSet,
    TrainingSettings,
    TrainingStep,
    Validated,
)

SAMPLE = "sample"


def add_tuning_commands(finetune: argparse.ArgumentParser, adapters: argparse.ArgumentParser) -> None:
    """The arguments of both commands."""
    defaults = TrainingSettings()
    finetune.add_argument("trainset", metavar="TRAINSET", help="a set's name, a JSONL or CSV file, or `sample`")
    finetune.add_argument("--name", required=True, help="what the adapter is called; one of that name is replaced")
    finetune.add_argument("--epochs", type=int, default=defaults.epochs)
    finetune.add_argument("--rank", type=int, default=defaults.rank)
    finetune.add_argument("--learning-rate", type=float, default=defaults.learning_rate)
    finetune.add_argument("--time-budget-s", type=float, default=defaults.time_budget_s, help="0 is none")
    finetune.add_argument("--window", type=int, default=defaults.window_tokens, help="tokens of the longest example")
    finetune.add_argument("--base", default="", metavar="FILE.gguf", help="another model of the Llama architecture")
    finetune.add_argument("--held-out", type=int, default=MOST_ROWS, help="held-out rows to ask afterwards; 0: none")
    finetune.add_argument("--resume", action="store_true", help="go on with the unfinished training of that name")
    steps = adapters.add_subparsers(dest="adapters", required=True, metavar="list|show|delete")
    steps.add_parser("list", help="the adapters of the workspace")
    for name, says in (("show", "everything about one adapter"), ("delete", "remove an adapter")):
        steps.add_parser(name, help=says).add_argument("name")


def run_finetune(lab: Lab, asked: argparse.Namespace, output: Output) -> int:
    """Train, telling of each step; then the adapter, and what it is worth on rows that it never saw."""
    tuning, workspace_id = lab.tuning, asked.workspace
    found = _training_set(lab, asked)
    refuse_overlap(found, _judging(lab, workspace_id))
    if asked.resume:
        tuning.resume(workspace_id, asked.name)
    else:
        tuning.start(workspace_id, found, asked.name, _settings(asked))
    for event in tuning.follow(workspace_id):
        output.result(_event_json(event), _event_text(event))
    tuning.wait(workspace_id)
    run = tuning.state(workspace_id)
    for note in run.notes if run else ():
        output.note(note)
    adapter = tuning.adapters.load(workspace_id, asked.name)
    output.result({"event": "adapter", **_adapter_json(adapter)}, _adapter_text(adapter))
    if not found.held_out or asked.held_out < 1 or asked.base:
        output.note("No held-out rows were asked: the adapter has no scores.")
        return 0
    worth = _compared(lab, asked, found, adapter)
    for contender in Contender:
        scores = figures(worth, contender)
        if scores.metrics:
            output.result(_scores_json(adapter, scores), _scores_text(scores))
    return 0


def run_adapters(lab: Lab, asked: argparse.Namespace, output: Output) -> int:
    """List the adapters, show one, or delete one."""
    store, workspace_id = lab.tuning.adapters, asked.workspace
    if asked.adapters == "list":
        for name in store.names(workspace_id):
            adapter = store.load(workspace_id, name)
            output.result(_adapter_json(adapter), _adapter_text(adapter))
        return 0
    adapter = store.load(workspace_id, asked.name)
    if asked.adapters == "delete":
        store.remove(workspace_id, asked.name)
        output.result({"deleted": asked.name}, f"Deleted the adapter {asked.name}.")
        return 0
    curve: Json = {
        "training": [*map(list, adapter.curve.training)],
        "validation": [*map(list, adapter.curve.validation)],
    }
    output.result({**_adapter_json(adapter), "curve": curve}, _adapter_text(adapter))
    return 0


def _training_set(lab: Lab, asked: argparse.Namespace) -> TrainingSet:
    """The set named: the workspace's own, a sample one, or that of a file, which is split if it says no parts."""
    name = sample_names()[0] if asked.trainset == SAMPLE else asked.trainset
    path = Path(name)
    if path.is_file():
        file = read_training_path(path)
        return replace(file.as_set() if file.parted else split(file.examples, seed=0), name=path.stem)
    try:
        return lab.tuning.sets.load(asked.workspace, name)
    except NotFound as error:
        raise BadInput(
            f"{name!r} is neither a file nor a training set.",
            hint=f"The sample sets are {', '.join(sample_names())}; the page Fine-tune lists your own.",
        ) from error


def _judging(lab: Lab, workspace_id: str) -> tuple[EvalSet, ...]:
    """What answers are judged by: the workspace's eval sets, and the sample ones whose documents are all there."""
    sets = lab.measuring.eval_sets
    there = {entry.name for entry in lab.documents(workspace_id)}
    samples = (one.id for one in sample_corpora() if there.issuperset(file.name for file in sample_uploads(one.id)))
    return tuple(sets.load(workspace_id, name) for name in (*sets.names(workspace_id), *samples))


def _settings(asked: argparse.Namespace) -> TrainingSettings:
    return TrainingSettings(
        epochs=asked.epochs,
        rank=asked.rank,
        alpha=2 * asked.rank,
        learning_rate=asked.learning_rate,
        time_budget_s=asked.time_budget_s,
        window_tokens=asked.window,
        base=asked.base,
    )


def _compared(lab: Lab, asked: argparse.Namespace, found: TrainingSet, adapter: Adapter) -> Worth:
    """The comparison on held-out rows, kept as the page Fine-tune keeps it."""
    built_in = ModelChoice()
    trial = Trial(
        adapter=adapter.name,
        training_set=found,
        base=lab.generator(built_in),
        tuned=lab.generator(built_in, adapter=lab.tuning.adapter_file(asked.workspace, adapter.name)),
        embedder=lab.searching.embedder,
        adapter_sha256=adapter.gguf_sha256,
        most_rows=asked.held_out,
    )
    events = list(compare_held_out(trial, now=datetime.now(UTC)))
    worth = next(event for event in reversed(events) if isinstance(event, Worth))
    WorthStore(lab.store.folder).keep(asked.workspace, worth)
    return worth


def _event_json(event: TrainingEvent) -> Json:
    value: Json = json.loads(to_line(event))
    return {"event": value.pop("kind"), **value}


def _event_text(event: TrainingEvent) -> str:
    if isinstance(event, TrainingStep):
        speed = f"{event.tokens_per_s:,.0f} tokens/s, about {event.left_s:.0f} s left"
        return f"step {event.step}/{event.of}  loss {event.loss:.3f}  {speed}"
    if isinstance(event, Validated):
        return f"step {event.step}  validation loss {event.loss:.3f}{', the best so far' if event.best else ''}"
    if isinstance(event, Sampled):
        return f"step {event.step}  wanted {event.wanted!r}, written {event.written!r}"
    return _end_text(event)


def _end_text(event: Trained) -> str:
    return f"{event.ended} after {event.steps} steps and {event.seconds:.0f} s; the weights of step {event.kept_step}"


def _adapter_json(adapter: Adapter) -> Json:
    settings = adapter.settings
    return {
        "name": adapter.name,
        "base": adapter.base,
        "base_sha256": adapter.base_sha256,
        "trainset": adapter.trainset,
        "trainset_sha256": adapter.trainset_sha256,
        "examples": adapter.examples,
        "epochs": settings.epochs,
        "rank": settings.rank,
        "learning_rate": settings.learning_rate,
        "seconds": adapter.seconds,
        "steps": adapter.steps,
        "kept_step": adapter.kept_step,
        "overfits_from": overfits_from(adapter.curve),
        "ended": adapter.ended,
        "made_at": adapter.made_at.isoformat(timespec="seconds"),
        "instruction": adapter.instruction,
        "gguf_sha256": adapter.gguf_sha256,
        "versions": dict(adapter.versions),
    }


def _adapter_text(adapter: Adapter) -> str:
    made = f"{adapter.made_at:%Y-%m-%d %H:%M}"
    learnt = f"{adapter.examples} examples of {adapter.trainset}, rank {adapter.settings.rank}"
    return f"{adapter.name:20} {learnt}, step {adapter.kept_step} of {adapter.steps}, {adapter.seconds:.0f} s, {made}"


def _scores_json(adapter: Adapter, scores: ContenderFigures) -> Json:
    metrics: Json = {
        one.name: {"value": one.value, "low": one.low, "high": one.high, "cases": one.cases} for one in scores.metrics
    }
    return {"event": "scores", "adapter": adapter.name, "contender": str(scores.contender), "metrics": metrics}


def _scores_text(scores: ContenderFigures) -> str:
    lines = [f"{scores.contender}, on held-out rows"]
    for one in scores.metrics:
        interval = f"  ({one.low:.3f} to {one.high:.3f})" if one.low is not None and one.high is not None else ""
        lines.append(f"  {one.name:24} {one.value:10.3f}{interval}")
    return "\n".join(lines)
