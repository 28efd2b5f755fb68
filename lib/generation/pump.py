"""Reads a blocking stream in a thread of its own, so that whoever waits for it can stop waiting."""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Ended:
    error: Exception | None


class Pump(Generic[T]):
    """Runs `read` in a thread and hands its items over one by one.

    `cut` must make a read that is under way return soon; it is called once, when the pump is closed early.
    """

    def __init__(self, read: Callable[[], Iterator[T]], *, cut: Callable[[], None]) -> None:
        self._read, self._cut = read, cut
        self._items: queue.SimpleQueue[T | _Ended] = queue.SimpleQueue()
        self._ended = False
        threading.Thread(target=self._run, name="openbook-stream", daemon=True).start()

    def next(self, timeout_s: float) -> T | None:
        """The next item, None at the end. Raises TimeoutError, or what `read` raised."""
        try:
            item = self._items.get(timeout=max(timeout_s, 0.0))
        except queue.Empty:
            raise TimeoutError from None
        if not isinstance(item, _Ended):
            return item
        self._ended = True
        if item.error is not None:
            raise item.error
        return None

    def close(self) -> None:
        """Stop reading; safe to call twice and after the end."""
        if not self._ended:
            self._ended = True
            self._cut()

    def _run(self) -> None:
        error: Exception | None = None
        try:
            for item in self._read():
                if self._ended:
                    break
                self._items.put(item)
        except Exception as caught:  # not hidden: `next` raises it where someone waits
            error = caught
        self._items.put(_Ended(error))
