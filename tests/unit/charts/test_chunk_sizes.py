import pytest

from lib.charts.chunk_sizes import chunk_sizes


def test_every_chunk_is_counted_once() -> None:
    figure = chunk_sizes([10, 10, 199, 200, 37], size=200, window=254).figure
    assert sum(figure.data[0].y) == 5


def test_the_alternative_text_states_the_numbers() -> None:
    alt = chunk_sizes([10, 20, 60], size=60, window=254).alt
    assert alt == "Histogram of chunk sizes: 3 chunks of 10 to 60 tokens, 20 in the middle, 60 asked for."


def test_chunks_over_the_window_are_named_and_coloured() -> None:
    picture = chunk_sizes([100, 300], size=250, window=254)
    assert "1 exceed the model's window of 254 tokens" in picture.alt
    assert len(set(picture.figure.data[0].marker.color)) == 2


@pytest.mark.parametrize("size", [20, 254])
def test_no_chunks_is_an_empty_chart_and_says_so(size: int) -> None:
    picture = chunk_sizes([], size=size, window=254)
    assert sum(picture.figure.data[0].y) == 0
    assert "no chunks yet" in picture.alt
