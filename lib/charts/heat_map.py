"""A heat map of one metric over two settings; cells without a figure are visibly not there yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.charts.picture import Picture

BEST_COLOUR = "#D9730D"
NOT_YET_COLOUR = "#8A8177"
"""A grey that reads on paper and on dark."""
DARK_TEXT, LIGHT_TEXT = "#111111", "#FFFFFF"

_SMALL = 0.2
"""Where no figure is higher, a decimal is printed."""
_CELL_PX = 46
_AROUND_PX = 112


@dataclass(frozen=True, slots=True)
class HeatMap:
    """What the map shows: `values[row][column]`, shares shown in percent, None where there is none yet; rows rise.

    The colours run from `low` to `high`, so that several maps can share them; `best` is the place of the framed cell.
    """

    title: str
    metric: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    column_axis: str
    row_axis: str
    low: float
    high: float
    best: tuple[int, int] | None = None

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Every cell as (row, column), row by row."""
        return tuple((row, column) for row in range(len(self.rows)) for column in range(len(self.columns)))


def heat_map(content: HeatMap) -> Picture:
    """Cividis from dark (low) to bright (high), each cell's figure printed in it, the best one framed.

    A click selects a point of the last trace: its `customdata` is [row, column].
    """
    import plotly.graph_objects as go

    figure = go.Figure(
        [
            go.Heatmap(
                z=[list(row) for row in content.values],
                zmin=content.low,
                zmax=max(content.high, content.low + 1e-9),
                colorscale="Cividis",
                showscale=False,
                xgap=2,
                ygap=2,
                hoverinfo="skip",
                hoverongaps=False,
            ),
            _targets(content),
        ],
        _layout(content),
    )
    return Picture(figure, _sentence(content))


def _targets(content: HeatMap) -> object:
    """Unseen marks that can be clicked and pointed at: a heat map itself cannot be selected."""
    import plotly.graph_objects as go

    unseen = {"marker": {"opacity": 0.01}}
    return go.Scatter(
        x=[column for _, column in content.places],
        y=[row for row, _ in content.places],
        mode="markers",
        marker={"symbol": "square", "size": _CELL_PX - 8, "color": NOT_YET_COLOUR, "opacity": 0.01},
        selected=unseen,
        unselected=unseen,
        customdata=[list(place) for place in content.places],
        hovertext=[_hover(content, place) for place in content.places],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _layout(content: HeatMap) -> dict[str, object]:
    places = content.places
    missing = [_frame(place, NOT_YET_COLOUR, "dot", 1) for place in places if _value(content, place) is None]
    best = [] if content.best is None else [_frame(content.best, BEST_COLOUR, "solid", 4)]
    return {
        "title": {"text": content.title, "font": {"size": 14}},
        "xaxis": _axis(content.column_axis, content.columns),
        "yaxis": _axis(content.row_axis, content.rows),
        "height": _AROUND_PX + _CELL_PX * len(content.rows),
        "margin": {"l": 10, "r": 10, "t": 40, "b": 10},
        "showlegend": False,
        "clickmode": "event+select",
        "dragmode": False,
        "shapes": [*missing, *best],
        # Not the text of a trace: that fades as soon as any cell is selected.
        "annotations": [_figure(content, place) for place in places],
    }


def _figure(content: HeatMap, place: tuple[int, int]) -> dict[str, object]:
    """What is printed in a cell."""
    value = _value(content, place)
    text = "not yet" if value is None else f"<b>{_percent(value, content)}</b>"
    font = {"color": _text_colour(value, content), "size": 11 if value is None else 13}
    return {"x": place[1], "y": place[0], "text": text, "font": font, "showarrow": False}


def _axis(title: str, labels: Sequence[str]) -> dict[str, object]:
    return {
        "title": {"text": title, "standoff": 8},
        "tickvals": list(range(len(labels))),
        "ticktext": list(labels),
        "range": [-0.55, len(labels) - 0.45],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }


def _frame(place: tuple[int, int], colour: str, dash: str, width: int) -> dict[str, object]:
    row, column = place
    edges = {"x0": column - 0.47, "x1": column + 0.47, "y0": row - 0.46, "y1": row + 0.46}
    return {"type": "rect", **edges, "line": {"color": colour, "dash": dash, "width": width}}


def _text_colour(value: float | None, content: HeatMap) -> str:
    """Dark on the bright half of the scale, light on the dark half."""
    if value is None:
        return NOT_YET_COLOUR
    share = (value - content.low) / (content.high - content.low) if content.high > content.low else 0.0
    return DARK_TEXT if share > 0.5 else LIGHT_TEXT


def _hover(content: HeatMap, place: tuple[int, int]) -> str:
    row, column = place
    value = _value(content, place)
    said = "not yet" if value is None else f"{content.metric} {_percent(value, content)} %"
    return f"{content.columns[column]} {content.column_axis}, {content.rows[row]} {content.row_axis}: {said}"


def _sentence(content: HeatMap) -> str:
    """Every figure, column by column."""
    there = sum(value is not None for row in content.values for value in row)
    total = len(content.places)
    begun = f"Heat map of {content.metric}, {content.title}: {there} of {total} cells are there."
    lines = [
        f" {content.columns[column]} {content.column_axis}: "
        + ", ".join(_said(content, row, column) for row in rows)
        + "."
        for column in range(len(content.columns))
        if (rows := [row for row in range(len(content.rows)) if content.values[row][column] is not None])
    ]
    best = "" if content.best is None else f" Best: {_hover(content, content.best)}."
    return begun + "".join(lines) + best


def _said(content: HeatMap, row: int, column: int) -> str:
    value = content.values[row][column]
    return f"{_percent(value or 0.0, content)} % at {content.rows[row]}"


def _value(content: HeatMap, place: tuple[int, int]) -> float | None:
    row, column = place
    return content.values[row][column]


def _percent(value: float, content: HeatMap) -> str:
    """The share in percent; small ones, like most of IoU's, with a decimal."""
    return f"{100 * value:.{0 if content.high >= _SMALL else 1}f}"
