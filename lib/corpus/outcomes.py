"""What ingest reports while it works and at its end."""

from dataclasses import dataclass
from typing import Literal

from lib.domain import Progress as Progress
from lib.domain import Stage as Stage

Status = Literal["indexed", "partial", "rejected"]

STAGES: tuple[Stage, ...] = ("received", "parsed", "chunked", "embedded", "indexed")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: its name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """How one file ended. `change` is "new", "unchanged" or what a new version changed; `reason` explains the rest."""

    name: str
    id: str
    status: Status
    reason: str = ""
    characters: int = 0
    pages: int | None = None
    change: str = ""


@dataclass(frozen=True, slots=True)
class Ingested:
    """The end: what every file became, and what it cost. `seconds` are per stage, in the order of the stages."""

    outcomes: tuple[FileOutcome, ...]
    chunks: int
    embedded: int
    reused: int
    seconds: tuple[tuple[Stage, float], ...]
    stopped: bool = False


IngestEvent = Progress | FileOutcome | Ingested


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """One kept document, as listed; `added` is ISO 8601 in UTC, `size` counts bytes of the file."""

    id: str
    name: str
    media: str
    status: Status
    reason: str
    characters: int
    pages: int | None
    size: int
    added: str


@dataclass(frozen=True, slots=True)
class ApplyPlan:
    """What applying chunk settings would cost; `applied` means that the index is there already."""

    chunks: int
    to_embed: int
    seconds: float
    applied: bool
