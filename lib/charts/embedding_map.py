"""The chunks as points of a plane: near points mean alike texts, as far as two dimensions can show it."""

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lib.charts.picture import Picture
from lib.domain import Chunk

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross")
"""Five against eight colours: forty documents before a pair comes again."""
NAMED_DOCUMENTS = 16
OTHERS = "other documents"
OTHERS_COLOUR = "#9A9A9A"
QUESTION_COLOUR = "#D55E00"


@dataclass(frozen=True, slots=True)
class MapContent:
    """What the map shows.

    `points[i]` (shape (n, 2)) is where `chunks[i]` lies; `explained` is the share of the vectors' variance that each
    axis keeps; `question` is where the question lies; `ranks` names the passages found by chunk id.
    """

    points: NDArray[np.float32]
    chunks: tuple[Chunk, ...]
    explained: tuple[float, float]
    question: tuple[float, float] | None = None
    ranks: Mapping[str, int] = field(default_factory=dict)


def embedding_map(content: MapContent, *, colours: Sequence[str]) -> Picture:
    """Chunks coloured by document, passages ringed and numbered by rank, the question a star.

    Each point's `customdata` is its chunk's position in `content.chunks`.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for place, name in enumerate(_named(content.chunks)):
        figure.add_trace(_cloud(content, name=name, place=place, colours=colours))
    if content.ranks:
        figure.add_trace(_rings(content))
    if content.question:
        figure.add_trace(_star(content.question))
    x_share, y_share = (f"{share:.0%}" for share in content.explained)
    figure.update_layout(
        xaxis={
            "title": {"text": f"1st axis ({x_share} of the differences)"},
            "showticklabels": False,
            "zeroline": False,
        },
        yaxis={"title": {"text": f"2nd axis ({y_share})"}, "showticklabels": False, "zeroline": False},
        title={"text": "Map of the chunks by meaning", "font": {"size": 14}},
        legend={"orientation": "h", "yanchor": "top", "y": -0.12, "font": {"size": 11}},
        height=560,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        clickmode="event+select",
        dragmode="pan",
    )
    return Picture(figure, _sentence(content))


def _named(chunks: tuple[Chunk, ...]) -> tuple[str, ...]:
    """The documents with a colour of their own, most chunks first, then one name for all the rest."""
    counts = Counter(chunk.document for chunk in chunks)
    names = tuple(name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return names if len(names) <= NAMED_DOCUMENTS else (*names[: NAMED_DOCUMENTS - 1], OTHERS)


def _cloud(content: MapContent, *, name: str, place: int, colours: Sequence[str]) -> object:
    import plotly.graph_objects as go

    own = set(_named(content.chunks)) - {OTHERS}
    mine = [
        index
        for index, chunk in enumerate(content.chunks)
        if chunk.document == name or (name == OTHERS and chunk.document not in own)
    ]
    colour = OTHERS_COLOUR if name == OTHERS else colours[place % len(colours)]
    # Some thousands of SVG points stutter; below that, SVG is crisper and needs no graphics card.
    scatter = go.Scattergl if len(content.chunks) > 1_500 else go.Scatter
    return scatter(
        x=content.points[mine, 0].tolist(),
        y=content.points[mine, 1].tolist(),
        mode="markers",
        name=_plain(name),
        customdata=mine,
        text=[_hover(content.chunks[index]) for index in mine],
        hovertemplate="%{text}<extra></extra>",
        marker={"color": colour, "symbol": SYMBOLS[place % len(SYMBOLS)], "size": 8},
        opacity=0.75,
        unselected={"marker": {"opacity": 0.6}},
    )


def _rings(content: MapContent) -> object:
    import plotly.graph_objects as go

    found = [index for index, chunk in enumerate(content.chunks) if chunk.id in content.ranks]
    return go.Scatter(
        x=content.points[found, 0].tolist(),
        y=content.points[found, 1].tolist(),
        mode="markers+text",
        name="passages found, by rank",
        customdata=found,
        text=[str(content.ranks[content.chunks[index].id]) for index in found],
        textposition="top center",
        textfont={"size": 13, "color": QUESTION_COLOUR},
        hovertext=[_hover(content.chunks[index]) for index in found],
        hovertemplate="rank %{text}<br>%{hovertext}<extra></extra>",
        marker={"symbol": "circle-open", "size": 16, "color": QUESTION_COLOUR, "line": {"width": 2.5}},
        unselected={"marker": {"opacity": 1}, "textfont": {"color": QUESTION_COLOUR}},
    )


def _star(place: tuple[float, float]) -> object:
    import plotly.graph_objects as go

    return go.Scatter(
        x=[place[0]],
        y=[place[1]],
        mode="markers",
        name="the question",
        hovertemplate="the question<extra></extra>",
        marker={
            "symbol": "star",
            "size": 20,
            "color": QUESTION_COLOUR,
            "line": {"width": 1.5, "color": "#FFFFFF"},
        },
        unselected={"marker": {"opacity": 1}},
    )


def _hover(chunk: Chunk) -> str:
    head = " · ".join(part for part in (chunk.document, chunk.place.label) if part)
    start = textwrap.shorten(chunk.text, 180, placeholder=" …")
    return "<br>".join([f"<b>{_plain(head)}</b>", *textwrap.wrap(_plain(start), 60)])


def _plain(text: str) -> str:
    """Plotly reads a little HTML in labels and hover texts; a document's own markup must stay text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _sentence(content: MapContent) -> str:
    documents = len({chunk.document for chunk in content.chunks})
    shown = f"{sum(content.explained):.0%} of the differences between the vectors"
    found = (
        f" The question is marked by a star, its {len(content.ranks)} passages by rings." if content.question else ""
    )
    return (
        f"Map of {len(content.chunks):,} chunks of {documents} documents on their two main axes (PCA), "
        f"which show {shown}.{found}"
    )
