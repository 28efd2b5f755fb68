"""Up to four answers to one question, asked together in the background and kept for the session."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from lib.corpus.outcomes import IngestEvent, Progress
from lib.domain import Answer, AnswerEvent, ApproachName
from lib.lab import Lab
from lib.records import Origin
from lib.settings import ModelChoice, Workspace
from pages.ui import parts, progress, services, state, theme
from pages.ui.asking import Asked
from pages.ui.jobs import Job
from pages.ui.recording import NotRecorded, Recorded, recorded

_KEPT = "compare.kept."
_WAIT_S = 0.1
SEARCHING = (ApproachName.RAG, ApproachName.HYBRID)
"""Approaches that read passages; the others have nothing to cite."""


class Kind(StrEnum):
    """What is set beside what."""

    APPROACHES = "approaches"
    SETTINGS = "settings"


class Absent(StrEnum):
    """Why a side has no answer and cannot have one yet."""

    NO = ""
    QUOTES_ONLY = "the model only quotes"
    NO_ADAPTER = "no adapter is chosen"


@dataclass(frozen=True, slots=True)
class Side:
    """One column: the settings that it was asked under, and its answer; none where it is `absent`."""

    name: str
    label: str
    approach: ApproachName
    workspace: Workspace
    asked: Asked | None = None
    absent: Absent = Absent.NO

    @property
    def live(self) -> bool:
        """Whether words may still come."""
        return self.asked is not None and self.asked.live

    @property
    def answer(self) -> Answer | None:
        """The answer once it is over, stopped ones too."""
        return self.asked.answer if self.asked is not None and not self.asked.live else None

    @property
    def whole(self) -> Answer | None:
        """The answer that came to its end."""
        return self.answer if self.answer is not None and not self.answer.stopped else None

    @property
    def searches(self) -> bool:
        """Whether it reads passages."""
        return self.approach in SEARCHING

    @property
    def indexing(self) -> Progress | None:
        """The stage at which the index that this side needs is, while it is made."""
        events: tuple[object, ...] = self.asked.job.events if self.asked is not None else ()
        stages = progress.latest(events).values()
        return next((stage for stage in stages if stage.done < stage.total), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question and its columns, in the order of the approaches, or A before B."""

    kind: Kind
    sides: tuple[Side, ...]

    @property
    def asked_of(self) -> Workspace:
        """The settings that all sides share; those of A where two settings are compared."""
        return self.sides[0].workspace

    @property
    def question(self) -> str:
        """What all were asked."""
        return self.asked_of.question

    @property
    def live(self) -> bool:
        """Whether any still answers."""
        return any(side.live for side in self.sides)

    def side(self, approach: ApproachName) -> Side | None:
        """The first column of that approach, if it takes part."""
        return next((side for side in self.sides if side.approach is approach), None)

    def stop(self) -> None:
        """End what still answers."""
        for side in self.sides:
            if side.asked is not None:
                side.asked.job.stop()


def current(kind: Kind) -> Comparison | None:
    """What was last compared in that way in this session."""
    return state.recall(_KEPT + kind, None)


def ask_approaches(workspace: Workspace, approaches: Sequence[ApproachName]) -> None:
    """Ask each approach with the same base model; on this machine in turn, so that each one's time is its own."""
    sides = [
        Side(name.value, theme.look(name).label, name, workspace, absent=_absent(name, workspace))
        for name in approaches
    ]
    _replace(Kind.APPROACHES, sides)


def ask_settings(workspace: Workspace, variation: Workspace) -> None:
    """Ask RAG under both settings; an index that is missing is made first, and both answers wait for it."""
    sides = [Side("a", "A", ApproachName.RAG, workspace), Side("b", "B", ApproachName.RAG, variation)]
    _replace(Kind.SETTINGS, sides)


def lend_built_in(name: str) -> None:
    """Let the built-in model write the column called `name` beside an answerer that only quotes."""
    compared = current(Kind.APPROACHES)
    if compared is None:
        return
    model = ModelChoice()
    sides = [
        _ask(replace(side, workspace=replace(side.workspace, model=model), absent=Absent.NO), _Turn.alone())
        if side.name == name
        else side
        for side in compared.sides
    ]
    state.remember(_KEPT + compared.kind, replace(compared, sides=tuple(sides)))


def _absent(name: ApproachName, workspace: Workspace) -> Absent:
    if workspace.model.kind == "extractive" and name is not ApproachName.RAG:
        return Absent.QUOTES_ONLY
    if name is ApproachName.FINE_TUNED and not workspace.adapter:
        return Absent.NO_ADAPTER
    return Absent.NO


@dataclass(frozen=True, slots=True)
class _Turn:
    """When a side may answer: once `indexes` are all there and `before` is over; it sets its own two events.

    An answer given beside the embedding of an index, or beside another answer of the same small machine, would look
    slow through no fault of its settings.
    """

    indexed: threading.Event
    over: threading.Event
    indexes: tuple[threading.Event, ...] = ()
    before: threading.Event | None = None

    @classmethod
    def alone(cls) -> "_Turn":
        return cls(threading.Event(), threading.Event())

    def wait(self, stopped: Callable[[], bool]) -> None:
        """Until it is this side's turn, or somebody stopped it."""
        for event in (*self.indexes, *([self.before] if self.before else [])):
            while not stopped() and not event.wait(_WAIT_S):
                pass


def _turns(sides: Sequence[Side]) -> list[_Turn]:
    """A turn for each side; answers of an endpoint come all at once."""
    indexed = tuple(threading.Event() for _ in sides)
    over = [threading.Event() for _ in sides]
    turns = []
    before: threading.Event | None = None
    for place, side in enumerate(sides):
        turns.append(_Turn(indexed[place], over[place], indexed, before))
        before = over[place] if side.workspace.model.kind != "endpoint" else None
    return turns


def _replace(kind: Kind, sides: Sequence[Side]) -> None:
    """Ask the sides that can answer and keep this comparison; the one before is stopped."""
    if earlier := current(kind):
        earlier.stop()
    present = [side for side in sides if side.absent is Absent.NO]
    asked = {side.name: _ask(side, turn) for side, turn in zip(present, _turns(present), strict=True)}
    state.remember(_KEPT + kind, Comparison(kind, tuple(asked.get(side.name, side) for side in sides)))


def _ask(side: Side, turn: _Turn) -> Side:
    job = Job(_work(services.lab(), side, turn, state.key()), name=f"compare:{side.name}")
    words = parts.model_words(side.workspace.model)
    return replace(side, asked=Asked(job, side.workspace.question, side.approach, words))


def _work(
    house: Lab, side: Side, turn: _Turn, key: str
) -> Callable[[Callable[[], bool]], Iterator[AnswerEvent | Recorded | NotRecorded | Any]]:
    """What a side does in its thread: make the index that it lacks, wait for its turn, answer, be recorded."""
    counter, workspace = services.versions(), side.workspace

    def index(stopped: Callable[[], bool]) -> Iterator[IngestEvent]:
        try:
            if side.searches and not house.plan(workspace.id, workspace.chunking).applied:
                yield from house.apply(workspace.id, workspace.chunking, stopped=stopped)
                counter.changed(workspace.id)
        finally:
            turn.indexed.set()

    def work(stopped: Callable[[], bool]) -> Iterator[AnswerEvent | Recorded | NotRecorded | Any]:
        try:
            yield from index(stopped)
            turn.wait(stopped)
            if not stopped():
                events = house.approach(side.approach, workspace, key=key).answer(workspace.question)
                yield from recorded(events, house, workspace, Origin.COMPARE, stopped)
        finally:
            turn.over.set()

    return work
