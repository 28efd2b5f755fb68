"""A sweep as background work, and what is there of it: columns are read from disk once and scored once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lib.evaluation.sweep import SetUp, SweepPlan, SweepProgress, SweepTools, sweep, texts_to_embed
from lib.evaluation.sweep_cells import Cell, GoldCase, Limit, SearchedCase, SweepColumn, cells
from lib.evaluation.sweep_store import SweepKeys, SweepStore
from lib.settings import Workspace
from pages.ui import services, state
from pages.ui.jobs import Job
from pages.ui.sweep_choice import Chosen

_MOST_IN_SESSION = 120


@dataclass(frozen=True, slots=True)
class Board:
    """The cells that are there, and the columns that are not."""

    cells: tuple[Cell, ...]
    missing: tuple[SetUp, ...]
    columns: int

    @property
    def there(self) -> int:
        """How many columns are there."""
        return self.columns - len(self.missing)

    def at(self, limit: Limit) -> tuple[Cell, ...]:
        """The cells at that limit."""
        return tuple(cell for cell in self.cells if cell.limit == limit)


@dataclass(frozen=True, slots=True)
class ColumnKept:
    """A column is on disk; the job does not hold its hits, which are many."""


def tools(workspace_id: str) -> SweepTools:
    """What a sweep of the workspace works with."""
    house = services.lab()
    return SweepTools(
        version=lambda: house.version(workspace_id),
        cut=lambda chunking: house.chunks(workspace_id, chunking),
        vectors=house.searching.vectors,
        embedder=house.measuring.embedder,
        kept=SweepStore(house.store.folder(workspace_id) / "sweeps"),
    )


def start(workspace: Workspace, plan: SweepPlan, cases: Sequence[GoldCase]) -> Job[object]:
    """Search what is missing in the background; the sweep that runs already goes on instead."""
    with_these = tools(workspace.id)

    def work(stopped: Callable[[], bool]) -> Iterator[SweepPlan | SweepProgress | ColumnKept]:
        yield plan
        for event in sweep(plan, cases, with_these, stopped=stopped):
            yield ColumnKept() if isinstance(event, SweepColumn) else event

    return services.jobs().start(_name(workspace.id), work)


def job(workspace_id: str) -> Job[object] | None:
    """The workspace's last sweep of this process, running or over."""
    return services.jobs().get(_name(workspace_id))


def done(job: Job[object]) -> int:
    """How many columns the sweep has given so far."""
    return sum(isinstance(event, ColumnKept) for event in job.events)


def board(workspace: Workspace, chosen: Chosen) -> Board:
    """What is there of the plan, from disk or remembered from before."""
    with_these = tools(workspace.id)
    keys = SweepKeys.of(with_these.version(), with_these.embedder.model_id, chosen.cases)
    held: dict[str, SweepColumn] = state.recall("sweep.columns", {})
    scored: dict[object, tuple[Cell, ...]] = state.recall("sweep.scored", {})
    if len(held) > _MOST_IN_SESSION or len(scored) > _MOST_IN_SESSION:
        held, scored = {}, {}
    found: list[Cell] = []
    missing: list[SetUp] = []
    for setup in chosen.plan.setups:
        key = keys.key(*setup)
        column = held.get(key) or with_these.kept.get(key)
        if column is None:
            missing.append(setup)
            continue
        held[key] = column
        about = (key, chosen.cases, chosen.limits)
        if about not in scored:
            scored[about] = cells(column, chosen.cases, chosen.limits)
        found += scored[about]
    state.remember("sweep.columns", held)
    state.remember("sweep.scored", scored)
    return Board(tuple(found), tuple(missing), len(chosen.plan.setups))


def searched(workspace: Workspace, chosen: Chosen, cell: Cell) -> dict[str, SearchedCase]:
    """What was found for each case of a cell that `board` gave, by case id."""
    with_these = tools(workspace.id)
    keys = SweepKeys.of(with_these.version(), with_these.embedder.model_id, chosen.cases)
    held: dict[str, SweepColumn] = state.recall("sweep.columns", {})
    column = held.get(keys.key(cell.chunking, cell.retrieval))
    return {case.id: case for case in column.cases} if column else {}


def to_embed(workspace_id: str, missing: Sequence[SetUp]) -> tuple[int, float]:
    """How many texts must be embedded for the missing columns, and about how many seconds that takes."""
    texts = texts_to_embed(missing, tools(workspace_id))
    return texts, services.lab().searching.vectors.seconds_for(texts)


def _name(workspace_id: str) -> str:
    return f"sweep:{workspace_id}"
