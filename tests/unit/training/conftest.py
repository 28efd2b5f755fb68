"""A tiny base loaded once: each test trains on a copy of its own."""

import copy
from pathlib import Path
from typing import Any

import pytest

from lib.domain import Message
from lib.training.base import Base, load_base
from lib.training.values import TrainingExample
from tests.support.tiny_base import tiny_base


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def loaded_base(tiny_gguf: Path) -> Base:
    import torch

    return load_base(tiny_gguf, dtype=torch.float32)


@pytest.fixture
def base(loaded_base: Base) -> Base:
    return Base(copy.deepcopy(loaded_base.model), loaded_base.tokenizer, loaded_base.dtype)


@pytest.fixture(scope="session")
def tokenizer(loaded_base: Base) -> Any:
    return loaded_base.tokenizer


def example(number: int, *, words: int = 3, instruction: str = "") -> TrainingExample:
    """Question and answer of a length that `words` decides."""
    system = (Message("system", instruction),) if instruction else ()
    question = Message("user", f"Ticket {number}: " + " ".join(["alarm"] * words))
    return TrainingExample(f"row-{number}", (*system, question, Message("assistant", f"code {number % 3}")))
