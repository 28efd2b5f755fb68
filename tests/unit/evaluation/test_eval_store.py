from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.errors import BadInput, LimitExceeded, NotFound, StoreDamaged
from lib.evaluation.eval_store import EvalSetStore, with_free_ids
from lib.records import EvalCase, EvalSet, GoldEvidence
from lib.settings import LIMITS

CASE = EvalCase("q1", "How long?", "18 weeks", (GoldEvidence("a.md", "18 weeks"),))
STRANGE = (
    "../../outside",
    "..",
    ".hidden",
    "CON",
    "con.backup",
    "a/b\\c:d*e?f",
    "100 %",
    "%2e%2e",
    "ends with a dot.",
    "Prüfung für Käse",
    "チーズの質問",
    "🧀" * 60,
    "/" * 60,
)


@pytest.fixture
def store(tmp_path: Path) -> EvalSetStore:
    return EvalSetStore(tmp_path)


def test_a_set_comes_back_as_it_was_kept_also_after_a_restart(store: EvalSetStore, tmp_path: Path) -> None:
    kept = EvalSet("Mine", (CASE,))
    store.keep("default", kept)
    assert store.load("default", "Mine") == kept
    assert EvalSetStore(tmp_path).load("default", "Mine") == kept
    assert (tmp_path / "workspaces/default/evalsets/Mine.jsonl").is_file()


def test_a_change_loses_no_case_that_comes_meanwhile(store: EvalSetStore) -> None:
    store.keep("default", EvalSet("Mine", (CASE,)))
    with ThreadPoolExecutor() as people:

        def dropped(cases: tuple[EvalCase, ...]) -> list[EvalCase]:
            coming.append(people.submit(store.add, "default", "Mine", [EvalCase("new", "Who?", "Ada")]))
            return [case for case in cases if case.id != "q1"]

        coming: list[Future[EvalSet]] = []
        assert store.change("default", "Mine", dropped).cases == ()
    assert [case.id for case in store.load("default", "Mine").cases] == ["new"]
    with pytest.raises(NotFound):
        store.change("default", "Nowhere", list)
    with pytest.raises(BadInput, match="sample set"):
        store.change("default", "company", list)


def test_a_set_changed_on_the_disk_is_read_anew(store: EvalSetStore, tmp_path: Path) -> None:
    store.keep("default", EvalSet("Mine", (CASE,)))
    assert store.load("default", "Mine").cases == (CASE,)
    [path] = tmp_path.rglob("Mine.jsonl")
    path.write_text(path.read_text().replace("How long?", "For how long?"))
    assert store.load("default", "Mine").cases[0].question == "For how long?"
    path.unlink()
    with pytest.raises(NotFound):
        store.load("default", "Mine")


def test_an_empty_set_can_be_kept(store: EvalSetStore) -> None:
    store.keep("default", EvalSet("New", ()))
    assert store.load("default", "New") == EvalSet("New", ())


def test_own_sets_are_listed_by_name_and_no_other_workspace_sees_them(store: EvalSetStore) -> None:
    for name in ("beta", "Alpha", "gamma"):
        store.keep("team", EvalSet(name, ()))
    assert store.names("team") == ("Alpha", "beta", "gamma")
    assert store.names("default") == ()
    with pytest.raises(NotFound, match="beta"):
        store.load("default", "beta")


def test_the_sample_sets_are_there_for_everyone_and_cannot_be_changed(store: EvalSetStore) -> None:
    assert store.sample_names() == ("company", "longdoc")
    assert len(store.load("default", "company").cases) == 100
    assert store.names("default") == ()
    with pytest.raises(BadInput, match="sample set"):
        store.keep("default", EvalSet("company", (CASE,)))
    with pytest.raises(NotFound):
        store.remove("default", "company")


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_name_stays_inside_the_folder_and_comes_back(store: EvalSetStore, tmp_path: Path, name: str) -> None:
    store.keep("default", EvalSet(name, (CASE,)))
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert path.parent == tmp_path / "workspaces/default/evalsets"
    assert store.names("default") == (name,)
    assert store.load("default", name).cases == (CASE,)
    stem = path.name.split(".")[0].lower()
    assert stem not in {"con", "nul", "aux", "prn", ""}
    assert not set(path.name) & set('<>:"/\\|?*')


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(name=st.text(min_size=1, max_size=60))
def test_any_name_is_kept_under_itself_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    root = tmp_path_factory.mktemp("sets")
    store = EvalSetStore(root)
    try:
        store.keep("default", EvalSet(name, ()))
    except BadInput:
        assert store.names("default") == ()
        return
    assert len(store.names("default")) == 1
    assert store.load("default", name).cases == ()
    assert store.load("default", store.names("default")[0]).cases == ()


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "half \ud800"])
def test_a_name_that_cannot_be_one_is_refused(store: EvalSetStore, name: str) -> None:
    with pytest.raises(BadInput):
        store.keep("default", EvalSet(name, ()))


