"""One thread that writes: changes that wait while a commit is under way share the next one (group commit)."""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable

Change = Callable[[sqlite3.Connection], object]
"""Writes within the open transaction; what it raises is raised to whoever asked for it."""

_CHECKPOINT_PAGES = 16_384
_IDLE_S = 0.25


class _Ticket:
    """A change that waits for its commit."""

    __slots__ = ("change", "done", "error")

    def __init__(self, change: Change) -> None:
        self.change = change
        self.done = threading.Event()
        self.error: BaseException | None = None


class GroupWriter:
    """Runs changes in the order in which they came, many to a commit.

    The log that SQLite writes ahead is copied into the file when nothing waits, so that no commit waits for that; only
    in a long stream of changes it is copied every 64 MB.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        """Takes the connection over."""
        self._database = database
        self._database.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
        self._waiting: deque[_Ticket] = deque()
        self._wake = threading.Semaphore(0)
        self._closing = False
        self._closed = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="run-log", daemon=True)
        self._thread.start()

    def write(self, change: Change) -> None:
        """Run `change` and come back when it is on the disk; raises what it raised, or sqlite3.Error."""
        ticket = _Ticket(change)
        with self._closed:
            if self._closing:
                raise sqlite3.ProgrammingError("it is closed")
            self._waiting.append(ticket)
        self._wake.release()
        ticket.done.wait()
        if ticket.error is not None:
            raise ticket.error

    def close(self) -> None:
        """Write what waits, then give the file back; harmless the second time."""
        with self._closed:
            self._closing = True
        self._wake.release()
        self._thread.join()

    def _serve(self) -> None:
        copied = True
        while True:
            came = self._wake.acquire(timeout=None if copied else _IDLE_S)
            if self._waiting:
                self._commit([self._waiting.popleft() for _ in range(len(self._waiting))])
                copied = False
            elif self._closing:
                break
            elif not came:
                self._copy()
                copied = True
        self._database.close()

    def _commit(self, tickets: list[_Ticket]) -> None:
        try:
            self._database.execute("BEGIN IMMEDIATE")
            for ticket in tickets:
                self._run(ticket)
            self._database.execute("COMMIT")
        except BaseException as error:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            for ticket in tickets:
                ticket.error = error
        for ticket in tickets:
            ticket.done.set()

    def _run(self, ticket: _Ticket) -> None:
        """One change; what fails in it alone is taken back alone, a failure of the disk ends the whole batch."""
        self._database.execute("SAVEPOINT change")
        try:
            ticket.change(self._database)
        except Exception as error:
            if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
                raise
            self._database.execute("ROLLBACK TO change")
            ticket.error = error
        self._database.execute("RELEASE change")

    def _copy(self) -> None:
        try:
            self._database.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error:
            return  # nothing is lost: what is committed stays in the log and is copied another time
