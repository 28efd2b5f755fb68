"""Histogram of how long the chunks are."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lib.charts.picture import Picture

BAR_COLOUR, OVER_COLOUR = "#2F7FC1", "#D55E00"
BARS = 24


def chunk_sizes(tokens: Sequence[int], *, size: int, window: int) -> Picture:
    """How many chunks have how many tokens, with the size asked for and, if any chunk passes it, the model's window.

    `tokens` holds one length a chunk and may be empty; bars beyond `window` have their own colour.
    """
    import plotly.graph_objects as go

    counts, edges = _bars(tokens, size)
    middles = (edges[:-1] + edges[1:]) / 2
    lines = [(size, f"size {size}", "#7F7F7F", "dot")]
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
        {
            "title": {"text": "How long the chunks are", "font": {"size": 14}},
            "xaxis": {"title": {"text": "tokens in a chunk"}, "range": [0, float(edges[-1])]},
            "yaxis": {"title": {"text": "chunks"}, "range": [0, 1.2 * max(1, int(counts.max()))]},
            "bargap": 0.05,
            "height": 230,
            "margin": {"l": 10, "r": 10, "t": 40, "b": 10},
            "showlegend": False,
            "shapes": [
                {
                    "type": "line",
                    "x0": x,
                    "x1": x,
                    "y0": 0,
                    "y1": 1,
                    "yref": "y domain",
                    "line": {"color": c, "dash": d},
                }
                for x, _, c, d in lines
            ],
            "annotations": [
                {
                    "x": x,
                    "y": 1,
                    "yref": "y domain",
                    "text": said,
                    "showarrow": False,
                    "xanchor": "right",
                    "yanchor": "top",
                }
                for x, said, _, _ in lines
            ],
        },
    )
    return Picture(figure, _sentence(tokens, size=size, window=window))


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
