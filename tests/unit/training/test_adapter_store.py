"""Adapters are replaced whole: whatever happens in between, the old one or the new one is there with its hashes."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib import files
from lib.errors import BadInput, NotFound, StoreDamaged
from lib.settings import BUILT_IN_READER
from lib.training import adapter_store
from lib.training.adapter_store import AdapterStore, AdapterWeights
from lib.training.values import Adapter, Curve, TrainingSettings

NOW = datetime(2026, 11, 21, tzinfo=UTC)
CARD = Adapter(
    name="tickets",
    base="tiny",
    base_sha256="b" * 64,
    settings=TrainingSettings(rank=4),
    trainset="company",
    trainset_sha256="c" * 64,
    examples=120,
    made_at=NOW,
    seconds=12.5,
    kept_step=8,
    steps=10,
    instruction="Be brief.",
    curve=Curve(((1, 2.0), (2, 1.0)), ((2, 1.5),)),
    versions=(("torch", "2"),),
)
OLD, NEW = AdapterWeights(b"old peft", b"old gguf"), AdapterWeights(b"new peft", b"new gguf")


@pytest.fixture
def store(tmp_path: Path) -> AdapterStore:
    return AdapterStore(tmp_path)


def test_what_is_kept_is_read_back_with_its_hashes(store: AdapterStore) -> None:
    kept = store.keep("w", CARD, OLD)
    assert store.names("w") == ("tickets",)
    assert store.names("other") == ()
    loaded = store.load("w", "tickets")
    assert loaded == kept == replace(CARD, gguf_sha256=loaded.gguf_sha256, weights_sha256=loaded.weights_sha256)
    file = store.file("w", "tickets")
    assert file.path.read_bytes() == b"old gguf"
    assert (file.sha256, file.base_sha256, file.instruction) == (files.sha256_of(b"old gguf"), "b" * 64, "Be brief.")
    assert store.weights("w", loaded) == OLD
    assert list(store.problems("w")) == []


def test_a_new_one_of_that_name_takes_its_place_and_the_file_in_use_stays_until_the_next(store: AdapterStore) -> None:
    store.keep("w", CARD, OLD)
    in_use = store.file("w", "tickets").path
    store.keep("w", CARD, NEW)
    assert store.file("w", "tickets").path.read_bytes() == b"new gguf"
    assert in_use.read_bytes() == b"old gguf"
    store.keep("w", CARD, AdapterWeights(b"third", b"third"))
    assert not in_use.exists()
    assert list(store.problems("w")) == []


@pytest.mark.parametrize("fails_at", [0, 1, 2])
def test_a_disk_that_fails_at_any_file_leaves_the_old_adapter(
    store: AdapterStore, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    store.keep("w", CARD, OLD)
    written: list[Path] = []

    def failing(path: Path, content: bytes) -> None:
        if len(written) == fails_at:
            raise OSError(28, "No space left on device")
        written.append(path)
        files.write_whole(path, content)

    monkeypatch.setattr(adapter_store, "write_whole", failing)
    with pytest.raises(OSError, match="No space"):
        store.keep("w", CARD, NEW)
    assert store.weights("w", store.load("w", "tickets")) == OLD
    assert list(store.problems("w")) == []
    monkeypatch.undo()
    store.keep("w", CARD, NEW)
    assert store.weights("w", store.load("w", "tickets")) == NEW


def test_a_first_adapter_that_was_not_kept_whole_is_none(store: AdapterStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(path: Path, content: bytes) -> None:
        if path.name == "adapter.json":
            raise OSError(28, "No space left on device")
        files.write_whole(path, content)

    monkeypatch.setattr(adapter_store, "write_whole", failing)
    with pytest.raises(OSError, match="No space"):
        store.keep("w", CARD, OLD)
    assert store.names("w") == ()
    with pytest.raises(NotFound):
        store.load("w", "tickets")


def test_a_changed_or_missing_file_is_a_problem_that_names_it(store: AdapterStore) -> None:
    kept = store.keep("w", CARD, OLD)
    safetensors, gguf = store.paths("w", kept)
    gguf.write_bytes(b"tampered")
    assert list(store.problems("w")) == ["adapter tickets: adapter.gguf has other bytes than were stored"]
    safetensors.unlink()
    assert "adapter tickets: adapter.safetensors is missing" in list(store.problems("w"))
    shutil.rmtree(gguf.parent)
    with pytest.raises(StoreDamaged, match=r"tickets.*adapter\.gguf"):
        store.file("w", "tickets")
    (gguf.parents[1] / "adapter.json").write_text("{")
    with pytest.raises(StoreDamaged, match="tickets"):
        store.load("w", "tickets")


def test_a_removed_adapter_is_gone_and_another_stays(store: AdapterStore) -> None:
    store.keep("w", CARD, OLD)
    store.keep("w", replace(CARD, name="other"), NEW)
    store.remove("w", "tickets")
    assert store.names("w") == ("other",)
    with pytest.raises(NotFound):
        store.remove("w", "tickets")


@pytest.mark.parametrize("name", ["", "a b", "../up", "a/b", "-a", "_a", "con", "LPT1", "a" * 61, "é", "a.b", "a\n"])
def test_a_name_that_is_no_plain_word_is_refused(store: AdapterStore, name: str) -> None:
    with pytest.raises(BadInput, match="cannot name an adapter"):
        store.keep("w", replace(CARD, name=name), OLD)


def test_the_readers_name_and_names_that_differ_in_case_alone_are_refused(store: AdapterStore) -> None:
    for name in (BUILT_IN_READER, BUILT_IN_READER.upper()):
        with pytest.raises(BadInput, match="comes with the app"):
            store.check_name("w", name)
    store.keep("w", CARD, OLD)
    with pytest.raises(BadInput, match="'tickets' already"):
        store.check_name("w", "Tickets")
    store.check_name("w", "tickets")
    store.check_name("another-workspace", "Tickets")


def test_workspaces_are_checked(store: AdapterStore) -> None:
    with pytest.raises(BadInput):
        store.names("../other")
