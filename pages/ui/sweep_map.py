"""The heat maps of a sweep, one for each search: click a cell to see what is behind it."""

from collections.abc import Sequence

import streamlit as st
from streamlit.elements.plotly_chart import PlotlyState

from lib.charts.heat_map import HeatMap, heat_map
from lib.evaluation.scoring import measure
from lib.evaluation.sweep_cells import Cell, Limit
from lib.settings import RetrievalSettings
from pages.ui import state, theme
from pages.ui.sweep_choice import SEARCHES, Chosen
from pages.ui.sweep_job import Board

_CELL = "sweep.cell"


def draw(chosen: Chosen, board: Board, limits: Sequence[Limit], metric: str, best: Cell | None) -> None:
    """All maps in the same colours; cells that are not there say so."""
    shown = [cell for cell in board.cells if cell.limit in limits]
    values = [cell.metric(metric).value for cell in shown]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    ways = chosen.plan.retrievals
    columns = st.columns(min(2, len(ways)))
    for place, way in enumerate(ways):
        grid = [[_cell(shown, size.size, way, limit) for size in chosen.plan.chunkings] for limit in limits]
        content = HeatMap(
            title=f"{SEARCHES[way.retriever]}: {measure(metric).title} in %",
            metric=measure(metric).title,
            columns=tuple(str(chunking.size) for chunking in chosen.plan.chunkings),
            rows=tuple(f"{limit.amount:,}" for limit in limits),
            values=tuple(tuple(cell.metric(metric).value if cell else None for cell in row) for row in grid),
            column_axis="tokens a chunk",
            row_axis="passages (k)" if limits[0].unit == "passages" else "tokens handed over",
            low=low,
            high=high,
            best=_place(grid, best),
        )
        with columns[place % len(columns)]:
            _chart(content, grid, key=f"sweep.map.{way.retriever}")


def cell_words(cell: Cell) -> str:
    """A cell's name on the screen."""
    return f"{cell.chunking.size} tokens · {SEARCHES[cell.retrieval.retriever]} · {cell.limit.words}"


def chosen_cell(cells: Sequence[Cell], default: Cell) -> Cell:
    """The cell to look into: clicked in a map, or chosen from the list."""
    named = {cell_words(cell): cell for cell in cells}
    if state.typed(_CELL, "") not in named:
        state.put(_CELL, cell_words(default))
    name = st.selectbox("Cell", list(named), key=_CELL, help="Or click a cell of a map.")
    return named[name]


def _chart(content: HeatMap, grid: Sequence[Sequence[Cell | None]], *, key: str) -> None:
    picture = heat_map(content)
    picture.figure.update_layout(template=theme.TEMPLATE)
    st.plotly_chart(
        picture.figure,
        key=key,
        on_select=lambda: _clicked(key, grid),
        selection_mode="points",
        alt=picture.alt,
        config={"displayModeBar": False, "scrollZoom": False},
    )


def _clicked(key: str, grid: Sequence[Sequence[Cell | None]]) -> None:
    """Put the clicked cell into the list; a second click on it, or one on a cell that is not there, changes nothing."""
    event: PlotlyState | None = state.typed(key, None)
    for point in event["selection"]["points"] if event else ():
        row, column = point["customdata"]
        cell = grid[row][column]
        if cell is not None:
            state.put(_CELL, cell_words(cell))


def _cell(cells: Sequence[Cell], size: int, way: RetrievalSettings, limit: Limit) -> Cell | None:
    found = (
        c for c in cells if c.chunking.size == size and c.retrieval.retriever == way.retriever and c.limit == limit
    )
    return next(found, None)


def _place(grid: Sequence[Sequence[Cell | None]], best: Cell | None) -> tuple[int, int] | None:
    if best is None:
        return None
    places = ((row, column) for row, cells in enumerate(grid) for column, cell in enumerate(cells) if cell == best)
    return next(places, None)
