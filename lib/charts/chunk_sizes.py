"""Histogram of how long the chunks are."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lib.charts.picture import Picture

BAR_COLOUR, OVER_COLOUR = "#2F7FC1", "#D55E00"
BARS = 24

Line = tuple[int, str, str, str]
"""A size marked in the chart: where, in words, its colour and its dashes."""


def chunk_sizes(tokens: Sequence[int], *, size: int, window: int) -> Picture:
    """How many chunks have how many tokens, with the size asked for and, if any chunk passes it, the model's window.

    `tokens` holds one length a chunk and may be empty; bars beyond `window` have their own colour.
    """
    import plotly.graph_objects as go

    counts, edges = _bars(tokens, size)
    middles = (edges[:-1] + edges[1:]) / 2
    lines: list[Line] = [(size, f"size {size}", "#7F7F7F", "dot")]
    if any(count > window for count in tokens):
        lines.append((window, f"window {window}", OVER_COLOUR, "solid"))
    # In one go: adding lines to a finished figure takes ten times as long, and this is drawn while a slider moves.
    figure = go.Figure(
        go.Bar(
            x=middles.tolist(),
            y=counts.tolist(),
            width=np.diff(edges).tolist(),
            marker={"color": [OVER_COLOUR if low >= window else BAR_COLOUR for low in edges[:-1].tolist()]},
            customdata=np.stack([edges[:-1], edges[1:]], axis=1).tolist(),
            hovertemplate="%{y} chunks of %{customdata[0]:.0f} to %{customdata[1]:.0f} tokens<extra></extra>",
        ),
        _layout(lines, longest=float(edges[-1]), most=max(1, int(counts.max()))),
    )
    return Picture(figure, _sentence(tokens, size=size, window=window))


def _layout(lines: Sequence[Line], *, longest: float, most: int) -> dict[str, object]:
    """Title, axes and the marked sizes, as plotly takes them."""
    return {
        "title": {"text": "How long the chunks are", "font": {"size": 14}},
        "xaxis": {"title": {"text": "tokens in a chunk"}, "range": [0, longest]},
        "yaxis": {"title": {"text": "chunks"}, "range": [0, 1.2 * most]},
        "bargap": 0.05,
        "height": 230,
        "margin": {"l": 10, "r": 10, "t": 40, "b": 10},
        "showlegend": False,
        "shapes": [_shape(line) for line in lines],
        "annotations": [_annotation(line) for line in lines],
    }


def _shape(line: Line) -> dict[str, object]:
    x, _, colour, dash = line
    style = {"color": colour, "dash": dash}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "y domain", "line": style}


def _annotation(line: Line) -> dict[str, object]:
    x, said, _, _ = line
    place = {"x": x, "y": 1, "yref": "y domain", "xanchor": "right", "yanchor": "top"}
    return {**place, "text": said, "showarrow": False}


def _bars(tokens: Sequence[int], size: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The scale follows the size asked for, so that bars glide instead of jumping while it is dragged."""
    longest = max([size, *tokens])
    width = max(1, -(-longest // BARS))
    edges = np.arange(0, longest + 2 * width, width)
    counts, _ = np.histogram(np.asarray(tokens, dtype=np.int64), bins=edges)
    return counts, edges.astype(np.float64)


def _sentence(tokens: Sequence[int], *, size: int, window: int) -> str:
    if not tokens:
        return "Histogram of chunk sizes: no chunks yet."
    over = sum(count > window for count in tokens)
    warning = f" {over} exceed the model's window of {window} tokens." if over else ""
    return (
        f"Histogram of chunk sizes: {len(tokens):,} chunks of {min(tokens)} to {max(tokens)} tokens, "
        f"{float(np.median(tokens)):.0f} in the middle, {size} asked for.{warning}"
    )
