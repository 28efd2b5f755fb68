"""A run on disk: whole or not there, its log cut back to its checkpoint, its end noted once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.domain import Message
from lib.errors import StoreDamaged
from lib.training.checkpoints import Checkpoint, Progress, RunFolder, run_names
from lib.training.event_lines import Failed, Measured, Noted, PhaseBegun, StepTime, from_line, to_line
from lib.training.order import BaseFile, ChildOrder, TrainingOrder
from lib.training.values import (
    Sampled,
    Trained,
    TrainingExample,
    TrainingSet,
    TrainingSettings,
    TrainingStep,
    Validated,
)

ROW = TrainingExample("a", (Message("user", "Hé?"), Message("assistant", "Ja\u2028.")), ("tag",))
ORDER = TrainingOrder(
    "w",
    "one",
    BaseFile(Path("/models/tiny.gguf"), "f" * 64, "tiny"),
    TrainingSet("set", (ROW,), (ROW,)),
    "e" * 64,
    TrainingSettings(epochs=2),
    datetime(2026, 11, 21, tzinfo=UTC),
)
STEPS = tuple(TrainingStep(n, 9, n / 3, 2.0 / n, 100, 50.0, n * 2.0, 18.0 - n) for n in (1, 2, 3))


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    found = RunFolder(tmp_path, "w", "one")
    found.begin(ORDER)
    return found


def logged(folder: RunFolder, *events: object) -> int:
    with folder.log_path.open("a", encoding="utf-8") as log:
        for event in events:
            log.write(to_line(event) + "\n")  # type: ignore[arg-type]
    return folder.log_path.stat().st_size


def checkpoint(step: int, log_bytes: int) -> Checkpoint:
    import torch

    progress = Progress(step, 1.5 * step, 0.25, 1, log_bytes)
    return Checkpoint(progress, {"a.b/c": torch.ones(2, 3) * step}, {"0.step": torch.tensor(float(step))}, {})


@pytest.mark.parametrize(
    "event",
    [
        *STEPS,
        Validated(3, 0.5, best=True),
        Sampled(3, "in\u2028\n", '{"a": "é"}', ""),
        Trained(9, 6, 12.5, "time budget"),
        PhaseBegun("saving"),
        Noted("short"),
        Failed("no", "try", resumable=True),
        Measured(1.0, (3, 4), (), (StepTime(64, 0.5),), 10, 20, 64, saves_memory=False, parts=1, step_tokens=64),
    ],
    ids=lambda event: type(event).__name__,
)
def test_an_event_comes_through_the_pipe_as_it_was(event: object) -> None:
    line = to_line(event)  # type: ignore[arg-type]
    assert "\n" not in line
    assert from_line(line) == event


@pytest.mark.parametrize("line", ["", "{", "[]", '"x"', "7", '{"kind": "step"}', '{"kind": "no"}', '{"step": 1}'])
def test_a_line_that_is_no_event_is_none(line: str) -> None:
    assert from_line(line) is None


def test_an_order_is_read_back_and_a_broken_one_is_told(folder: RunFolder, tmp_path: Path) -> None:
    assert folder.order() == ORDER
    assert run_names(tmp_path, "w") == ("one",)
    assert ChildOrder.read(ChildOrder("/d", "w", "one", 2, "measure", ORDER).line()).order == ORDER
    (folder.path / "order.json").write_text("{}")
    with pytest.raises(StoreDamaged, match="'one'"):
        folder.order()


def test_a_checkpoint_is_read_back_and_the_next_takes_its_place(folder: RunFolder) -> None:
    import torch

    assert folder.checkpoint() is None
    folder.keep_checkpoint(checkpoint(1, 10))
    folder.keep_checkpoint(checkpoint(2, 20))
    found = folder.checkpoint()
    assert found is not None
    assert found.progress == folder.progress() == Progress(2, 3.0, 0.25, 1, 20)
    assert torch.equal(found.lora["a.b/c"], torch.ones(2, 3) * 2)
    assert found.optimiser["0.step"] == 2
    assert found.best == {}


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, b"\x08\x00\x00\x00\x00\x00\x00\x00{}", b"\x00" * 8])
def test_a_checkpoint_that_cannot_be_read_counts_as_none(folder: RunFolder, content: bytes) -> None:
    (folder.path / "checkpoint.safetensors").write_bytes(content)
    assert folder.checkpoint() is None


def test_the_log_is_cut_back_to_the_checkpoint_and_what_follows_is_done_again(folder: RunFolder) -> None:
    size = logged(folder, STEPS[0], STEPS[1])
    folder.keep_checkpoint(checkpoint(2, size))
    logged(folder, STEPS[2])
    with folder.log_path.open("a") as log:
        log.write('{"kind": "st')
    assert folder.events() == STEPS
    folder.rewind(ORDER)
    assert folder.events() == STEPS[:2]


def test_without_a_checkpoint_the_run_begins_again(folder: RunFolder) -> None:
    logged(folder, *STEPS)
    folder.rewind(ORDER)
    assert folder.events() == ()


def test_how_it_ended_is_told_after_a_restart(folder: RunFolder) -> None:
    logged(folder, STEPS[0], Validated(1, 0.5, best=True))
    assert not folder.ended()
    told = folder.run_as_told(ORDER)
    assert (told.phase, told.running, told.curve.validation) == ("interrupted", False, ((1, 0.5),))
    folder.end(Failed("The disk is full.", "Free some.", resumable=True))
    told = folder.run_as_told(ORDER)
    assert (told.phase, told.error, told.hint) == ("interrupted", "The disk is full.", "Free some.")
    folder.end(Failed("The loss is nan.", "Lower it."))
    assert folder.ended()
    assert folder.run_as_told(ORDER).phase == "failed"
    logged(folder, Trained(1, 1, 2.0, "stopped"))
    folder.end(None)
    assert folder.run_as_told(ORDER).phase == "stopped"


def test_an_end_lets_go_of_the_checkpoint_unless_it_can_be_resumed(folder: RunFolder) -> None:
    folder.keep_checkpoint(checkpoint(1, 0))
    folder.end(Failed("full", "free", resumable=True))
    assert folder.progress() is not None
    folder.end(None)
    assert folder.progress() is None
