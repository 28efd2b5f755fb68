"""Change a fact: one line of a document replaced in the workspace, and put back; what it cost, beside retraining.

Only documents that are plain text in their file can be edited in place (Markdown, text, CSV, HTML, JSON); one file is
replaced by another of the same name, as an upload would do it.
"""

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter, ValidationError

from lib.corpus.outcomes import FileOutcome, Ingested, IngestEvent, Upload
from lib.domain import Message
from lib.errors import BadInput, StoreDamaged
from lib.files import write_whole
from lib.training.values import TrainingSet

EDITABLE = frozenset({".md", ".txt", ".csv", ".html", ".htm", ".json"})
_FILE = "fact_change.json"


@dataclass(frozen=True, slots=True)
class FactEdit:
    """A line of a document and what stands in its place; `question` is the one whose answer it changes."""

    document: str
    old: str
    new: str
    question: str


SAMPLE_EDIT = FactEdit(
    "brume-foggers.md",
    "at least 90 centimetres below the ceiling",
    "at least 120 centimetres below the ceiling",
    "How far below the ceiling should a fogger hang?",
)
"""A fact of the sample company that the facts lesson trains and the built-in reader finds, so that both can answer."""


@dataclass(frozen=True, slots=True)
class FactChanged:
    """A document was replaced: the milliseconds until it was searchable, and what was embedded for it."""

    edit: FactEdit
    ms: float
    chunks: int
    embedded: int


@dataclass(frozen=True, slots=True)
class KeptOriginal:
    """What is needed to put the old text back: the file before its first edit, the edit, and when it was made."""

    edit: FactEdit
    original: str
    at: datetime


def is_editable(document: str) -> bool:
    """Whether the document is plain text in its file."""
    return PurePosixPath(document).suffix.lower() in EDITABLE


def text_in(document: str, content: bytes) -> str:
    """The file as text; raises BadInput for one that is none."""
    try:
        if is_editable(document):
            return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    raise BadInput(f"{document!r} is no plain text.", hint=f"Choose a file of the kind {', '.join(sorted(EDITABLE))}.")


def edited(text: str, edit: FactEdit) -> str:
    """The text with the line replaced; raises BadInput unless the old words stand in it once and the new differ."""
    count = text.count(edit.old) if edit.old.strip() else 0
    if count != 1:
        stands = "does not stand" if not count else f"stands {count} times"
        raise BadInput(f"“{edit.old[:80]}” {stands} in {edit.document!r}.", hint="Choose a line that stands once.")
    if edit.new.strip() == edit.old.strip():
        raise BadInput("Nothing was changed in the text.", hint="Change the fact, then save.")
    return text.replace(edit.old, edit.new)


def replaced_words(edit: FactEdit) -> tuple[str, str]:
    """The words that the edit exchanges: "85", "95". The first such place counts; "" where words were only added."""
    old, new = edit.old.split(), edit.new.split()
    for kind, a, b, c, d in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind != "equal":
            return " ".join(old[a:b]).strip(".,;:|"), " ".join(new[c:d]).strip(".,;:|")
    return "", ""


def retaught(training_set: TrainingSet, edit: FactEdit) -> tuple[TrainingSet, int]:
    """The set with the new fact in the answers to the edit's question, and how many rows that changed.

    An answer changes where its question is the edit's own and it holds the old words.
    """
    old, new = replaced_words(edit)
    changed = 0
    rows = []
    for row in training_set.train:
        if old and row.input.strip() == edit.question.strip() and old in row.output:
            changed += 1
            row = replace(row, messages=(*row.messages[:-1], Message("assistant", row.output.replace(old, new))))
        rows.append(row)
    return replace(training_set, train=tuple(rows)), changed


def change(
    text: str, edit: FactEdit, ingest: Callable[[Sequence[Upload]], Iterator[IngestEvent]], clock: Callable[[], float]
) -> FactChanged:
    """Replace the document by its edited text; `clock` gives seconds. Raises BadInput, and what ingest refuses."""
    upload = Upload(edit.document, edited(text, edit).encode())
    return _taken_in(edit, upload, ingest, clock)


def put_back(
    kept: KeptOriginal, ingest: Callable[[Sequence[Upload]], Iterator[IngestEvent]], clock: Callable[[], float]
) -> FactChanged:
    """Replace the document by what it was before."""
    return _taken_in(kept.edit, Upload(kept.edit.document, kept.original.encode()), ingest, clock)


class OriginalStore:
    """The text to put back, kept in each workspace's folder, so that it survives a restart."""

    def __init__(self, folder: Callable[[str], Path]) -> None:
        self._folder = folder

    def keep(self, workspace_id: str, kept: KeptOriginal) -> None:
        """Note the original; a second edit of the same document keeps the first original."""
        before = self.load(workspace_id)
        if before is not None and before.edit.document == kept.edit.document:
            kept = replace(kept, original=before.original)
        write_whole(self._path(workspace_id), _KEPT.dump_json(kept))

    def load(self, workspace_id: str) -> KeptOriginal | None:
        """What is to be put back; None where nothing was changed. Raises StoreDamaged."""
        path = self._path(workspace_id)
        if not path.is_file():
            return None
        try:
            return _KEPT.validate_json(path.read_bytes())
        except ValidationError as error:
            raise StoreDamaged(
                f"{_FILE} of the workspace cannot be read.", hint="Delete it, and upload the document again."
            ) from error

    def clear(self, workspace_id: str) -> None:
        """Nothing is to be put back any more."""
        self._path(workspace_id).unlink(missing_ok=True)

    def _path(self, workspace_id: str) -> Path:
        return self._folder(workspace_id) / _FILE


_KEPT = TypeAdapter(KeptOriginal)


def _taken_in(
    edit: FactEdit,
    upload: Upload,
    ingest: Callable[[Sequence[Upload]], Iterator[IngestEvent]],
    clock: Callable[[], float],
) -> FactChanged:
    began = clock()
    done: Ingested | None = None
    for event in ingest((upload,)):
        if isinstance(event, FileOutcome) and event.status == "rejected":
            raise BadInput(f"{event.name} was not taken in: {event.reason}", hint="The old text is still there.")
        if isinstance(event, Ingested):
            done = event
    if done is None:
        raise BadInput("The document was not replaced.", hint="Another ingest was stopped meanwhile: save again.")
    return FactChanged(edit, 1000 * (clock() - began), done.chunks, done.embedded)
