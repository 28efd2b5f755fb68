import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from lib.domain import AdapterFile, Message, TextPiece
from lib.errors import BadInput, ModelFailed, NotFound, StoreDamaged
from lib.generation import engine as engine_module
from lib.generation.engine import Engine, built_in_client
from lib.generation.engine_child import Order
from lib.generation.engine_process import EngineProcess
from lib.settings import GenerationOptions
from tests.support.tiny_adapters import adapter_file, tiny_adapter
from tests.support.tiny_base import tiny_base

QUESTIONS = ("How many weeks?", "Where is my parcel?", "Tell me of the lighthouse.", "Is the office open?")
TOKENS = 4


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def shelf(base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[AdapterFile, ...]:
    folder = tmp_path_factory.mktemp("adapters")
    return tuple(tiny_adapter(folder / f"adapter-{seed}.gguf", base, seed=seed) for seed in range(10))


@pytest.fixture
def engine(base: Path) -> Iterator[Engine]:
    made = Engine(lambda: base)
    yield made
    made.close()


@pytest.fixture(scope="module")
def alone(base: Path, shelf: tuple[AdapterFile, ...]) -> dict[tuple[str, str], str]:
    """What the base and each of the first three adapters answer where nothing else is loaded."""
    answers = {}
    for adapter in (None, *shelf[:3]):
        engine = Engine(lambda: base)
        for question in QUESTIONS:
            answers[name_of(adapter), question] = written(engine, adapter, question)
        engine.close()
    assert len(set(answers.values())) == len(answers), "the adapters must be told apart by their answers"
    return answers


def name_of(adapter: AdapterFile | None) -> str:
    return adapter.name if adapter is not None else "base"


def written(
    engine: Engine, adapter: AdapterFile | None = None, question: str = QUESTIONS[0], *, tokens: int = TOKENS
) -> str:
    events = built_in_client(engine, adapter).stream((Message("user", question),), GenerationOptions(max_tokens=tokens))
    return "".join(event.text for event in events if isinstance(event, TextPiece))


def gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not psutil.pid_exists(pid)


def running(engine: Engine) -> int:
    assert engine.pid is not None
    return engine.pid


def test_everyone_is_answered_by_the_adapter_they_asked_for_while_another_is_added(
    engine: Engine, shelf: tuple[AdapterFile, ...], alone: dict[tuple[str, str], str]
) -> None:
    asked = [((None, *shelf[:2])[turn % 3], QUESTIONS[turn % len(QUESTIONS)]) for turn in range(60)]
    asked[30:30] = [(shelf[2], question) for question in QUESTIONS]
    with ThreadPoolExecutor(6) as people:
        answers = list(people.map(lambda one: written(engine, *one), asked))
    wanted = [alone[name_of(adapter), question] for adapter, question in asked]
    assert answers == wanted


def test_an_adapter_that_is_loaded_changes_nothing_for_the_base(
    engine: Engine, shelf: tuple[AdapterFile, ...], alone: dict[tuple[str, str], str]
) -> None:
    assert written(engine, shelf[0]) == alone[shelf[0].name, QUESTIONS[0]]
    assert written(engine) == alone["base", QUESTIONS[0]]
    assert engine.connect().scales == (0.0,)
    assert engine.connect(shelf[0]).scales == (1.0,)


def test_a_loaded_adapter_is_served_by_the_process_that_runs(engine: Engine, shelf: tuple[AdapterFile, ...]) -> None:
    written(engine, shelf[0])
    written(engine, shelf[1])
    before = running(engine)
    for adapter in (shelf[0], None, shelf[1]):
        written(engine, adapter)
    assert running(engine) == before


def test_an_answer_that_is_being_written_ends_where_it_began(engine: Engine, shelf: tuple[AdapterFile, ...]) -> None:
    whole = written(engine, tokens=200)
    stream = built_in_client(engine).stream((Message("user", QUESTIONS[0]),), GenerationOptions(max_tokens=200))
    first = next(stream)
    assert isinstance(first, TextPiece)
    old = running(engine)
    written(engine, shelf[0])
    assert running(engine) != old
    rest = "".join(event.text for event in stream if isinstance(event, TextPiece))
    assert first.text + rest == whole
    assert gone_within(old, 5), "the old process outlived its last answer"


def test_an_answer_that_is_stopped_lets_its_process_go(engine: Engine, shelf: tuple[AdapterFile, ...]) -> None:
    stream = built_in_client(engine).stream((Message("user", QUESTIONS[0]),), GenerationOptions(max_tokens=3_000))
    next(stream)
    old = running(engine)
    engine.connect(shelf[0])
    assert psutil.pid_exists(old)
    stream.close()  # type: ignore[attr-defined]
    assert gone_within(old, 5)


def test_others_are_answered_while_a_process_with_a_new_adapter_starts(
    engine: Engine,
    shelf: tuple[AdapterFile, ...],
    alone: dict[tuple[str, str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written(engine, shelf[0])
    may_start = threading.Event()

    def slow(order: Order) -> EngineProcess:
        assert may_start.wait(30)
        return EngineProcess(order)

    monkeypatch.setattr(engine_module, "EngineProcess", slow)
    with ThreadPoolExecutor(1) as person:
        new = person.submit(written, engine, shelf[1])
        assert written(engine) == alone["base", QUESTIONS[0]]
        assert written(engine, shelf[0]) == alone[shelf[0].name, QUESTIONS[0]]
        assert not new.done()
        may_start.set()
        assert new.result(30) == alone[shelf[1].name, QUESTIONS[0]]


def test_at_most_eight_are_loaded_and_the_least_recently_used_goes(
    engine: Engine, shelf: tuple[AdapterFile, ...], alone: dict[tuple[str, str], str]
) -> None:
    for adapter in shelf[:8]:
        engine.connect(adapter)
    engine.connect(shelf[0])
    engine.connect(shelf[8])
    assert set(engine.loaded) == {name_of(one) for one in (shelf[0], *shelf[2:9])}
    assert written(engine, shelf[1]) == alone[shelf[1].name, QUESTIONS[0]]
    assert len(engine.loaded) == 8


def test_an_adapter_trained_again_under_its_name_is_another(
    engine: Engine, base: Path, shelf: tuple[AdapterFile, ...], alone: dict[tuple[str, str], str], tmp_path: Path
) -> None:
    path = tmp_path / "tickets.gguf"
    shutil.copy(shelf[0].path, path)
    first = adapter_file(path, base)
    assert written(engine, first) == alone[shelf[0].name, QUESTIONS[0]]
    shutil.copy(shelf[1].path, tmp_path / "next.gguf")
    (tmp_path / "next.gguf").replace(path)
    second = adapter_file(path, base)
    assert written(engine, second) == alone[shelf[1].name, QUESTIONS[0]]
    with pytest.raises(StoreDamaged, match="'tickets' has changed"):
        written(engine, first)


def test_an_adapter_of_another_base_is_refused_and_both_are_named(
    engine: Engine, base: Path, shelf: tuple[AdapterFile, ...]
) -> None:
    stranger = replace(shelf[0], name="stranger", base_sha256="f" * 64)
    with pytest.raises(BadInput, match=r"'stranger' was trained for .* ffffffffffff.*tiny-base\.gguf") as raised:
        written(engine, stranger)
    assert shelf[0].base_sha256[:12] in raised.value.message


def gone(adapter: AdapterFile) -> AdapterFile:
    adapter.path.unlink()
    return adapter


def cut_short(adapter: AdapterFile) -> AdapterFile:
    adapter.path.write_bytes(adapter.path.read_bytes()[:1_000])
    return adapter


def no_adapter_at_all(adapter: AdapterFile) -> AdapterFile:
    adapter.path.write_bytes(b"GGUF but not really")
    return replace(adapter_file(adapter.path, adapter.path), base_sha256=adapter.base_sha256)


@pytest.mark.parametrize(
    ("spoil", "error", "said"),
    [
        (gone, NotFound, "has no file spoilt.gguf any more"),
        (cut_short, StoreDamaged, "has changed or is damaged"),
        (no_adapter_at_all, ModelFailed, "could not be loaded"),
    ],
)
def test_a_spoilt_adapter_is_a_message_and_breaks_nothing_for_others(
    engine: Engine,
    base: Path,
    shelf: tuple[AdapterFile, ...],
    alone: dict[tuple[str, str], str],
    tmp_path: Path,
    spoil: Callable[[AdapterFile], AdapterFile],
    error: type[Exception],
    said: str,
) -> None:
    written(engine, shelf[0])
    before = running(engine)
    spoilt = spoil(tiny_adapter(tmp_path / "spoilt.gguf", base, seed=99))
    with pytest.raises(error, match=said) as raised:
        written(engine, spoilt)
    assert "'spoilt'" in str(raised.value)
    assert written(engine, shelf[0]) == alone[shelf[0].name, QUESTIONS[0]]
    assert running(engine) == before


@pytest.mark.faults
@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_after_a_crash_the_adapters_that_still_stand_are_served(
    engine: Engine, base: Path, shelf: tuple[AdapterFile, ...], alone: dict[tuple[str, str], str], tmp_path: Path
) -> None:
    removed = tiny_adapter(tmp_path / "removed.gguf", base, seed=98)
    for adapter in (shelf[0], removed):
        written(engine, adapter)
    removed.path.unlink()
    os.kill(running(engine), signal.SIGKILL)
    assert written(engine) == alone["base", QUESTIONS[0]]
    assert engine.loaded == (shelf[0].name,)
    assert written(engine, shelf[0]) == alone[shelf[0].name, QUESTIONS[0]]


@pytest.mark.faults
@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_no_question_is_lost_when_the_model_is_killed_before_it_answers(
    engine: Engine, shelf: tuple[AdapterFile, ...], alone: dict[tuple[str, str], str]
) -> None:
    for adapter in shelf[:2]:
        written(engine, adapter)
    for adapter in (*shelf[:2], None, *shelf[:2]):
        os.kill(running(engine), signal.SIGKILL)
        assert written(engine, adapter) == alone[name_of(adapter), QUESTIONS[0]]


def test_with_many_adapters_at_once_no_process_is_left_behind(engine: Engine, shelf: tuple[AdapterFile, ...]) -> None:
    before = {child.pid for child in psutil.Process().children()}
    with ThreadPoolExecutor(10) as people:
        list(people.map(lambda adapter: written(engine, adapter), (*shelf, *shelf)))
    left = {child.pid for child in psutil.Process().children()} - before - {running(engine)}
    assert all(gone_within(pid, 5) for pid in left)


def test_the_engine_computes_with_one_thread_while_a_job_trains(
    base: Path, shelf: tuple[AdapterFile, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []

    def noted(order: Order) -> EngineProcess:
        threads.append(order.threads)
        return EngineProcess(order)

    monkeypatch.setattr(engine_module, "EngineProcess", noted)
    engine = Engine(lambda: base, threads=2)
    written(engine, shelf[0])
    with engine.training():
        with engine.training():
            written(engine, shelf[0])
        written(engine)
    written(engine, shelf[0])
    engine.close()
    assert threads == [2, 1, 2]


def test_training_starts_no_model_that_nobody_asked(engine: Engine) -> None:
    with engine.training():
        pass
    assert engine.pid is None
