"""The Run step of Evaluate: an estimate first, cases as they come, stop, go on, nothing lost."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lib.domain import ApproachName
from lib.errors import BadInput
from lib.evaluation.variations import set_up
from lib.records import EvalCase, EvalSet, GoldEvidence, Origin
from lib.runs.query import RunQuery
from lib.settings import ModelChoice
from pages.ui import eval_run_watch, evaluating, services
from tests.support.kept_adapters import keep_adapter

TEXTS = {
    "leave": "Parents take 18 weeks of paid leave. Ask the people team.",
    "travel": "Trains come first. A seat in first class needs six hours.",
}
CASES = (
    EvalCase("weeks", "How long is paid leave?", "18 weeks", (GoldEvidence("leave.md", "18 weeks of paid leave"),)),
    EvalCase("first", "What comes first?", "trains", (GoldEvidence("travel.md", "Trains come first."),)),
    EvalCase("hours", "How long for first class?", "six hours", (GoldEvidence("travel.md", "needs six hours"),)),
)


def prepared(indexed, cases=CASES):
    indexed(**TEXTS)
    house = services.lab()
    house.keep(replace(house.workspace("default"), model=ModelChoice("extractive")))
    house.measuring.eval_sets.keep("default", EvalSet("Leave", cases))


def texts(app):
    return " ".join(element.value for kind in ("markdown", "caption", "success") for element in app.get(kind))


def open_run(open_page):
    app = open_page("evaluate")
    app.segmented_control(key="evaluate.view").set_value("Run").run()
    assert not app.exception
    return app


def test_without_an_eval_set_the_way_to_one_is_offered(open_page, indexed):
    indexed(**TEXTS)
    app = open_run(open_page)
    app.button(key="evaluate.make").click().run()
    assert app.segmented_control(key="evaluate.view").value == "Eval set"


def test_the_estimate_comes_before_and_every_case_is_asked_and_logged(open_page, indexed, until_over):
    prepared(indexed)
    app = open_run(open_page)
    app.button_group(key="evaluate.approaches").set_value(["rag", "gold-context"]).run()
    assert "6 answers" in texts(app)
    app.button(key="evaluate.start").click().run()
    until_over(app, "evaluate:default")
    assert "Done: 6 answers." in texts(app)
    found = services.lab().measuring.runs.find("default", RunQuery(origin=Origin.EVALUATE))
    assert {(row.setup, row.case_id) for row in found.rows} == {
        (setup, case.id) for setup in ("RAG", "Gold context") for case in CASES
    }
    app.button(key="evaluate.results").click().run()
    assert app.segmented_control(key="evaluate.view").value == "Results"


def test_a_stopped_evaluation_goes_on_where_it_was(open_page, indexed, until_over):
    prepared(indexed)
    measuring = services.lab().measuring
    workspace = services.lab().workspace("default")
    evaluation = measuring.plan("default", EvalSet("Leave", CASES), [set_up(ApproachName.RAG, workspace)])
    next(measuring.evaluate(evaluation, stopped=lambda: False))
    app = open_run(open_page)
    assert "stopped at 1 of 3 answers" in texts(app)
    app.button(key="evaluate.resume").click().run()
    until_over(app, "evaluate:default")
    assert measuring.runs.find("default", RunQuery()).total == 3
    assert measuring.runs.evaluation("default", evaluation.id).finished
    assert "stopped at" not in texts(app)


def test_an_evaluation_of_documents_that_changed_meanwhile_is_not_mixed(open_page, indexed, until_over):
    prepared(indexed)
    measuring = services.lab().measuring
    setups = [set_up(ApproachName.RAG, services.lab().workspace("default"))]
    evaluation = measuring.plan("default", EvalSet("Leave", CASES), setups)
    next(measuring.evaluate(evaluation, stopped=lambda: False))
    indexed(leave="Parents take 20 weeks of paid leave.")
    app = open_run(open_page)
    assert "The documents have changed since this evaluation began" in texts(app).replace("\\", "")
    assert "A new evaluation is needed" in texts(app)
    assert not [button for button in app.button if button.key == "evaluate.resume"]
    with pytest.raises(BadInput, match="documents have changed"):
        list(measuring.evaluate(evaluation, stopped=lambda: False))
    assert measuring.runs.find("default", RunQuery()).total == 1


def test_set_ups_with_one_thing_changed_stand_beside_rag(open_page, indexed, until_over):
    prepared(indexed)
    app = open_run(open_page)
    app.button_group(key="evaluate.approaches").set_value(["rag"]).run()
    app.button_group(key="evaluate.variations").set_value(["RAG, by words only", "RAG, top 1"]).run()
    assert "9 answers" in texts(app)
    app.button(key="evaluate.start").click().run()
    until_over(app, "evaluate:default")
    rows = services.lab().measuring.runs.find("default", RunQuery()).rows
    assert {row.setup for row in rows} == {"RAG", "RAG, by words only", "RAG, top 1"}


def test_an_older_evaluation_that_was_stopped_can_be_gone_on_with(open_page, indexed, until_over):
    prepared(indexed)
    measuring = services.lab().measuring
    setups = [set_up(ApproachName.RAG, services.lab().workspace("default"))]
    older = measuring.plan("default", EvalSet("Leave", CASES), setups)
    next(measuring.evaluate(older, stopped=lambda: False))
    newer = measuring.plan("default", EvalSet("Leave", CASES), setups)
    list(measuring.evaluate(newer, stopped=lambda: False))
    app = open_page("evaluate")
    app.segmented_control(key="evaluate.view").set_value("Results").run()
    app.selectbox(key="evaluate.results.evaluation").set_value(older.id).run()
    app.button(key="evaluate.results.resume").click().run()
    assert "stopped at 1 of 3 answers" in texts(app)
    app.button(key="evaluate.resume").click().run()
    until_over(app, "evaluate:default")
    assert measuring.runs.evaluation("default", older.id).finished


def test_a_bug_in_an_evaluation_is_told_once_and_bars_no_screen(open_page, indexed):
    prepared(indexed)

    def work(stopped):
        yield stopped()
        raise ZeroDivisionError("a bug")

    assert services.jobs().start("evaluate:default", work).wait(10)
    app = open_page("evaluate")
    app.segmented_control(key="evaluate.view").set_value("Run").run()
    assert "a bug" in app.exception[0].message
    app.run()
    assert not app.exception
    assert app.button(key="evaluate.start").label == "Ask 3 questions of 1 set-up"


def test_what_cannot_be_judged_is_called_neither_right_nor_wrong():
    came = evaluating.Came(datetime.now(UTC), "RAG", "Where?", "Here.", None, "", None)
    signs = [eval_run_watch._case_line(replace(came, correct=one)).split()[0] for one in (True, False, None)]
    assert signs == [":material/check:", ":material/close:", ":material/remove:"]


def test_fine_tuned_takes_no_part_without_an_adapter_and_hybrid_reads_with_the_reader(open_page, indexed):
    prepared(indexed)
    house = services.lab()
    house.keep(replace(house.workspace("default"), model=ModelChoice()))
    app = open_run(open_page)
    app.button_group(key="evaluate.approaches").set_value(["fine-tuned", "hybrid"]).run()
    assert "Fine-tuned takes no part until an adapter is chosen" in texts(app)
    assert any(link.proto.page.endswith("fine_tune") for link in app.get("page_link"))
    assert app.button(key="evaluate.start").label == "Ask 3 questions of 1 set-up"


def test_all_four_approaches_are_asked_with_the_adapter_that_is_chosen(open_page, indexed, until_over, tmp_path):
    prepared(indexed)
    keep_adapter(tmp_path / "data", "tickets")
    house = services.lab()
    house.keep(replace(house.workspace("default"), model=ModelChoice(), adapter="tickets"))
    app = open_run(open_page)
    app.button_group(key="evaluate.approaches").set_value(["hybrid", "fine-tuned", "rag", "prompt-only"]).run()
    app.button(key="evaluate.start").click().run()
    until_over(app, "evaluate:default")
    assert "Done: 12 answers." in texts(app)
    evaluation = house.measuring.runs.newest_evaluation("default")
    assert [setup.label for setup in evaluation.setups] == ["Prompt-only", "RAG", "Fine-tuned", "Hybrid"]
    assert [name for name, _ in evaluation.adapters] == ["tickets"]


def test_an_evaluation_whose_adapter_was_deleted_says_so_and_cannot_go_on(open_page, indexed, tmp_path):
    prepared(indexed)
    keep_adapter(tmp_path / "data", "tickets")
    house = services.lab()
    workspace = replace(house.workspace("default"), model=ModelChoice(), adapter="tickets")
    evaluation = house.measuring.plan("default", EvalSet("Leave", CASES), [set_up(ApproachName.FINE_TUNED, workspace)])
    next(house.measuring.evaluate(evaluation, stopped=lambda: False))
    house.tuning.adapters.remove("default", "tickets")
    app = open_run(open_page)
    assert "'tickets' has been deleted or trained anew" in texts(app).replace("\\", "")
    assert not [button for button in app.button if button.key == "evaluate.resume"]
