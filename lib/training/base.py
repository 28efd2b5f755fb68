"""The base model as PyTorch sees it: the same GGUF that llama.cpp serves, dequantised."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lib.errors import BadInput
from lib.training.gguf_file import GgufFile
from lib.training.order import BaseFile

if TYPE_CHECKING:
    import torch

_ARCHITECTURE = "llama"


@dataclass(frozen=True, slots=True)
class Base:
    """A model and its tokenizer; `dtype` is what its weights are computed in."""

    model: Any
    tokenizer: Any
    dtype: torch.dtype


def load_base(gguf: Path, *, dtype: torch.dtype | None = None) -> Base:
    """Read the GGUF and its tokenizer; `dtype` defaults to `best_dtype()`. Raises BadInput for another architecture.

    The weights are those that transformers makes of the file, to the bit, and come in a quarter of its time.
    """
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    chosen = dtype if dtype is not None else best_dtype()
    file = GgufFile(gguf)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(str(gguf.parent), gguf_file=gguf.name, local_files_only=True)
    config = _config(file)
    model = LlamaForCausalLM.from_pretrained(None, config=config, state_dict=_state(file, config, chosen), dtype=chosen)
    return Base(model, tokenizer, chosen)


def base_file(path: str) -> BaseFile:
    """The base in a GGUF of the person's own; raises BadInput for a path that holds none that can be trained on."""
    file = Path(path).expanduser().resolve()
    try:
        status = file.stat()
        found = _sha256(file, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise BadInput(f"The base model {path!r} cannot be read: {error.strerror}.") from error
    _config(GgufFile(file))
    return BaseFile(file, found, file.stem)


def best_dtype() -> torch.dtype:
    """bfloat16 where the processor computes in it, otherwise float32."""
    import torch

    capabilities = torch.cpu.get_capabilities()
    fast = capabilities.get("avx512_bf16", False) or capabilities.get("amx_bf16", False)
    return torch.bfloat16 if fast else torch.float32


def _config(file: GgufFile) -> Any:
    """The model's transformers configuration; raises BadInput for what adapters cannot be made for."""
    from transformers import LlamaConfig

    head, name = file.head, _ARCHITECTURE
    if head.get("general.architecture") != name:
        raise BadInput(
            f"The base model has the architecture {head.get('general.architecture')!r}.",
            hint="Train on a model of the Llama architecture, such as the built-in one.",
        )
    if f"{name}.rope.scaling.type" in head or "rope_freqs.weight" in file.names:
        raise BadInput("The base model stretches its positions (RoPE scaling), which training here does not do.")
    try:
        return LlamaConfig(**_described(file))
    except KeyError as error:
        raise BadInput(f"The base model's file does not say {error}.", hint="Fetch another GGUF of it.") from error


def _described(file: GgufFile) -> dict[str, Any]:
    """What `LlamaConfig` takes; raises KeyError for what the head lacks."""
    head, name = file.head, _ARCHITECTURE
    heads = head[f"{name}.attention.head_count"]
    return {
        "vocab_size": head[f"{name}.vocab_size"],
        "hidden_size": head[f"{name}.embedding_length"],
        "intermediate_size": head[f"{name}.feed_forward_length"],
        "num_hidden_layers": head[f"{name}.block_count"],
        "num_attention_heads": heads,
        "num_key_value_heads": head.get(f"{name}.attention.head_count_kv", heads),
        "head_dim": head.get(f"{name}.rope.dimension_count"),
        "max_position_embeddings": head[f"{name}.context_length"],
        "rms_norm_eps": head[f"{name}.attention.layer_norm_rms_epsilon"],
        "rope_parameters": {"rope_type": "default", "rope_theta": head.get(f"{name}.rope.freq_base", 10_000.0)},
        "tie_word_embeddings": "output.weight" not in file.names,
        "bos_token_id": head.get("tokenizer.ggml.bos_token_id"),
        "eos_token_id": head.get("tokenizer.ggml.eos_token_id"),
        "pad_token_id": head.get("tokenizer.ggml.padding_token_id"),
    }


def _state(file: GgufFile, config: Any, dtype: torch.dtype) -> dict[str, Any]:
    """The weights as transformers names and orders them."""
    import gguf
    import torch

    known = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    state = {}
    for name in _weight_names(config):
        found = known.get_name(name, try_suffixes=(".weight",))
        values = torch.from_numpy(file.values(str(found)))
        if name.endswith("q_proj.weight"):
            values = _rows_of_halves(values, config.num_attention_heads)
        elif name.endswith("k_proj.weight"):
            values = _rows_of_halves(values, config.num_key_value_heads)
        state[name] = values.to(dtype)
    return state


def _weight_names(config: Any) -> list[str]:
    inside = [f"self_attn.{one}_proj" for one in "qkvo"] + [f"mlp.{one}_proj" for one in ("gate", "up", "down")]
    inside += ["input_layernorm", "post_attention_layernorm"]
    names = [f"model.layers.{layer}.{one}.weight" for layer in range(config.num_hidden_layers) for one in inside]
    names += ["model.embed_tokens.weight", "model.norm.weight"]
    return names if config.tie_word_embeddings else [*names, "lm_head.weight"]


def _rows_of_halves(rows: torch.Tensor, heads: int) -> torch.Tensor:
    """Each head's rows with the two halves of its rotary pairs one after the other: what `to_gguf` turns back."""
    return rows.reshape(heads, rows.shape[0] // heads // 2, 2, -1).swapaxes(1, 2).reshape(rows.shape)


@functools.lru_cache(maxsize=8)
def _sha256(file: Path, _bytes: int, _changed_ns: int) -> str:
    """Hashed once while size and time of change stay the same."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
