from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lib.domain import AdapterFile, Message, TextPiece
from lib.errors import BadInput, NotFound
from lib.generation import engine as engine_module
from lib.generation import local_models
from lib.generation.client import ChatClient
from lib.generation.engine_child import Order
from lib.generation.engine_process import EngineProcess
from lib.generation.local_models import LocalModels, own_model_path, own_models
from lib.settings import GenerationOptions
from lib.weights import CHAT_MODEL
from tests.support.tiny_adapters import tiny_adapter
from tests.support.tiny_base import tiny_base

ASKED = (Message("user", "Where is my parcel?"),)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with two files of the person's own, and what looks like the built-in model."""
    folder = tmp_path_factory.mktemp("models")
    tiny_base(folder / "mine", seed=1)
    tiny_base(folder / "yours", seed=2)
    for path, _ in CHAT_MODEL.paths(folder / CHAT_MODEL.name):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"not one's own")
    return folder


@pytest.fixture
def models(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalModels]:
    monkeypatch.setattr(local_models, "models_dir", lambda: folder)
    made = LocalModels()
    yield made
    made.close()


def written(client: ChatClient) -> str:
    events = client.stream(ASKED, GenerationOptions(max_tokens=6))
    return "".join(event.text for event in events if isinstance(event, TextPiece))


@pytest.mark.usefixtures("models")
def test_the_files_in_the_models_folder_are_offered_and_the_built_in_one_is_not_among_them() -> None:
    assert own_models() == ("mine/tiny-base.gguf", "yours/tiny-base.gguf")


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("name", ["gone.gguf", "../outside.gguf", "/etc/passwd"])
def test_only_files_of_the_models_folder_are_served(name: str) -> None:
    with pytest.raises(NotFound, match="in the models folder"):
        own_model_path(name)


def test_each_file_answers_as_itself_and_counts_with_its_own_tokenizer(models: LocalModels) -> None:
    mine, yours = models.client("mine/tiny-base.gguf"), models.client("yours/tiny-base.gguf")
    first = written(mine)
    assert first != written(yours)
    assert written(mine) == first
    assert mine.model_id == "tiny-base (on this machine)"
    assert mine.count_tokens("Hello there") == 2


def test_of_the_persons_own_models_only_the_one_asked_last_stays_in_memory(models: LocalModels) -> None:
    before = {child.pid for child in psutil.Process().children()}
    for name in (*own_models(), *own_models()):
        written(models.client(name))
        assert len({child.pid for child in psutil.Process().children()} - before) == 1


def test_a_model_first_asked_while_a_job_trains_is_as_quiet_as_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered: list[int] = []

    def noted(order: Order) -> EngineProcess:
        ordered.append(order.threads)
        return EngineProcess(order)

    monkeypatch.setattr(local_models, "models_dir", lambda: folder)
    monkeypatch.setattr(engine_module, "EngineProcess", noted)
    models = LocalModels(threads=2)
    try:
        with models.training():
            written(models.client("mine/tiny-base.gguf"))
            assert ordered == [1]
        written(models.client("mine/tiny-base.gguf"))
        assert ordered == [1, 2]
    finally:
        models.close()


def test_an_adapter_answers_on_the_file_that_it_was_made_for_and_on_no_other(
    models: LocalModels, folder: Path, tmp_path: Path
) -> None:
    adapter: AdapterFile = tiny_adapter(tmp_path / "tuned.gguf", folder / "mine" / "tiny-base.gguf", seed=3)
    assert written(models.client("mine/tiny-base.gguf", adapter)) != written(models.client("mine/tiny-base.gguf"))
    with pytest.raises(BadInput, match="'tuned' was trained for a base model"):
        written(models.client("yours/tiny-base.gguf", adapter))
