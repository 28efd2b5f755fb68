"""The run log: every answer as one record in `runs.sqlite`, with what people say of it."""

import itertools
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from lib.errors import BadInput, NotFound, NotKept
from lib.records import Evaluation, Remarks, Review, RunRecord
from lib.runs.approval import approval_area
from lib.runs.database import open_database, told
from lib.runs.query import ROW_COLUMNS, Bound, Choices, RunPage, RunQuery, conditions, microseconds, row_of, tags_of
from lib.runs.rows import COLUMNS, KeptRun, from_json, remark_columns, row_of_record, to_json
from lib.runs.writer import Change, GroupWriter

_INSERT = f"INSERT INTO runs ({COLUMNS}) VALUES ({', '.join('?' * len(COLUMNS.split(',')))})"  # noqa: S608
_COUNTER = itertools.count()


def new_run_id(now: datetime) -> str:
    """An id for a run that began `now`: later ones sort after earlier ones, and no two are the same."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{next(_COUNTER) % 0x10000:04x}{secrets.token_hex(3)}"


class RunStore:
    """One SQLite file; many threads may share it. It is opened when it is first used.

    Every method raises StoreDamaged for a file that cannot be read and NotKept for a disk that takes nothing more.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opening = threading.Lock()
        self._amending = threading.Lock()
        self._writer: GroupWriter | None = None
        self._readers: list[sqlite3.Connection] = []
        self._closed = False

    # Runs

    def add(self, record: RunRecord) -> None:
        """Keep the record; when this returns it survives a power cut.

        An answer that needs approval goes into the review queue. Raises BadInput for an id that is there already.
        """
        area = approval_area(record)
        row = row_of_record(record, Remarks(review=Review(area)) if area else Remarks())
        try:
            self._write(lambda database: database.execute(_INSERT, row))
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorname != "SQLITE_CONSTRAINT_UNIQUE":
                raise
            raise BadInput(
                f"A run with the id {record.id!r} is kept already.", hint="Give each run its own."
            ) from error

    def get(self, workspace_id: str, run_id: str) -> RunRecord:
        """One record, whole; raises NotFound."""
        return from_json(RunRecord, self._one("record", workspace_id, run_id))

    def find(self, workspace_id: str, query: RunQuery) -> RunPage:
        """The runs that are meant, newest first."""
        where, bound = conditions(workspace_id, query)
        # Only fixed text and question marks are put into the statements.
        rows = f"SELECT {ROW_COLUMNS} FROM runs WHERE {where} ORDER BY at DESC, seq DESC LIMIT ? OFFSET ?"  # noqa: S608
        with self._reading() as database:
            total = database.execute(f"SELECT count(*) FROM runs WHERE {where}", bound).fetchone()[0]  # noqa: S608
            found = database.execute(rows, [*bound, max(0, query.limit), max(0, query.offset)]).fetchall()
        return RunPage(tuple(row_of(columns) for columns in found), total)

    def kept(self, workspace_id: str, query: RunQuery) -> Iterator[KeptRun]:
        """The runs that are meant, whole, with what people said of them, newest first; read one by one."""
        where, bound = conditions(workspace_id, query)
        statement = f"SELECT seq FROM runs WHERE {where} ORDER BY at DESC, seq DESC LIMIT ? OFFSET ?"  # noqa: S608
        for seq in self._all(statement, *bound, max(0, query.limit), max(0, query.offset)):
            with self._reading() as database:
                found = database.execute("SELECT record, remarks FROM runs WHERE seq = ?", (seq,)).fetchone()
            if found is not None:
                yield KeptRun(from_json(RunRecord, found[0]), from_json(Remarks, found[1]))

    def choices(self, workspace_id: str) -> Choices:
        """The models and tags that the workspace's runs have."""
        models = self._all("SELECT DISTINCT model FROM runs WHERE workspace_id = ? ORDER BY model", workspace_id)
        tags = self._all("SELECT DISTINCT tags FROM runs WHERE workspace_id = ? AND tags <> ''", workspace_id)
        return Choices(tuple(models), tuple(sorted({tag for column in tags for tag in tags_of(column)})))

    def count(self, workspace_id: str) -> int:
        """How many runs the workspace has."""
        [number] = self._all("SELECT count(*) FROM runs WHERE workspace_id = ?", workspace_id)
        return int(number)

    def forget(self, workspace_id: str, ids: Sequence[str]) -> int:
        """Remove these runs with what was said of them; how many there were."""
        gone = 0

        def change(database: sqlite3.Connection) -> None:
            nonlocal gone
            for run_id in ids:
                gone += database.execute(
                    "DELETE FROM runs WHERE workspace_id = ? AND id = ?", (workspace_id, run_id)
                ).rowcount

        self._write(change)
        return gone

    def clear(self, workspace_id: str) -> None:
        """Remove every run and evaluation of the workspace."""

        def change(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM runs WHERE workspace_id = ?", (workspace_id,))
            database.execute("DELETE FROM evaluations WHERE workspace_id = ?", (workspace_id,))

        self._write(change)

    # What people say

    def remarks(self, workspace_id: str, run_id: str) -> Remarks:
        """What people said of a run; raises NotFound."""
        return from_json(Remarks, self._one("remarks", workspace_id, run_id))

    def remark(self, workspace_id: str, run_id: str, remarks: Remarks) -> None:
        """Keep this in place of what was said before; raises NotFound."""
        columns = (to_json(remarks), *remark_columns(self.get(workspace_id, run_id), remarks))
        self._write(
            lambda database: database.execute(
                "UPDATE runs SET remarks = ?, label = ?, stars = ?, area = ?, review = ? "
                "WHERE workspace_id = ? AND id = ?",
                (*columns, workspace_id, run_id),
            )
        )

    def amend(self, workspace_id: str, run_id: str, change: Callable[[Remarks], Remarks]) -> None:
        """Keep what `change` makes of what was said so far; one at a time, so that nobody's word is lost.

        Raises NotFound, and what `change` raises: then nothing is kept.
        """
        with self._amending:
            self.remark(workspace_id, run_id, change(self.remarks(workspace_id, run_id)))

    # Evaluations

    def keep_evaluation(self, evaluation: Evaluation) -> None:
        """Keep it, in place of one of the same id."""
        row = (evaluation.workspace_id, evaluation.id, microseconds(evaluation.at), to_json(evaluation))
        self._write(lambda database: database.execute("INSERT OR REPLACE INTO evaluations VALUES (?, ?, ?, ?)", row))

    def evaluation(self, workspace_id: str, evaluation_id: str) -> Evaluation:
        """One evaluation; raises NotFound."""
        found = self._all(
            "SELECT evaluation FROM evaluations WHERE workspace_id = ? AND id = ?", workspace_id, evaluation_id
        )
        if not found:
            raise NotFound(f"There is no evaluation {evaluation_id!r} in this workspace.", hint="See the list of them.")
        return _evaluation(found[0])

    def newest_evaluation(self, workspace_id: str) -> Evaluation | None:
        """The one that was planned last, if there is any."""
        found = self._all(
            "SELECT evaluation FROM evaluations WHERE workspace_id = ? ORDER BY at DESC, id DESC LIMIT 1", workspace_id
        )
        return _evaluation(found[0]) if found else None

    def evaluations(self, workspace_id: str) -> tuple[Evaluation, ...]:
        """All of the workspace, newest first."""
        found = self._all(
            "SELECT evaluation FROM evaluations WHERE workspace_id = ? ORDER BY at DESC, id DESC", workspace_id
        )
        return tuple(_evaluation(text) for text in found)

    # The file

    def close(self) -> None:
        """Write what waits and give the file back; harmless the second time."""
        with self._opening:
            self._closed = True
            if self._writer is not None:
                self._writer.close()
            while self._readers:
                self._readers.pop().close()

    def _one(self, column: str, workspace_id: str, run_id: str) -> str:
        found = self._all(f"SELECT {column} FROM runs WHERE workspace_id = ? AND id = ?", workspace_id, run_id)  # noqa: S608
        if not found:
            raise NotFound(
                f"There is no run {run_id!r} in this workspace.", hint="`runs list` and the page Runs show all."
            )
        return str(found[0])

    def _all(self, statement: str, *bound: Bound) -> list[Any]:
        """The first column of every row."""
        with self._reading() as database:
            return [columns[0] for columns in database.execute(statement, bound)]

    def _write(self, change: Change) -> None:
        try:
            self._opened().write(change)
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise told(error, self._path) from error

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for one reader; reads never wait for writes."""
        self._opened()
        try:
            reader = self._readers.pop()
        except IndexError:
            reader = open_database(self._path)
        try:
            yield reader
        except sqlite3.Error as error:
            raise told(error, self._path) from error
        finally:
            if self._closed:
                reader.close()
            else:
                self._readers.append(reader)

    def _opened(self) -> GroupWriter:
        with self._opening:
            if self._closed:
                raise NotKept(f"The run log {self._path.name} is closed.", hint="Open the lab again.")
            if self._writer is None:
                self._writer = GroupWriter(lambda: open_database(self._path))
            return self._writer


@lru_cache(maxsize=64)
def _evaluation(text: str) -> Evaluation:
    """An evaluation holds its whole eval set, and screens list them all at every rerun: each is read once."""
    return from_json(Evaluation, text)
