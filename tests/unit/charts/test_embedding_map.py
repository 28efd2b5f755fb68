import numpy as np

from lib.charts.embedding_map import NAMED_DOCUMENTS, OTHERS, MapContent, embedding_map
from lib.domain import Chunk

COLOURS = ("#111111", "#222222", "#333333")


def content(names: list[str], **more: object) -> MapContent:
    chunks = tuple(Chunk(name, name, i, i + 5, f"text {i}", tokens=2) for i, name in enumerate(names))
    points = np.arange(2 * len(names), dtype=np.float32).reshape(-1, 2)
    return MapContent(points=points, chunks=chunks, explained=(0.2, 0.1), **more)  # type: ignore[arg-type]


def test_each_chunk_is_one_point_that_knows_its_chunk() -> None:
    drawn = content(["a.md", "b.md", "a.md"])
    figure = embedding_map(drawn, colours=COLOURS).figure
    shown = {
        index: (x, y) for trace in figure.data for index, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)
    }
    assert shown == {index: tuple(point) for index, point in enumerate(drawn.points.tolist())}


def test_the_passages_are_ringed_with_their_ranks_and_the_question_is_a_star() -> None:
    found = content(["a.md", "b.md"], question=(0.5, 0.5), ranks={"b.md:1-6": 1})
    rings, star = embedding_map(found, colours=COLOURS).figure.data[-2:]
    assert (list(rings.customdata), list(rings.text), rings.marker.symbol) == ([1], ["1"], "circle-open")
    assert (star.x[0], star.y[0], star.marker.symbol) == (0.5, 0.5, "star")


def test_the_share_of_variance_is_told_honestly() -> None:
    assert "30% of the differences" in embedding_map(content(["a.md"]), colours=COLOURS).alt


def test_many_documents_share_one_grey_name_and_no_point_is_lost() -> None:
    figure = embedding_map(content([f"{i}.md" for i in range(40)]), colours=COLOURS).figure
    assert len(figure.data) == NAMED_DOCUMENTS
    assert figure.data[-1].name == OTHERS
    assert sum(len(trace.x) for trace in figure.data) == 40


def test_neighbours_in_the_legend_differ_in_colour_and_in_shape() -> None:
    traces = embedding_map(content(["a", "a", "b"]), colours=COLOURS).figure.data
    assert traces[0].marker.color != traces[1].marker.color
    assert traces[0].marker.symbol != traces[1].marker.symbol


def test_markup_in_a_name_or_a_text_stays_text() -> None:
    chunk = Chunk("i", "<b>x</b>.md", 0, 9, '<a href="javascript:1">x</a>', tokens=3)
    trace = embedding_map(MapContent(np.zeros((1, 2), np.float32), (chunk,), (1.0, 0.0)), colours=COLOURS).figure.data[
        0
    ]
    assert "<b>x" not in trace.name
    assert "<a href" not in trace.text[0]
