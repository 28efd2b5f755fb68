"""The training loop: it learns, keeps the best step, tells of a loss that is no number, and resumes as if never cut."""

import contextlib
import copy
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lib.errors import TrainingFailed
from lib.training.base import Base
from lib.training.batches import Encoded, collate, encode_all
from lib.training.checkpoints import Checkpoint, Progress, RunFolder
from lib.training.fitting import Fit
from lib.training.lora import LoraRun
from lib.training.values import Trained, TrainingSettings, TrainingStep, Validated
from tests.unit.training.conftest import example

AS_ASKED = Fit()
SETTINGS = TrainingSettings(epochs=3, rank=4, alpha=8, learning_rate=0.02, batch_size=4, validations=6)


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def encoded(tokenizer: Any) -> tuple[Encoded, ...]:
    return encode_all([example(n, words=1 + 5 * (n % 4)) for n in range(16)], tokenizer, window_tokens=256)


@pytest.fixture
def new_run(loaded_base: Base, encoded: tuple[Encoded, ...]) -> Callable[..., LoraRun]:
    def make(settings: TrainingSettings = SETTINGS, *, fit: Fit = AS_ASKED, validated: int = 4) -> LoraRun:
        base = Base(copy.deepcopy(loaded_base.model), loaded_base.tokenizer, loaded_base.dtype)
        return LoraRun(base, encoded[4:], encoded[:validated], settings, fit=fit)

    return make


def test_the_loss_is_the_mean_over_answer_tokens_alone(new_run: Callable[..., LoraRun], encoded: Any) -> None:
    """Against a loop over every answer token with all logits, unpadded."""
    import torch

    run = new_run()
    total, count = 0.0, 0
    for one in encoded[:4]:
        with torch.no_grad():
            logits = run.model(input_ids=torch.tensor([one.ids])).logits[0]
        for position in range(one.prompt_tokens, len(one.ids)):
            shares = torch.log_softmax(logits[position - 1], dim=-1)
            total -= float(shares[one.ids[position]])
            count += 1
    assert run.validation_loss() == pytest.approx(total / count, abs=1e-4)


def test_training_lowers_the_loss_and_tells_of_every_step(new_run: Callable[..., LoraRun], encoded: Any) -> None:
    run = new_run()
    before = run.validation_loss()
    events = list(run.steps(stopped=never))
    steps = [event for event in events if isinstance(event, TrainingStep)]
    assert [step.step for step in steps] == list(range(1, 10))
    assert {step.of for step in steps} == {9}
    assert sum(step.tokens for step in steps) == 3 * sum(len(one.ids) for one in encoded[4:])
    assert steps[-1].epoch == 3
    assert run.validation_loss() < before - 1
    assert isinstance(events[-1], Trained)
    assert (events[-1].steps, events[-1].ended) == (9, "finished")


