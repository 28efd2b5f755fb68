"""What the screens ask of the lab: the only caches.

Every cached function that sees a workspace's data takes its id and its corpus version, so that nobody sees another's
documents and nobody sees yesterday's. Values are frozen, so they are shared, not copied.
"""

# ruff: noqa: ARG001  - the cached functions' `version` is read by the cache alone

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from lib.assembly import open_lab
from lib.corpus.outcomes import ApplyPlan, DocumentEntry, IngestEvent, Progress, Upload
from lib.corpus.samples import SampleCorpus, sample_corpora, sample_uploads
from lib.domain import AnswerEvent, ApproachName, Chunk, Document, Message, Passage, TextPiece
from lib.errors import LabError
from lib.generation.endpoint import Endpoint
from lib.generation.models import list_models
from lib.lab import Lab, Removed
from lib.records import Origin
from lib.settings import ChunkSettings, GenerationOptions, LabSettings, ModelChoice, Workspace
from lib.weights import BuiltInWeights, fetch, missing_weights
from pages.ui.jobs import Job, JobBoard
from pages.ui.recording import NotRecorded, Recorded, recorded

if TYPE_CHECKING:
    from lib.retrieval.live import LiveIndex
    from lib.retrieval.projection import EmbeddingMap


class Versions:
    """Counts how often each workspace's corpus changed in this process."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def of(self, workspace_id: str) -> int:
        """The corpus version of a workspace."""
        return self._counts[workspace_id]

    def changed(self, workspace_id: str) -> None:
        """The corpus is another one now."""
        with self._lock:
            self._counts[workspace_id] += 1


@st.cache_resource(show_spinner="Opening the lab", on_release=lambda lab: lab.close())
def lab() -> Lab:
    """The one lab of this process."""
    return open_lab(LabSettings())


@st.cache_resource
def jobs() -> JobBoard:
    """The process's long work: it outlives reruns, page visits and reloads."""
    return JobBoard()


@st.cache_resource
def versions() -> Versions:
    """Corpus versions of this process."""
    return Versions()


@st.cache_resource
def fake_models() -> bool:
    """Whether the models are stand-ins, which every page then says."""
    return LabSettings().fake_models


def documents(workspace_id: str) -> tuple[DocumentEntry, ...]:
    """The workspace's documents, by name."""
    return _documents(workspace_id, versions().of(workspace_id))


def document(workspace_id: str, name: str) -> Document:
    """One document's whole text with its parts; raises NotFound."""
    return _document(workspace_id, name, versions().of(workspace_id))


def chunks(workspace_id: str, chunking: ChunkSettings) -> tuple[Chunk, ...]:
    """The documents cut so, in memory only."""
    return _chunks(workspace_id, chunking, versions().of(workspace_id))


def plan(workspace_id: str, chunking: ChunkSettings) -> ApplyPlan:
    """What applying these chunk settings would cost."""
    return _plan(workspace_id, chunking, versions().of(workspace_id))


def passages(workspace: Workspace, question: str) -> tuple[Passage, ...]:
    """What the workspace's settings find for the question, best first."""
    asked = Workspace(id=workspace.id, chunking=workspace.chunking, retrieval=workspace.retrieval)
    return _passages(asked, question, versions().of(workspace.id))


def live(workspace_id: str) -> "LiveIndex":
    """Token vectors of the whole workspace, for retrieval that follows a slider."""
    return _live(workspace_id, versions().of(workspace_id))


def live_passages(workspace: Workspace, question: str) -> tuple[Passage, ...]:
    """What the settings in use find, by live search: what a dragged slider is compared with."""
    asked = Workspace(id=workspace.id, chunking=workspace.chunking, retrieval=workspace.retrieval)
    return _live_passages(asked, question, versions().of(workspace.id))


def window_tokens() -> int:
    """The longest chunk that the embedding model reads whole."""
    return lab().searching.embedder.max_tokens


def embedding_map(workspace_id: str, chunking: ChunkSettings) -> "EmbeddingMap":
    """All chunks on a plane."""
    return _embedding_map(workspace_id, chunking, versions().of(workspace_id))


