"""The built-in reader's switch: where it decides something, kept at once, and honest where the file is not there."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.domain import ApproachName
from lib.errors import WeightsMissing
from lib.lab import Lab
from lib.settings import READER_SENTENCES
from pages.ui import services

Open = Callable[[str], AppTest]
Index = Callable[..., None]
LEAVE = "Parents take eighteen weeks of paid leave."


def keys(app: AppTest) -> set[str]:
    return {toggle.key for toggle in app.toggle}


def test_the_reader_is_on_until_it_is_switched_off_and_stays_off_everywhere(open_page: Open, indexed: Index) -> None:
    indexed(leave=LEAVE)
    app = open_page("ask")
    assert app.toggle(key="ask.reader").value is True
    app.toggle(key="ask.reader").set_value(False).run()
    assert services.lab().workspace("default").reader is False
    app.switch_page("pages/models.py").run()
    assert app.toggle(key="models.reader").value is False
    assert any("without its training" in caption.value for caption in app.caption)


def test_what_it_does_is_said_beside_it(open_page: Open) -> None:
    app = open_page("models")
    assert any("tuned to read passages" in caption.value for caption in app.caption)
    assert "trained to use what retrieval finds" in app.toggle(key="models.reader").help


@pytest.mark.parametrize(
    ("approach", "shown"),
    [
        (ApproachName.RAG, True),
        (ApproachName.HYBRID, True),
        (ApproachName.PROMPT_ONLY, False),
        (ApproachName.FINE_TUNED, False),
    ],
)
def test_ask_shows_it_only_where_passages_are_read(
    open_page: Open, indexed: Index, approach: ApproachName, *, shown: bool
) -> None:
    indexed(leave=LEAVE)
    app = open_page("ask")
    app.segmented_control(key="ask.approach").set_value(approach).run()
    assert ("ask.reader" in keys(app)) is shown


def test_a_model_that_it_does_not_fit_has_no_switch(open_page: Open, indexed: Index) -> None:
    indexed(leave=LEAVE)
    app = open_page("models")
    app.radio(key="models.kind").set_value("extractive").run()
    assert "models.reader" not in keys(app)
    app.switch_page("pages/ask.py").run()
    assert "ask.reader" not in keys(app)


def test_a_missing_file_is_said_with_the_way_out(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = WeightsMissing("The built-in reader is not at lib/generation/reader/reader.gguf.", hint="Get it again.")
    monkeypatch.setattr(Lab, "reader_trouble", lambda _lab, _workspace: gone)
    app = open_page("models")
    assert any("reader.gguf" in warning.value and "Get it again." in warning.value for warning in app.warning)
    app.toggle(key="models.reader").set_value(False).run()
    assert not app.warning


def test_the_prompt_form_follows_the_switch(open_page: Open, indexed: Index) -> None:
    indexed(leave=LEAVE)
    app = open_page("ask")
    assert app.slider(key="prompt.rag.sentences").value == READER_SENTENCES
    app.toggle(key="ask.reader").set_value(False).run()
    assert app.slider(key="prompt.rag.sentences").value == 1