def test_the_best_step_is_the_one_of_the_lowest_validation_loss(
    new_run: Callable[..., LoraRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run()
    losses = iter([5.0, 3.0, 4.0, 3.0, 2.5, 6.0, 7.0, 8.0, 9.0])
    monkeypatch.setattr(run, "validation_loss", lambda: next(losses))
    events = list(run.steps(stopped=never))
    told = [(event.loss, event.best) for event in events if isinstance(event, Validated)]
    assert told[:6] == [(5.0, True), (3.0, True), (4.0, False), (3.0, False), (2.5, True), (6.0, False)]
    assert isinstance(events[-1], Trained)
    assert events[-1].kept_step == 5


def test_a_loss_that_is_no_number_ends_the_run_and_says_at_which_step(
    new_run: Callable[..., LoraRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run()
    loss, calls = run._loss, iter(range(99))
    monkeypatch.setattr(run, "_loss", lambda *given: loss(*given) * (math.nan if next(calls) == 1 else 1))
    with pytest.raises(TrainingFailed, match="is nan at step") as raised:
        list(run.steps(stopped=never))
    assert "learning rate" in raised.value.hint


def test_a_rate_far_too_high_is_told_or_survived_but_never_kept_as_no_number(new_run: Callable[..., LoraRun]) -> None:
    run = new_run(replace(SETTINGS, learning_rate=1.0, epochs=12))
    with contextlib.suppress(TrainingFailed):
        for event in run.steps(stopped=never):
            assert not isinstance(event, TrainingStep | Validated) or math.isfinite(event.loss)


@pytest.mark.parametrize("cut", [1, 4, 8])
def test_a_run_resumed_from_a_checkpoint_ends_with_the_weights_of_one_that_was_never_cut(
    new_run: Callable[..., LoraRun], tmp_path: Path, cut: int
) -> None:
    import torch

    whole = new_run()
    for _ in whole.steps(stopped=never):
        pass
    first = new_run()
    for event in first.steps(stopped=never):
        if isinstance(event, TrainingStep) and event.step == cut:
            break
    folder = RunFolder(tmp_path, "w", "one")
    progress = Progress(first.done_steps, first.spent_s, first.best_loss, first.best_step, 0)
    folder.keep_checkpoint(Checkpoint(progress, first.lora_state(), first.optimiser_state(), {}))
    kept = folder.checkpoint()
    assert kept is not None
    second = new_run()
    second.take_up(kept)
    steps = [event.step for event in second.steps(stopped=never) if isinstance(event, TrainingStep)]
    assert steps == list(range(cut + 1, 10))
    ours, theirs = second.lora_state(), whole.lora_state()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    assert second.best_step == whole.best_step


def test_a_stop_ends_after_the_step_with_a_measured_best(new_run: Callable[..., LoraRun]) -> None:
    run = new_run(replace(SETTINGS, validations=1))
    events = list(run.steps(stopped=lambda: run.done_steps >= 2))
    assert isinstance(events[-1], Trained)
    assert (events[-1].steps, events[-1].kept_step, events[-1].ended) == (2, 2, "stopped")
    assert isinstance(events[-2], Validated)


def test_a_time_budget_ends_the_run_early_and_keeps_what_it_had(new_run: Callable[..., LoraRun]) -> None:
    events = list(new_run(replace(SETTINGS, time_budget_s=1e-6)).steps(stopped=never))
    assert isinstance(events[-1], Trained)
    assert (events[-1].steps, events[-1].kept_step, events[-1].ended) == (1, 1, "time budget")


@pytest.mark.parametrize("fit", [Fit(parts=2), Fit(parts=4, saves_memory=True), Fit(saves_memory=True)])
def test_what_saves_memory_learns_the_same(new_run: Callable[..., LoraRun], fit: Fit) -> None:
    import torch

    plain, saving = new_run(), new_run(fit=fit)
    losses = [
        [event.loss for event in run.steps(stopped=never) if isinstance(event, TrainingStep)] for run in (plain, saving)
    ]
    assert losses[1] == pytest.approx(losses[0], rel=1e-3)
    ours, theirs = saving.lora_state(), plain.lora_state()
    assert all(torch.allclose(ours[name], theirs[name], atol=2e-3) for name in theirs)


def test_without_validation_examples_the_training_ones_are_measured(new_run: Callable[..., LoraRun]) -> None:
    events = list(new_run(validated=0).steps(stopped=never))
    losses = [event.loss for event in events if isinstance(event, Validated)]
    assert losses[-1] < losses[0]


def test_padding_changes_no_loss(new_run: Callable[..., LoraRun], encoded: Any) -> None:
    run = new_run()
    short, long = min(encoded, key=lambda one: len(one.ids)), Encoded(tuple(range(90, 260)), 100)
    alone = float(run._loss([short], collate([short], pad_id=0, step=16)).detach())
    beside = collate([short, long], pad_id=0, step=64)
    beside.targets[1] = -100
    assert float(run._loss([short, long], beside).detach()) == pytest.approx(alone, abs=1e-4)
