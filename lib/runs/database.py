"""The SQLite file of the run log: its tables, its version, and what its failures mean to a person."""

import errno
import sqlite3
from pathlib import Path

from lib.errors import LabError, NotKept, StoreDamaged

VERSION = 1
_WAL_BYTES_KEPT = 8 * 1024 * 1024
_BUSY_S = 10.0

_TABLES = """
CREATE TABLE runs (
    seq INTEGER PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    origin TEXT NOT NULL,
    approach TEXT NOT NULL,
    model TEXT NOT NULL,
    evaluation TEXT NOT NULL,
    setup TEXT NOT NULL,
    case_id TEXT NOT NULL,
    tags TEXT NOT NULL,
    corpus_version TEXT NOT NULL,
    abstained INTEGER NOT NULL,
    correct INTEGER,
    faithfulness REAL,
    total_ms REAL NOT NULL,
    tokens INTEGER NOT NULL,
    cost_usd REAL,
    label TEXT NOT NULL,
    stars INTEGER NOT NULL,
    area TEXT NOT NULL,
    review TEXT NOT NULL,
    error TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    words TEXT NOT NULL,
    remarks TEXT NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX runs_by_id ON runs (workspace_id, id);
CREATE INDEX runs_by_time ON runs (workspace_id, at, seq);
CREATE INDEX runs_by_evaluation ON runs (workspace_id, evaluation, seq) WHERE evaluation <> '';
CREATE TABLE evaluations (
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    evaluation TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id)
) STRICT;
"""


def open_database(path: Path) -> sqlite3.Connection:
    """The run log at `path`, made if it is not there; every commit is on the disk when it returns.

    Raises StoreDamaged for a file that cannot be read or is of a newer version: such a file is left as it is.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(path, timeout=_BUSY_S, check_same_thread=False, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise told(error, path) from error
    try:
        _prepare(database, path)
    except sqlite3.Error as error:
        database.close()
        raise told(error, path) from error
    except BaseException:
        database.close()
        raise
    return database


def told(error: sqlite3.Error | OSError, path: Path) -> LabError:
    """What a failure of the file means to the person."""
    name = getattr(error, "sqlite_errorname", "")
    said = str(error)
    if name in ("SQLITE_NOTADB", "SQLITE_CORRUPT") or name.startswith("SQLITE_CORRUPT"):
        return StoreDamaged(
            f"The run log {path.name} cannot be read: {said}.",
            hint=f"Move {path.name} (with its -wal and -shm files) out of the data folder to begin a new one. "
            "Nothing deletes it for you.",
        )
    if name == "SQLITE_FULL" or "full" in said or getattr(error, "errno", None) == errno.ENOSPC:
        return NotKept(
            f"The disk is full: the run log {path.name} could not take this in, and keeps what it held.",
            hint="Free some space on the disk of the data folder, then try again.",
        )
    return NotKept(
        f"The run log {path.name} could not be written or read: {said}.",
        hint="See that the data folder's disk is there, has space and may be written to, then try again.",
    )


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise StoreDamaged(
            f"The run log {path.name} is of version {version}; this Openbook reads up to {VERSION}.",
            hint=f"Start the newer Openbook, or move {path.name} out of the data folder to begin a new one.",
        )
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute(f"PRAGMA journal_size_limit={_WAL_BYTES_KEPT}")
    if version == 0:
        _make_tables(database, path)


def _make_tables(database: sqlite3.Connection, path: Path) -> None:
    """All tables and the version in one transaction; a file that holds something else is not touched."""
    database.execute("BEGIN IMMEDIATE")
    try:
        if database.execute("PRAGMA user_version").fetchone()[0] == 0:
            if database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise StoreDamaged(
                    f"{path.name} is a database of something else, not a run log.",
                    hint=f"Move {path.name} out of the data folder to begin a new one.",
                )
            for statement in _TABLES.split(";")[:-1]:
                database.execute(statement)
            database.execute(f"PRAGMA user_version={VERSION}")
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise
