"""Runs: every answer is there once, can be found, rated, approved, repeated and compared; a failing log costs none."""

import time
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.domain import ApproachName
from lib.errors import NotKept
from lib.lab import Lab
from lib.measuring import answered
from lib.records import FailureLabel, Origin, ReviewState, RunRecord
from lib.runs.query import RunQuery, RunRow
from lib.runs.store import RunStore
from lib.settings import ModelChoice, Workspace
from pages.ui import services

Open = Callable[[str], AppTest]
Wait = Callable[[AppTest], AppTest]
Ran = Callable[..., RunRecord]

LEAVE = "# Leave\n\nParents receive eighteen weeks of paid leave. The canteen opens at noon on working days."
CANTEEN = "When does the canteen open?"
WAIT_S = 30.0


@pytest.fixture
def ran(indexed: Callable[..., None]) -> Ran:
    """Asks a question of the documents and keeps the answer, as the screens do."""
    indexed(leave=LEAVE)
    services.lab().keep(replace(services.lab().workspace("default"), model=ModelChoice(kind="extractive")))

    def run(question: str, workspace_id: str = "default", **changed: object) -> RunRecord:
        house = services.lab()
        workspace = replace(house.workspace(workspace_id), **changed)
        answer = answered(house.approach(ApproachName.RAG, workspace), question)
        return house.measuring.record(answer, workspace, Origin.ASK)

    return run


def shown(app: AppTest) -> str:
    elements = (*app.markdown, *app.caption, *app.html, *app.error, *app.warning, *app.success, *app.info)
    return " ".join(element.value for element in elements).replace("\\", "")


def rows(workspace_id: str = "default", **query: object) -> tuple[RunRow, ...]:
    return services.lab().measuring.runs.find(workspace_id, RunQuery(**query)).rows  # type: ignore[arg-type]


def tables(app: AppTest, column: str) -> list[pd.DataFrame]:
    """The tables with that column."""
    return [table.value for table in app.dataframe if column in table.value]


def opened(open_page: Open, *ids: str) -> AppTest:
    """The page with these runs ticked, which no test can click in a table."""
    app = open_page("start")
    app.session_state["held.runs.open"] = ids
    app.switch_page("pages/runs.py").run()
    assert not app.exception, app.exception
    return app


def ask(app: AppTest, question: str) -> None:
    app.text_input(key="ask.question").set_value(question)
    next(button for button in app.button if button.label == "Ask").click().run()


def test_without_runs_the_next_step_is_offered(open_page: Open) -> None:
    app = open_page("runs")
    assert any(button.label == "Ask a question" for button in app.button)


def test_an_answer_of_ask_is_one_run_with_all_that_made_it(
    open_page: Open, indexed: Callable[..., None], until_answered: Wait
) -> None:
    indexed(leave=LEAVE)
    app = open_page("ask")
    ask(app, CANTEEN)
    until_answered(app)
    app.run()
    [row] = rows()
    assert (row.question, row.origin, row.approach) == (CANTEEN, Origin.ASK, ApproachName.RAG)
    record = services.lab().measuring.runs.get("default", row.id)
    assert record.answer.prompt is not None
    assert record.answer.passages[0].chunk.document == "leave.md"
    assert record.workspace.question == CANTEEN
    assert record.corpus_version == services.lab().version("default")
    assert dict(record.versions)["openbook"]


def test_an_answer_is_kept_when_the_person_leaves_before_it_is_there(
    open_page: Open, indexed: Callable[..., None]
) -> None:
    indexed(leave=LEAVE)
    app = open_page("ask")
    ask(app, CANTEEN)
    app.switch_page("pages/models.py").run()
    ends = time.monotonic() + WAIT_S
    while not rows():
        assert time.monotonic() < ends, "the answer was never kept"
        time.sleep(0.05)
    assert len(rows()) == 1


def test_both_answers_of_compare_are_runs(open_page: Open, indexed: Callable[..., None]) -> None:
    indexed(leave=LEAVE)
    app = open_page("compare")
    app.text_input(key="compare.question").set_value(CANTEEN)
    next(button for button in app.button if button.label == "Compare").click().run()
    ends = time.monotonic() + WAIT_S
    while any(button.key == "compare.stop" for button in app.button) or len(rows()) < 2:
        assert time.monotonic() < ends, "the answers never came"
        time.sleep(0.05)
        app.run()
    assert {row.approach for row in rows()} == {ApproachName.PROMPT_ONLY, ApproachName.RAG}
    assert {row.origin for row in rows()} == {Origin.COMPARE}


