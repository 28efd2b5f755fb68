"""What is kept comes back equal, is found by what it says, and belongs to one workspace."""

import json
import math
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain import Answer, ApproachName, Timings
from lib.errors import BadInput, NotFound, NotKept, StoreDamaged
from lib.records import (
    EvalCase,
    EvalSet,
    Evaluation,
    FailureLabel,
    Origin,
    Rating,
    Remarks,
    Review,
    ReviewState,
    RunRecord,
    SetUp,
)
from lib.runs.export import jsonl_of
from lib.runs.query import RunQuery, conditions
from lib.runs.rows import from_json, to_json
from lib.runs.store import RunStore, new_run_id
from lib.settings import Workspace

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
Made = Callable[..., RunRecord]


def ids(store: RunStore, workspace_id: str = "default", **query: object) -> list[str]:
    return [row.id for row in store.find(workspace_id, RunQuery(**query)).rows]  # type: ignore[arg-type]


def test_a_record_comes_back_equal_to_its_last_digit(store: RunStore, rich: RunRecord) -> None:
    store.add(rich)
    again = store.get("team", rich.id)
    assert again == rich
    assert again.answer.passages[0].score == 0.1 + 0.2
    assert type(again.answer.approach) is ApproachName
    assert again.at.utcoffset() == timedelta(0)


def test_a_row_says_what_the_record_says(store: RunStore, rich: RunRecord) -> None:
    store.add(rich)
    [row] = store.find("team", RunQuery()).rows
    assert (row.id, row.at, row.origin, row.model) == (rich.id, rich.at, Origin.EVALUATE, "SmolLM2")
    assert (row.question, row.answer, row.approach) == (rich.answer.question, "18 weeks [1].", ApproachName.RAG)
    assert (row.correct, row.faithfulness, row.label) == (False, 0.5, FailureLabel.NOT_RETRIEVED)
    assert (row.stars, row.area, row.review) == (0, "legal", ReviewState.OPEN)
    assert (row.tokens, row.total_ms, row.cost_usd) == (333, 0.1, 1.5e-7)
    assert (row.evaluation, row.setup, row.case_id, row.tags) == (
        "e1",
        "RAG, 150 tokens",
        "c-7",
        ("legal", "two words"),
    )


@pytest.mark.parametrize("score", [float("inf"), float("-inf"), 5e-324, 1.7976931348623157e308, -0.0])
def test_every_score_comes_back_as_it_was(store: RunStore, rich: RunRecord, score: float) -> None:
    odd = replace(rich, answer=replace(rich.answer, passages=(replace(rich.answer.passages[0], score=score),)))
    store.add(odd)
    assert store.get("team", rich.id).answer.passages[0].score == score


def test_figures_that_are_no_numbers_do_not_lose_the_run(store: RunStore, rich: RunRecord) -> None:
    nothing = float("nan")
    answer = replace(rich.answer, timings=Timings(nothing, nothing, nothing), cost_usd=nothing)
    store.add(replace(rich, answer=answer))
    assert math.isnan(store.get("team", rich.id).answer.timings.total)
    [row] = store.find("team", RunQuery()).rows
    assert (row.total_ms, row.cost_usd) == (0.0, None)
    [line] = jsonl_of(store.kept("team", RunQuery()))
    assert json.loads(line)["answer"]["timings"]["total"] == "NaN"


@given(st.text(), st.text(), st.floats(allow_nan=False), st.datetimes(datetime(1990, 1, 1), timezones=st.timezones()))
def test_any_text_number_and_moment_come_back(question: str, text: str, score: float, at: datetime) -> None:
    answer = Answer(question, ApproachName.RAG, "m", text, abstained=False, timings=Timings(total=score))
    record = RunRecord("r", at, Origin.ASK, Workspace(), answer, tags=(question, text))
    again = from_json(RunRecord, to_json(record))
    assert (again.answer, again.tags) == (answer, record.tags)
    assert again.at.astimezone(UTC) == at.astimezone(UTC)