def question_on_map(drawn: "EmbeddingMap", question: str) -> tuple[float, float]:
    """Where the question falls among the chunks."""
    return drawn.project(lab().searching.embedder.embed([question])[0])


def remove(workspace_id: str, names: Sequence[str]) -> Removed:
    """Remove these documents; what went with them."""
    removed = lab().remove(workspace_id, names)
    versions().changed(workspace_id)
    return removed


def remove_all(workspace_id: str) -> Removed:
    """Remove every document; what went with them."""
    removed = lab().remove_all(workspace_id)
    versions().changed(workspace_id)
    return removed


def corpora() -> tuple[SampleCorpus, ...]:
    """The sample corpora, in order of id."""
    return sample_corpora()


def uploads_of(corpus_id: str) -> tuple[Upload, ...]:
    """The files of a sample corpus."""
    return sample_uploads(corpus_id)


def start_ingest(workspace: Workspace, uploads: Sequence[Upload]) -> Job[object]:
    """Read, cut, embed and index these files in the background; the one that runs already goes on instead."""
    house = lab()

    def work(stopped: Callable[[], bool]) -> Iterator[IngestEvent]:
        return house.ingest(workspace.id, uploads, workspace.chunking, stopped=stopped)

    return jobs().start(_ingest_name(workspace.id), work, finished=_changes(workspace.id))


def start_rebuild(workspace_id: str) -> None:
    """Read every file again and make the index anew, in the background, reported like an ingest."""
    house = lab()

    def work(stopped: Callable[[], bool]) -> Iterator[IngestEvent]:
        return house.rebuild(workspace_id, stopped=stopped)

    forget_ingest(workspace_id)
    jobs().start(_ingest_name(workspace_id), work, finished=_changes(workspace_id))


def pending(workspace_id: str) -> tuple[str, ...]:
    """Files that an interrupted ingest received and did not index."""
    return lab().pending(workspace_id)


def start_apply(workspace_id: str, chunking: ChunkSettings) -> Job[object]:
    """Embed and index under other chunk settings in the background."""
    house = lab()

    def work(stopped: Callable[[], bool]) -> Iterator[IngestEvent]:
        return house.apply(workspace_id, chunking, stopped=stopped)

    return jobs().start(f"apply:{workspace_id}", work, finished=_changes(workspace_id))


def start_live(workspace_id: str) -> Job[object]:
    """Compute the live index's token vectors in the background; stopping keeps what is done."""
    index = live(workspace_id)

    def work(stopped: Callable[[], bool]) -> Iterator[Progress]:
        for event in index.prepare():
            yield event
            if stopped():
                return

    return jobs().start(f"live:{workspace_id}", work)


def live_job(workspace_id: str) -> Job[object] | None:
    """The workspace's last preparation of live search, running or over."""
    return jobs().get(f"live:{workspace_id}")


def ingest_job(workspace_id: str) -> Job[object] | None:
    """The workspace's last ingest, running or over."""
    return jobs().get(_ingest_name(workspace_id))


def apply_job(workspace_id: str) -> Job[object] | None:
    """The workspace's last change of chunk settings, running or over."""
    return jobs().get(f"apply:{workspace_id}")


def forget_ingest(workspace_id: str) -> None:
    """Put the report of the last ingest away."""
    jobs().clear(_ingest_name(workspace_id))


def start_answer(
    name: ApproachName, workspace: Workspace, *, key: str = "", origin: Origin = Origin.ASK
) -> Job[AnswerEvent | Recorded | NotRecorded]:
    """Answer the workspace's question in the background, and keep the answer in the run log.

    Stopping closes the model's stream at its next token; what was stopped is not kept.
    """
    house = lab()

    def work(stopped: Callable[[], bool]) -> Iterator[AnswerEvent | Recorded | NotRecorded]:
        events = house.approach(name, workspace, key=key).answer(workspace.question)
        yield from recorded(events, house, workspace, origin, stopped)

    return Job(work, name=f"answer:{name}")


def warm_up() -> None:
    """Load the embedding model in the background, once, so that the first question need not wait for it."""
    if fake_models() or jobs().get("warm-up") is not None:
        return
    embedder = lab().searching.embedder

    def work(_stopped: Callable[[], bool]) -> Iterator[str]:
        embedder.embed(["warm"])
        yield "ready"

    jobs().start("warm-up", work)