@pytest.mark.parametrize("workspace", ["../x", "", "a/b"])
def test_a_workspace_that_is_no_plain_name_is_refused(store: EvalSetStore, workspace: str) -> None:
    with pytest.raises(BadInput):
        store.names(workspace)


def test_a_damaged_file_is_named_with_its_line_and_left_alone(store: EvalSetStore, tmp_path: Path) -> None:
    store.keep("default", EvalSet("Mine", (CASE,)))
    path = tmp_path / "workspaces/default/evalsets/Mine.jsonl"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(StoreDamaged, match=r"'Mine\.jsonl' cannot be read.*Line 1"):
        store.load("default", "Mine")
    with pytest.raises(StoreDamaged):
        store.add("default", "Mine", (CASE,))
    assert len(path.read_bytes()) == 40


def test_cases_that_do_not_hold_together_are_not_kept(store: EvalSetStore) -> None:
    store.keep("default", EvalSet("Mine", (CASE,)))
    for cases in ((CASE, CASE), (EvalCase("q", "", "A"),), (EvalCase("", "Q", "A"),)):
        with pytest.raises(BadInput, match=r"^Case "):
            store.keep("default", EvalSet("Mine", cases))
    assert store.load("default", "Mine").cases == (CASE,)


def test_more_cases_than_the_limit_are_refused(store: EvalSetStore) -> None:
    many = tuple(EvalCase(f"q{number}", "Q", "A") for number in range(LIMITS.eval_cases + 1))
    with pytest.raises(LimitExceeded, match="5,001"):
        store.keep("default", EvalSet("Big", many))


def test_added_cases_go_to_the_end_and_get_free_ids(store: EvalSetStore) -> None:
    store.add("default", "My questions", (CASE,))
    grown = store.add("default", "My questions", (CASE, EvalCase("", "Why?", "So")))
    assert [case.id for case in grown.cases] == ["q1", "case-002", "case-003"]
    assert store.load("default", "My questions") == grown


def test_nothing_is_lost_when_many_add_at_once(store: EvalSetStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.add("default", "Ours", (EvalCase("", f"Q{number}", "A"),)), range(40)))
    cases = store.load("default", "Ours").cases
    assert {case.question for case in cases} == {f"Q{number}" for number in range(40)}
    assert len({case.id for case in cases}) == 40


def test_a_set_can_be_renamed_and_removed(store: EvalSetStore) -> None:
    store.keep("default", EvalSet("Old", (CASE,)))
    assert store.rename("default", "Old", "  New   name ") == "New name"
    assert store.names("default") == ("New name",)
    assert store.rename("default", "New name", "NEW name") == "NEW name"
    store.remove("default", "NEW name")
    assert store.names("default") == ()


@pytest.mark.parametrize("taken", ["Other", "OTHER", "company", "Company"])
def test_a_name_that_is_taken_is_refused_and_both_sets_stay(store: EvalSetStore, taken: str) -> None:
    store.keep("default", EvalSet("Mine", (CASE,)))
    store.keep("default", EvalSet("Other", ()))
    with pytest.raises(BadInput):
        store.rename("default", "Mine", taken)
    assert store.names("default") == ("Mine", "Other")


def test_a_set_never_overwrites_one_whose_name_differs_in_capitals_alone(store: EvalSetStore) -> None:
    store.keep("default", EvalSet("Mine", (CASE,)))
    with pytest.raises(BadInput, match="'Mine' already"):
        store.keep("default", EvalSet("MINE", ()))
    assert store.load("default", "Mine").cases == (CASE,)


def test_renaming_or_removing_what_is_not_there_says_so(store: EvalSetStore) -> None:
    with pytest.raises(NotFound, match="'x'"):
        store.remove("default", "x")
    with pytest.raises(NotFound, match="'x'"):
        store.rename("default", "x", "y")


def test_free_ids_never_repeat() -> None:
    there = (EvalCase("case-002", "Q", "A"),)
    added = tuple(EvalCase("", "Q", "A") for _ in range(3))
    assert [case.id for case in with_free_ids(there, added)] == ["case-002", "case-003", "case-004", "case-005"]
