import logging
import socket
import threading
import time
from dataclasses import replace

import pytest

from lib.domain import Generated, GenerationEvent, Message, TextPiece, Usage
from lib.errors import (
    BadInput,
    ModelBrokeOff,
    ModelFailed,
    ModelNonsense,
    ModelRefused,
    ModelTimeout,
    ModelUnreachable,
)
from lib.generation.client import ChatClient
from lib.generation.endpoint import Endpoint
from lib.settings import LIMITS, GenerationOptions
from tests.support.fake_chat_server import FakeChatServer

KEY = "secret-0123456789"
LIMITED = replace(LIMITS, connect_timeout_s=0.5, first_token_timeout_s=0.6, silence_timeout_s=0.4, total_timeout_s=3.0)
ASKED = (Message("user", "How long is the leave?"),)


def client(server: FakeChatServer, model: str, *, key: str = KEY) -> ChatClient:
    return ChatClient(model, Endpoint(server.base_url, key), context_tokens=1_000, limits=LIMITED)


def ask(server: FakeChatServer, model: str, *, key: str = KEY) -> list[GenerationEvent]:
    return list(client(server, model, key=key).stream(ASKED, GenerationOptions(max_tokens=32, seed=7)))


def text_of(events: list[GenerationEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextPiece))


def failure(server: FakeChatServer, model: str) -> ModelFailed:
    with pytest.raises(ModelFailed) as raised:
        ask(server, model)
    assert raised.value.hint
    return raised.value


def test_an_answer_comes_in_pieces_with_the_servers_own_counts(server: FakeChatServer) -> None:
    events = ask(server, "answers")
    assert text_of(events) == "The leave is 18 weeks."
    assert len(events) == 6
    assert isinstance(events[-1], Generated)
    assert (events[-1].usage, events[-1].finish) == (Usage(21, 5), "stop")


def test_the_request_says_what_was_asked_for_and_nothing_about_the_machine(
    server: FakeChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-another-provider")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://192.0.2.1/v1")
    ask(server, "answers")
    (seen,) = server.chats
    assert seen.body["messages"] == [{"role": "user", "content": "How long is the leave?"}]
    assert (seen.body["max_tokens"], seen.body["temperature"], seen.body["seed"]) == (32, 0.0, 7)
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert not [name for name in seen.headers if name.lower().startswith(("x-stainless", "openai-"))]


def test_without_a_key_none_is_sent(server: FakeChatServer) -> None:
    ask(server, "answers", key="")
    assert "authorization" not in server.chats[0].headers


def test_llama_cpps_own_timings_are_taken_where_there_are_any(server: FakeChatServer) -> None:
    end = ask(server, "timed-by-llama")[-1]
    assert isinstance(end, Generated)
    assert end.tokens_per_s == 123.5


def test_an_answer_cut_at_its_limit_says_so(server: FakeChatServer) -> None:
    end = ask(server, "cut")[-1]
    assert isinstance(end, Generated)
    assert end.finish == "length"


def test_a_server_without_usage_still_answers_and_is_asked_plainly_from_then_on(server: FakeChatServer) -> None:
    model = client(server, "old")
    for _ in range(2):
        events = list(model.stream(ASKED, GenerationOptions()))
        assert text_of(events) == "The leave is 18 weeks."
        assert isinstance(events[-1], Generated)
        assert events[-1].usage.output_tokens >= 5
    assert len(server.chats) == 3


def test_a_model_that_names_its_limit_otherwise_is_asked_in_its_words(server: FakeChatServer) -> None:
    assert text_of(ask(server, "new")) == "The leave is 18 weeks."
    assert server.chats[-1].body["max_completion_tokens"] == 32


def test_a_slow_first_token_within_the_limit_is_waited_for(server: FakeChatServer) -> None:
    assert text_of(ask(server, "slow")) == "The leave is 18 weeks."


def test_an_overloaded_server_is_asked_again_at_most_twice(server: FakeChatServer) -> None:
    server.refusals = 2
    assert text_of(ask(server, "overloaded")) == "The leave is 18 weeks."
    server.refusals = 3
    error = failure(server, "overloaded")
    assert isinstance(error, ModelRefused)
    assert "503" in error.message
    assert len(server.chats) == 6


def test_nothing_at_the_address_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    limits = replace(LIMITED, provider_retries=0)
    model = ChatClient("any", Endpoint(address), context_tokens=1_000, limits=limits)
    with pytest.raises(ModelUnreachable, match=address):
        list(model.stream(ASKED, GenerationOptions()))