def test_a_full_disk_costs_the_record_and_not_the_answer(
    open_page: Open, indexed: Callable[..., None], until_answered: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed(leave=LEAVE)
    services.lab().keep(replace(services.lab().workspace("default"), model=ModelChoice(kind="extractive")))

    def full(self: RunStore, record: RunRecord) -> None:
        raise NotKept("The disk is full.", hint="Free some space.")

    monkeypatch.setattr(RunStore, "add", full)
    app = open_page("ask")
    ask(app, CANTEEN)
    until_answered(app)
    assert "opens at noon" in shown(app)
    assert any("not in the run log" in warning.value and "disk is full" in warning.value for warning in app.warning)


def test_the_table_lists_what_the_search_finds(open_page: Open, ran: Ran) -> None:
    ran(CANTEEN)
    ran("How many weeks of leave do parents receive?")
    app = open_page("runs")
    assert list(app.dataframe[0].value["Question"]) == ["How many weeks of leave do parents receive?", CANTEEN]
    app.text_input(key="runs.text").set_value("CANTEEN opens").run()
    app.text_input(key="runs.text").set_value("canteen").run()
    assert CANTEEN in list(app.dataframe[0].value["Question"])
    app.text_input(key="runs.text").set_value('"nothing says this').run()
    assert "No run says that" in shown(app)
    app.button(key="runs.all").click().run()
    assert len(app.dataframe[0].value) == 2


def test_filters_stay_when_another_screen_is_visited(open_page: Open, ran: Ran) -> None:
    ran(CANTEEN)
    app = open_page("runs")
    app.selectbox(key="runs.filter.origin").select(Origin.COMPARE).run()
    assert "No run says that" in shown(app)
    app.switch_page("pages/models.py").run()
    app.switch_page("pages/runs.py").run()
    assert "No run says that" in shown(app)
    app.selectbox(key="runs.filter.origin").select(Origin.ASK).run()
    assert list(app.dataframe[0].value["Question"]) == [CANTEEN]


def test_an_opened_run_shows_the_answer_its_source_and_its_settings(open_page: Open, ran: Ran) -> None:
    record = ran(CANTEEN)
    app = opened(open_page, record.id)
    drawn = shown(app)
    assert "The canteen opens at noon" in drawn
    assert "leave.md" in drawn
    [settings] = tables(app, "Value")
    held = dict(zip(settings["Setting"], settings["Value"], strict=True))
    assert held["retrieval, top k"] == "5"
    assert held["model, kind"] == "extractive"
    app.button(key="runs.close").click().run()
    assert tables(app, "Value") == []


def test_a_rating_is_kept_with_its_comment_and_who_said_so(open_page: Open, ran: Ran) -> None:
    record = ran(CANTEEN)
    app = opened(open_page, record.id)
    app.button(key="runs.rate.save").click().run()
    assert any("No stars" in error.value for error in app.error)
    app.feedback(key=f"runs.rate.{record.id}.stars").set_value(3)
    app.text_area(key=f"runs.rate.{record.id}.comment").set_value("Says nothing of Sunday.")
    app.text_input(key=f"runs.rate.{record.id}.who").set_value("Ada").run()
    app.button(key="runs.rate.save").click().run()
    rating = services.lab().measuring.runs.remarks("default", record.id).rating
    assert rating is not None
    assert (rating.stars, rating.comment, rating.by) == (4, "Says nothing of Sunday.", "Ada")
    assert "4 of 5 by Ada" in shown(app)
    assert list(app.dataframe[0].value["Rating"]) == ["★★★★"]


def test_a_person_overrules_the_label_and_goes_back_to_the_rule(open_page: Open, ran: Ran) -> None:
    record = ran(CANTEEN)
    app = opened(open_page, record.id)
    label = f"runs.label.{record.id}"
    app.selectbox(key=label).select(FailureLabel.STALE).run()
    assert rows(label=FailureLabel.STALE)[0].id == record.id
    app.selectbox(key=label).select("").run()
    assert rows(label=FailureLabel.STALE) == ()


def test_a_run_is_repeated_with_its_own_settings_and_set_beside_the_first(
    open_page: Open, ran: Ran, indexed: Callable[..., None]
) -> None:
    record = ran(CANTEEN)
    house = services.lab()
    house.keep(replace(house.workspace("default"), model=ModelChoice(kind="echo")))
    indexed(more="Dogs may come to the office on Fridays.")
    app = opened(open_page, record.id)
    app.button(key="runs.repeat.go").click().run()
    ends = time.monotonic() + WAIT_S
    while any(button.key == "runs.repeat.stop" for button in app.button):
        assert time.monotonic() < ends, "the repetition never came"
        time.sleep(0.05)
        app.run()
    [again] = rows(origin=Origin.REPEAT)
    kept = house.measuring.runs.get("default", again.id)
    assert kept.workspace.model == ModelChoice(kind="extractive")
    assert kept.answer.text == record.answer.text
    assert "Both say the same, word for word." in shown(app)
    assert "The documents changed between the two runs" in shown(app)


def test_two_runs_stand_line_by_line_and_name_the_setting_that_differs(open_page: Open, ran: Ran) -> None:
    first = ran(CANTEEN)
    house = services.lab()
    retrieval = replace(first.workspace.retrieval, top_k=2)
    second = ran("How many weeks of leave do parents receive?", retrieval=retrieval)
    app = opened(open_page, second.id, first.id)
    [table] = tables(app, "A")
    differing = {name: (left, right) for name, left, right in table.itertuples(index=False)}
    assert differing["retrieval, top k"] == ("5", "2")
    assert differing["question"][0] == CANTEEN
    assert "opens at noon" in shown(app)
    assert "eighteen weeks" in shown(app)
    assert house.version("default") == first.corpus_version


def test_an_answer_about_pay_waits_and_is_approved_by_a_named_person(open_page: Open, ran: Ran) -> None:
    record = ran("How much paid leave is there?")
    app = open_page("runs")
    app.segmented_control(key="runs.view").set_value("Review queue").run()
    key = f"runs.review.{record.id}"
    app.button(key=f"{key}.approve").click().run()
    assert any("Nobody is named" in error.value for error in app.error)
    app.text_input(key="runs.review.who").set_value("Grace").run()
    app.text_area(key=f"{key}.text").set_value("Eighteen weeks, paid.").run()
    assert app.button(key=f"{key}.approve").label == "Approve with these changes"
    app.button(key=f"{key}.approve").click().run()
    review = services.lab().measuring.runs.remarks("default", record.id).review
    assert review is not None
    assert (review.state, review.text, review.by, review.area) == (
        ReviewState.EDITED, "Eighteen weeks, paid.", "Grace", "money",
    )  # fmt: skip
    assert review.at is not None
    [decided] = tables(app, "Decision")
    assert list(decided["By"]) == ["Grace"]
    assert "Nothing waits" in shown(app)


def test_an_answer_is_rejected_once(open_page: Open, ran: Ran) -> None:
    record = ran("How much paid leave is there?")
    app = open_page("runs")
    app.segmented_control(key="runs.view").set_value("Review queue").run()
    app.text_input(key="runs.review.who").set_value("Grace").run()
    app.text_input(key=f"runs.review.{record.id}.comment").set_value("Not ours to say.").run()
    house = services.lab()
    app.button(key=f"runs.review.{record.id}.reject").click().run()
    review = house.measuring.runs.remarks("default", record.id).review
    assert review is not None
    assert (review.state, review.comment) == (ReviewState.REJECTED, "Not ours to say.")
    assert rows(review=ReviewState.OPEN) == ()


def test_an_answer_that_no_rule_found_is_put_into_the_queue_by_hand(open_page: Open, ran: Ran) -> None:
    record = ran(CANTEEN)
    app = opened(open_page, record.id)
    app.selectbox(key="runs.approval.area").select("brand").run()
    app.button(key="runs.approval.ask").click().run()
    [row] = rows(review=ReviewState.OPEN)
    assert (row.id, row.area) == (record.id, "brand")


def test_a_deleted_run_is_gone(open_page: Open, ran: Ran) -> None:
    record = ran(CANTEEN)
    ran("How many weeks of leave do parents receive?")
    app = opened(open_page, record.id)
    app.button(key="runs.delete").click().run()
    assert record.id not in {row.id for row in rows()}
    assert len(rows()) == 1


def test_runs_of_another_workspace_are_not_shown(open_page: Open, ran: Ran) -> None:
    record = ran(CANTEEN)
    other = replace(record, id="theirs", workspace=Workspace(id="other"))
    services.lab().measuring.runs.add(other)
    app = opened(open_page, "theirs")
    assert len(app.dataframe[0].value) == 1
    assert tables(app, "Value") == []


def test_hostile_text_in_a_run_is_shown_as_text(open_page: Open, ran: Ran) -> None:
    record = ran(CANTEEN)
    attack = "<img src=x onerror=alert(1)> ![p](https://evil.example/p.png) :material/close:"
    answer = replace(record.answer, question=attack, text=attack, citations=(), quotes=())
    services.lab().measuring.runs.add(replace(record, id="evil", answer=answer, setup=attack, case_id=attack))
    app = opened(open_page, "evil", record.id)
    assert "<img" not in " ".join(element.value for element in app.html)
    app = opened(open_page, "evil")
    assert "<img" not in " ".join(element.value for element in app.html)
    assert not any("![p](" in element.value for element in (*app.markdown, *app.caption))


def test_a_damaged_log_says_so_and_asking_goes_on(
    open_page: Open, indexed: Callable[..., None], until_answered: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed(leave=LEAVE)
    house: Lab = services.lab()
    house.keep(replace(house.workspace("default"), model=ModelChoice(kind="extractive")))
    path = house.measuring.runs._path
    house.measuring.runs.close()
    house.measuring.runs = RunStore(path)
    for beside in path.parent.glob("runs.sqlite*"):
        beside.unlink()
    path.write_bytes(b"not a database at all" * 300)
    assert any("cannot be read" in error.value for error in open_page("runs").error)
    app = open_page("ask")
    ask(app, CANTEEN)
    until_answered(app)
    assert "opens at noon" in shown(app)
    assert any("not in the run log" in warning.value for warning in app.warning)
