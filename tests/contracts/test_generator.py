"""What every generator promises, over the fake, a server of the protocol, and the built-in model."""

from collections.abc import Callable

import pytest

from lib.domain import Generated, GenerationEvent, Message, TextPiece
from lib.generation.client import ChatClient
from lib.generation.endpoint import Endpoint
from lib.generation.engine import Engine, built_in_client
from lib.generation.fakes import EchoGenerator
from lib.protocols import Generator
from lib.settings import GenerationOptions
from tests.support.fake_chat_server import FakeChatServer

ASKED = (Message("system", "You answer briefly."), Message("user", "Name three colours of the rainbow, please."))


def _echo(_request: pytest.FixtureRequest) -> Generator:
    return EchoGenerator()


def _served(request: pytest.FixtureRequest) -> Generator:
    server = FakeChatServer()
    request.addfinalizer(server.close)
    return ChatClient("answers", Endpoint(server.base_url), context_tokens=1_000)


def _built_in(request: pytest.FixtureRequest) -> Generator:
    engine: Engine = request.getfixturevalue("engine")
    return built_in_client(engine)


@pytest.fixture(params=[_echo, _served, _built_in], ids=["echo", "served", "built-in"])
def generator(request: pytest.FixtureRequest) -> Generator:
    make: Callable[[pytest.FixtureRequest], Generator] = request.param
    return make(request)


def _events(generator: Generator, **options: int) -> list[GenerationEvent]:
    return list(generator.stream(ASKED, GenerationOptions(**{"max_tokens": 24, **options})))


def test_pieces_of_text_come_first_and_one_end_comes_last(generator: Generator) -> None:
    *pieces, end = _events(generator)
    assert pieces
    assert all(isinstance(piece, TextPiece) and piece.text for piece in pieces)
    assert isinstance(end, Generated)


def test_the_end_says_what_was_counted(generator: Generator) -> None:
    end = _events(generator)[-1]
    assert isinstance(end, Generated)
    assert end.usage.input_tokens > 5
    assert 0 < end.usage.output_tokens <= 24
    assert end.finish in {"stop", "length"}


def test_the_same_request_gives_the_same_text_at_temperature_zero(generator: Generator) -> None:
    first, second = (
        "".join(event.text for event in _events(generator) if isinstance(event, TextPiece)) for _ in range(2)
    )
    assert first == second


def test_a_stream_closed_early_leaves_the_model_ready_for_the_next_question(generator: Generator) -> None:
    stream = generator.stream(ASKED, GenerationOptions(max_tokens=200))
    assert isinstance(next(iter(stream)), TextPiece)
    stream.close()  # type: ignore[attr-defined]
    assert isinstance(_events(generator)[-1], Generated)


def test_tokens_are_counted_from_nothing_upwards(generator: Generator) -> None:
    assert generator.count_tokens("") == 0
    short, long = generator.count_tokens("eighteen weeks"), generator.count_tokens("eighteen weeks of paid leave")
    assert 2 <= short < long
    assert generator.count_tokens("word " * 500) >= 500


def test_it_says_who_it_is_and_how_much_it_can_hold(generator: Generator) -> None:
    assert generator.model_id
    assert generator.context_tokens >= 1_000
