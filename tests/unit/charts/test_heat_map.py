from dataclasses import replace

import pytest

from lib.charts.heat_map import BEST_COLOUR, DARK_TEXT, LIGHT_TEXT, NOT_YET_COLOUR, HeatMap, heat_map

HALF = HeatMap(
    title="Hybrid: Recall in %",
    metric="Recall",
    columns=("100", "200"),
    rows=("1", "5"),
    values=((0.25, None), (0.75, None)),
    column_axis="tokens a chunk",
    row_axis="passages (k)",
    low=0.25,
    high=0.75,
    best=(1, 0),
)


def printed(content: HeatMap) -> dict[tuple[int, int], tuple[str, str]]:
    """Place -> text and its colour."""
    notes = heat_map(content).figure.layout.annotations
    return {(int(note.y), int(note.x)): (note.text, note.font.color) for note in notes}


def test_each_cell_prints_its_figure_and_one_without_says_not_yet() -> None:
    texts = {place: text for place, (text, _) in printed(HALF).items()}
    assert texts == {(0, 0): "<b>25</b>", (0, 1): "not yet", (1, 0): "<b>75</b>", (1, 1): "not yet"}


def test_figures_are_light_on_dark_cells_and_dark_on_bright_ones() -> None:
    colours = {place: colour for place, (_, colour) in printed(HALF).items()}
    assert colours[0, 0] == LIGHT_TEXT
    assert colours[1, 0] == DARK_TEXT


def test_the_best_cell_alone_is_framed_and_missing_ones_are_dotted() -> None:
    shapes = heat_map(HALF).figure.layout.shapes
    framed = [shape for shape in shapes if shape.line.color == BEST_COLOUR]
    assert [(shape.x0 < 0 < shape.x1, shape.y0 < 1 < shape.y1) for shape in framed] == [(True, True)]
    dotted = [shape for shape in shapes if shape.line.dash == "dot"]
    assert [shape.line.color for shape in dotted] == [NOT_YET_COLOUR] * 2


def test_a_click_tells_which_cell_it_was() -> None:
    targets = heat_map(HALF).figure.data[-1]
    for x, y, place in zip(targets.x, targets.y, targets.customdata, strict=True):
        assert list(place) == [y, x]
    assert len(targets.x) == 4


def test_maps_with_the_same_ends_share_their_colours() -> None:
    heat = heat_map(replace(HALF, low=0.0, high=1.0)).figure.data[0]
    assert (heat.zmin, heat.zmax) == (0.0, 1.0)


def test_the_alternative_text_states_every_figure_and_what_is_missing() -> None:
    assert heat_map(HALF).alt == (
        "Heat map of Recall, Hybrid: Recall in %: 2 of 4 cells are there. "
        "100 tokens a chunk: 25 % at 1, 75 % at 5. "
        "Best: 100 tokens a chunk, 5 passages (k): Recall 75 %."
    )


def test_small_figures_keep_a_decimal() -> None:
    small = replace(HALF, values=((0.012, None), (0.008, None)), low=0.008, high=0.012)
    assert printed(small)[0, 0][0] == "<b>1.2</b>"


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_single_figure_is_a_map_too(value: float) -> None:
    alone = replace(HALF, columns=("100",), rows=("1",), values=((value,),), low=value, high=value, best=(0, 0))
    assert printed(alone)[0, 0][0] == f"<b>{100 * value:.{0 if value else 1}f}</b>"
    assert "1 of 1 cells" in heat_map(alone).alt
