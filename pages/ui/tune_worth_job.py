"""Comparing an adapter on its held-out rows as the screen starts and watches it: one at a time for each workspace."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from lib.errors import BadInput
from lib.evaluation.worth import Trial, WorthBegun, WorthEvent, compare_held_out
from lib.evaluation.worth_records import Worth, WorthAnswer
from lib.evaluation.worth_store import WorthStore
from lib.settings import ModelChoice, Workspace
from lib.training.values import Adapter, TrainingSet
from lib.weights import models_dir
from pages.ui import services
from pages.ui.jobs import Job


def kept() -> WorthStore:
    """What was found of the adapters before."""
    return services.lab().measuring.worths


def start(workspace: Workspace, adapter: Adapter, training_set: TrainingSet, *, most_rows: int) -> Job[object]:
    """Compare in the background and keep what is found; the comparison that runs in the workspace goes on instead."""
    house, store = services.lab(), kept()
    model = _base_of(adapter)

    def work(stopped: Callable[[], bool]) -> Iterator[WorthEvent]:
        trial = Trial(
            adapter=adapter.name,
            training_set=training_set,
            base=house.generator(model),
            tuned=house.generator(model, adapter=house.tuning.adapter_file(workspace.id, adapter.name)),
            embedder=house.searching.embedder,
            adapter_sha256=adapter.gguf_sha256,
            most_rows=most_rows,
        )
        for event in compare_held_out(trial, now=datetime.now(UTC), stopped=stopped):
            if isinstance(event, Worth):
                store.keep(workspace.id, replace(event, trainset=training_set.name))
            yield event

    return services.jobs().start(_name(workspace.id), work)


def job(workspace_id: str) -> Job[object] | None:
    """The workspace's last comparison of this process, running or over."""
    return services.jobs().get(_name(workspace_id))


def expected(running: Job[object]) -> int:
    """How many answers there will be; 0 until it is known."""
    return next((event.answers for event in running.events if isinstance(event, WorthBegun)), 0)


def answers(running: Job[object]) -> tuple[WorthAnswer, ...]:
    """The answers to rows so far."""
    return tuple(event for event in running.events if isinstance(event, WorthAnswer))


def done(running: Job[object]) -> int:
    """How many answers have come, general questions included."""
    return sum(not isinstance(event, WorthBegun | Worth) for event in running.events)


def _base_of(adapter: Adapter) -> ModelChoice:
    """The model that the adapter sits on: the built-in one, or a file of the models folder."""
    if not adapter.settings.base:
        return ModelChoice()
    path, folder = Path(adapter.settings.base), models_dir()
    if not path.is_relative_to(folder):
        raise BadInput(
            f"{adapter.name!r} was trained on {path.name!r}, which is not in the models folder.",
            hint=f"Put that file into {folder}, then compare.",
        )
    return ModelChoice("gguf", path.relative_to(folder).as_posix())


def _name(workspace_id: str) -> str:
    return f"worth:{workspace_id}"
