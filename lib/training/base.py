"""The base model as PyTorch sees it: the same GGUF that llama.cpp serves, dequantised by transformers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Base:
    """A model and its tokenizer; `dtype` is what its weights are computed in."""

    model: Any
    tokenizer: Any
    dtype: torch.dtype


def load_base(gguf: Path, *, dtype: torch.dtype | None = None) -> Base:
    """Read the GGUF and its tokenizer; takes about 20 s for 135M parameters. `dtype` defaults to `best_dtype()`."""
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    chosen = dtype if dtype is not None else best_dtype()
    folder, name = str(gguf.parent), gguf.name
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=chosen, local_files_only=True)
    return Base(model, tokenizer, chosen)


def best_dtype() -> torch.dtype:
    """bfloat16 where the processor computes in it, otherwise float32."""
    import torch

    capabilities = torch.cpu.get_capabilities()
    fast = capabilities.get("avx512_bf16", False) or capabilities.get("amx_bf16", False)
    return torch.bfloat16 if fast else torch.float32
