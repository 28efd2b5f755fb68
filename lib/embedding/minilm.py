"""Sentence-transformers models from a folder of this machine; the built-in one is all-MiniLM-L6-v2.

`open_embedder` chooses: a mean-pooled model can also give a vector for each token (live chunking), others cannot.
Nothing is ever fetched: a hub id must be in the local cache already.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lib.domain import Vectors
from lib.embedding.batching import Batch, embed_in_batches, gather, unit_rows
from lib.embedding.windows import windows_of
from lib.embedding.wordpiece import WordPieceTokenizer
from lib.embedding.worker import Worker
from lib.errors import ModelFailed, WeightsMissing

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Dtype = Literal["auto", "float32", "bfloat16"]

BATCH_TEXTS = 8
"""Small batches of like length measured fastest on two cores, and a question never waits long behind one."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """What a model's folder says about it before anything heavy is loaded."""

    path: Path
    dimensions: int
    window: int
    mean_pooled: bool


def read_folder(path: Path) -> ModelFolder:
    """Read a sentence-transformers folder. Raises WeightsMissing when it is none."""
    if not (path / "config.json").is_file():
        raise WeightsMissing(f"{path} holds no embedding model.", hint="Fetch it again, or choose another folder.")
    config = _json(path / "config.json")
    pooling = _json(path / "1_Pooling" / "config.json")
    mode = pooling.get("pooling_mode", "mean" if pooling.get("pooling_mode_mean_tokens", True) else "other")
    modules = [str(module["type"]).rsplit(".", 1)[-1] for module in _modules(path)]
    dense = [path / str(m["path"]) / "config.json" for m in _modules(path) if str(m["type"]).endswith("Dense")]
    dimensions = _json(dense[-1])["out_features"] if dense else config["hidden_size"]
    window = _json(path / "sentence_bert_config.json").get("max_seq_length") or config["max_position_embeddings"]
    plain = set(modules) <= {"Transformer", "Pooling", "Normalize"}
    return ModelFolder(path, int(dimensions), int(window), mean_pooled=plain and mode == "mean")


def fast_dtype() -> Literal["float32", "bfloat16"]:
    """bfloat16 where the processor multiplies it natively (twice as fast there, slower elsewhere), else float32."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return "float32"
    return "bfloat16" if "avx512_bf16" in flags else "float32"


def open_embedder(source: Path | str, *, dtype: Dtype = "auto", threads: int = 0) -> "SentenceTransformerEmbedder":
    """The embedder of a folder or of a hub id that is in the local cache; its weights load at the first use.

    `threads` 0 leaves torch's choice. Raises WeightsMissing.
    """
    folder = read_folder(source if isinstance(source, Path) else _cached_folder(source))
    name = source.name if isinstance(source, Path) else source
    kind = MeanPooledEmbedder if folder.mean_pooled else SentenceTransformerEmbedder
    return kind(folder, name=name, dtype=fast_dtype() if dtype == "auto" else dtype, threads=threads)


class SentenceTransformerEmbedder:
    """Texts -> unit vectors. Threads may share it: one worker does the model's work, a batch at a time."""

    def __init__(
        self, folder: ModelFolder, *, name: str, dtype: Literal["float32", "bfloat16"] = "float32", threads: int = 0
    ) -> None:
        """Loads the tokenizer only."""
        self.model_id = name if dtype == "float32" else f"{name} ({dtype})"
        self.dimensions = folder.dimensions
        self.tokenizer = WordPieceTokenizer(folder.path / "tokenizer.json")
        self.max_tokens = folder.window - self.tokenizer.special_tokens
        self._folder, self._dtype, self._threads = folder.path, dtype, threads
        self._loaded: SentenceTransformer | None = None
        self._worker = Worker("embedder")

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order; shape (0, dimensions) for none. Texts over `max_tokens` are cut at it."""
        return gather(self.embed_batches(texts), count=len(texts), dimensions=self.dimensions)

    def embed_batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """The same in batches as they are ready, texts of like length together: for progress and for stopping."""
        return embed_in_batches(texts, lambda batch: self._worker.run(partial(self._embed, batch)), size=BATCH_TEXTS)

    def load(self) -> None:
        """Load the weights now, so that the first question does not wait for them."""
        self._worker.run(self._model)

    def close(self) -> None:
        """End the worker's thread."""
        self._worker.close()

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = self._model().encode(list(texts), batch_size=len(texts), show_progress_bar=False)
        return unit_rows(np.asarray(vectors, dtype=np.float32))

    def _model(self) -> "SentenceTransformer":
        if self._loaded is None:
            self._loaded = _load(self._folder, self._dtype, self._threads)
        return self._loaded


class MeanPooledEmbedder(SentenceTransformerEmbedder):
    """A model whose text vector is the mean of its token vectors, and which therefore gives those too."""

    def embed_tokens(self, text: str) -> tuple[NDArray[np.int64], Vectors]:
        """Character spans of the tokens, shape (n, 2), and their contextual vectors, shape (n, d), not unit length.

        Each token is read in overlapping windows and taken from the one with most context on both its sides.
        """
        ids, spans = self.tokenizer.encode(text)
        vectors = np.zeros((len(ids), self.dimensions), np.float32)
        windows = windows_of(len(ids), size=self.max_tokens)
        for first in range(0, len(windows), BATCH_TEXTS):
            batch = windows[first : first + BATCH_TEXTS]
            hidden = self._worker.run(partial(self._hidden, [ids[w.start : w.end] for w in batch]))
            for window, rows in zip(batch, hidden, strict=True):
                vectors[window.keep_from : window.keep_to] = rows[window.kept]
        return spans, vectors

    def _hidden(self, windows: Sequence[NDArray[np.int64]]) -> Vectors:
        """The last layer for windows of equal length, shape (windows, tokens, dimensions), special tokens left out."""
        import torch

        model = self._model()
        before, after = self.tokenizer.frame
        ids = torch.from_numpy(np.stack([np.concatenate((before, window, after)) for window in windows]))
        features: dict[str, Any] = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        with torch.inference_mode():
            hidden = model[0](features)["token_embeddings"]
        return np.asarray(hidden[:, len(before) : len(before) + len(windows[0])].float().numpy(), dtype=np.float32)


def _load(folder: Path, dtype: str, threads: int) -> "SentenceTransformer":
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    if threads:
        torch.set_num_threads(threads)
    try:
        return SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": getattr(torch, dtype)}
        )
    except (OSError, ValueError, KeyError) as error:
        raise ModelFailed(
            f"The embedding model in {folder} cannot be loaded: {error}", hint="Fetch it again."
        ) from error


def _cached_folder(hub_id: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(hub_id, local_files_only=True))
    except LocalEntryNotFoundError as error:
        raise WeightsMissing(
            f"The embedding model {hub_id!r} is not on this machine.",
            hint="Download it with `hf download` while you are online, or choose a folder.",
        ) from error


def _modules(path: Path) -> list[dict[str, Any]]:
    file = path / "modules.json"
    return list(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else []


def _json(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}
