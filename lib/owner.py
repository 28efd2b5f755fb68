"""One process owns a data folder; a second one stops within seconds and names the owner."""

import json
import os
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from lib.errors import DataFolderBusy
from lib.files import write_whole

WAIT_S = 2.0


@dataclass(frozen=True, slots=True)
class Ownership:
    """A held data folder; `release` lets another process have it. The operating system releases it after a kill."""

    folder: Path
    lock: FileLock

    def release(self) -> None:
        """Give the folder back; calling it twice does nothing more."""
        self.lock.release(force=True)


def own(folder: Path, *, now: datetime) -> Ownership:
    """Take the data folder for this process; raises DataFolderBusy, naming the owner, if another process has it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataFolderBusy(
            f"The data folder {str(folder)!r} cannot be made: {error.strerror}.",
            hint="Set OPENBOOK_DATA_DIR (or --data-dir) to a folder that you may write to.",
        ) from error
    lock = FileLock(folder / "owner.lock", timeout=WAIT_S)
    try:
        lock.acquire()
    except Timeout:
        raise DataFolderBusy(
            f"The data folder {str(folder)!r} is in use by {_owner(folder)}.",
            hint="Stop that process, or choose another folder with OPENBOOK_DATA_DIR (or --data-dir).",
        ) from None
    note = {"pid": os.getpid(), "program": _program(), "since": now.isoformat(timespec="seconds")}
    write_whole(folder / "owner.json", json.dumps(note).encode())
    return Ownership(folder, lock)


def _program() -> str:
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:3]]).strip() or "python"


def _owner(folder: Path) -> str:
    """Who wrote the owner's note; the note is for people, the lock decides."""
    try:
        note = json.loads((folder / "owner.json").read_text(encoding="utf-8"))
        return f"process {note['pid']} ({note['program']}, since {note['since']})"
    except (OSError, ValueError, KeyError):
        return "another process"
