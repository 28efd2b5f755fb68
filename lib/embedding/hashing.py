"""A fake embedder, labelled as one: words hashed into a vector. Deterministic and fast, for tests and screen work."""

import hashlib
import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lib.domain import Vectors
from lib.embedding.batching import Batch, embed_in_batches, gather, unit_rows

_WORD = re.compile(r"\w+|[^\w\s]")
_BATCH_TEXTS = 64


class WordTokenizer:
    """One token a word or punctuation mark."""

    def spans(self, text: str) -> NDArray[np.int64]:
        """Character spans of the tokens, shape (n, 2), in order of the text."""
        return np.array([match.span() for match in _WORD.finditer(text)], np.int64).reshape(-1, 2)

    def count(self, text: str) -> int:
        """How many tokens the text has."""
        return len(self.spans(text))


class HashingEmbedder:
    """The mean of one pseudo-random vector a word: texts that share words are near each other, and that is all."""

    model_id = "hashing (fake)"

    def __init__(self, *, dimensions: int = 64, max_tokens: int = 254) -> None:
        """`max_tokens` is as the built-in model's, so that limits show in tests."""
        self.dimensions = dimensions
        self.max_tokens = max_tokens
        self.tokenizer = WordTokenizer()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order; shape (0, dimensions) for none. Texts over `max_tokens` are cut at it."""
        return gather(self.embed_batches(texts), count=len(texts), dimensions=self.dimensions)

    def embed_batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """The same in batches, for progress and for stopping."""
        return embed_in_batches(texts, self._embed, size=_BATCH_TEXTS)

    def embed_tokens(self, text: str) -> tuple[NDArray[np.int64], Vectors]:
        """Character spans of the tokens, shape (n, 2), and the vector of each word, shape (n, d)."""
        spans = self.tokenizer.spans(text)
        rows = [self._word(text[start:end]) for start, end in spans]
        return spans, np.array(rows, np.float32).reshape(-1, self.dimensions)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        return unit_rows(np.stack([self._text(text) for text in texts]))

    def _text(self, text: str) -> NDArray[np.float32]:
        """An empty text gets a fixed direction of its own: every text has a unit vector."""
        words = _WORD.findall(text)[: self.max_tokens] or [""]
        return np.asarray(np.mean([self._word(word) for word in words], axis=0), dtype=np.float32)

    def _word(self, word: str) -> NDArray[np.float32]:
        seed = hashlib.sha256(word.lower().encode("utf-8", "surrogatepass")).digest()[:8]
        return np.random.default_rng(int.from_bytes(seed)).standard_normal(self.dimensions, dtype=np.float32)
