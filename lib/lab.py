"""The lab as pages and the command line use it: everything that can be done with a workspace.

`lib.assembly` makes one for a data folder. Every method that touches stored data takes the workspace's id (or the
`Workspace` itself) first; results for one workspace never hold anything of another.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from lib.answering import Answering
from lib.approaches.questions import checked_question
from lib.corpus.ingest import IngestOrder, IngestTools, bring_up_to_date, ingest, is_whole
from lib.corpus.outcomes import ApplyPlan, DocumentEntry, IngestEvent, Upload
from lib.corpus.parsing.guarded import ParserProcess
from lib.corpus.store import DocumentStore
from lib.corpus.verify import Verified, verify
from lib.domain import AdapterFile, ApproachName, Chunk, Document, Passage
from lib.errors import BadInput, LabError, StoreDamaged
from lib.evaluation.eval_store import EvalSetStore
from lib.exporting import Exported, Sources, export
from lib.files import write_whole
from lib.measuring import House, Measuring
from lib.owner import Ownership
from lib.protocols import Approach, Generator
from lib.retrieval.projection import EmbeddingMap, embedding_map
from lib.retrieval.search import SearchRetriever
from lib.runs.store import RunStore
from lib.searching import Searching
from lib.settings import LIMITS, ChunkSettings, ModelChoice, RetrievalSettings, Workspace
from lib.tuning import Tuning

if TYPE_CHECKING:
    from lib.retrieval.live import LiveIndex

_WORKSPACE = TypeAdapter(Workspace)


def never() -> bool:
    """The answer of work that nobody stops."""
    return False


@dataclass(frozen=True, slots=True)
class Removed:
    """How many documents and chunks were removed."""

    documents: int
    chunks: int


@dataclass(frozen=True, slots=True)
class Stores:
    """What is kept on disk, all by workspace: documents, runs, eval sets, and training sets with their adapters."""

    documents: DocumentStore
    runs: RunStore
    eval_sets: EvalSetStore
    tuning: Tuning


class Lab:
    """One data folder, owned by this process, with its models. Safe to use from many threads."""

    def __init__(
        self,
        ownership: Ownership,
        stores: Stores,
        searching: Searching,
        answering: Answering,
        parser: ParserProcess,
    ) -> None:
        self._ownership = ownership
        self.store = store = stores.documents
        self.searching = searching
        self._answering = answering
        self._parser = parser
        self.tuning = stores.tuning
        house = House(store, searching, answering, self._retriever_of)
        self.measuring = Measuring(stores.runs, stores.eval_sets, house)
        self._writing = threading.RLock()
        # Settings have a lock of their own: a screen that keeps one must not wait for an ingest.
        self._keeping = threading.Lock()

    def close(self) -> None:
        """Stop the models and give the data folder back; a training that runs can be resumed."""
        self.tuning.close()
        self._answering.close()
        self._parser.close()
        self.measuring.runs.close()
        self.searching.close()
        self._ownership.release()

    # Workspaces

    def workspace(self, workspace_id: str) -> Workspace:
        """The workspace's settings as last kept; the defaults for a new one."""
        path = self.store.folder(workspace_id) / "workspace.json"
        if not path.exists():
            return Workspace(id=workspace_id)
        try:
            return _WORKSPACE.validate_json(path.read_bytes())
        except ValidationError as error:
            raise StoreDamaged(
                f"The settings of workspace {workspace_id!r} cannot be read.",
                hint=f"Delete {path.name} in its folder: the documents stay, the settings start afresh.",
            ) from error

    def keep(self, workspace: Workspace) -> None:
        """Write the workspace's settings; they survive a restart."""
        path = self.store.folder(workspace.id) / "workspace.json"
        with self._keeping:
            write_whole(path, _WORKSPACE.dump_json(workspace, indent=1))

    # Documents

    def ingest(
        self,
        workspace_id: str,
        uploads: Sequence[Upload],
        chunking: ChunkSettings,
        *,
        stopped: Callable[[], bool] = never,
    ) -> Iterator[IngestEvent]:
        """Take files in (see `lib.corpus.ingest`); one ingest at a time, a second one waits."""
        with self._writing:
            order = IngestOrder(workspace_id, tuple(uploads), stopped, datetime.now(UTC))
            yield from ingest(self._tools(workspace_id, chunking), order)

    def documents(self, workspace_id: str) -> tuple[DocumentEntry, ...]:
        """The documents in order of name."""
        return self.store.entries(workspace_id)

    def document(self, workspace_id: str, name: str) -> Document:
        """One document's text with its parts; raises NotFound."""
        return self.store.document(workspace_id, self.store.entry(workspace_id, name))

    def version(self, workspace_id: str) -> str:
        """Changes whenever any document of the workspace does."""
        return self.store.version(workspace_id)

    def pending(self, workspace_id: str) -> tuple[str, ...]:
        """Names of files that an interrupted ingest received; the next ingest resumes them."""
        return tuple(name for name, _ in self.store.pending(workspace_id))

    def remove(self, workspace_id: str, names: Sequence[str]) -> Removed:
        """Remove documents from the list, the index of the workspace's settings and the disk; raises NotFound."""
        with self._writing:
            gone = {self.store.entry(workspace_id, name).name for name in names}
            before = len(self.chunks(workspace_id, self.workspace(workspace_id).chunking))
            entries = self.store.entries(workspace_id)
            kept = [entry for entry in entries if entry.name not in gone]
            self.store.commit(workspace_id, kept)
            self.store.sweep(workspace_id)
            self.searching.forget(workspace_id, {entry.id for entry in entries} - {entry.id for entry in kept})
            chunking = self.workspace(workspace_id).chunking
            for _ in self.apply(workspace_id, chunking):
                pass
            return Removed(len(gone), before - len(self.chunks(workspace_id, chunking)))

    def remove_all(self, workspace_id: str) -> Removed:
        """Remove every document of the workspace; its settings stay."""
        return self.remove(workspace_id, [entry.name for entry in self.store.entries(workspace_id)])

    # Chunks

    def chunks(self, workspace_id: str, chunking: ChunkSettings) -> tuple[Chunk, ...]:
        """How the documents are cut under these settings; nothing is embedded or stored."""
        return tuple(
            chunk for document in self.store.documents(workspace_id) for chunk in self.searching.cut(document, chunking)
        )

    def plan(self, workspace_id: str, chunking: ChunkSettings) -> ApplyPlan:
        """What applying these settings would cost."""
        texts = [chunk.text for chunk in self.chunks(workspace_id, chunking)]
        name = self.searching.index_name(workspace_id, chunking)
        missing = self.searching.vectors.missing(texts)
        seconds = self.searching.vectors.seconds_for(missing)
        return ApplyPlan(len(texts), missing, seconds, is_whole(self.store, workspace_id, name))

    def apply(
        self, workspace_id: str, chunking: ChunkSettings, *, stopped: Callable[[], bool] = never
    ) -> Iterator[IngestEvent]:
        """Build the index for these settings; only texts never embedded before are embedded."""
        with self._writing:
            order = IngestOrder(workspace_id, (), stopped, datetime.now(UTC))
            yield from bring_up_to_date(self._tools(workspace_id, chunking), order)

    def rebuild(self, workspace_id: str, *, stopped: Callable[[], bool] = never) -> Iterator[IngestEvent]:
        """Read every file again and make the index anew from nothing else; the next search ends a stopped one."""
        with self._writing:
            self.searching.drop_all(workspace_id)
            self.store.forget_texts(workspace_id)
            yield from self.apply(workspace_id, self.workspace(workspace_id).chunking, stopped=stopped)

    def verify(self, workspace_id: str) -> Verified:
        """Read everything of the workspace and say what does not hold together."""
        chunking = self.workspace(workspace_id).chunking
        name = self.searching.index_name(workspace_id, chunking)
        made = name in self.store.indexed(workspace_id)
        found = verify(
            self.store,
            workspace_id,
            chunks=lambda: self.chunks(workspace_id, chunking),
            indexed=lambda: self.searching.store(workspace_id, chunking).ids() if made else None,
        )
        return replace(found, problems=(*found.problems, *self.tuning.adapters.problems(workspace_id)))

    def export(self, folder: Path) -> tuple[Exported, ...]:
        """Write every workspace as plain files into a new folder; raises BadInput for one that holds something."""
        with self._writing:
            learnt = self.tuning.sets, self.tuning.adapters
            sources = Sources(self.store, self.measuring.eval_sets, self.measuring.runs, *learnt)
            return export(sources, self.store.workspaces(), folder)

    # Search

    def retriever(
        self,
        workspace_id: str,
        chunking: ChunkSettings,
        retrieval: RetrievalSettings,
        *,
        stopped: Callable[[], bool] = never,
    ) -> SearchRetriever:
        """A retriever over the workspace's documents; its index is brought up to date first if it is not."""
        _check_retrieval(retrieval, [entry.name for entry in self.store.entries(workspace_id)])
        name = self.searching.index_name(workspace_id, chunking)
        if not is_whole(self.store, workspace_id, name):
            for _ in self.apply(workspace_id, chunking, stopped=stopped):
                pass
        return self.searching.retriever(workspace_id, self.version(workspace_id), chunking, retrieval)

    def passages(self, workspace: Workspace, question: str) -> tuple[Passage, ...]:
        """What the workspace's settings find for a question, best first."""
        retriever = self.retriever(workspace.id, workspace.chunking, workspace.retrieval)
        return retriever.retrieve(checked_question(question), top_k=workspace.retrieval.top_k)

    def live(self, workspace_id: str) -> "LiveIndex":
        """The live index of the workspace's present documents; `prepare` it before it is asked."""
        return self.searching.live(workspace_id, self.version(workspace_id))

    def embedding_map(self, workspace_id: str, chunking: ChunkSettings) -> EmbeddingMap:
        """All chunks on the two main axes of their vectors."""
        self.retriever(workspace_id, chunking, RetrievalSettings())
        index = self.searching.index(workspace_id, self.version(workspace_id), chunking)
        return embedding_map(index.chunks, index.store.vectors([chunk.id for chunk in index.chunks]))

    # Answers

    def generator(self, choice: ModelChoice, *, key: str = "", adapter: AdapterFile | None = None) -> Generator:
        """The model that was chosen, with the adapter if one is given; raises BadInput for what cannot work."""
        return self._answering.generator(choice, key=key, adapter=adapter)

    def approach(self, name: ApproachName, workspace: Workspace, *, key: str = "") -> Approach:
        """The approach under the workspace's settings and model."""
        if name is ApproachName.PROMPT_ONLY:
            return self._answering.prompt_only(workspace, key=key)
        if name is ApproachName.RAG:
            return self._answering.rag(workspace, self._retriever_of(workspace), key=key)
        if name is ApproachName.FINE_TUNED:
            return self._answering.fine_tuned(workspace, key=key)
        if name is ApproachName.HYBRID:
            return self._answering.hybrid(workspace, self._retriever_of(workspace), key=key)
        raise BadInput(
            "Gold-context needs a question whose evidence is known.", hint="Ask it in an evaluation of an eval set."
        )

    def reader_trouble(self, workspace: Workspace) -> LabError | None:
        """Why the built-in reader's file cannot be used, if it cannot: answers come without it."""
        return self._answering.reader_trouble(workspace)

    def _retriever_of(self, workspace: Workspace, stopped: Callable[[], bool] = never) -> SearchRetriever:
        return self.retriever(workspace.id, workspace.chunking, workspace.retrieval, stopped=stopped)

    def _tools(self, workspace_id: str, chunking: ChunkSettings) -> IngestTools:
        return IngestTools(
            store=self.store,
            parse=self._parser.parse,
            cut=lambda document: self.searching.cut(document, chunking),
            source=self.searching.vectors,
            index=self.searching.store(workspace_id, chunking),
            index_name=self.searching.index_name(workspace_id, chunking),
        )


def _check_retrieval(retrieval: RetrievalSettings, names: Sequence[str]) -> None:
    if not 1 <= retrieval.top_k <= LIMITS.top_k:
        raise BadInput(f"top-k is {retrieval.top_k}.", hint=f"Choose from 1 to {LIMITS.top_k} passages.")
    if not 0 <= retrieval.dense_weight <= 1:
        raise BadInput(f"The dense weight is {retrieval.dense_weight:g}.", hint="Choose from 0 (words) to 1 (meaning).")
    unknown = next((name for name in retrieval.documents if name not in names), None)
    if unknown is not None:
        raise BadInput(f"The document filter names {unknown!r}, which is not there.", hint="Clear the filter.")
