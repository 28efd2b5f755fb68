"""Who is answered when: llama.cpp works on one adapter at a time, whoever sits in its first slot before all others.

Left to itself it lets a request with another adapter wait, in the middle of its answer if need be, for as long as the
first slot has work. So requests that would not share a batch wait here, in the order in which they came.
"""

import collections
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lib.errors import ModelTimeout
from lib.settings import LIMITS


class Turns:
    """Requests of one kind run together; another kind waits until those have ended. Nobody overtakes who waits."""

    def __init__(self, *, patience_s: float = LIMITS.total_timeout_s) -> None:
        self._patience_s = patience_s
        self._changed = threading.Condition()
        self._waiting: collections.deque[object] = collections.deque()
        self._kind: str | None = None
        self._running = 0

    @contextmanager
    def turn(self, kind: str) -> Iterator[None]:
        """Wait for the turn and keep it. Raises ModelTimeout when it does not come in time."""
        self._wait(kind)
        try:
            yield
        finally:
            self._end()

    def _wait(self, kind: str) -> None:
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                if not self._changed.wait_for(lambda: self._may_run(ticket, kind), self._patience_s):
                    raise _too_busy(self._patience_s)
                self._kind = kind
                self._running += 1
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def _may_run(self, ticket: object, kind: str) -> bool:
        return self._waiting[0] is ticket and (self._running == 0 or self._kind == kind)

    def _end(self) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify_all()


def _too_busy(waited_s: float) -> ModelTimeout:
    return ModelTimeout(
        f"The model was busy with other questions for {waited_s:g} s.",
        hint="Ask again, or stop an evaluation that runs at the same time.",
    )
