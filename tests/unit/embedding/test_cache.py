"""The same text under the same model is never embedded twice."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from lib.embedding.batching import Batch
from lib.embedding.cache import CachedEmbedder, VectorCache
from lib.embedding.hashing import HashingEmbedder


class Counting(HashingEmbedder):
    """Remembers what it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        self.asked += texts
        yield from super().embed_batches(texts)


@pytest.fixture
def cached(tmp_path: Path) -> Iterator[CachedEmbedder]:
    source = CachedEmbedder(Counting(), VectorCache(tmp_path / "vectors.sqlite"))
    yield source
    source.close()


def vectors_of(source: CachedEmbedder, texts: Sequence[str]) -> tuple[np.ndarray, int]:
    rows, reused = np.zeros((len(texts), 64), np.float32), 0
    for batch in source.batches(texts):
        rows[batch.positions] = batch.vectors
        reused += batch.reused
    return rows, reused


def test_vectors_are_the_embedders_own_and_in_the_order_of_the_texts(cached: CachedEmbedder) -> None:
    texts = [f"text number {n}" for n in range(40)]
    rows, reused = vectors_of(cached, texts)
    assert reused == 0
    assert np.allclose(rows, HashingEmbedder().embed(texts))


def test_only_new_texts_are_embedded(cached: CachedEmbedder) -> None:
    vectors_of(cached, ["a", "b"])
    rows, reused = vectors_of(cached, ["b", "c", "a"])
    assert cached.embedder.asked == ["a", "b", "c"]  # type: ignore[attr-defined]
    assert reused == 2
    assert np.allclose(rows, HashingEmbedder().embed(["b", "c", "a"]))


def test_a_text_that_stands_twice_is_embedded_once(cached: CachedEmbedder) -> None:
    rows, reused = vectors_of(cached, ["a", "b", "a"])
    assert reused == 1
    assert np.allclose(rows[0], rows[2])


def test_missing_counts_different_texts_never_embedded(cached: CachedEmbedder) -> None:
    vectors_of(cached, ["a"])
    assert cached.missing(["a", "b", "b", "c"]) == 2


def test_vectors_survive_a_restart_and_are_kept_apart_by_model(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "vectors.sqlite")
    cache.put("one", ["a"], np.ones((1, 4), np.float32))
    cache.close()
    again = VectorCache(tmp_path / "vectors.sqlite")
    assert again.get("one", ["a"])[0].tolist() == [1, 1, 1, 1]
    assert again.get("another", ["a"]) == {}
    again.close()


def test_a_damaged_cache_is_set_aside_and_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    path.write_bytes(b"this is no database, not even nearly" * 100)
    cache = VectorCache(path)
    cache.put("one", ["a"], np.ones((1, 4), np.float32))
    assert 0 in cache.get("one", ["a"])
    assert (tmp_path / "vectors.sqlite.damaged").exists()
    cache.close()
