"""Asking why a passage did not come, as background work: first what is known at once, then the cuts by live search."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from lib.domain import Progress
from lib.errors import LabError
from lib.evaluation.why_not import Inquiry, Trying, WhyNot, why_not
from lib.lab import Lab
from pages.ui import services
from pages.ui.jobs import Job

Event = Progress | Trying | WhyNot


def start(workspace_id: str, inquiry: Inquiry) -> Job[object]:
    """Begin; an inquiry that still runs is stopped first. What it gives are `Event`s."""
    if (before := job(workspace_id)) is not None:
        before.stop()
    house = services.lab()

    def work(stopped: Callable[[], bool]) -> Iterator[Event]:
        for event in _found_out(house, workspace_id, inquiry):
            yield event
            if stopped():
                return

    return services.jobs().start(_name(workspace_id), work)


def job(workspace_id: str) -> Job[object] | None:
    """The workspace's last inquiry, running or over."""
    return services.jobs().get(_name(workspace_id))


def last_found(job: Job[object]) -> WhyNot | None:
    """The latest that is known; the cuts come later than the rest."""
    return next((event for event in reversed(job.events) if isinstance(event, WhyNot)), None)


def _found_out(house: Lab, workspace_id: str, inquiry: Inquiry) -> Iterator[Event]:
    house.retriever(workspace_id, inquiry.chunking, inquiry.retrieval)
    index = house.searching.index(workspace_id, house.version(workspace_id), inquiry.chunking)
    most = house.searching.embedder.max_tokens
    first: WhyNot | None = None
    for event in why_not(inquiry, index, None, most=most):
        yield event
        first = event if isinstance(event, WhyNot) else first
    if first is None or first.came:
        return
    live = house.live(workspace_id)
    try:
        yield from live.prepare()
    except LabError as error:
        yield replace(first, untried=f"Other cuts were not tried: {error.message}")
        return
    yield from why_not(inquiry, index, live, most=most)


def _name(workspace_id: str) -> str:
    return f"why-not:{workspace_id}"
