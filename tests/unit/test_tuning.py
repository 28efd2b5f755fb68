"""Trainings as pages and the command line use them: one at a time, stopped, resumed, estimated; in the real process."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lib.domain import AdapterFile, Message
from lib.errors import BadInput, NotFound, TrainingFailed
from lib.files import sha256_of
from lib.settings import BUILT_IN_READER
from lib.training.estimate import Estimator, estimate_of
from lib.training.event_lines import Measured, StepTime
from lib.training.order import BaseFile, TrainingOrder
from lib.training.values import (
    Sampled,
    Trained,
    TrainingExample,
    TrainingSet,
    TrainingSettings,
    TrainingStep,
    Validated,
)
from lib.tuning import Tuning, TuningHouse, check_settings
from tests.support.tiny_base import tiny_base

SETTINGS = TrainingSettings(epochs=2, rank=4, batch_size=4, validations=2)


def row(number: int) -> TrainingExample:
    messages = (Message("system", "Be brief."), Message("user", f"Ticket {number}"), Message("assistant", "code 1"))
    return TrainingExample(f"r{number}", messages)


SET = TrainingSet("set", tuple(map(row, range(8))), tuple(map(row, range(8, 12))), tuple(map(row, range(12, 16))))


class Quiet:
    """Notes how often the engine was asked to be quieter, and whether it still is."""

    def __init__(self) -> None:
        self.times, self.now = 0, False

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        self.times, self.now = self.times + 1, True
        yield
        self.now = False


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> BaseFile:
    path = tiny_base(tmp_path_factory.mktemp("tiny"))
    return BaseFile(path, sha256_of(path.read_bytes()), "tiny")


@pytest.fixture
def quiet() -> Quiet:
    return Quiet()


@pytest.fixture
def tuning(tmp_path: Path, base: BaseFile, quiet: Quiet) -> Iterator[Tuning]:
    found = Tuning(tmp_path, TuningHouse(lambda _: base, lambda: READER, quiet, 1))
    yield found
    found.close()


READER = AdapterFile(BUILT_IN_READER, Path("reader.gguf"), "a", "b")


def test_a_training_tells_of_its_steps_and_leaves_an_adapter_with_all_that_made_it(
    tuning: Tuning, quiet: Quiet, base: BaseFile
) -> None:
    assert tuning.state("w") is None
    tuning.start("w", SET, "one", SETTINGS)
    with pytest.raises(BadInput, match="The training 'one' of the workspace 'w' is still running"):
        tuning.start("other", SET, "two", SETTINGS)
    assert tuning.unfinished("w") == ()
    events = list(tuning.follow("w"))
    assert tuning.wait("w")
    assert [event.step for event in events if isinstance(event, TrainingStep)] == [1, 2, 3, 4]
    assert [event.step for event in events if isinstance(event, Validated)] == [2, 4]
    assert {event.wanted for event in events if isinstance(event, Sampled)} == {"code 1"}
    assert isinstance(events[-1], Trained)
    run = tuning.state("w")
    assert run is not None
    assert (run.phase, run.running, run.error, run.events) == ("finished", False, "", tuple(events))
    assert (quiet.times, quiet.now) == (1, False)
    adapter = tuning.adapters.load("w", "one")
    assert (adapter.base, adapter.base_sha256, adapter.trainset, adapter.examples) == ("tiny", base.sha256, "set", 8)
    assert (adapter.instruction, adapter.settings, adapter.curve) == ("Be brief.", SETTINGS, run.curve)
    file = tuning.adapter_file("w", "one")
    assert sha256_of(file.path.read_bytes()) == file.sha256 == adapter.gguf_sha256
    assert tuning.unfinished("w") == ()


def test_a_closed_lab_pauses_its_training_which_goes_on_after_a_restart_with_its_whole_curve(
    tuning: Tuning, tmp_path: Path, base: BaseFile
) -> None:
    long = replace(SETTINGS, epochs=100)
    tuning.start("w", SET, "one", long)
    seen = threading.Event()
    for event in tuning.follow("w"):
        if isinstance(event, TrainingStep) and event.step >= 2:
            seen.set()
            break
    assert seen.is_set()
    tuning.close()
    with pytest.raises(BadInput, match="being closed"):
        tuning.start("w", SET, "two", SETTINGS)
    again = Tuning(tmp_path, TuningHouse(lambda _: base, lambda: READER, contextlib.nullcontext, 1))
    assert again.unfinished("w") == ("one",)
    run = again.state("w")
    assert run is not None
    assert run.phase == "interrupted"
    before = run.curve.training
    assert [step for step, _ in before] == list(range(1, len(before) + 1))
    again.resume("w", "one")
    follow = again.follow("w")
    assert [next(follow) for _ in run.events] == list(run.events)
    assert next(event.step for event in follow if isinstance(event, TrainingStep)) == len(before) + 1
    again.stop("w")
    assert again.wait("w")
    run = again.state("w")
    assert run is not None
    assert run.phase == "stopped"
    assert again.adapters.load("w", "one").ended == "stopped"
    assert again.adapters.load("w", "one").curve.training[: len(before)] == before
    assert again.unfinished("w") == ()
    again.close()


def test_a_row_over_the_window_is_told_by_its_name_and_no_adapter_is_left(tuning: Tuning) -> None:
    with pytest.raises(TrainingFailed, match=r"The example r0 has .* the window has 16"):
        tuning.estimate("w", SET, replace(SETTINGS, window_tokens=16))


def test_the_built_in_reader_is_an_adapter_like_any_other(tuning: Tuning) -> None:
    assert tuning.adapter_file("w", BUILT_IN_READER) == READER
    with pytest.raises(NotFound, match="'none'"):
        tuning.adapter_file("w", "none")
    with pytest.raises(BadInput, match="comes with the app"):
        tuning.start("w", SET, BUILT_IN_READER, SETTINGS)


def test_an_empty_set_and_dials_out_of_range_are_refused_before_a_process_is_started(tuning: Tuning) -> None:
    with pytest.raises(BadInput, match="'set' has no training examples"):
        tuning.start("w", replace(SET, train=()), "one", SETTINGS)
    for wrong in ({"rank": 0}, {"epochs": 0}, {"learning_rate": 2.0}, {"batch_size": 0}, {"time_budget_s": -1.0}):
        with pytest.raises(BadInput, match="is"):
            check_settings(replace(SETTINGS, **wrong))
    with pytest.raises(BadInput):
        tuning.start("../w", SET, "one", SETTINGS)
    with pytest.raises(NotFound, match="no unfinished training 'one'"):
        tuning.resume("w", "one")
    assert tuning.state("w") is None


MEASURED = Measured(
    load_s=2.0,
    lengths=(60, 60, 60, 60, 120, 120, 120, 120),
    validation_lengths=(60,) * 4,
    steps=(StepTime(256, 1.0), StepTime(512, 2.0)),
    base_bytes=1_000,
    peak_bytes=3_000,
    worst_tokens=1_024,
    saves_memory=False,
    parts=1,
    step_tokens=16,
)


def test_a_step_is_measured_once_until_it_is_to_be_measured_again(
    tuning: Tuning, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[TrainingOrder] = []

    def measure(_estimator: Estimator, order: TrainingOrder) -> Measured:
        measured.append(order)
        return MEASURED

    monkeypatch.setattr(Estimator, "_measured", measure)
    found = [tuning.estimate("w", SET, SETTINGS) for _ in range(2)]
    assert (len(measured), found[0]) == (1, found[1])
    tuning.forget_estimate("w", SET, SETTINGS)
    tuning.estimate("w", SET, SETTINGS)
    assert len(measured) == 2


def test_an_estimate_adds_up_load_steps_validation_samples_and_saving() -> None:
    """Two epochs of one short batch (1 s) and one long (2 s); two validations of 256 tokens at .35 s; 10 % samples."""
    found = estimate_of(MEASURED, SETTINGS)
    assert found.seconds == pytest.approx(2.0 + (2 * 3.0 + 2 * 0.35) * 1.1 + 3.0)
    assert (found.steps, found.tokens, found.measured) == (4, 2 * 720, True)
    assert found.memory_bytes == 1_000 + 2_000 * 2


def test_a_time_budget_bounds_the_estimate_and_more_epochs_cost_more() -> None:
    assert estimate_of(MEASURED, replace(SETTINGS, time_budget_s=3.0)).seconds == pytest.approx(2.0 + 3.0 + 3.0)
    seconds = [estimate_of(MEASURED, replace(SETTINGS, epochs=epochs)).seconds for epochs in (1, 2, 4, 8)]
    assert seconds == sorted(set(seconds))
