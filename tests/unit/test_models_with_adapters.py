from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.assembly import open_lab
from lib.cli_inputs import model_of
from lib.domain import AdapterFile, Message, TextPiece
from lib.errors import BadInput
from lib.lab import Lab
from lib.settings import GenerationOptions, LabSettings, ModelChoice

TICKETS = AdapterFile("tickets", Path("tickets.gguf"), "a" * 64, "b" * 64)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    opened = open_lab(LabSettings(data_dir=tmp_path, fake_models=True))
    yield opened
    opened.close()


def said(lab: Lab, choice: ModelChoice, adapter: AdapterFile | None = None) -> str:
    events = lab.generator(choice, adapter=adapter).stream((Message("user", "Good morning"),), GenerationOptions())
    return "".join(event.text for event in events if isinstance(event, TextPiece))


@pytest.mark.parametrize(
    ("choice", "why"),
    [
        (ModelChoice("endpoint", model="big-model", base_url="http://localhost:1/v1"), "'big-model' answers elsewhere"),
        (ModelChoice("extractive"), "quotes passages and generates nothing"),
        (ModelChoice("echo"), "the echo model is none"),
    ],
)
def test_a_model_that_takes_no_adapter_says_so(lab: Lab, choice: ModelChoice, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        lab.generator(choice, adapter=TICKETS)


def test_the_command_line_takes_a_model_file_of_ones_own() -> None:
    assert model_of(Namespace(base_url="", model="mine.gguf")) == ModelChoice("gguf", "mine.gguf")
    with pytest.raises(BadInput, match="no local model 'mine'"):
        model_of(Namespace(base_url="", model="mine"))


def test_no_model_file_chosen_is_said(lab: Lab) -> None:
    with pytest.raises(BadInput, match="No model file is chosen"):
        lab.generator(ModelChoice("gguf"))


def test_the_stand_in_for_the_built_in_model_shows_which_adapter_it_was_asked_with(lab: Lab) -> None:
    assert said(lab, ModelChoice()) == "Good morning"
    assert said(lab, ModelChoice(), TICKETS) == "tickets: Good morning"
