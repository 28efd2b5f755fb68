"""A Llama of two layers with random weights and the built-in model's own tokenizer: trains in seconds, says nothing."""

from pathlib import Path
from typing import Any

import numpy as np

from lib.weights import chat_model_path

LAYERS, HIDDEN, INNER, HEADS, KV_HEADS = 2, 64, 128, 4, 2
CONTEXT_TOKENS = 4_096
_HEAD = HIDDEN // HEADS


def tiny_base(folder: Path, *, seed: int = 0) -> Path:
    """Write `tiny-base.gguf` into the folder, unless it is there, and return its path; another seed, another base.

    Half precision. transformers and llama.cpp both load it; its vocabulary is the built-in model's 49,152 tokens.
    """
    import gguf

    path = folder / "tiny-base.gguf"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / "tiny-base.part"
    writer = gguf.GGUFWriter(unfinished, "llama")
    _describe(writer)
    built_in = gguf.GGUFReader(chat_model_path())
    _copy_tokenizer(built_in, writer)
    vocabulary = len(built_in.fields["tokenizer.ggml.tokens"].data)
    for name, values in _weights(vocabulary, np.random.default_rng(seed)).items():
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return unfinished.replace(path)


def _describe(writer: Any) -> None:
    writer.add_name("Tiny base")
    writer.add_block_count(LAYERS)
    writer.add_context_length(CONTEXT_TOKENS)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_freq_base(100_000.0)
    writer.add_rope_dimension_count(_HEAD)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(1)


def _copy_tokenizer(built_in: Any, writer: Any) -> None:
    for key, field in built_in.fields.items():
        if key.startswith("tokenizer.") or key == "llama.vocab_size":
            inner = field.types[1] if len(field.types) > 1 else None
            writer.add_key_value(key, field.contents(), field.types[0], sub_type=inner)


def _weights(vocabulary: int, random: np.random.Generator) -> dict[str, Any]:
    def matrix(rows: int, columns: int) -> Any:
        return (random.standard_normal((rows, columns)) / np.sqrt(columns)).astype(np.float16)

    weights: dict[str, Any] = {"token_embd.weight": matrix(vocabulary, HIDDEN)}
    weights["output_norm.weight"] = np.ones(HIDDEN, dtype=np.float32)
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        weights[f"{block}.attn_norm.weight"] = np.ones(HIDDEN, dtype=np.float32)
        weights[f"{block}.ffn_norm.weight"] = np.ones(HIDDEN, dtype=np.float32)
        weights[f"{block}.attn_q.weight"] = matrix(HIDDEN, HIDDEN)
        weights[f"{block}.attn_k.weight"] = matrix(KV_HEADS * _HEAD, HIDDEN)
        weights[f"{block}.attn_v.weight"] = matrix(KV_HEADS * _HEAD, HIDDEN)
        weights[f"{block}.attn_output.weight"] = matrix(HIDDEN, HIDDEN)
        weights[f"{block}.ffn_gate.weight"] = matrix(INNER, HIDDEN)
        weights[f"{block}.ffn_up.weight"] = matrix(INNER, HIDDEN)
        weights[f"{block}.ffn_down.weight"] = matrix(HIDDEN, INNER)
    return weights
