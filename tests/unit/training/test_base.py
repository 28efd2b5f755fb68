"""The base is the one that llama.cpp serves: read by our own reader, equal to what transformers makes of the file."""

from pathlib import Path

import pytest

from lib.errors import BadInput
from lib.training.base import Base, base_file, load_base
from lib.training.gguf_file import GgufFile
from tests.support.tiny_base import HIDDEN, LAYERS


@pytest.mark.filterwarnings("ignore")
def test_weights_and_settings_are_those_that_transformers_reads(loaded_base: Base, tiny_gguf: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    theirs = AutoModelForCausalLM.from_pretrained(str(tiny_gguf.parent), gguf_file=tiny_gguf.name, dtype=torch.float32)
    ours, wanted = loaded_base.model.state_dict(), theirs.state_dict()
    assert ours.keys() == wanted.keys()
    assert [name for name in wanted if not torch.equal(ours[name], wanted[name])] == []
    asked = torch.arange(50, 90)[None]
    assert torch.equal(loaded_base.model(asked).logits, theirs(asked).logits)


def test_quantised_tensors_are_dequantised_as_the_gguf_package_does(tmp_path: Path) -> None:
    import gguf
    import numpy as np

    values = np.random.default_rng(1).standard_normal((3, 64)).astype(np.float32)
    kinds = {kind.name: kind for kind in (gguf.GGMLQuantizationType.Q4_1, gguf.GGMLQuantizationType.Q8_0)}
    writer = gguf.GGUFWriter(tmp_path / "q.gguf", "llama")
    packed = {name: gguf.quantize(values, kind) for name, kind in kinds.items()}
    for name, kind in kinds.items():
        writer.add_tensor(name, packed[name], raw_dtype=kind)
    writer.add_tensor("plain", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    file = GgufFile(tmp_path / "q.gguf")
    assert np.array_equal(file.values("plain"), values)
    for name, kind in kinds.items():
        assert np.array_equal(file.values(name), gguf.dequantize(packed[name], kind))


def test_the_head_is_read_without_the_vocabulary(tiny_gguf: Path) -> None:
    head = GgufFile(tiny_gguf).head
    assert head["general.architecture"] == "llama"
    assert head["llama.block_count"] == LAYERS
    assert head["llama.embedding_length"] == HIDDEN
    assert head["tokenizer.ggml.tokens"] is None
    assert str(head["tokenizer.chat_template"]).startswith("{% for message in messages %}")


@pytest.mark.parametrize("content", [b"", b"GGUF", b"GGUF\x03\x00\x00\x00", b"PK\x03\x04" * 20])
def test_a_file_that_is_no_gguf_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"model\.gguf"):
        base_file(str(path))
    with pytest.raises(BadInput, match="cannot be read"):
        base_file(str(tmp_path / "gone.gguf"))


def test_a_cut_file_is_refused(tiny_gguf: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(tiny_gguf.read_bytes()[:1_000_000])
    with pytest.raises(BadInput, match="no GGUF file that can be read"):
        load_base(path)


def test_another_architecture_and_stretched_positions_are_refused_before_training(tmp_path: Path) -> None:
    import gguf
    import numpy as np

    for name, key, says in (("phi3", "", "'phi3'"), ("llama", "llama.rope.scaling.type", "stretches its positions")):
        writer = gguf.GGUFWriter(tmp_path / f"{name}.gguf", name)
        if key:
            writer.add_string(key, "yarn")
        writer.add_tensor("token_embd.weight", np.zeros((2, 32), dtype=np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        with pytest.raises(BadInput, match=says):
            base_file(str(tmp_path / f"{name}.gguf"))


def test_a_base_of_ones_own_is_known_by_its_hash_and_name(tiny_gguf: Path) -> None:
    import hashlib

    found = base_file(str(tiny_gguf))
    assert found.sha256 == hashlib.sha256(tiny_gguf.read_bytes()).hexdigest()
    assert (found.path, found.model) == (tiny_gguf.resolve(), "tiny-base")
