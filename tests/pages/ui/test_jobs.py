"""Background work outlives the page that started it, can be stopped, and hides no failure."""

import threading
from collections.abc import Callable, Iterator

from pages.ui.jobs import Job, JobBoard


def counting(stopped: Callable[[], bool]) -> Iterator[int]:
    yield from range(3)


def endless(stopped: Callable[[], bool]) -> Iterator[int]:
    number = 0
    while not stopped():
        yield number
        number += 1


def broken(stopped: Callable[[], bool]) -> Iterator[int]:
    yield 1
    raise ZeroDivisionError("boom")


def test_a_job_keeps_all_that_happened_in_order() -> None:
    job = Job(counting, name="count")
    assert job.wait(5)
    assert job.events == (0, 1, 2)
    assert not job.running
    assert job.failure is None


def test_a_job_that_is_told_to_stop_ends_and_says_so() -> None:
    job = Job(endless, name="endless")
    job.stop()
    assert job.wait(5)
    assert job.stopped


def test_a_failure_is_kept_with_what_came_before_it() -> None:
    job = Job(broken, name="broken")
    assert job.wait(5)
    assert job.events == (1,)
    assert isinstance(job.failure, ZeroDivisionError)


def test_the_end_is_announced_before_the_job_counts_as_over() -> None:
    told = threading.Event()
    job = Job(counting, name="count", finished=told.set)
    assert job.wait(5)
    assert told.is_set()


def test_one_name_runs_one_job_at_a_time() -> None:
    board = JobBoard()
    first = board.start("ingest", endless)
    assert board.start("ingest", counting) is first
    first.stop()
    second = board.start("ingest", counting)
    assert second is not first
    assert second.wait(5)
    assert board.get("ingest") is second


def test_a_running_job_cannot_be_forgotten_a_finished_one_can() -> None:
    board = JobBoard()
    job = board.start("ingest", endless)
    board.clear("ingest")
    assert board.get("ingest") is job
    job.stop()
    job.wait(5)
    board.clear("ingest")
    assert board.get("ingest") is None
