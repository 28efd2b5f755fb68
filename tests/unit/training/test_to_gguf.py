"""The adapter that llama.cpp gets is the one that peft has: names, shapes and llama.cpp's order of heads."""

from pathlib import Path

import numpy as np
import pytest

from lib.errors import BadInput
from lib.training.base import Base, load_base
from lib.training.batches import encode_all
from lib.training.lora import LoraRun
from lib.training.to_gguf import _permuted, write_gguf_adapter
from lib.training.values import TrainingSettings
from tests.support.tiny_base import HEADS, HIDDEN, KV_HEADS, LAYERS
from tests.unit.training.conftest import example


def permuted_by_llama_cpp(weights: np.ndarray, n_head: int, n_head_kv: int | None) -> np.ndarray:
    """`LlamaModel.permute` of llama.cpp's convert_hf_to_gguf.py, word for word."""
    if n_head_kv is not None and n_head != n_head_kv:
        n_head = n_head_kv
    return (
        weights.reshape(n_head, 2, weights.shape[0] // n_head // 2, *weights.shape[1:])
        .swapaxes(1, 2)
        .reshape(weights.shape)
    )


@pytest.mark.parametrize(("heads", "key_heads"), [(4, 4), (4, 2), (9, 3)])
def test_heads_are_ordered_as_llama_cpp_orders_them(heads: int, key_heads: int) -> None:
    rows = np.random.default_rng(0).standard_normal((key_heads * 16, 5))
    assert np.array_equal(_permuted(rows, key_heads), permuted_by_llama_cpp(rows, heads, key_heads))


def trained(base: Base) -> LoraRun:
    encoded = encode_all([example(n) for n in range(8)], base.tokenizer, window_tokens=128)
    run = LoraRun(base, encoded, (), TrainingSettings(upper_share=1.0, epochs=3, rank=4, alpha=8, learning_rate=0.05))
    for _ in run.steps(stopped=lambda: False):
        pass
    return run


def test_base_and_adapter_files_added_up_are_the_model_that_peft_merges(
    base: Base, tiny_gguf: Path, tmp_path: Path
) -> None:
    """The effect: W + alpha / rank * B A in the files' own order, read back, gives peft's logits."""
    import gguf
    import torch

    run = trained(base)
    write_gguf_adapter(tmp_path / "a.gguf", run.lora_state(), base.model.config, alpha=8, name="a")
    reader = gguf.GGUFReader(tmp_path / "a.gguf")
    assert reader.fields["adapter.type"].contents() == "lora"
    assert reader.fields["adapter.lora.alpha"].contents() == 8
    found = {tensor.name: np.array(tensor.data) for tensor in reader.tensors}
    assert len(found) == LAYERS * 7 * 2
    asked = torch.arange(1_000, 1_030)[None]
    run.model.eval()
    with torch.no_grad():
        wanted = run.model(input_ids=asked).logits
    merged = load_base(_with_added(tiny_gguf, found, tmp_path / "merged.gguf", scale=8 / 4), dtype=torch.float32).model
    with torch.no_grad():
        before = load_base(tiny_gguf, dtype=torch.float32).model(input_ids=asked).logits
        there = merged(input_ids=asked).logits
    assert (wanted - before).abs().max() > 0.5
    assert torch.allclose(there, wanted, atol=0.05), (there - wanted).abs().max()


def _with_added(tiny: Path, adapter: dict[str, np.ndarray], path: Path, *, scale: float) -> Path:
    """The base's file with the adapter's product added to each matrix that has one, as llama.cpp does it."""
    import gguf

    content = bytearray(tiny.read_bytes())
    for tensor in gguf.GGUFReader(tiny).tensors:
        if f"{tensor.name}.lora_a" in adapter:
            down, up = (adapter[f"{tensor.name}.lora_{half}"].astype(np.float32) for half in "ab")
            added = np.array(tensor.data, dtype=np.float32) + scale * (up @ down)
            start = tensor.data_offset
            content[start : start + tensor.n_bytes] = added.astype(np.float16).tobytes()
    path.write_bytes(content)
    return path


def test_keys_and_queries_alone_are_reordered(base: Base, tmp_path: Path) -> None:
    import gguf

    state = trained(base).lora_state()
    write_gguf_adapter(tmp_path / "a.gguf", state, base.model.config, alpha=8, name="a")
    found = {tensor.name: np.array(tensor.data) for tensor in gguf.GGUFReader(tmp_path / "a.gguf").tensors}
    prefix = "base_model.model.model.layers.1"
    key, value = (state[f"{prefix}.self_attn.{one}_proj.lora_B.weight"].numpy() for one in "kv")
    assert key.shape == (KV_HEADS * HIDDEN // HEADS, 4)
    assert np.array_equal(found["blk.1.attn_k.weight.lora_b"], permuted_by_llama_cpp(key, HEADS, 2).astype(np.float16))
    assert np.array_equal(found["blk.1.attn_v.weight.lora_b"], value.astype(np.float16))
    gate = state[f"{prefix}.mlp.gate_proj.lora_A.weight"].numpy()
    assert np.array_equal(found["blk.1.ffn_gate.weight.lora_a"], gate.astype(np.float16))


def test_another_architecture_is_refused_and_nothing_is_written(base: Base, tmp_path: Path) -> None:
    base.model.config.model_type = "qwen2"
    with pytest.raises(BadInput, match="'qwen2' cannot be converted"):
        write_gguf_adapter(tmp_path / "a.gguf", {}, base.model.config, alpha=8, name="a")
    assert list(tmp_path.iterdir()) == []
