"""Changes that wait while a commit is under way share the next one (group commit), so many writers cost few commits."""

import contextlib
import sqlite3
import threading
from collections.abc import Callable

Change = Callable[[sqlite3.Connection], object]
"""Writes within the open transaction. One that raises IntegrityError has written nothing, and fails alone."""

_LONGEST_LOG_PAGES = 16_384
_COPY_EVERY_S = 0.5
_PATIENCE_S = 10.0


class _Ticket:
    """A change that waits for its commit, or for its turn to commit for all that wait."""

    __slots__ = ("called", "change", "done", "error")

    def __init__(self, change: Change) -> None:
        self.change = change
        self.called = threading.Event()
        self.done = False
        self.error: BaseException | None = None


class GroupWriter:
    """One writer at a time: whoever comes when nobody writes commits for all that wait, then calls the next one.

    No thread of its own stands between a change and the disk: under load each hand-over costs more than a commit.
    SQLite's write-ahead log is copied into the file by a thread beside the commits, which wait for that only when the
    log has grown to 64 MB all the same.
    """

    def __init__(self, opened: Callable[[], sqlite3.Connection]) -> None:
        """Opens two connections, to write and to copy."""
        self._database = opened()
        self._database.execute(f"PRAGMA wal_autocheckpoint={_LONGEST_LOG_PAGES}")
        self._idle = threading.Condition()
        self._waiting: list[_Ticket] = []
        self._busy = self._closing = False
        self._written, self._closed = threading.Event(), threading.Event()
        self._copier = threading.Thread(target=self._copy, args=(opened(),), name="run-log", daemon=True)
        self._copier.start()

    def write(self, change: Change) -> None:
        """Run `change` and come back when it is on the disk; raises what it raised, or sqlite3.Error."""
        ticket = _Ticket(change)
        with self._idle:
            if self._closing:
                raise sqlite3.ProgrammingError("it is closed")
            self._waiting.append(ticket)
            nobody_writes, self._busy = not self._busy, True
        if not nobody_writes:
            ticket.called.wait()
        if not ticket.done:
            self._write_all()
        if ticket.error is not None:
            raise ticket.error

    def close(self) -> None:
        """Write what waits, then give the file back; harmless the second time."""
        with self._idle:
            self._closing = True
            self._idle.wait_for(lambda: not self._busy, timeout=_PATIENCE_S)
        self._closed.set()
        self._written.set()
        self._copier.join()
        self._database.close()

    def _write_all(self) -> None:
        """Commit for everyone who waits, call the one whose turn is next, then tell the others."""
        with self._idle:
            tickets, self._waiting = self._waiting, []
        self._commit(tickets)
        with self._idle:
            following = self._waiting[:1]
            self._busy = bool(following)
            self._idle.notify_all()
        for ticket in tickets:
            ticket.done = True
        for ticket in (*following, *tickets):
            ticket.called.set()
        self._written.set()

    def _commit(self, tickets: list[_Ticket]) -> None:
        try:
            self._database.execute("BEGIN IMMEDIATE")
            for ticket in tickets:
                try:
                    ticket.change(self._database)
                except sqlite3.IntegrityError as error:
                    ticket.error = error
            self._database.execute("COMMIT")
        except BaseException as error:  # whoever commits must not leave the others waiting for ever
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            for ticket in tickets:
                ticket.error = error

    def _copy(self, database: sqlite3.Connection) -> None:
        while not self._closed.is_set():
            self._written.wait()
            self._written.clear()
            with contextlib.suppress(sqlite3.Error):  # nothing is lost: the log is copied another time
                database.execute("PRAGMA wal_checkpoint(PASSIVE)")
            self._closed.wait(_COPY_EVERY_S)
        database.close()
