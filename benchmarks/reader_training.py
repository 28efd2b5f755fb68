"""Train the built-in reader: the recipe, from the documents to the GGUF that is shipped.

Runs a and a2 learn from sentences, found for questions on the invented documents, on the sample corpora, of the half of
the sample eval sets that may be seen, and of XQuAD's first twelve articles. Runs a3 to a5 go on with whole passages
too; the mean of a4 and a5 is what benchmarks/reader.py judges on the other twelve articles. Run b goes on from a5 with
those, and the mean of a4 and b is shipped. What is found for the questions is kept in `--folder`, and so is a
checkpoint every twenty steps: the same command goes on where a killed one stopped.

python benchmarks/reader_training.py a|a2|a3|a4|a5|b --folder FOLDER
python benchmarks/reader_training.py --mean a4 b --folder FOLDER
python benchmarks/reader_training.py --smoke
"""

import argparse
import hashlib
import json
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from answers import lab_with
from measure import Row, print_table
from reader_examples import (
    Found,
    Material,
    example_of,
    found_by,
    gather,
    made_up_asked,
    read_examples,
    whole_passages,
    write_examples,
)

from lib.files import write_whole
from lib.training.base import load_base
from lib.training.batches import encode_all
from lib.training.lora import LoraRun
from lib.training.to_gguf import write_gguf_adapter
from lib.training.values import Trained, TrainingExample, TrainingSettings, TrainingStep, Validated
from lib.weights import chat_model_path

Make = Callable[[Found, random.Random], TrainingExample | None]
Run = Literal["a", "a2", "a3", "a4", "a5", "b"]
_ALL_LAYERS = TrainingSettings(epochs=1, batch_size=8, window_tokens=640, upper_share=1.0)
SETTINGS: dict[Run, TrainingSettings] = {
    "a": replace(_ALL_LAYERS, learning_rate=5e-4, seed=1, validations=3),
    "a2": replace(_ALL_LAYERS, learning_rate=5e-4, seed=3, validations=2),
    "a3": replace(_ALL_LAYERS, learning_rate=1e-3, seed=4, validations=2),
    "a4": replace(_ALL_LAYERS, learning_rate=1e-3, seed=5, validations=2),
    "a5": replace(_ALL_LAYERS, learning_rate=1e-3, batch_size=4, seed=7, validations=2),
    "b": replace(_ALL_LAYERS, learning_rate=1e-3, batch_size=4, seed=6, validations=2),
}
_GOES_ON_FROM: dict[Run, Run] = {"a2": "a", "a3": "a2", "a4": "a3", "a5": "a4", "b": "a5"}
_VALIDATION_OF = 25
_MOST_VALIDATION = 24
_CHECKPOINT_STEPS = 20
_LOGGED_STEPS = 10


# Data


def training_examples(material: Material, run: Run) -> tuple[list[TrainingExample], list[TrainingExample]]:
    """Examples to train on and to validate with; a question that occurs twice is made into two different examples."""
    draw = random.Random(SETTINGS[run].seed)
    own = (*material.authored, *material.samples)
    kept_back = [one for one in own if _share(one.asked.id) == 0]
    learnt = [one for one in own if _share(one.asked.id) != 0]
    draw.shuffle(learnt)
    sentences, whole = _sources(run, material, learnt, draw)
    return [*_made(sentences, draw), *_made(whole, draw, whole_passages)], _made(kept_back, draw)[:_MOST_VALIDATION]


def _sources(
    run: Run, material: Material, learnt: Sequence[Found], draw: random.Random
) -> tuple[Sequence[Found], Sequence[Found]]:
    """What is read as sentences, and what as whole passages; a question may occur more than once."""
    first, cut = material.first_articles, len(learnt) * 2 // 3

    def some(of: Sequence[Found], share: float) -> list[Found]:
        return draw.sample(of, int(len(of) * share))

    match run:
        case "a":
            return [*learnt[:cut], *material.halves, *first, *some(first, 1 / 2)], ()
        case "a2":
            return [*learnt[cut:], *material.halves, *first, *first], ()
        case "a3":
            return [*first, *first, *some(learnt, 1 / 4)], first
        case "a4":
            return [*first, *some(learnt, 1 / 8), *material.halves], [*first, *first, *some(learnt, 1 / 3)]
        case "a5":
            more = material.more_on_first
            return [*more, *first, *some(learnt, 1 / 6)], [*more, *some(learnt, 1 / 6)]
        case "b":
            more, others = material.more_on_others, material.other_articles
            own = [*material.samples, *material.halves]
            return [*more, *some(others, 1 / 2), *own], [*some(others, 2 / 3), *some(more, 1 / 3)]


