"""The remembering embedder: no text is embedded twice, in this process or in the next."""

from pathlib import Path

import numpy as np
import pytest

from lib.embedding import remembered
from lib.embedding.cache import VectorCache
from lib.embedding.hashing import HashingEmbedder
from lib.embedding.remembered import RememberedEmbedder


class CountingEmbedder(HashingEmbedder):
    """Notes what it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed(self, texts):
        self.asked += texts
        return super().embed(texts)


def test_a_text_seen_before_is_not_embedded_again_also_after_a_restart(tmp_path: Path) -> None:
    first = CountingEmbedder()
    cache = VectorCache(tmp_path / "vectors.sqlite")
    vectors = RememberedEmbedder(first, cache).embed(["leave", "pay", "leave"])
    cache.close()
    assert first.asked == ["leave", "pay"]
    second = CountingEmbedder()
    cache = VectorCache(tmp_path / "vectors.sqlite")
    again = RememberedEmbedder(second, cache).embed(["pay", "rent", "leave"])
    cache.close()
    assert second.asked == ["rent"]
    np.testing.assert_array_equal(again[[2, 0]], vectors[:2])


def test_memory_is_bounded_and_what_left_it_comes_back_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_IN_MEMORY", 3)
    plain = HashingEmbedder()
    cache = VectorCache(tmp_path / "vectors.sqlite")
    embedder = RememberedEmbedder(CountingEmbedder(), cache)
    texts = [f"text {number}" for number in range(8)]
    for text in texts:
        embedder.embed([text])
    np.testing.assert_allclose(embedder.embed(texts), plain.embed(texts), atol=1e-6)
    cache.close()
