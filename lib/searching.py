"""The search indexes of all workspaces, each made once per version of the documents and kept while it is used."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Set
from typing import TYPE_CHECKING, TypeVar, cast

from lib.corpus.chunking.breaks import Outline, outline
from lib.corpus.chunking.cutter import check, cut_outline
from lib.corpus.places import Places
from lib.corpus.store import DocumentStore
from lib.domain import Chunk, Document
from lib.embedding.cache import CachedEmbedder
from lib.errors import BadInput
from lib.protocols import Embedder, VectorStore
from lib.retrieval.chroma_store import ChromaIndexes
from lib.retrieval.lexical import LexicalIndex
from lib.retrieval.search import SearchIndex, SearchRetriever
from lib.settings import ChunkSettings, RetrievalSettings, Strategy

if TYPE_CHECKING:
    from lib.retrieval.live import LiveIndex

T = TypeVar("T")


class Kept:
    """The most recently used results of something costly, made once even when many threads ask."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.RLock()
        self._made: OrderedDict[Hashable, object] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result kept under the key, made now if it is not there."""
        with self._lock:
            if key not in self._made:
                self._made[key] = make()
                while len(self._made) > self._most:
                    self._made.popitem(last=False)
            self._made.move_to_end(key)
            return cast("T", self._made[key])


class Searching:
    """Cuts documents and searches them; one embedder for all workspaces."""

    def __init__(
        self,
        store: DocumentStore,
        indexes: ChromaIndexes,
        vectors: CachedEmbedder,
        *,
        questions: Embedder,
        parser: str,
    ) -> None:
        """`questions` embeds what is searched for: the same model as that of `vectors`."""
        self._store = store
        self._indexes = indexes
        self.vectors = vectors
        self.questions = questions
        self.embedder = embedder = vectors.embedder
        self._suffix = hashlib.sha256(f"{embedder.model_id}\n{parser}".encode()).hexdigest()[:10]
        self._outlines, self._cuts = Kept(512), Kept(2_048)
        self._indexes_made, self._lives = Kept(6), Kept(2)

    def close(self) -> None:
        """Let go of the index and the vectors on disk."""
        self._indexes.close()
        self.vectors.close()

    def cut(self, document: Document, chunking: ChunkSettings) -> tuple[Chunk, ...]:
        """The document's chunks; raises BadInput for settings that cannot work with this embedder."""
        self.check(chunking)
        key = (document.id, document.name, chunking)
        return self._cuts.get(key, lambda: self._cut(document, chunking))

    def check(self, chunking: ChunkSettings) -> None:
        """Raise BadInput for an impossible size, or one that the embedder would cut short."""
        check(chunking)
        most = self.embedder.max_tokens
        if chunking.size > most:
            raise BadInput(
                f"Chunks of {chunking.size} tokens pass the embedder's window of {most} tokens.",
                hint=f"Choose at most {most}: what lies beyond would not be found.",
            )

    def index_name(self, workspace_id: str, chunking: ChunkSettings) -> str:
        """The collection that holds the workspace under these settings with this embedder and parser."""
        return f"{workspace_id}.{chunking.strategy.value}-{chunking.size}-{chunking.overlap}.{self._suffix}"

    def store(self, workspace_id: str, chunking: ChunkSettings) -> VectorStore:
        """The vector store of these settings."""
        self.check(chunking)
        return self._indexes.store(self.index_name(workspace_id, chunking))

    def drop_all(self, workspace_id: str) -> None:
        """Drop every index of the workspace; the documents stay."""
        self._store.keep_indexed(workspace_id, {})
        for name in self._names(workspace_id):
            self._indexes.drop(name)

    def forget(self, workspace_id: str, document_ids: Set[str]) -> None:
        """Remove these documents' vectors from every index of the workspace."""
        for name in self._names(workspace_id):
            store = self._indexes.store(name)
            store.delete(sorted(one for one in store.ids() if one.split(":")[0] in document_ids))

    def retriever(
        self, workspace_id: str, version: str, chunking: ChunkSettings, retrieval: RetrievalSettings
    ) -> SearchRetriever:
        """A retriever over an index that is up to date."""
        return SearchRetriever(self.index(workspace_id, version, chunking), retrieval)

    def index(self, workspace_id: str, version: str, chunking: ChunkSettings) -> SearchIndex:
        """Both legs over the workspace's chunks, kept until the documents change."""
        key = (workspace_id, version, chunking)
        return self._indexes_made.get(key, lambda: self._index(workspace_id, chunking))

    def live(self, workspace_id: str, version: str) -> "LiveIndex":
        """The live index of these documents."""
        from lib.retrieval.live import LiveIndex

        return self._lives.get(
            (workspace_id, version),
            lambda: LiveIndex(
                self._store.documents(workspace_id), self.embedder, self._cut_live, lambda document: Places(document).at
            ),
        )

    def _names(self, workspace_id: str) -> list[str]:
        return [name for name in self._indexes.names() if name.split(".")[0] == workspace_id]

    def _index(self, workspace_id: str, chunking: ChunkSettings) -> SearchIndex:
        chunks = tuple(
            chunk for document in self._store.documents(workspace_id) for chunk in self.cut(document, chunking)
        )
        lexical = LexicalIndex([chunk.text for chunk in chunks])
        return SearchIndex(chunks, self.store(workspace_id, chunking), lexical, self.questions)

    def _cut(self, document: Document, chunking: ChunkSettings) -> tuple[Chunk, ...]:
        return cut_outline(self._outline(document, chunking.strategy), chunking, Places(document).at)

    def _cut_live(self, document: Document, chunking: ChunkSettings) -> tuple[Chunk, ...]:
        """The same chunks without their places, and not kept: a slider passes over every size."""
        self.check(chunking)
        return cut_outline(self._outline(document, chunking.strategy), chunking)

    def _outline(self, document: Document, strategy: Strategy) -> Outline:
        key = (document.id, document.name, strategy)
        return self._outlines.get(
            key, lambda: outline(document, self.embedder.tokenizer.spans(document.text), strategy)
        )
