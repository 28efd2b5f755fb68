"""The Sweep step of Evaluate: fills in, stops, goes on, shows why a cell fails, and takes the best setting over."""

import json
import re
from dataclasses import replace

import pytest

from lib.errors import BadInput
from lib.evaluation.sweep import SweepPlan, sweep
from lib.evaluation.sweep_cells import SweepColumn
from lib.records import EvalCase, EvalSet, GoldEvidence
from lib.settings import ChunkSettings, RetrievalSettings
from pages.ui import services, sweep_cell, sweep_job
from pages.ui.sweep_choice import Chosen

SENTENCES = [f"Machine {n} weighs {n * 7} kilos and stands in hall {n % 5}." for n in range(60)]
CASES = tuple(
    EvalCase(f"m{n}", f"What does machine {n} weigh?", f"{n * 7} kilos", (GoldEvidence("machines.md", SENTENCES[n]),))
    for n in (3, 11, 19, 27, 38, 44, 59)
)


@pytest.fixture
def prepared(indexed):
    """Documents and an eval set; gives the set's name."""

    def prepare(cases=CASES):
        indexed(machines=" ".join(SENTENCES), halls="The halls are cleaned on Fridays.")
        services.lab().measuring.eval_sets.keep("default", EvalSet("Machines", cases))

    return prepare


@pytest.fixture(autouse=True)
def no_sweep_left():
    yield
    job = services.jobs().get("sweep:default")
    if job is not None:
        job.stop()
        assert job.wait(30)


def open_sweep(open_page):
    app = open_page("evaluate")
    app.segmented_control(key="evaluate.view").set_value("Sweep").run()
    assert not app.exception
    return app


def texts(app):
    kinds = ("markdown", "caption", "success", "warning", "error", "info")
    return " ".join(element.value for kind in kinds for element in app.get(kind))


def charts(app):
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def printed(app):
    return [note["text"] for chart in charts(app) for note in chart["layout"]["annotations"]]


def swept(open_page, until_over):
    app = open_sweep(open_page)
    app.button(key="sweep.start").click().run()
    return until_over(app, "sweep:default")


def test_without_documents_the_way_to_them_is_offered(open_page):
    app = open_sweep(open_page)
    assert app.button(key="empty.pages/documents.py.go").label == "Go to Documents"


def test_without_an_eval_set_the_way_to_one_is_offered(open_page, indexed):
    indexed(halls="The halls are cleaned on Fridays.")
    app = open_sweep(open_page)
    app.button(key="sweep.make").click().run()
    assert app.segmented_control(key="evaluate.view").value == "Eval set"


def test_the_cost_is_said_first_and_every_cell_is_visibly_missing(open_page, prepared):
    prepared()
    app = open_sweep(open_page)
    assert "texts to embed" in texts(app)
    assert "5 chunk sizes x 2 searches = 10 columns, 7 questions each" in texts(app)
    assert set(printed(app)) == {"not yet"}


def test_a_sweep_fills_both_maps_and_recommends_a_setting(open_page, prepared, until_over):
    prepared()
    app = swept(open_page, until_over)
    assert len(charts(app)) == 2
    assert len(printed(app)) == 2 * 5 * 4
    assert "not yet" not in printed(app)
    assert "Best for Recall at 1,000 tokens" in texts(app)
    assert not [button for button in app.button if button.key == "sweep.start"]


def test_the_view_by_k_says_that_bigger_chunks_always_win_there(open_page, prepared):
    prepared()
    app = open_sweep(open_page)
    app.segmented_control(key="sweep.view").set_value("passages").run()
    assert "At the same k bigger chunks always win" in texts(app)
    assert charts(app)[0]["layout"]["yaxis"]["title"]["text"] == "passages (k)"


def test_a_sweep_that_was_interrupted_goes_on_with_what_is_missing(open_page, prepared, until_over):
    prepared()
    app = open_sweep(open_page)
    house = services.lab()
    located = house.measuring.located("default", EvalSet("Machines", CASES))
    cases = [sweep_job.GoldCase(case.id, case.question, located[case.id].spans) for case in CASES]
    ways = tuple(RetrievalSettings(retriever=name) for name in ("hybrid", "dense"))
    plan = SweepPlan(tuple(ChunkSettings(size=size) for size in (60, 100, 150, 200, 250)), ways)
    there: list[SweepColumn] = []
    events = sweep(plan, cases, sweep_job.tools("default"), stopped=lambda: len(there) == 7)
    there.extend(event for event in events if isinstance(event, SweepColumn))
    app.run()
    assert "**7 of 10 columns are there.**" in texts(app)
    assert printed(app).count("not yet") == 3 * 4
    assert app.button(key="sweep.start").label == "Go on"
    app.button(key="sweep.start").click().run()
    until_over(app, "sweep:default")
    assert "not yet" not in printed(app)


def test_another_top_k_is_there_at_once(open_page, prepared, until_over):
    prepared()
    app = swept(open_page, until_over)
    app.segmented_control(key="sweep.view").set_value("passages").run()
    app.multiselect(key="sweep.ks").set_value([2, 8]).run()
    assert "not yet" not in printed(app)
    assert charts(app)[0]["layout"]["yaxis"]["ticktext"] == ["2", "8"]