def test_an_answer_that_read_nothing_has_no_share_of_support(store: RunStore, rich: RunRecord) -> None:
    store.add(replace(rich, answer=replace(rich.answer, passages=())))
    assert store.find("team", RunQuery()).rows[0].faithfulness is None


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path, rich: RunRecord) -> None:
    first = RunStore(tmp_path / "runs.sqlite")
    first.add(rich)
    first.close()
    second = RunStore(tmp_path / "runs.sqlite")
    assert second.get("team", rich.id) == rich
    second.close()


def test_the_newest_comes_first_and_pages_do_not_overlap(store: RunStore, made: Made) -> None:
    for number in (2, 0, 1, 3):
        store.add(made(f"r{number}", at=NOON + timedelta(minutes=number)))
    assert ids(store) == ["r3", "r2", "r1", "r0"]
    assert ids(store, limit=2) == ["r3", "r2"]
    assert ids(store, limit=2, offset=2) == ["r1", "r0"]
    assert store.find("default", RunQuery(limit=1)).total == 4


def test_moments_in_other_zones_are_put_in_one_order(store: RunStore, made: Made) -> None:
    east = timezone(timedelta(hours=9))
    store.add(made("earlier", at=datetime(2026, 11, 21, 20, tzinfo=east)))
    store.add(made("later", at=NOON))
    assert ids(store) == ["later", "earlier"]
    assert ids(store, since=NOON) == ["later"]
    assert ids(store, until=NOON) == ["earlier"]


def test_every_word_must_stand_in_question_or_answer_in_any_case(store: RunStore, made: Made) -> None:
    store.add(made("a", question="How long is Elternzeit in MÜNCHEN?", text="Eighteen weeks."))
    store.add(made("b", question="How long is lunch?", text="One hour."))
    assert ids(store, text="münchen EIGHTEEN") == ["a"]
    assert ids(store, text="how long") == ["b", "a"]
    assert ids(store, text="long eighteen hour") == []
    assert ids(store, text="teen") == ["a"]


@pytest.mark.parametrize(
    "text", ['"', "'", "' OR 1=1 --", "NEAR(", "a AND", "%", "_", "*", "\\", "\0", "\ud800", "(", "x:y", "-"]
)
def test_no_text_breaks_the_search(store: RunStore, made: Made, text: str) -> None:
    store.add(made("plain", question="Wann", text="Mittags"))
    assert ids(store, text=text) in ([], ["plain"])
    store.add(made("same", question=f"zz {text} zz"))
    assert "same" in ids(store, text=f"zz {text}")
    assert ids(store, text=f"{text} absentword") == []


def test_filters_narrow_and_combine(store: RunStore, made: Made) -> None:
    alone = Answer("When?", ApproachName.PROMPT_ONLY, "big", "Never.", abstained=False)
    store.add(made("a", correct=True, tags=("leave", "hr")))
    store.add(made("b", answer=alone, correct=False, origin=Origin.COMPARE, tags=("hr2",)))
    store.add(made("c", evaluation="e1", origin=Origin.EVALUATE))
    assert ids(store, approach=ApproachName.PROMPT_ONLY) == ["b"]
    assert ids(store, model="big") == ["b"]
    assert ids(store, origin=Origin.EVALUATE) == ["c"]
    assert ids(store, evaluation="e1") == ["c"]
    assert ids(store, tag="hr") == ["a"]
    assert ids(store, correct=True) == ["a"]
    assert ids(store, correct=False) == ["b"]
    assert ids(store, correct=False, model="echo") == []
    assert store.choices("default").models == ("big", "echo")
    assert store.choices("default").tags == ("hr", "hr2", "leave")


def test_a_workspace_sees_its_own_runs_only(store: RunStore, made: Made) -> None:
    store.add(made("mine", workspace=Workspace(id="one")))
    store.add(made("theirs", workspace=Workspace(id="two")))
    assert ids(store, "one") == ["mine"]
    assert store.count("two") == 1
    with pytest.raises(NotFound):
        store.get("one", "theirs")
    with pytest.raises(NotFound):
        store.remark("one", "theirs", Remarks())
    assert store.forget("one", ["theirs"]) == 0
    store.clear("one")
    assert (store.count("one"), store.count("two")) == (0, 1)


