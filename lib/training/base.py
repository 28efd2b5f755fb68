"""The base model as PyTorch sees it: the same GGUF that llama.cpp serves, dequantised by transformers."""

from __future__ import annotations

import contextlib
import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lib.errors import BadInput
from lib.training.order import BaseFile

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Base:
    """A model and its tokenizer; `dtype` is what its weights are computed in."""

    model: Any
    tokenizer: Any
    dtype: torch.dtype


def load_base(gguf: Path, *, dtype: torch.dtype | None = None) -> Base:
    """Read the GGUF and its tokenizer; `dtype` defaults to `best_dtype()`.

    Seconds, most of them imports: the file's metadata (the vocabulary above all) is read once, not four times over.
    """
    from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast
    from transformers.modeling_gguf_pytorch_utils import load_gguf_checkpoint
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    chosen = dtype if dtype is not None else best_dtype()
    folder, name = str(gguf.parent), gguf.name
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder, gguf_file=name, local_files_only=True)
    with _metadata_read_once():
        described = load_gguf_checkpoint(str(gguf))["config"]  # type: ignore[no-untyped-call]
        config = AutoConfig.for_model(**described)
        model = AutoModelForCausalLM.from_pretrained(
            folder, gguf_file=name, config=config, dtype=chosen, local_files_only=True
        )
    return Base(model, tokenizer, chosen)


@contextlib.contextmanager
def _metadata_read_once() -> Iterator[None]:
    """Hand transformers the same reader each time that it opens the file: every opening parses 100,000 strings."""
    import gguf

    reader = gguf.GGUFReader
    gguf.GGUFReader = functools.cache(reader)  # type: ignore[assignment, misc]
    try:
        yield
    finally:
        gguf.GGUFReader = reader  # type: ignore[misc]


def base_file(path: str) -> BaseFile:
    """The base in a GGUF of the person's own; raises BadInput for a path that holds none."""
    file = Path(path).expanduser()
    try:
        status = file.stat()
        with file.open("rb") as opened:
            magic = opened.read(4)
    except OSError as error:
        raise BadInput(f"The base model {path!r} cannot be read: {error.strerror}.") from error
    if magic != b"GGUF":
        raise BadInput(f"The base model {path!r} is no GGUF file.", hint="Name a GGUF of the Llama architecture.")
    return BaseFile(file.resolve(), _sha256(file, status.st_size, status.st_mtime_ns), file.stem)


@functools.lru_cache(maxsize=8)
def _sha256(file: Path, _bytes: int, _changed_ns: int) -> str:
    """Hashed once while size and time of change stay the same."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def best_dtype() -> torch.dtype:
    """bfloat16 where the processor computes in it, otherwise float32."""
    import torch

    capabilities = torch.cpu.get_capabilities()
    fast = capabilities.get("avx512_bf16", False) or capabilities.get("amx_bf16", False)
    return torch.bfloat16 if fast else torch.float32