def absent_weights() -> tuple[BuiltInWeights, ...]:
    """The built-in weights that are not there; none when the models are stand-ins."""
    return () if fake_models() else missing_weights()


def start_fetch() -> Job[object]:
    """Fetch the weights that are missing, in the background."""

    def work(_stopped: Callable[[], bool]) -> Iterator[str]:
        for weights in missing_weights():
            yield from fetch(weights)

    return jobs().start("fetch", work)


def fetch_job() -> Job[object] | None:
    """The last fetch of the weights, running or over."""
    return jobs().get("fetch")


@dataclass(frozen=True, slots=True)
class Trial:
    """One try of a model: what it said and how soon, or why not."""

    choice: ModelChoice
    said: str = ""
    first_token_ms: float = 0.0
    failure: LabError | None = None


def try_model(choice: ModelChoice, key: str) -> Trial:
    """Ask a model for one word; a failure is part of the result."""
    started = time.perf_counter()
    first: float | None = None
    said = ""
    try:
        generator = lab().generator(choice, key=key)
        for event in generator.stream((Message("user", "Say: ready"),), GenerationOptions(max_tokens=16)):
            if first is None:
                first = (time.perf_counter() - started) * 1000
            if isinstance(event, TextPiece):
                said += event.text
    except LabError as failure:
        return Trial(choice, failure=failure)
    return Trial(choice, said.strip(), first or 0.0)


def attached_tokens(workspace: Workspace, key: str) -> tuple[int, int]:
    """How many tokens the carried text takes, and how many the model's window has."""
    generator = lab().generator(workspace.model, key=key)
    return generator.count_tokens(workspace.attached), generator.context_tokens


def offered_models(base_url: str, key: str) -> tuple[str, ...]:
    """The models that an endpoint lists; raises ModelFailed."""
    return list_models(Endpoint(base_url, key))


def ready_corpus(corpus_id: str) -> SampleCorpus | None:
    """The sample corpus of that id, if there is one."""
    return next((corpus for corpus in sample_corpora() if corpus.id == corpus_id), None)


def _ingest_name(workspace_id: str) -> str:
    return f"ingest:{workspace_id}"


def _changes(workspace_id: str) -> Callable[[], None]:
    """A note for the job's thread, which may not call a cached function itself."""
    counter = versions()
    return lambda: counter.changed(workspace_id)


@st.cache_resource(max_entries=64, show_spinner=False)
def _documents(workspace_id: str, version: int) -> tuple[DocumentEntry, ...]:
    return lab().documents(workspace_id)


@st.cache_resource(max_entries=64, show_spinner=False)
def _document(workspace_id: str, name: str, version: int) -> Document:
    return lab().document(workspace_id, name)


@st.cache_resource(max_entries=32, show_spinner=False)
def _chunks(workspace_id: str, chunking: ChunkSettings, version: int) -> tuple[Chunk, ...]:
    return lab().chunks(workspace_id, chunking)


@st.cache_resource(max_entries=64, show_spinner=False)
def _plan(workspace_id: str, chunking: ChunkSettings, version: int) -> ApplyPlan:
    return lab().plan(workspace_id, chunking)


@st.cache_resource(max_entries=256, show_spinner=False)
def _passages(workspace: Workspace, question: str, version: int) -> tuple[Passage, ...]:
    return lab().passages(workspace, question)


@st.cache_resource(max_entries=64, show_spinner=False)
def _live_passages(workspace: Workspace, question: str, version: int) -> tuple[Passage, ...]:
    return live(workspace.id).passages(question, workspace.chunking, workspace.retrieval).passages


@st.cache_resource(max_entries=4, show_spinner=False)
def _live(workspace_id: str, version: int) -> "LiveIndex":
    return lab().live(workspace_id)


@st.cache_resource(max_entries=8, show_spinner="Drawing the map of all chunks")
def _embedding_map(workspace_id: str, chunking: ChunkSettings, version: int) -> "EmbeddingMap":
    return lab().embedding_map(workspace_id, chunking)
