"""An adapter of random weights for the built-in model: trained on nothing, it answers in other words than the base."""

from pathlib import Path
from types import SimpleNamespace

from lib.training.to_gguf import write_gguf_adapter

_LAYERS, _HIDDEN, _INNER, _RANK = 30, 576, 1536, 4
_CONFIG = SimpleNamespace(model_type="llama", num_hidden_layers=_LAYERS, num_attention_heads=9, num_key_value_heads=3)
_LAST = 12
"""So many of the upper layers are changed: enough to be heard, not enough to babble."""


def random_adapter(path: Path, *, seed: int = 1, strength: float = 0.03) -> bytes:
    """The GGUF, as it was written to `path`."""
    import torch

    random = torch.Generator().manual_seed(seed)
    state = {}
    for layer in range(_LAYERS - _LAST, _LAYERS):
        name = f"base_model.model.model.layers.{layer}.mlp.down_proj"
        state[f"{name}.lora_A.weight"] = torch.randn(_RANK, _INNER, generator=random) * _INNER**-0.5
        state[f"{name}.lora_B.weight"] = torch.randn(_HIDDEN, _RANK, generator=random) * strength
    write_gguf_adapter(path, state, _CONFIG, alpha=2.0 * _RANK, name=path.stem)
    return path.read_bytes()
