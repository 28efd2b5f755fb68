"""The reader that is shipped: the file that was meant, in the form that llama.cpp loads, small, with its card."""

from pathlib import Path

import pytest

from lib.errors import WeightsDamaged, WeightsMissing
from lib.generation.reader_adapter import NO_ANSWER, READER_INSTRUCTION, READER_PATH, READER_SHA256, built_in_reader
from lib.settings import BUILT_IN_READER
from lib.weights import CHAT_MODEL

MOST_BYTES = 12 * 1024 * 1024


def test_the_shipped_file_is_the_one_that_was_measured() -> None:
    reader = built_in_reader()
    assert (reader.name, reader.sha256, reader.path) == (BUILT_IN_READER, READER_SHA256, READER_PATH)
    assert reader.base_sha256 == CHAT_MODEL.files[0][1]
    assert reader.instruction == READER_INSTRUCTION


def test_the_shipped_file_is_a_small_half_precision_adapter_for_the_whole_model() -> None:
    import gguf

    assert READER_PATH.stat().st_size <= MOST_BYTES
    file = gguf.GGUFReader(READER_PATH)
    told = {key: file.fields[key].contents() for key in ("general.type", "adapter.type", "general.architecture")}
    assert told == {"general.type": "adapter", "adapter.type": "lora", "general.architecture": "llama"}
    assert {tensor.tensor_type for tensor in file.tensors} == {gguf.GGMLQuantizationType.F16}
    layers = {tensor.name.split(".")[1] for tensor in file.tensors}
    assert (len(file.tensors), len(layers)) == (420, 30)


def test_its_card_and_its_licence_stand_beside_it() -> None:
    card = (READER_PATH.parent / "README.md").read_text(encoding="utf-8")
    licence = (READER_PATH.parent / "LICENSE").read_text(encoding="utf-8")
    assert all(words in card for words in (READER_INSTRUCTION, NO_ANSWER, "XQuAD", "CC BY-SA 4.0", READER_SHA256[:12]))
    assert "creativecommons.org/licenses/by-sa/4.0" in licence


def test_a_missing_reader_is_said_with_its_place_and_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing) as raised:
        built_in_reader(tmp_path / "reader.gguf")
    assert str(tmp_path / "reader.gguf") in raised.value.message
    assert "switch the built-in reader off" in raised.value.hint


def test_a_damaged_reader_is_never_taken_even_when_it_changes_later(tmp_path: Path) -> None:
    copy = tmp_path / "reader.gguf"
    copy.write_bytes(READER_PATH.read_bytes())
    assert built_in_reader(copy).sha256 == READER_SHA256
    with copy.open("ab") as file:
        file.write(b"x")
    with pytest.raises(WeightsDamaged) as raised:
        built_in_reader(copy)
    assert READER_SHA256[:12] in raised.value.message
