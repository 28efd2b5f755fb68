"""Ingest: received -> parsed -> chunked -> embedded -> indexed, then one atomic step makes the result visible.

Until that step the old documents and their index stay as they were, so a crash leaves something to resume and never a
mixture: files received are remembered, texts and vectors are kept by content, and the next ingest takes them up.
"""

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lib.corpus.ledger import Clock, Ledger
from lib.corpus.outcomes import (
    DocumentEntry,
    FileOutcome,
    Ingested,
    IngestEvent,
    Upload,
)
from lib.corpus.parsing import Parsed
from lib.corpus.store import DocumentStore
from lib.domain import Chunk, Document
from lib.errors import FileRejected, LimitExceeded
from lib.files import sha256_of
from lib.protocols import VectorSource, VectorStore
from lib.settings import LIMITS

GROUP_CHUNKS = 512
"""Chunks embedded together: large enough to batch by length, small enough that a stop keeps what is whole."""


@dataclass(frozen=True, slots=True)
class IngestTools:
    """What ingest works with; `cut` and `index` are those of one workspace's chunk settings."""

    store: DocumentStore
    parse: Callable[[str, bytes], Parsed]
    cut: Callable[[Document], tuple[Chunk, ...]]
    source: VectorSource
    index: VectorStore
    index_name: str


@dataclass(frozen=True, slots=True)
class IngestOrder:
    """What to do; `stopped` is asked between steps, `now` dates the new documents."""

    workspace_id: str
    uploads: tuple[Upload, ...]
    stopped: Callable[[], bool]
    now: datetime


def ingest(tools: IngestTools, order: IngestOrder) -> Iterator[IngestEvent]:
    """Take files in; yields progress, one outcome a file, and `Ingested` at the end.

    Raises LimitExceeded before anything is stored when there are too many files. Stopping keeps the documents whose
    chunks are all embedded and rejects the others with the reason; closing the iterator is like a crash: nothing of
    this ingest is visible, and the next one resumes it.
    """
    _check_counts(tools.store, order)
    ledger = Ledger({entry.name: entry for entry in tools.store.entries(order.workspace_id)})
    received = yield from _receive(tools.store, order, ledger)
    yield from _parse(tools, order, received, ledger)
    yield from sync(tools, order, ledger)
    _commit(tools, order, ledger)
    yield from ledger.outcomes
    yield Ingested(
        tuple(ledger.outcomes),
        ledger.chunks,
        ledger.embedded,
        ledger.reused,
        tuple(ledger.seconds.items()),
        ledger.stopped,
    )


def bring_up_to_date(tools: IngestTools, order: IngestOrder) -> Iterator[IngestEvent]:
    """Make the index hold exactly the workspace's documents under the tools' chunk settings (apply, rebuild)."""
    ledger = Ledger({entry.name: entry for entry in tools.store.entries(order.workspace_id)})
    yield from sync(tools, order, ledger)
    if not ledger.stopped:
        _commit(tools, order, ledger)
    yield Ingested((), ledger.chunks, ledger.embedded, ledger.reused, tuple(ledger.seconds.items()), ledger.stopped)


def is_whole(store: DocumentStore, workspace_id: str, index_name: str) -> bool:
    """Whether that index holds exactly the documents that are there now."""
    return store.indexed(workspace_id).get(index_name) == store.version(workspace_id)


def _check_counts(store: DocumentStore, order: IngestOrder) -> None:
    if len(order.uploads) > LIMITS.files_per_upload:
        raise LimitExceeded(
            f"{len(order.uploads)} files are more than {LIMITS.files_per_upload} at a time.",
            hint="Bring them in several portions.",
        )
    there = len(store.entries(order.workspace_id))
    if there + len(order.uploads) > LIMITS.files_per_workspace:
        most = LIMITS.files_per_workspace
        raise LimitExceeded(
            f"The workspace holds {there} documents; with {len(order.uploads)} more it would pass {most}.",
            hint="Remove documents that are no longer needed, or use another workspace.",
        )