def test_an_id_is_given_once(store: RunStore, made: Made) -> None:
    store.add(made("r1", text="first"))
    with pytest.raises(BadInput, match="r1"):
        store.add(made("r1", text="second"))
    assert store.get("default", "r1").answer.text == "first"
    store.add(made("r1", workspace=Workspace(id="other")))


def test_remarks_are_kept_and_found_by(store: RunStore, rich: RunRecord) -> None:
    store.add(rich)
    said = Remarks(
        Rating(4, "Good, but terse.", "Ada", NOON),
        Review("legal", ReviewState.EDITED, "18 weeks, paid.", "Added what matters.", "Grace", NOON),
        FailureLabel.IGNORED,
    )
    store.remark("team", rich.id, said)
    assert store.remarks("team", rich.id) == said
    assert ids(store, "team", rated=True, review=ReviewState.EDITED, label=FailureLabel.IGNORED) == [rich.id]
    assert ids(store, "team", rated=False) == []
    assert ids(store, "team", review=ReviewState.OPEN) == []
    assert store.get("team", rich.id) == rich
    store.remark("team", rich.id, Remarks())
    assert ids(store, "team", label=FailureLabel.NOT_RETRIEVED, rated=False, needs_review=False) == [rich.id]


def test_an_answer_about_money_waits_for_a_person(store: RunStore, made: Made) -> None:
    store.add(made("pay", question="How much is the refund?", text="Forty euros."))
    store.add(made("noon"))
    assert ids(store, needs_review=True, review=ReviewState.OPEN) == ["pay"]
    assert store.remarks("default", "pay") == Remarks(review=Review("money"))
    assert store.remarks("default", "noon") == Remarks()


def evaluation(evaluation_id: str, at: datetime, **named: object) -> Evaluation:
    cases = EvalSet("set", (EvalCase("c1", "When?", "noon", tags=("t",)),))
    setups = (SetUp("RAG", ApproachName.RAG, Workspace()),)
    return Evaluation(evaluation_id, at, "default", cases, setups, "v1", **named)  # type: ignore[arg-type]


def test_an_evaluation_is_replaced_by_its_newer_state(store: RunStore) -> None:
    store.keep_evaluation(evaluation("e1", NOON))
    store.keep_evaluation(evaluation("e2", NOON + timedelta(hours=1)))
    store.keep_evaluation(evaluation("e1", NOON, finished=True))
    assert [one.id for one in store.evaluations("default")] == ["e2", "e1"]
    assert store.evaluation("default", "e1") == evaluation("e1", NOON, finished=True)
    assert store.evaluations("other") == ()
    with pytest.raises(NotFound):
        store.evaluation("other", "e1")


def test_the_newest_evaluation_is_the_one_planned_last_in_that_workspace(store: RunStore) -> None:
    assert store.newest_evaluation("default") is None
    store.keep_evaluation(evaluation("late", NOON + timedelta(hours=1)))
    store.keep_evaluation(evaluation("early", NOON))
    store.keep_evaluation(evaluation("late", NOON + timedelta(hours=1), finished=True))
    assert store.newest_evaluation("default") == evaluation("late", NOON + timedelta(hours=1), finished=True)
    assert store.newest_evaluation("other") is None


def test_the_runs_of_an_evaluation_are_found_by_its_index(store: RunStore, made: Made, tmp_path: Path) -> None:
    store.add(made("r1", evaluation="e1"))
    store.add(made("other"))
    assert ids(store, evaluation="e1") == ["r1"]
    where, bound = conditions("default", RunQuery(evaluation="e1"))
    store.close()
    [path] = tmp_path.rglob("*.sqlite")
    with closing(sqlite3.connect(path)) as database:
        plan = database.execute(f"EXPLAIN QUERY PLAN SELECT id FROM runs WHERE {where}", bound).fetchall()
    assert "runs_by_evaluation" in str(plan)


