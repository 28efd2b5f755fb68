"""A LoRA adapter of peft -> the GGUF adapter that llama.cpp loads beside the base model.

The forms are llama.cpp's (convert_lora_to_gguf.py): tensors named after the base's with `.lora_a` and `.lora_b`, and
the rows of the q and k projections in its own order of heads.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lib.errors import BadInput
from lib.files import write_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PEFT_PREFIX = "base_model.model."


def write_gguf_adapter(path: Path, state: Mapping[str, Any], config: Any, *, alpha: float, name: str) -> None:
    """Write `state` (peft's names -> tensors) as one half-precision GGUF, whole or not at all.

    `config` is the base model's transformers configuration; the architecture must be llama's.
    """
    import tempfile

    import gguf

    if config.model_type != "llama":
        raise BadInput(
            f"Adapters for the architecture {config.model_type!r} cannot be converted.",
            hint="Train on a model of the Llama architecture, such as the built-in one.",
        )
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "adapter.gguf"
        writer = gguf.GGUFWriter(file, "llama")
        writer.add_type(gguf.GGUFType.ADAPTER)
        writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
        writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(alpha))
        writer.add_name(name)
        for key in sorted(state):
            module, half = _parts(key)
            tensor = names.get_name(module, try_suffixes=(".weight",))
            if tensor is None:
                raise BadInput(f"The adapter holds {key!r}, which the base has no tensor for.")
            values = _in_llama_order(state[key].float().numpy(), module, half, config)
            writer.add_tensor(f"{tensor}.weight.lora_{half}", np.ascontiguousarray(values.astype(np.float16)))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        write_whole(path, file.read_bytes())


def _parts(key: str) -> tuple[str, str]:
    """`base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight` -> (`model.layers.0.self_attn.q_proj`, `a`)."""
    module, _, end = key.removeprefix(_PEFT_PREFIX).rpartition(".lora_")
    return module, end[0].lower()


def _in_llama_order(values: NDArray[Any], module: str, half: str, config: Any) -> NDArray[Any]:
    if half == "b" and module.endswith("q_proj"):
        return _permuted(values, config.num_attention_heads)
    if half == "b" and module.endswith("k_proj"):
        return _permuted(values, config.num_key_value_heads)
    return values


def _permuted(rows: NDArray[Any], heads: int) -> NDArray[Any]:
    """Each head's rows with the two halves of its rotary pairs interleaved, as llama.cpp keeps them."""
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)
