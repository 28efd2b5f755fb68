"""An adapter on the upper layers alone: the lower ones are computed once, and nothing else changes."""

from pathlib import Path

import pytest

from lib.training.base import Base, load_base
from lib.training.batches import Encoded, collate
from lib.training.lora import LoraRun
from lib.training.lower_layers import LowerLayers
from lib.training.values import TrainingSettings, TrainingStep
from tests.support.tiny_base import tiny_base

EXAMPLES = tuple(Encoded(tuple(range(start, start + length)), length // 2) for start, length in ((9, 12), (70, 30)))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture
def base(path: Path) -> Base:
    return load_base(path)


def test_the_way_through_the_layers_is_the_models_own(base: Base) -> None:
    import torch

    batch = collate(EXAMPLES, pad_id=0, step=16)
    with torch.no_grad():
        own = base.model.model(input_ids=batch.ids, attention_mask=batch.mask).last_hidden_state
        ours = LowerLayers(base.model, 1).hidden(EXAMPLES, batch)
    for row, one in enumerate(EXAMPLES):
        assert torch.allclose(own[row, : len(one.ids)], ours[row, : len(one.ids)], atol=1e-5)


def test_kept_activations_give_what_computing_them_again_gives(base: Base) -> None:
    import torch

    forgetful, keeping = LowerLayers(base.model, 1, kept_bytes=0), LowerLayers(base.model, 1)
    batch = collate(EXAMPLES, pad_id=0, step=16)
    keeping.hidden(EXAMPLES, batch)
    again, kept = forgetful.hidden(EXAMPLES, batch), keeping.hidden(EXAMPLES, batch)
    for row, one in enumerate(EXAMPLES):
        assert torch.allclose(again[row, : len(one.ids)], kept[row, : len(one.ids)], atol=1e-5)


def test_only_the_upper_layers_get_an_adapter_and_they_learn(base: Base) -> None:
    settings = TrainingSettings(epochs=12, rank=4, learning_rate=1e-2, validations=1, upper_share=0.5)
    run = LoraRun(base, EXAMPLES, (), settings)
    losses = [event.loss for event in run.steps(stopped=lambda: False) if isinstance(event, TrainingStep)]
    assert {name.split("layers.")[1][0] for name in run.lora_state()} == {"1"}
    assert losses[-1] < losses[0] - 1


def test_a_share_of_the_layers_is_never_none_of_them() -> None:
    assert TrainingSettings(upper_share=0.0).trained_layers(30) == 1
    assert TrainingSettings(upper_share=0.5).trained_layers(30) == 15
    assert TrainingSettings(upper_share=1.0).trained_layers(30) == 30
