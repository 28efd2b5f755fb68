"""Documents on disk: the original bytes are the truth, texts and the list of documents stand beside them.

workspaces/<id>/documents.json                the list; one atomic write makes a change visible
workspaces/<id>/pending.json                  an ingest that has not ended, for the next one to resume
workspaces/<id>/files/<sha256>                the bytes
workspaces/<id>/text/<sha256>.<parser>.json   the text and where its parts start
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from lib.corpus.outcomes import DocumentEntry
from lib.domain import Document
from lib.errors import NotFound, StoreDamaged
from lib.files import WORKSPACE_ID, sha256_of, workspace_folder, write_whole

T = TypeVar("T")

_ENTRIES = TypeAdapter(tuple[DocumentEntry, ...])
_DOCUMENT = TypeAdapter(Document)
_INDEXED = TypeAdapter(dict[str, str])
_PENDING = TypeAdapter(tuple[tuple[str, str], ...])


class DocumentStore:
    """The documents of every workspace under one data folder. One process writes; reads are always whole."""

    def __init__(self, data_dir: Path, *, parser: str) -> None:
        self._root = data_dir / "workspaces"
        self.parser = parser
        self._read_text = lru_cache(maxsize=512)(self._read_text_file)

    def folder(self, workspace_id: str) -> Path:
        """The workspace's folder; raises BadInput for an id that is not a plain name."""
        return workspace_folder(self._root.parent, workspace_id)

    def workspaces(self) -> tuple[str, ...]:
        """Ids of all workspaces that hold anything, in order of name."""
        if not self._root.is_dir():
            return ()
        return tuple(sorted(path.name for path in self._root.iterdir() if WORKSPACE_ID.fullmatch(path.name)))

    def entries(self, workspace_id: str) -> tuple[DocumentEntry, ...]:
        """The documents in order of name."""
        path = self.folder(workspace_id) / "documents.json"
        if not path.exists():
            return ()
        return _parsed(_ENTRIES, path)

    def version(self, workspace_id: str) -> str:
        """Changes whenever any document does; the same documents give the same version."""
        listed = "\n".join(f"{entry.id} {entry.name}" for entry in self.entries(workspace_id))
        return hashlib.sha256(f"{self.parser}\n{listed}".encode()).hexdigest()[:16]

    def entry(self, workspace_id: str, name: str) -> DocumentEntry:
        """The document of that name; raises NotFound."""
        found = next((entry for entry in self.entries(workspace_id) if entry.name == name), None)
        if found is None:
            raise NotFound(f"There is no document {name!r}.", hint="The Documents page lists the names.")
        return found

    def document(self, workspace_id: str, entry: DocumentEntry) -> Document:
        """Text and parts of a listed document; raises StoreDamaged when its text is missing or unreadable."""
        return replace(self._read_text(self.text_path(workspace_id, entry.id)), name=entry.name)

    def documents(self, workspace_id: str) -> tuple[Document, ...]:
        """All documents in order of name."""
        return tuple(self.document(workspace_id, entry) for entry in self.entries(workspace_id))

    def file_path(self, workspace_id: str, document_id: str) -> Path:
        """Where the original bytes are."""
        return self.folder(workspace_id) / "files" / document_id

    def text_path(self, workspace_id: str, document_id: str) -> Path:
        """Where the text is, as this version of the parser reads it."""
        return self.folder(workspace_id) / "text" / f"{document_id}.{self.parser}.json"

    def keep_file(self, workspace_id: str, content: bytes) -> str:
        """Store the bytes and return their id; bytes that are there already are not written again."""
        document_id = sha256_of(content)
        path = self.file_path(workspace_id, document_id)
        if not path.exists():
            write_whole(path, content)
        return document_id

    def keep_text(self, workspace_id: str, document: Document) -> None:
        """Store what the parser read."""
        write_whole(self.text_path(workspace_id, document.id), _DOCUMENT.dump_json(document))

    def commit(self, workspace_id: str, entries: Iterable[DocumentEntry]) -> None:
        """Make this the list of documents: one atomic step."""
        listed = tuple(sorted(entries, key=lambda entry: entry.name))
        write_whole(self.folder(workspace_id) / "documents.json", _ENTRIES.dump_json(listed, indent=1))

    def sweep(self, workspace_id: str) -> None:
        """Remove files and texts that neither the list nor a pending ingest names."""
        keep = {entry.id for entry in self.entries(workspace_id)} | {one for _, one in self.pending(workspace_id)}
        for kind in ("files", "text"):
            folder = self.folder(workspace_id) / kind
            for path in folder.iterdir() if folder.is_dir() else ():
                if path.name.split(".")[0] not in keep:
                    path.unlink(missing_ok=True)

    def forget_texts(self, workspace_id: str) -> None:
        """Remove every text, so that it is read again from its file."""
        self._read_text.cache_clear()
        shutil.rmtree(self.folder(workspace_id) / "text", ignore_errors=True)

    def pending(self, workspace_id: str) -> tuple[tuple[str, str], ...]:
        """(name, id) of files that were received by an ingest that did not end."""
        path = self.folder(workspace_id) / "pending.json"
        return _parsed(_PENDING, path) if path.exists() else ()

    def keep_pending(self, workspace_id: str, files: Sequence[tuple[str, str]]) -> None:
        """Remember what is being ingested; nothing to remember removes the note."""
        path = self.folder(workspace_id) / "pending.json"
        if files:
            write_whole(path, json.dumps(list(files)).encode())
        else:
            path.unlink(missing_ok=True)

    def indexed(self, workspace_id: str) -> dict[str, str]:
        """Which version of the documents each index holds whole: index name -> version."""
        path = self.folder(workspace_id) / "indexes.json"
        return _parsed(_INDEXED, path) if path.exists() else {}

    def keep_indexed(self, workspace_id: str, indexed: Mapping[str, str]) -> None:
        """Remember which indexes are whole."""
        write_whole(self.folder(workspace_id) / "indexes.json", json.dumps(dict(indexed), indent=1).encode())

    def drop(self, workspace_id: str) -> None:
        """Remove the workspace's folder with everything in it."""
        shutil.rmtree(self.folder(workspace_id), ignore_errors=True)

    @staticmethod
    def _read_text_file(path: Path) -> Document:
        if not path.exists():
            raise StoreDamaged(
                f"The text of document {path.name[:12]} is missing.", hint="Run `rebuild`: it reads the file again."
            )
        return _parsed(_DOCUMENT, path)


def _parsed(adapter: TypeAdapter[T], path: Path) -> T:
    """The value in a JSON file that the lab wrote itself."""
    try:
        return adapter.validate_json(path.read_bytes())
    except (ValidationError, OSError) as error:
        raise StoreDamaged(
            f"{path.name} in workspace {path.parent.name!r} cannot be read ({type(error).__name__}).",
            hint="Run `verify` to see what is damaged and `rebuild` to mend it, or restore the file from a backup.",
        ) from error
