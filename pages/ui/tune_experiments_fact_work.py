"""Changing a fact as background work: the document replaced or put back, then both models asked."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lib.corpus.outcomes import IngestEvent, Upload
from lib.domain import Answer, ApproachName
from lib.evaluation.fact_change import (
    FactChanged,
    FactEdit,
    KeptOriginal,
    OriginalStore,
    change,
    is_editable,
    put_back,
    text_in,
)
from lib.measuring import answered
from lib.settings import ModelChoice, Workspace
from lib.training.values import TrainingStep
from pages.ui import services
from pages.ui.jobs import Job, Work


@dataclass(frozen=True, slots=True)
class Asked:
    """What RAG and the tuned model (None without an adapter) say now, each with its time and tokens."""

    rag: Answer
    tuned: Answer | None


FactEvent = FactChanged | Asked


def originals() -> OriginalStore:
    """The texts to put back."""
    return OriginalStore(services.lab().store.folder)


def documents(workspace: Workspace) -> tuple[str, ...]:
    """Names of the documents that can be edited here."""
    return tuple(entry.name for entry in services.documents(workspace.id) if is_editable(entry.name))


def text_of(workspace: Workspace, document: str) -> str:
    """The document's file as text."""
    store = services.lab().store
    entry = store.entry(workspace.id, document)
    return text_in(document, store.file_path(workspace.id, entry.id).read_bytes())


def save(workspace: Workspace, edit: FactEdit, adapter: str) -> Job[object]:
    """Replace the line in the background, then ask both."""
    text, store = text_of(workspace, edit.document), originals()

    def work(_stopped: Callable[[], bool]) -> Iterator[FactEvent]:
        changed = change(text, edit, _ingest(workspace), time.perf_counter)
        store.keep(workspace.id, KeptOriginal(edit, text, datetime.now(UTC)))
        yield changed
        yield from _asked(workspace, edit.question, adapter)

    return _start(workspace, work)


def undo(workspace: Workspace, kept: KeptOriginal, adapter: str) -> Job[object]:
    """Put the old text back in the background, then ask both."""
    store = originals()

    def work(_stopped: Callable[[], bool]) -> Iterator[FactEvent]:
        changed = put_back(kept, _ingest(workspace), time.perf_counter)
        store.clear(workspace.id)
        yield changed
        yield from _asked(workspace, kept.edit.question, adapter)

    return _start(workspace, work)


def ask_both(workspace: Workspace, question: str, adapter: str) -> Job[object]:
    """Ask both in the background, nothing changed."""
    return _start(workspace, lambda _stopped: _asked(workspace, question, adapter))


def job(workspace_id: str) -> Job[object] | None:
    """The last of these in this process, running or over."""
    return services.jobs().get(_name(workspace_id))


def changed_in(running: Job[object]) -> FactChanged | None:
    """The replacement of the document, once it is done."""
    return next((event for event in running.events if isinstance(event, FactChanged)), None)


def asked_in(running: Job[object]) -> Asked | None:
    """The answers, once they are there."""
    return next((event for event in running.events if isinstance(event, Asked)), None)


def tokens_trained(workspace_id: str, adapter: str) -> int:
    """The tokens that the training of the adapter read over all its steps; 0 where its steps are not known any more."""
    run = services.lab().tuning.state(workspace_id)
    if run is None or run.name != adapter:
        return 0
    return sum(event.tokens for event in run.events if isinstance(event, TrainingStep))


def _asked(workspace: Workspace, question: str, adapter: str) -> Iterator[Asked]:
    house = services.lab()
    reading = replace(workspace, model=ModelChoice())
    rag = answered(house.approach(ApproachName.RAG, reading), question)
    tuned = None
    if adapter:
        tuned = answered(house.approach(ApproachName.FINE_TUNED, replace(reading, adapter=adapter)), question)
    yield Asked(rag, tuned)


def _ingest(workspace: Workspace) -> Callable[[Sequence[Upload]], Iterator[IngestEvent]]:
    house, versions = services.lab(), services.versions()

    def taken_in(uploads: Sequence[Upload]) -> Iterator[IngestEvent]:
        yield from house.ingest(workspace.id, uploads, workspace.chunking)
        versions.changed(workspace.id)

    return taken_in


def _start(workspace: Workspace, work: Work[FactEvent]) -> Job[object]:
    return services.jobs().start(_name(workspace.id), work)


def _name(workspace_id: str) -> str:
    return f"fact:{workspace_id}"
