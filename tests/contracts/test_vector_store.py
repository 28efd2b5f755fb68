"""Every vector store keeps the same promises."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.errors import StoreDamaged
from lib.protocols import VectorStore
from lib.retrieval.chroma_store import ChromaIndexes
from lib.retrieval.numpy_store import NumpyStore


def unit(rows: int, dimensions: int = 16, *, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(rows, dimensions)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(params=["numpy", "chroma"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    if request.param == "numpy":
        yield NumpyStore()
        return
    indexes = ChromaIndexes(tmp_path / "chroma")
    yield indexes.store("team.recursive-200-0.abc")
    indexes.close()


def test_an_empty_store_finds_nothing(store: VectorStore) -> None:
    assert store.query(unit(1)[0], top_k=5) == ()
    assert store.ids() == frozenset()


def test_the_nearest_come_first_with_their_cosine(store: VectorStore) -> None:
    vectors = unit(50)
    store.add([f"c{row}" for row in range(50)], vectors)
    hits = store.query(vectors[7], top_k=5)
    expected = np.argsort(-(vectors @ vectors[7]))[:5]
    assert [one for one, _ in hits] == [f"c{row}" for row in expected]
    assert np.allclose([cosine for _, cosine in hits], (vectors @ vectors[7])[expected], atol=1e-5)


def test_asking_for_more_than_there_are_gives_all(store: VectorStore) -> None:
    store.add(["a", "b"], unit(2))
    assert len(store.query(unit(1, seed=3)[0], top_k=99)) == 2


def test_adding_an_id_again_replaces_its_vector(store: VectorStore) -> None:
    store.add(["a", "b"], unit(2))
    replacement = unit(1, seed=9)
    store.add(["a"], replacement)
    assert np.allclose(store.vectors(["a"]), replacement, atol=1e-6)
    assert store.ids() == {"a", "b"}


def test_deleted_ids_are_gone_and_unknown_ones_are_ignored(store: VectorStore) -> None:
    store.add(["a", "b"], unit(2))
    store.delete(["a", "never there"])
    assert store.ids() == {"b"}
    assert [one for one, _ in store.query(unit(2)[0], top_k=5)] == ["b"]


def test_vectors_come_in_the_order_asked_for(store: VectorStore) -> None:
    vectors = unit(4)
    store.add(["a", "b", "c", "d"], vectors)
    assert np.allclose(store.vectors(["d", "a", "c"]), vectors[[3, 0, 2]], atol=1e-6)


def test_an_unknown_id_is_a_damaged_store(store: VectorStore) -> None:
    store.add(["a"], unit(1))
    with pytest.raises(StoreDamaged, match="nowhere"):
        store.vectors(["a", "nowhere"])


def test_chroma_keeps_its_vectors_across_a_restart(tmp_path: Path) -> None:
    indexes = ChromaIndexes(tmp_path)
    indexes.store("team.a").add(["x"], unit(1))
    indexes.close()
    again = ChromaIndexes(tmp_path)
    assert again.store("team.a").ids() == {"x"}
    again.close()


def test_a_dropped_collection_leaves_the_others(tmp_path: Path) -> None:
    indexes = ChromaIndexes(tmp_path)
    indexes.store("one.a").add(["x"], unit(1))
    indexes.store("two.a").add(["y"], unit(1))
    indexes.drop("one.a")
    assert indexes.names() == ("two.a",)
    assert indexes.store("two.a").ids() == {"y"}
    indexes.close()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.integers(1, 300), seed=st.integers(0, 1000))
def test_chroma_finds_what_exact_search_finds(tmp_path_factory: pytest.TempPathFactory, rows: int, seed: int) -> None:
    indexes = ChromaIndexes(tmp_path_factory.mktemp("chroma"))
    chroma, exact = indexes.store("w.one"), NumpyStore()
    vectors, ids = unit(rows, seed=seed), [f"c{row:03}" for row in range(rows)]
    for one in (chroma, exact):
        one.add(ids, vectors)
    question = unit(1, seed=seed + 1)[0]
    assert [one for one, _ in chroma.query(question, top_k=10)] == [one for one, _ in exact.query(question, top_k=10)]
    indexes.close()