def test_what_two_people_say_at_the_same_time_is_kept(store: RunStore, made: Made) -> None:
    store.add(made("r1"))
    stars = Rating(4, "", "Ada", NOON)

    def slowly(said: Remarks) -> Remarks:
        other.start()
        other.join(0.2)
        return replace(said, rating=stars)

    label = partial(replace, label=FailureLabel.IGNORED)
    other = threading.Thread(target=store.amend, args=("default", "r1", label))
    store.amend("default", "r1", slowly)
    other.join()
    assert store.remarks("default", "r1") == Remarks(rating=stars, label=FailureLabel.IGNORED)


def test_run_ids_sort_by_time_and_are_never_the_same() -> None:
    later = new_run_id(NOON + timedelta(microseconds=1))
    together: list[str] = []
    threads = [threading.Thread(target=lambda: together.extend(new_run_id(NOON) for _ in range(500))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(together)) == 4_000
    assert max(together) < later


def test_text_that_no_file_can_hold_is_kept_without_its_broken_characters(store: RunStore, made: Made) -> None:
    store.add(made("r1", question="bad \udcff byte", text="fine"))
    assert store.get("default", "r1").answer.question == "bad ? byte"


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path, made: Made) -> None:
    path = tmp_path / "runs.sqlite"
    path.write_bytes(b"these are not the runs" * 100)
    store = RunStore(path)
    with pytest.raises(StoreDamaged, match=r"runs\.sqlite"):
        store.add(made())
    assert path.read_bytes() == b"these are not the runs" * 100
    path.unlink()
    store.add(made())
    assert store.count("default") == 1
    store.close()


def test_a_newer_file_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version=99")
    database.close()
    store = RunStore(path)
    with pytest.raises(StoreDamaged, match="version 99"):
        store.count("default")
    store.close()


def test_another_database_of_that_name_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE letters (a)")
    database.commit()
    database.close()
    store = RunStore(path)
    with pytest.raises(StoreDamaged, match="something else"):
        store.count("default")
    store.close()
    database = sqlite3.connect(path)
    assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("letters",)]
    database.close()


def test_a_full_disk_is_told_and_loses_nothing_that_was_kept(store: RunStore, made: Made) -> None:
    store.add(made("before"))
    pages = store._opened()._database.execute("PRAGMA page_count").fetchone()[0]
    store._opened()._database.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(NotKept, match="disk is full"):
        store.add(made("too big", text="word " * 100_000))
    assert ids(store) == ["before"]
    store._opened()._database.execute("PRAGMA max_page_count=1000000")
    store.add(made("after"))
    assert ids(store) == ["after", "before"]


def test_a_closed_log_says_so(store: RunStore, made: Made) -> None:
    store.add(made())
    store.close()
    store.close()
    with pytest.raises(NotKept, match="closed"):
        store.add(made("r2"))


def test_many_threads_write_and_read_together(store: RunStore, made: Made) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(20):
                store.add(made(f"{number}-{step}"))
                assert store.get("default", f"{number}-{step}").id == f"{number}-{step}"
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.count("default") == 200


def test_one_bad_change_does_not_take_its_neighbours_with_it(store: RunStore, made: Made) -> None:
    store.add(made("taken"))
    refused: list[str] = []

    def add(run_id: str) -> None:
        try:
            store.add(made(run_id))
        except BadInput:
            refused.append(run_id)

    names = ["taken", "a", "taken", "b", "c", "taken"]
    threads = [threading.Thread(target=add, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["taken"] * 3
    assert sorted(ids(store)) == ["a", "b", "c", "taken"]


def test_a_record_holds_no_key(rich: RunRecord) -> None:
    assert not any("key" in name for name in type(rich.workspace.model).__dataclass_fields__)
    assert replace(rich).workspace.model.base_url == "http://localhost:1/v1"
