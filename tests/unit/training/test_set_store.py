from dataclasses import replace
from pathlib import Path

import pytest

from lib.domain import Message
from lib.errors import BadInput, LimitExceeded, NotFound, StoreDamaged
from lib.settings import LIMITS
from lib.training.set_rows import pair
from lib.training.set_store import TrainingSetStore, sample_names, sample_set, sample_training_set
from lib.training.values import TrainingExample, TrainingSet

ONE = TrainingExample("r1", pair("May I?", "No."))
TWO = TrainingExample("r2", pair("Must I?", "Yes.", "Be brief."), ("modal",))
MINE = TrainingSet("Mine", (ONE,), (), (TWO,))


@pytest.fixture
def store(tmp_path: Path) -> TrainingSetStore:
    return TrainingSetStore(tmp_path)


def test_a_set_comes_back_with_its_parts_also_after_a_restart(store: TrainingSetStore, tmp_path: Path) -> None:
    store.keep("default", MINE)
    assert store.load("default", "Mine") == MINE
    assert TrainingSetStore(tmp_path).load("default", "Mine") == MINE
    assert (tmp_path / "workspaces/default/trainsets/Mine.jsonl").is_file()


def test_the_version_changes_with_any_example_and_not_with_the_name(store: TrainingSetStore) -> None:
    store.keep("default", MINE)
    first = store.version("default", "Mine")
    store.rename("default", "Mine", "Ours")
    assert store.version("default", "Ours") == first
    store.change("default", "Ours", lambda now: replace(now, held_out=()))
    assert store.version("default", "Ours") != first


def test_an_empty_set_can_be_kept_and_filled(store: TrainingSetStore) -> None:
    store.keep("default", TrainingSet("New", ()))
    assert store.load("default", "New") == TrainingSet("New", ())
    store.change("default", "New", lambda now: replace(now, train=(ONE,)))
    assert store.load("default", "New").train == (ONE,)


def test_own_sets_are_listed_by_name_and_no_other_workspace_sees_them(store: TrainingSetStore) -> None:
    for name in ("beta", "Alpha"):
        store.keep("team", replace(MINE, name=name))
    assert store.names("team") == ("Alpha", "beta")
    assert store.names("default") == ()


@pytest.mark.parametrize("name", ["../../outside", "..", "CON", "a/b\\c:d*e?f", "Käse für 🧀"])
def test_any_name_stays_inside_the_folder(store: TrainingSetStore, tmp_path: Path, name: str) -> None:
    store.keep("default", replace(MINE, name=name))
    [path] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert path.parent == tmp_path / "workspaces/default/trainsets"
    assert store.names("default") == (name,)


def test_nothing_is_kept_of_a_set_that_cannot_be_learnt_from(store: TrainingSetStore) -> None:
    store.keep("default", MINE)
    silent = TrainingExample("r3", (Message("user", "Q"), Message("assistant", " ")))
    with pytest.raises(BadInput, match="'r3': the answer is empty"):
        store.keep("default", replace(MINE, train=(ONE, silent)))
    with pytest.raises(BadInput, match="its id stands twice"):
        store.change("default", "Mine", lambda now: replace(now, train=(ONE, ONE)))
    many = tuple(replace(ONE, id=str(number)) for number in range(LIMITS.training_rows + 1))
    with pytest.raises(LimitExceeded, match="5,002 examples, at most 5,000"):
        store.keep("default", replace(MINE, train=many))
    assert store.load("default", "Mine") == MINE


def test_names_that_are_taken_are_refused(store: TrainingSetStore) -> None:
    store.keep("default", MINE)
    with pytest.raises(BadInput, match="sample set"):
        store.keep("default", replace(MINE, name="Company"))
    with pytest.raises(BadInput, match="There is a set 'Mine' already"):
        store.keep("default", replace(MINE, name="MINE"))


def test_what_is_not_there_is_said_and_a_damaged_file_named(store: TrainingSetStore, tmp_path: Path) -> None:
    for act in (store.load, store.remove, store.version):
        with pytest.raises(NotFound):
            act("default", "Nowhere")
    store.keep("default", MINE)
    [path] = tmp_path.rglob("Mine.jsonl")
    path.write_bytes(b'{"input": "half of a')
    with pytest.raises(StoreDamaged, match=r"'Mine.jsonl' cannot be read"):
        store.load("default", "Mine")


def test_a_set_is_removed(store: TrainingSetStore) -> None:
    store.keep("default", MINE)
    store.remove("default", "Mine")
    assert store.names("default") == ()


def test_the_sample_set_has_its_parts_under_one_instruction(store: TrainingSetStore) -> None:
    assert "company" in sample_names()
    found = store.load("default", "company")
    assert found == sample_training_set("company")
    assert (len(found.train), len(found.validation), len(found.held_out)) == (120, 30, 60)
    assert found.instruction == sample_set("company").instruction
    assert found.train[0].output == '{"code":"DRIFT","priority":"P3","reference":"RS-61140"}'
    with pytest.raises(NotFound):
        sample_training_set("nowhere")
