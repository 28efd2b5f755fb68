"""Does the stored data hold together? Files by their hash, texts by their presence, the index by its ids."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lib.corpus.outcomes import DocumentEntry
from lib.corpus.store import DocumentStore
from lib.domain import Chunk
from lib.errors import LabError
from lib.files import sha256_of


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found in one workspace. `files_sha256` covers all files in order of name; no problems means sound."""

    workspace_id: str
    documents: int
    characters: int
    chunks: int
    files_sha256: str
    pending: int
    problems: tuple[str, ...]


def verify(
    store: DocumentStore,
    workspace_id: str,
    *,
    chunks: Callable[[], tuple[Chunk, ...]],
    indexed: Callable[[], frozenset[str] | None],
) -> Verified:
    """Read everything of the workspace and report; `indexed` gives the ids in its index, None where none was made."""
    entries = store.entries(workspace_id)
    problems = [problem for entry in entries for problem in _document_problems(store, workspace_id, entry)]
    cut = () if problems else chunks()
    if not problems:
        problems += _index_problems(cut, indexed())
    joined = "".join(entry.id for entry in entries).encode()
    return Verified(
        workspace_id,
        len(entries),
        sum(entry.characters for entry in entries),
        len(cut),
        hashlib.sha256(joined).hexdigest(),
        len(store.pending(workspace_id)),
        tuple(problems),
    )


def _document_problems(store: DocumentStore, workspace_id: str, entry: DocumentEntry) -> Iterator[str]:
    path = store.file_path(workspace_id, entry.id)
    if not path.exists():
        yield f"{entry.name}: its file is missing"
    elif sha256_of(path.read_bytes()) != entry.id:
        yield f"{entry.name}: its file has other bytes than were stored"
    try:
        if len(store.document(workspace_id, entry).text) != entry.characters:
            yield f"{entry.name}: its text has another length than was stored"
    except LabError as error:
        yield f"{entry.name}: {error.message}"


def _index_problems(chunks: tuple[Chunk, ...], indexed: frozenset[str] | None) -> Iterator[str]:
    if indexed is None:
        return
    lacking = sum(chunk.id not in indexed for chunk in chunks)
    if lacking:
        yield f"the index lacks {lacking} of {len(chunks)} chunks"