def _receive(
    store: DocumentStore, order: IngestOrder, ledger: Ledger
) -> Generator[IngestEvent, None, tuple[tuple[str, str], ...]]:
    """Store the bytes of what is new; returns (name, id) of what must be read, resumed files first."""
    clock = Clock("received", len(order.uploads), "files", ledger)
    by_id = {entry.id: entry for entry in ledger.entries.values()}
    received = dict(store.pending(order.workspace_id))
    for done, upload in enumerate(order.uploads, start=1):
        outcome = _known_or_too_large(upload, by_id) or _twin(upload, received)
        if outcome is not None:
            ledger.outcomes.append(outcome)
        else:
            received[upload.name] = store.keep_file(order.workspace_id, upload.content)
        yield clock.progress(done)
    store.keep_pending(order.workspace_id, tuple(received.items()))
    return tuple(received.items())


def _known_or_too_large(upload: Upload, by_id: dict[str, DocumentEntry]) -> FileOutcome | None:
    if len(upload.content) > LIMITS.file_bytes:
        size, most = len(upload.content) / 1e6, LIMITS.file_bytes / 1e6
        return FileOutcome(upload.name, "", "rejected", f"{size:.1f} MB is more than the limit of {most:.0f} MB.")
    known = by_id.get(sha256_of(upload.content))
    if known is None:
        return None
    reason = known.reason if known.name == upload.name else f"The same content is there as {known.name!r}."
    return FileOutcome(upload.name, known.id, known.status, reason, known.characters, known.pages, change="unchanged")


def _twin(upload: Upload, received: dict[str, str]) -> FileOutcome | None:
    """The outcome of a file whose bytes came in this ingest under another name already."""
    document_id = sha256_of(upload.content)
    twin = next((name for name, one in received.items() if one == document_id and name != upload.name), None)
    if twin is None:
        return None
    return FileOutcome(upload.name, document_id, "indexed", f"The same content came as {twin!r}.", change="unchanged")


def _parse(
    tools: IngestTools, order: IngestOrder, received: tuple[tuple[str, str], ...], ledger: Ledger
) -> Iterator[IngestEvent]:
    clock = Clock("parsed", len(received), "files", ledger)
    for done, (name, document_id) in enumerate(received, start=1):
        if order.stopped():
            ledger.stopped = True
            ledger.outcomes += [_stopped(name, one) for name, one in received[done - 1 :]]
            return
        try:
            document = _read(tools, order.workspace_id, name, document_id)
        except FileRejected as error:
            reason = f"{error.message} {error.hint}".strip()
            ledger.outcomes.append(FileOutcome(name, document_id, "rejected", reason))
        else:
            size = tools.store.file_path(order.workspace_id, document_id).stat().st_size
            ledger.new.append((_entry(document, size=size, now=order.now), document))
        yield clock.progress(done)


def _read(tools: IngestTools, workspace_id: str, name: str, document_id: str) -> Document:
    """The document's text, from the parser or as it was kept before a crash."""
    content = tools.store.file_path(workspace_id, document_id).read_bytes()
    parsed = tools.parse(name, content)
    document = Document(document_id, name, parsed.text, parsed.media, parsed.parts, parsed.pages, parsed.warnings)
    tools.store.keep_text(workspace_id, document)
    return document


def sync(tools: IngestTools, order: IngestOrder, ledger: Ledger) -> Iterator[IngestEvent]:
    """Cut what will be there, embed what the index lacks, and add it, group by group of whole documents."""
    if not ledger.new and is_whole(tools.store, order.workspace_id, tools.index_name):
        return
    documents = [document for _, document in ledger.new] + _kept(tools, order, ledger)
    clock = Clock("chunked", len(documents), "documents", ledger)
    have, groups = tools.index.ids(), [[]]  # type: ignore[var-annotated]
    for done, document in enumerate(documents, start=1):
        chunks = tools.cut(document)
        ledger.chunks += len(chunks)
        groups[-1].append((document, [chunk for chunk in chunks if chunk.id not in have]))
        if sum(len(lacking) for _, lacking in groups[-1]) >= GROUP_CHUNKS:
            groups.append([])
        yield clock.progress(done)
    yield from _embed(tools, order, groups, ledger)


def _kept(tools: IngestTools, order: IngestOrder, ledger: Ledger) -> list[Document]:
    replaced = {entry.name for entry, _ in ledger.new}
    return [
        _text_of(tools, order.workspace_id, entry) for name, entry in ledger.entries.items() if name not in replaced
    ]


