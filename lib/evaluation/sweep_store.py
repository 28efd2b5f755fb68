"""The columns of sweeps on disk, one file each: what a sweep that was stopped or killed goes on from.

A file that is damaged, or that another version of the lab wrote, counts as missing. Losing the folder costs time only.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from lib.evaluation.spans import Span
from lib.evaluation.sweep_cells import GoldCase, Hit, SearchedCase, SweepColumn
from lib.files import write_whole
from lib.settings import ChunkSettings, RetrievalSettings

FORMAT = 1
"""Raised when a file's form changes, or what is searched for a case."""
MOST_FILES = 400
"""Columns kept for one workspace; beyond that the oldest go."""

_Row = tuple[int, int, int, int, float]
"""Number of the document in `_File.documents`, start, end, tokens, score."""


@dataclass(frozen=True, slots=True)
class _File:
    key: str
    chunking: ChunkSettings
    retrieval: RetrievalSettings
    chunks: int
    documents: tuple[str, ...]
    cases: tuple[tuple[str, tuple[_Row, ...]], ...]


_FILE = TypeAdapter(_File)


@dataclass(frozen=True, slots=True)
class SweepKeys:
    """What a column depends on besides its settings: the documents as read, the embedder, the questions."""

    version: str
    embedder: str
    questions: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, version: str, embedder: str, cases: Sequence[GoldCase]) -> "SweepKeys":
        """The keys for these cases; their evidence plays no part, for it is compared with what was found later."""
        return cls(version, embedder, tuple((case.id, case.question) for case in cases))

    def key(self, chunking: ChunkSettings, retrieval: RetrievalSettings) -> str:
        """The column's name: the same for every top-k."""
        settings = (asdict(chunking), asdict(replace(retrieval, top_k=1)))
        content = json.dumps((FORMAT, self.version, self.embedder, self.questions, settings), sort_keys=True)
        return f"{self.version}.{hashlib.sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


class SweepStore:
    """The columns in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> SweepColumn | None:
        """The column, or None where it is missing or cannot be read."""
        try:
            file = _FILE.validate_json(self._path(key).read_bytes())
            return _column(file) if file.key == key else None
        except (OSError, ValidationError, IndexError):
            return None

    def put(self, key: str, column: SweepColumn) -> None:
        """Keep the column, whole or not at all."""
        write_whole(self._path(key), _FILE.dump_json(_file(key, column)))

    def tidy(self, version: str) -> None:
        """Remove the columns of other versions of the documents, and the oldest of too many."""
        files = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        present = [path for path in files if path.name.startswith(f"{version}.")]
        for path in (*(path for path in files if path not in present), *present[MOST_FILES:]):
            path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"


def _file(key: str, column: SweepColumn) -> _File:
    names = tuple(dict.fromkeys(hit.span.document for case in column.cases for hit in case.hits))
    number = {name: at for at, name in enumerate(names)}
    cases = tuple((case.id, tuple(_row(hit, number) for hit in case.hits)) for case in column.cases)
    return _File(key, column.chunking, column.retrieval, column.chunks, names, cases)


def _row(hit: Hit, number: dict[str, int]) -> _Row:
    return number[hit.span.document], hit.span.start, hit.span.end, hit.tokens, hit.score


def _column(file: _File) -> SweepColumn:
    cases = tuple(
        SearchedCase(case_id, tuple(_hit(row, file.documents) for row in rows)) for case_id, rows in file.cases
    )
    return SweepColumn(file.chunking, file.retrieval, file.chunks, cases)


def _hit(row: _Row, documents: Sequence[str]) -> Hit:
    number, start, end, tokens, value = row
    return Hit(Span(documents[number], start, end), tokens, value)
