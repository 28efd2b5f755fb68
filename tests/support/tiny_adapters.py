"""Adapters of random weights for the tiny base, strong enough that each answers in words of its own."""

import hashlib
from pathlib import Path
from types import SimpleNamespace

from lib.domain import AdapterFile
from lib.training.to_gguf import write_gguf_adapter
from tests.support.tiny_base import HEADS, HIDDEN, INNER, KV_HEADS, LAYERS

_CONFIG = SimpleNamespace(
    model_type="llama", num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_key_value_heads=KV_HEADS
)
_SHAPES = {"mlp.down_proj": (HIDDEN, INNER), "self_attn.o_proj": (HIDDEN, HIDDEN), "self_attn.q_proj": (HIDDEN, HIDDEN)}


def tiny_adapter(path: Path, base: Path, *, seed: int, rank: int = 4) -> AdapterFile:
    """Write the adapter's GGUF to `path` and say what an engine must know of it; its name is the file's."""
    import torch

    random = torch.Generator().manual_seed(seed)
    state = {}
    for layer in range(LAYERS):
        for module, (rows, columns) in _SHAPES.items():
            name = f"base_model.model.model.layers.{layer}.{module}"
            state[f"{name}.lora_A.weight"] = torch.randn(rank, columns, generator=random) * columns**-0.5
            state[f"{name}.lora_B.weight"] = torch.randn(rows, rank, generator=random)
    write_gguf_adapter(path, state, _CONFIG, alpha=2.0 * rank, name=path.stem)
    return adapter_file(path, base)


def adapter_file(path: Path, base: Path) -> AdapterFile:
    """What is there now, as an adapter for this base."""
    return AdapterFile(path.stem, path, _sha256(path), _sha256(base))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
