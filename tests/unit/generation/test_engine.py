import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from lib.domain import Generated, Message, TextPiece
from lib.errors import ModelBrokeOff, ModelFailed, WeightsMissing
from lib.generation.engine import Engine, built_in_client
from lib.generation.tokens import estimate_tokens
from lib.settings import APP_DIR, GenerationOptions
from lib.weights import chat_model_path

ASKED = (Message("user", "Tell me a long story about a lighthouse."),)


def written(engine: Engine, *, tokens: int = 16) -> str:
    events = built_in_client(engine).stream(ASKED, GenerationOptions(max_tokens=tokens))
    return "".join(event.text for event in events if isinstance(event, TextPiece))


def child_of(engine: Engine) -> psutil.Process:
    engine.connect()
    assert engine.pid is not None
    return psutil.Process(engine.pid)


def gone_within(process: psutil.Process, seconds: float) -> bool:
    try:
        process.wait(seconds)
    except psutil.TimeoutExpired:
        return False
    return True


def test_the_built_in_model_writes_text(engine: Engine) -> None:
    assert len(written(engine).split()) > 5


def test_it_listens_on_loopback_alone(engine: Engine) -> None:
    addresses = {c.laddr.ip for c in child_of(engine).net_connections() if c.status == psutil.CONN_LISTEN}
    assert addresses == {"127.0.0.1"}


def test_without_its_key_it_answers_nobody(engine: Engine) -> None:
    import httpx2

    address = engine.connect().base_url
    reply = httpx2.post(f"{address}/chat/completions", json={"messages": []}, trust_env=False)
    assert reply.status_code == 401


def test_its_key_is_in_no_argument_and_no_environment(engine: Engine) -> None:
    key = engine.connect().key
    child = child_of(engine)
    assert key not in " ".join(child.cmdline())
    assert key not in " ".join(child.environ().values())


def test_two_answers_are_written_at_the_same_time(engine: Engine) -> None:
    client = built_in_client(engine)
    begun, ended = threading.Event(), threading.Event()

    def write_a_long_one() -> None:
        for _ in client.stream(ASKED, GenerationOptions(max_tokens=400)):
            begun.set()
        ended.set()

    writer = threading.Thread(target=write_a_long_one)
    writer.start()
    assert begun.wait(30)
    short = list(client.stream(ASKED, GenerationOptions(max_tokens=5)))
    assert isinstance(short[-1], Generated)
    assert not ended.is_set(), "the short answer waited for the long one"
    writer.join()


def test_many_threads_start_one_child_between_them() -> None:
    engine = Engine(chat_model_path)
    with ThreadPoolExecutor(8) as pool:
        addresses = set(pool.map(lambda _: engine.connect().base_url, range(8)))
    engine.close()
    assert len(addresses) == 1


@pytest.mark.faults
@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_the_answer_after_a_killed_model_works(engine: Engine) -> None:
    before = written(engine)
    child = child_of(engine)
    child.send_signal(signal.SIGKILL)
    assert gone_within(child, 5)
    assert written(engine) == before


@pytest.mark.faults
@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_model_killed_in_the_middle_of_an_answer_is_a_message(engine: Engine) -> None:
    stream = built_in_client(engine).stream(ASKED, GenerationOptions(max_tokens=1_000))
    next(stream)
    child_of(engine).send_signal(signal.SIGKILL)
    with pytest.raises(ModelBrokeOff, match="middle of its answer") as raised:
        list(stream)
    assert "restarts by itself" in raised.value.hint


PARENT = """
import time
from lib.generation.engine import Engine
from lib.weights import chat_model_path
engine = Engine(chat_model_path)
engine.connect()
print(engine.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.faults
@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_killed_app_takes_the_model_with_it() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], cwd=APP_DIR, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.05)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_closing_ends_the_child_and_refuses_more() -> None:
    engine = Engine(chat_model_path)
    child = child_of(engine)
    engine.close()
    engine.close()
    assert not child.is_running()
    with pytest.raises(ModelFailed, match="shut down"):
        engine.connect()


def test_a_file_that_is_no_model_is_a_message_with_what_llama_cpp_said(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF but not really")
    engine = Engine(lambda: broken)
    with pytest.raises(ModelFailed, match="did not start") as raised:
        engine.connect()
    assert "run.py setup" in raised.value.hint
    engine.close()


def test_missing_weights_are_told_when_a_question_needs_them() -> None:
    def missing() -> Path:
        raise WeightsMissing("not there")

    with pytest.raises(WeightsMissing):
        Engine(missing).connect()


def test_counts_are_the_models_own(engine: Engine) -> None:
    client = built_in_client(engine)
    assert client.count_tokens("Hello there") == 2
    text = "Eighteen weeks of paid parental leave, from 1 January 2026."
    (end,) = [
        event
        for event in client.stream((Message("user", text),), GenerationOptions(max_tokens=1))
        if isinstance(event, Generated)
    ]
    (shorter,) = [
        event
        for event in client.stream((Message("user", "Hello there"),), GenerationOptions(max_tokens=1))
        if isinstance(event, Generated)
    ]
    assert end.usage.input_tokens - shorter.usage.input_tokens == client.count_tokens(text) - 2


@pytest.mark.parametrize(
    "text",
    [
        "How many weeks of paid parental leave do employees in Lisbon get?",
        "Ref. 2024-11-08: 1,234.56 EUR (incl. 23% VAT); see §4.2(b).",
        "Überprüfung der Kältemittelleitungen, naïve café — déjà vu…",
        "def f(x):\n    return {k: v for k, v in x.items()}\n" * 3,
        "| Plan | Price |\n|---|---|\n| Basic | 9.00 |",
        "東京都の有給休暇は二十日です。",
        "antidisestablishmentarianism Kubernetes qwzxjk 🎉🎉",
    ],
)
def test_the_estimate_for_other_models_is_not_below_a_real_count(engine: Engine, text: str) -> None:
    assert estimate_tokens(text) >= built_in_client(engine).count_tokens(text)
