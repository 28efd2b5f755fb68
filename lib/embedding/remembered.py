"""An embedder that embeds no text twice: questions and sentences come back in every evaluation."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lib.domain import Vectors
from lib.embedding.cache import VectorCache
from lib.protocols import Embedder, Tokenizer

MOST_IN_MEMORY = 20_000
"""Vectors held in memory, least recently used first to go: about 30 MB of MiniLM's."""


class RememberedEmbedder:
    """An `Embedder` over another one, with its vectors in memory and in the cache on disk."""

    def __init__(self, embedder: Embedder, cache: VectorCache) -> None:
        self._embedder, self._cache = embedder, cache
        self._lock = threading.Lock()
        self._held: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    @property
    def model_id(self) -> str:
        """The embedder's own."""
        return self._embedder.model_id

    @property
    def dimensions(self) -> int:
        """The embedder's own."""
        return self._embedder.dimensions

    @property
    def max_tokens(self) -> int:
        """The embedder's own."""
        return self._embedder.max_tokens

    @property
    def tokenizer(self) -> Tokenizer:
        """The embedder's own."""
        return self._embedder.tokenizer

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order; only texts never seen before are embedded."""
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        found = self._from_memory(texts)
        absent = [text for text in dict.fromkeys(texts) if text not in found]
        if absent:
            fresh = self._from_disk(absent)
            fresh |= self._embedded([text for text in absent if text not in fresh])
            self._hold(fresh)
            found |= fresh
        return np.stack([found[text] for text in texts])

    def _from_memory(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        with self._lock:
            found = {text: self._held[text] for text in texts if text in self._held}
            for text in found:
                self._held.move_to_end(text)
            return found

    def _from_disk(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        return {texts[at]: vector for at, vector in self._cache.get(self.model_id, texts).items()}

    def _embedded(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        if not texts:
            return {}
        vectors = self._embedder.embed(texts)
        self._cache.put(self.model_id, texts, vectors)
        return dict(zip(texts, vectors, strict=True))

    def _hold(self, vectors: dict[str, NDArray[np.float32]]) -> None:
        with self._lock:
            self._held |= vectors
            while len(self._held) > MOST_IN_MEMORY:
                self._held.popitem(last=False)