def _text_of(tools: IngestTools, workspace_id: str, entry: DocumentEntry) -> Document:
    """A kept document; one whose text is missing (a newer parser, a lost file) is read again from its bytes."""
    if not tools.store.text_path(workspace_id, entry.id).exists():
        return _read(tools, workspace_id, entry.name, entry.id)
    return tools.store.document(workspace_id, entry)


def _embed(
    tools: IngestTools,
    order: IngestOrder,
    groups: Sequence[Sequence[tuple[Document, Sequence[Chunk]]]],
    ledger: Ledger,
) -> Iterator[IngestEvent]:
    total = sum(len(lacking) for group in groups for _, lacking in group)
    embed, index = Clock("embedded", total, "chunks", ledger), Clock("indexed", total, "chunks", ledger)
    done = 0
    for at, group in enumerate(groups):
        chunks = [chunk for _, lacking in group for chunk in lacking]
        for batch in tools.source.batches([chunk.text for chunk in chunks]):
            done += len(batch.positions)
            ledger.embedded += len(batch.positions) - batch.reused
            ledger.reused += batch.reused
            yield embed.progress(done)
            index.restart()
            tools.index.add([chunks[position].id for position in batch.positions], batch.vectors)
            yield index.progress(done)
            embed.restart()
            if order.stopped() and done < total:
                _stop(groups[at:], ledger)
                return


def _stop(groups: Sequence[Sequence[tuple[Document, Sequence[Chunk]]]], ledger: Ledger) -> None:
    """What is not embedded whole is left out, and said so."""
    ledger.stopped = True
    unfinished = {document.id for group in groups for document, lacking in group if lacking}
    ledger.outcomes += [_stopped(entry.name, entry.id) for entry, _ in ledger.new if entry.id in unfinished]
    ledger.new = [pair for pair in ledger.new if pair[0].id not in unfinished]


def _commit(tools: IngestTools, order: IngestOrder, ledger: Ledger) -> None:
    """Make the new documents visible in one step, then let go of what they replace."""
    started = time.perf_counter()
    store, workspace_id = tools.store, order.workspace_id
    for entry, document in ledger.new:
        old = ledger.entries.get(entry.name)
        change = "new" if old is None else _change(store.document(workspace_id, old), document, old)
        ledger.outcomes.append(_outcome(entry, change))
        ledger.entries[entry.name] = entry
    store.commit(workspace_id, ledger.entries.values())
    store.keep_pending(workspace_id, ())
    store.sweep(workspace_id)
    if not ledger.stopped and not is_whole(store, workspace_id, tools.index_name):
        wanted = {chunk.id for document in store.documents(workspace_id) for chunk in tools.cut(document)}
        tools.index.delete(sorted(tools.index.ids() - wanted))
        store.keep_indexed(workspace_id, {**store.indexed(workspace_id), tools.index_name: store.version(workspace_id)})
    ledger.seconds["indexed"] += time.perf_counter() - started


def _entry(document: Document, *, size: int, now: datetime) -> DocumentEntry:
    return DocumentEntry(
        id=document.id,
        name=document.name,
        media=document.media,
        status="partial" if document.warnings else "indexed",
        reason=" ".join(document.warnings),
        characters=len(document.text),
        pages=document.pages,
        size=size,
        added=now.isoformat(timespec="seconds"),
    )


def _outcome(entry: DocumentEntry, change: str) -> FileOutcome:
    return FileOutcome(entry.name, entry.id, entry.status, entry.reason, entry.characters, entry.pages, change=change)


def _stopped(name: str, document_id: str) -> FileOutcome:
    reason = "Stopped before it was indexed. Bring it again to go on; what was computed is kept."
    return FileOutcome(name, document_id, "rejected", reason)


def _change(old: Document, new: Document, entry: DocumentEntry) -> str:
    """How many lines the new version added and removed, counted as sets of lines (moved lines do not count)."""
    before, after = Counter(old.text.splitlines()), Counter(new.text.splitlines())
    added, removed = (after - before).total(), (before - after).total()
    return f"replaces the version of {entry.added[:10]}: {added} lines added, {removed} removed"
