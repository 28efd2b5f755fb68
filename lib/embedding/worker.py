"""One thread that does all of a model's work: a model or tokenizer shared by threads fails ("Already borrowed")."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_QUEUE = 64


class Worker:
    """Runs calls one after the other, in order of arrival; the queue is bounded, and a full one makes callers wait."""

    def __init__(self, name: str, *, queue: int = _QUEUE) -> None:
        """`name` is the thread's, as a debugger shows it."""
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._places = threading.BoundedSemaphore(queue)

    def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, done in the worker's thread; its exceptions are raised here."""
        with self._places:
            return self._threads.submit(work).result()

    def close(self) -> None:
        """Let the thread end; what is queued is still done."""
        self._threads.shutdown(wait=False)
