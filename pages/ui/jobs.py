"""Long work in a thread of its own, so that no rerun of a page and no visit to another one loses it.

A job never touches the screen: it collects what an iterator yields, and a page polls it.
"""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Event = TypeVar("Event")
Work = Callable[[Callable[[], bool]], Iterator[Event]]
"""Given a question "was I stopped?", yields what happens."""

_STOP_GRACE_S = 10.0


class Job(Generic[Event]):
    """One run of `work`, started at once.

    `stop` only tells the work, which asks between its events and ends in its own way.
    """

    def __init__(self, work: Work[Event], *, name: str, finished: Callable[[], None] = lambda: None) -> None:
        self.name = name
        self.started = time.monotonic()
        self._events: list[Event] = []
        self._failure: BaseException | None = None
        self._stop = threading.Event()
        self._done = threading.Event()
        self._finished = finished
        self._thread = threading.Thread(target=self._run, args=(work,), name=f"job-{name}", daemon=True)
        self._thread.start()

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything so far, in order."""
        return tuple(self._events)

    @property
    def running(self) -> bool:
        """Whether the work is not over yet, stopped or not."""
        return not self._done.is_set()

    @property
    def stopped(self) -> bool:
        """Whether a person ended it."""
        return self._stop.is_set()

    @property
    def failure(self) -> BaseException | None:
        """What ended the work early, if something did."""
        return self._failure

    def stop(self) -> None:
        """Ask the work to end; harmless when it is over."""
        if not self._done.is_set():
            self._stop.set()

    def wait(self, timeout_s: float) -> bool:
        """Whether the work ended within `timeout_s`."""
        return self._done.wait(timeout_s)

    def _run(self, work: Work[Event]) -> None:
        try:
            for event in work(self._stop.is_set):
                self._events.append(event)
        except BaseException as failure:  # a thread has nobody to raise to: the page that polls raises it
            self._failure = failure
        finally:
            self._finished()
            self._done.set()


class JobBoard:
    """The jobs of a process by name: one at a time under each name."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job[object]] = {}
        self._lock = threading.Lock()

    def start(self, name: str, work: Work[object], *, finished: Callable[[], None] = lambda: None) -> Job[object]:
        """Start `work` under `name`; one that still runs there is returned instead, unless it was told to stop."""
        with self._lock:
            current = self._jobs.get(name)
            if current is not None and not current.wait(_STOP_GRACE_S if current.stopped else 0):
                return current
            self._jobs[name] = job = Job(work, name=name, finished=finished)
            return job

    def get(self, name: str) -> Job[object] | None:
        """The last job under that name, running or over."""
        return self._jobs.get(name)

    def clear(self, name: str) -> None:
        """Forget a job that is over."""
        with self._lock:
            job = self._jobs.get(name)
            if job is not None and not job.running:
                del self._jobs[name]