@pytest.mark.parametrize(
    ("model", "kind", "words"),
    [
        ("bad-key", ModelRefused, "401"),
        ("unknown", ModelRefused, "404"),
        ("busy", ModelRefused, "429"),
        ("no-credit", ModelRefused, "quota"),
        ("redirects", ModelRefused, "redirects to http://192.0.2.1"),
        ("html", ModelNonsense, "protocol"),
        ("whole", ModelNonsense, "protocol"),
        ("nonsense", ModelNonsense, "protocol"),
        ("strange", ModelNonsense, "protocol"),
        ("thinks", ModelNonsense, "without writing an answer"),
        ("stalls", ModelTimeout, "sent nothing for 0.6 s"),
        ("falls-silent", ModelTimeout, "stopped in the middle of its answer and sent nothing for 0.4 s"),
        ("endless", ModelTimeout, "had not finished its answer after 3 s"),
        ("drops", ModelBrokeOff, "before it answered"),
        ("breaks-off", ModelBrokeOff, "in the middle of its answer"),
        ("no-finish", ModelBrokeOff, "in the middle of its answer"),
        ("error-in-stream", ModelBrokeOff, "out of memory"),
    ],
)
def test_each_misbehaviour_is_told_with_its_values_and_a_way_out(
    server: FakeChatServer, model: str, kind: type[ModelFailed], words: str
) -> None:
    error = failure(server, model)
    assert type(error) is kind
    assert words in error.message
    assert model in error.message


def test_no_second_try_after_the_first_piece_of_text(server: FakeChatServer) -> None:
    failure(server, "breaks-off")
    assert len(server.chats) == 1


def test_what_another_try_cannot_mend_is_asked_once(server: FakeChatServer) -> None:
    for model in ("bad-key", "no-credit", "stalls"):
        failure(server, model)
    assert len(server.chats) == 3


def test_the_key_is_in_no_message_no_repr_and_no_log(server: FakeChatServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    error = failure(server, "bad-key")
    shown = f"{error} {error.hint} {client(server, 'answers')!r} {Endpoint(server.base_url, KEY)!r} {caplog.text}"
    assert KEY not in shown
    assert "[key]" in error.message


def test_closing_the_stream_stops_the_server(server: FakeChatServer) -> None:
    stream = client(server, "endless").stream(ASKED, GenerationOptions())
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert server.client_left.wait(2.0)


def test_a_failed_request_leaves_no_thread_behind(server: FakeChatServer) -> None:
    failure(server, "stalls")
    deadline = time.monotonic() + 2.0
    while time.monotonic() < deadline and any(t.name == "openbook-stream" for t in threading.enumerate()):
        time.sleep(0.02)
    assert not [thread for thread in threading.enumerate() if thread.name == "openbook-stream"]


def test_a_tried_connection_tells_its_models_its_words_and_its_time(server: FakeChatServer) -> None:
    report = client(server, "answers").test_connection()
    assert report.models == ("answers", "stalls")
    assert report.reply == "The leave is 18 weeks."
    assert 0 < report.ms < 5_000


def test_a_tried_connection_with_a_wrong_key_is_refused(server: FakeChatServer) -> None:
    with pytest.raises(ModelRefused, match="401"):
        client(server, "bad-key").test_connection()


@pytest.mark.parametrize("address", ["", "localhost:11434", "ftp://host/v1", "http://", "https://user:word@host/v1"])
def test_what_is_no_address_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(BadInput):
        Endpoint(address)


def test_a_key_with_what_no_key_has_is_refused_without_showing_it() -> None:
    with pytest.raises(BadInput) as raised:
        Endpoint("http://localhost/v1", "sk-abc\n")
    assert "sk-abc" not in raised.value.message


def test_a_model_without_a_name_is_refused() -> None:
    with pytest.raises(BadInput, match="No model"):
        ChatClient(" ", Endpoint("http://localhost/v1"), context_tokens=10)


def test_a_grammar_goes_beyond_the_protocol_and_a_schema_before_it(server: FakeChatServer) -> None:
    for schema in ("", '{"type": "object"}'):
        options = GenerationOptions(grammar='root ::= "yes"', json_schema=schema)
        list(client(server, "answers").stream(ASKED, options))
    first, *others = (chat.body for chat in server.chats)
    assert first["grammar"] == 'root ::= "yes"'
    assert all("grammar" not in body for body in others)