def _made(found: Sequence[Found], draw: random.Random, make: Make = example_of) -> list[TrainingExample]:
    made = [make(one, draw) for one in found]
    return [one for one in made if one is not None]


def _share(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % _VALIDATION_OF


def prepared(folder: Path, run: Run) -> tuple[list[TrainingExample], list[TrainingExample]]:
    """The examples of this run, made once and kept in the folder."""
    paths = [folder / f"{run}-{part}.jsonl" for part in ("train", "validation")]
    if not all(path.exists() for path in paths):
        for path, examples in zip(paths, training_examples(gather(), run), strict=True):
            write_examples(path, examples)
    train, validation = (read_examples(path) for path in paths)
    return train, validation


# Training


@dataclass(frozen=True, slots=True)
class Worker:
    """One of `of` processes that train together: each takes its part of every batch."""

    rank: int = 0
    of: int = 1


_ALONE = Worker()


def train(folder: Path, run: Run, settings: TrainingSettings, *, base_gguf: Path, worker: Worker = _ALONE) -> Path:
    """Train, or go on from the last checkpoint; returns the GGUF, which worker 0 writes."""
    base = load_base(base_gguf)
    examples = prepared(folder, run)
    learnt, kept_back = (encode_all(part, base.tokenizer, window_tokens=settings.window_tokens) for part in examples)
    mine = learnt[worker.rank : len(learnt) // worker.of * worker.of : worker.of]
    lora = LoraRun(base, mine, kept_back, replace(settings, batch_size=settings.batch_size // worker.of))
    _share_gradients(lora, folder / "rendezvous", worker)
    if run in _GOES_ON_FROM:
        lora.put_lora_state(_read(folder / f"{_GOES_ON_FROM[run]}-checkpoint" / "adapter.safetensors"))
    checkpoint = folder / f"{run}-checkpoint"
    _resume(lora, checkpoint)
    if worker.rank == 0:
        print(
            f"{len(learnt)} examples, {sum(len(one.ids) for one in learnt)} tokens, {lora.total_steps} steps",
            flush=True,
        )
    losses: list[float] = []
    for event in lora.steps(stopped=lambda: False):
        if worker.rank:
            continue
        match event:
            case TrainingStep():
                losses.append(event.loss)
                if event.step % _LOGGED_STEPS == 0:
                    mean = sum(losses[-_LOGGED_STEPS:]) / len(losses[-_LOGGED_STEPS:])
                    line = f"step {event.step} loss {mean:.3f} {event.tokens_per_s:.0f} tokens/s {event.seconds:.0f} s"
                    print(f"{line}, {event.left_s:.0f} left", flush=True)
                if event.step % _CHECKPOINT_STEPS == 0:
                    _keep(lora, checkpoint)
                    to_gguf(lora.lora_state(), base, settings, folder / f"{run}.gguf")
            case Validated() | Trained():
                print(asdict(event), flush=True)
    if worker.rank == 0:
        _keep(lora, checkpoint)
        to_gguf(lora.lora_state(), base, settings, folder / f"{run}.gguf")
    return folder / f"{run}.gguf"


def mean(folder: Path, runs: Sequence[Run], *, base_gguf: Path) -> Path:
    """The mean of the weights of these runs, each of which went on from the one before, as a GGUF.

    Such a mean is often better than each of its parts (Wortsman et al. 2022, Model soups).
    """
    base = load_base(base_gguf)
    states = [_read(folder / f"{run}-checkpoint" / "adapter.safetensors") for run in runs]
    state = {name: sum(one[name] for one in states) / len(states) for name in states[0]}
    return to_gguf(state, base, SETTINGS[runs[-1]], folder / f"{'-'.join(runs)}.gguf")


def _share_gradients(lora: LoraRun, meeting: Path, worker: Worker) -> None:
    """Let every step be made with the mean of all workers' gradients: they begin alike and so stay alike.

    Two processes of one thread each wait for one another once a step, two threads of one process at every layer: with
    others on the same cores the former learn from twice as many tokens a second.
    """
    if worker.of == 1:
        return
    import torch
    import torch.distributed as group

    group.init_process_group("gloo", init_method=f"file://{meeting}", rank=worker.rank, world_size=worker.of)

    def average(optimiser: torch.optim.Optimizer, *_: object) -> None:
        weights = [weight for part in optimiser.param_groups for weight in part["params"]]
        flat = torch.cat([weight.grad.flatten() for weight in weights]) / worker.of
        group.all_reduce(flat)
        for weight, mean in zip(weights, flat.split([weight.numel() for weight in weights]), strict=True):
            weight.grad.copy_(mean.view_as(weight))

    lora._optimiser.register_step_pre_hook(average)


def to_gguf(state: dict[str, Any], base: Any, settings: TrainingSettings, path: Path) -> Path:
    """The weights as llama.cpp loads them."""
    config = base.model.config
    write_gguf_adapter(path, state, config, alpha=settings.alpha, name="Openbook reader")
    return path


def _keep(lora: LoraRun, checkpoint: Path) -> None:
    from safetensors.torch import save

    checkpoint.mkdir(exist_ok=True)
    write_whole(checkpoint / "adapter.safetensors", save(lora.lora_state()))
    write_whole(checkpoint / "optimiser.safetensors", save(lora.optimiser_state()))
    state = {"step": lora.done_steps, "seconds": lora.spent_s}
    write_whole(checkpoint / "state.json", json.dumps(state).encode())


def _resume(lora: LoraRun, checkpoint: Path) -> None:
    if not (checkpoint / "state.json").exists():
        return
    state = json.loads((checkpoint / "state.json").read_text())
    lora.put_lora_state(_read(checkpoint / "adapter.safetensors"))
    lora.put_optimiser_state(_read(checkpoint / "optimiser.safetensors"))
    lora.done_steps, lora.spent_s = state["step"], state["seconds"]


def _read(path: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    loaded: dict[str, Any] = load_file(path)
    return loaded


def smoke() -> None:
    """A few steps on made-up documents and a tiny base."""
    from tests.support.tiny_base import tiny_base

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw = random.Random(0)
        uploads, asked = made_up_asked()
        with lab_with(uploads) as lab:
            made = _made(list(found_by(lab, asked)), draw) * 2
        write_examples(folder / "a-train.jsonl", made)
        write_examples(folder / "a-validation.jsonl", made[:2])
        settings = replace(SETTINGS["a"], batch_size=2, validations=1)
        tiny = tiny_base(folder)
        files = [train(folder, "a", settings, base_gguf=tiny), mean(folder, ["a", "a"], base_gguf=tiny)]
        rows = [Row(f"GGUF {file.stem}, bytes", f"{file.stat().st_size:,}", "") for file in files]
        print_table("The reader's recipe", rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", choices=tuple(SETTINGS), default="a")
    parser.add_argument("--folder", type=Path, help="where examples, checkpoints and the GGUF are kept")
    parser.add_argument("--workers", type=int, default=2, help="processes of one thread each")
    parser.add_argument("--mean", nargs="+", choices=tuple(SETTINGS), help="no training: the mean of these runs")
    parser.add_argument("--smoke", action="store_true", help="a few steps on a tiny base")
    options = parser.parse_args()
    if options.smoke:
        smoke()
        return
    if options.folder is None:
        parser.error("--folder is needed")
    if options.mean:
        print(mean(options.folder, options.mean, base_gguf=chat_model_path()))
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    prepared(options.folder, options.run)
    (options.folder / "rendezvous").unlink(missing_ok=True)
    import torch.multiprocessing as processes

    processes.spawn(_work, (options.folder, options.run, options.workers), nprocs=options.workers)
    file = options.folder / f"{options.run}.gguf"
    print(f"{file}: {file.stat().st_size:,} bytes, sha256 {hashlib.sha256(file.read_bytes()).hexdigest()}")


def _work(rank: int, folder: Path, run: Run, workers: int) -> None:
    import torch

    torch.set_num_threads(1)
    train(folder, run, SETTINGS[run], base_gguf=chat_model_path(), worker=Worker(rank, workers))


if __name__ == "__main__":
    main()
