"""Models: one choice, presets that fill in addresses, a key that is never shown, a test that says what happened."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.settings import LIMITS, ModelChoice
from pages.ui import services

Open = Callable[[str], AppTest]


def endpoint(app: AppTest) -> AppTest:
    return app.radio(key="models.kind").set_value("endpoint").run()


def test_the_choice_is_kept_across_screens(open_page: Open) -> None:
    app = open_page("models")
    app.radio(key="models.kind").set_value("extractive").run()
    app.switch_page("pages/start.py").run()
    app.switch_page("pages/models.py").run()
    assert app.radio(key="models.kind").value == "extractive"
    assert services.lab().workspace("default").model.kind == "extractive"


def test_the_built_in_models_weakness_is_said_plainly(open_page: Open) -> None:
    captions = open_page("models").radio(key="models.kind").proto.captions
    assert "often misreads" in captions[0]


def test_a_preset_fills_in_the_address(open_page: Open) -> None:
    app = endpoint(open_page("models"))
    app.selectbox(key="models.preset").select("Ollama").run()
    assert app.text_input(key="models.base_url").value == "http://localhost:11434/v1"
    assert services.lab().workspace("default").model.base_url == "http://localhost:11434/v1"


def test_a_key_is_held_but_never_shown_again_nor_written(open_page: Open, tmp_path) -> None:
    app = endpoint(open_page("models"))
    app.text_input(key="models.key").set_value("sk-very-secret").run()
    assert app.text_input(key="models.key").value == ""
    assert app.session_state["session.key"] == "sk-very-secret"
    written = [path for path in tmp_path.rglob("*") if path.is_file() and b"sk-very-secret" in path.read_bytes()]
    assert written == []
    app.button(key="models.forget").click().run()
    assert app.session_state["session.key"] == ""


def test_a_server_that_is_not_there_is_one_clear_message(open_page: Open) -> None:
    app = endpoint(open_page("models"))
    app.text_input(key="models.base_url").set_value("http://127.0.0.1:9/v1")
    app.text_input(key="models.model").set_value("some-model").run()
    app.button(key="models.test").click().run(timeout=60)
    assert not app.exception
    assert any("127" in error.value for error in app.error)


def test_an_address_that_is_none_is_refused_in_words(open_page: Open) -> None:
    app = endpoint(open_page("models"))
    app.text_input(key="models.base_url").set_value("file:///etc/passwd")
    app.text_input(key="models.model").set_value("m").run()
    app.button(key="models.test").click().run()
    assert not app.exception
    assert any("is not an address" in error.value for error in app.error)


def test_the_limits_are_shown_in_words(open_page: Open) -> None:
    table = open_page("models").table[0].value
    assert f"{LIMITS.files_per_upload}" in table["At most"].to_list()
    assert "25 MB" in table["At most"].to_list()


def gguf(app: AppTest) -> AppTest:
    return app.radio(key="models.kind").set_value("gguf").run()


def test_a_file_of_ones_own_is_chosen_from_the_models_folder_and_answers(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mine.gguf", "other/yours.gguf"):
        (tmp_path / "models" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "models" / name).write_bytes(b"GGUF")
    monkeypatch.setenv("OPENBOOK_MODELS_DIR", str(tmp_path / "models"))
    app = gguf(open_page("models"))
    assert list(app.selectbox(key="models.gguf").options) == ["mine.gguf", "other/yours.gguf"]
    app.selectbox(key="models.gguf").select("other/yours.gguf").run()
    assert services.lab().workspace("default").model == ModelChoice("gguf", "other/yours.gguf")
    app.button(key="models.test").click().run()
    assert any("It answers" in said.value for said in app.success)


def test_a_models_folder_without_files_says_where_to_put_one(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBOOK_MODELS_DIR", str(tmp_path / "models"))
    app = gguf(open_page("models"))
    assert any("Put a GGUF file" in said.value and "models" in said.value for said in app.info)
    assert app.button(key="models.look")


def test_the_name_of_a_file_is_not_sent_to_an_endpoint(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "mine.gguf").write_bytes(b"GGUF")
    monkeypatch.setenv("OPENBOOK_MODELS_DIR", str(tmp_path / "models"))
    app = endpoint(gguf(open_page("models")))
    assert app.text_input(key="models.model").value == ""
