"""Every finished answer goes into the run log, in the job that answers: a visit to another page loses none.

A log that fails never costs the answer: the failure is one more event, shown as a warning beside it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lib.domain import Answered, AnswerEvent
from lib.errors import LabError
from lib.lab import Lab
from lib.records import Origin, RunRecord
from lib.settings import Workspace


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer stands in the run log."""

    record: RunRecord


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """The run log did not take the answer, and why."""

    error: LabError


def recorded(
    events: Iterator[AnswerEvent], house: Lab, workspace: Workspace, origin: Origin, stopped: Callable[[], bool]
) -> Iterator[AnswerEvent | Recorded | NotRecorded]:
    """The events of an answer until it is stopped; its end is kept before it is given, and given whenever it is kept.

    Stopping closes the model's stream at its next token; what was stopped is not kept.
    """
    for event in events:
        if isinstance(event, Answered):
            try:
                yield Recorded(house.measuring.record(event.answer, workspace, origin))
            except LabError as error:
                yield NotRecorded(error)
        yield event
        if stopped():
            getattr(events, "close", lambda: None)()
            return
