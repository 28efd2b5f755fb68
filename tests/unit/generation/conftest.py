from collections.abc import Iterator

import pytest

from lib.generation.engine import Engine
from lib.weights import chat_model_path
from tests.support.fake_chat_server import FakeChatServer


@pytest.fixture
def server() -> Iterator[FakeChatServer]:
    fake = FakeChatServer()
    yield fake
    fake.close()


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    engine = Engine(chat_model_path)
    yield engine
    engine.close()