def test_a_cell_shows_its_intervals_and_what_came_instead(open_page, prepared, until_over):
    prepared()
    app = swept(open_page, until_over)
    app.segmented_control(key="sweep.view").set_value("passages").run()
    app.selectbox(key="sweep.cell").set_value("60 tokens · By meaning (dense) · k = 1").run()
    assert "**Recall" in texts(app)
    assert "7 questions, with 95 % intervals" in texts(app)
    failing = [one for one in app.expander if "of the evidence came" in one.label]
    assert failing
    assert "questions lack some or all of their evidence" in texts(app)


@pytest.mark.parametrize("button", ["retrieve", "why"])
def test_a_failing_question_leads_to_retrieve(open_page, prepared, until_over, button):
    prepared()
    app = swept(open_page, until_over)
    app.segmented_control(key="sweep.view").set_value("passages").run()
    app.selectbox(key="sweep.cell").set_value("60 tokens · By meaning (dense) · k = 1").run()
    label = next(one.label for one in app.expander if "of the evidence came" in one.label)
    number = re.findall(r"machine (\d+)", label)[0]
    case = next(case for case in CASES if case.id == f"m{number}")
    app.session_state[f"sweep.case.{case.id}"] = True
    app.run()
    assert "Should have come" in texts(app)
    assert "**machines" in texts(app)
    assert "too late: 1 handed over" in texts(app)
    app.button(key=f"sweep.{button}.{case.id}").click().run()
    assert not app.exception
    assert app.title[0].value == "Retrieve"
    assert app.text_input(key="retrieve.question").value == case.question
    if button == "why":
        job = services.jobs().get("why-not:default")
        assert job is not None
        job.stop()
        assert job.wait(30)


def test_taking_over_makes_the_setting_the_workspaces_and_indexes_it(open_page, prepared, until_over):
    prepared()
    app = swept(open_page, until_over)
    app.segmented_control(key="sweep.view").set_value("passages").run()
    app.selectbox(key="sweep.cell").set_value("100 tokens · By meaning (dense) · k = 3").run()
    key = "sweep.take.cell" if any(one.key == "sweep.take.cell" for one in app.button) else "sweep.take"
    app.button(key=key).click().run()
    assert not app.exception
    kept = services.lab().workspace("default")
    assert kept.chunking == ChunkSettings(size=100)
    assert (kept.retrieval.retriever, kept.retrieval.top_k) == ("dense", 3)
    assert "Taken over: chunks Recursive, 200 tokens → Recursive, 100 tokens" in texts(app)
    assert services.lab().plan("default", ChunkSettings(size=100)).applied


def test_a_budget_is_taken_over_as_the_passages_that_fit(open_page, prepared, until_over):
    prepared()
    swept(open_page, until_over)
    workspace = services.lab().workspace("default")
    located = services.lab().measuring.located("default", EvalSet("Machines", CASES))
    cases = tuple(sweep_job.GoldCase(case.id, case.question, located[case.id].spans) for case in CASES)
    way = replace(RetrievalSettings(), retriever="dense")
    chosen = Chosen("Machines", cases, CASES, 0, SweepPlan((ChunkSettings(size=60),), (way,)), (), (300,))
    keys = sweep_job.SweepKeys.of(services.lab().version("default"), services.lab().measuring.embedder.model_id, cases)
    column = sweep_job.tools("default").kept.get(keys.key(ChunkSettings(size=60), way))
    assert column is not None
    cell = sweep_job.cells(column, cases, chosen.limits)[0]
    taken = sweep_cell.settings_of(workspace, cell)
    assert taken.retrieval.top_k == cell.passages == 5


def test_cases_without_evidence_here_are_left_out_and_counted(open_page, prepared):
    lost = EvalCase("lost", "Where is the lift?", "nowhere", (GoldEvidence("machines.md", "The lift stands outside."),))
    prepared((*CASES, lost))
    assert "1 case without evidence in these documents is left out" in texts(open_sweep(open_page))


def test_a_set_about_other_documents_is_refused_in_words(open_page, prepared):
    prepared((EvalCase("lost", "Where is the lift?", "x", (GoldEvidence("other.md", "The lift stands outside."),)),))
    assert "None of the 1 answerable questions of this set has its evidence in these documents" in texts(
        open_sweep(open_page)
    )


def test_a_failure_of_the_sweep_is_told_with_its_way_out(open_page, prepared, monkeypatch):
    def broken(*_args, **_kwargs):
        raise BadInput("The documents changed while the sweep began.", hint="Start it again.")
        yield

    prepared()
    monkeypatch.setattr(sweep_job, "sweep", broken)
    app = open_sweep(open_page)
    app.button(key="sweep.start").click().run()
    job = services.jobs().get("sweep:default")
    assert job is not None
    assert job.wait(30)
    app.run()
    assert "The documents changed while the sweep began" in texts(app)
    assert app.button(key="sweep.start")
