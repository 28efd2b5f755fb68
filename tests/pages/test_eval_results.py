"""The Results step of Evaluate: a plain sentence first, then charts that lead to cases, and honest comparisons."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.evaluation.results import results_of
from lib.records import Evaluation, FailureLabel, Rating, Remarks, SetUp
from pages.ui import eval_results_behind, eval_results_cases, eval_results_kept, services
from pages.ui.eval_results_behind import Behind
from tests.support.evaluations import AT, CASES, GOLD, PROMPT, RAG, TOP_1, evaluation_of, records_of

ROOMS = "\n".join(f"The number is {case.answer}." for case in CASES)


def words(app: AppTest) -> str:
    kinds = ("markdown", "caption", "subheader", "info", "warning", "success", "error")
    return "\n".join(element.value for kind in kinds for element in app.get(kind)).replace("\\", "")


def kept(*setups: SetUp, letters: tuple[str, ...], **changes: object) -> Evaluation:
    """An evaluation in the log with the answers that the letters say."""
    made = evaluation_of(*setups)
    evaluation = replace(made, **({"corpus_version": services.lab().version("default")} | changes))
    runs = services.lab().measuring.runs
    runs.keep_evaluation(evaluation)
    for record in records_of(evaluation, *letters):
        runs.add(replace(record, id=f"{evaluation.id}-{record.id}", evaluation=evaluation.id))
    return evaluation


@pytest.fixture
def results(open_page: Callable[[str], AppTest]) -> Callable[[], AppTest]:
    def opened() -> AppTest:
        app = open_page("evaluate")
        app.segmented_control(key="evaluate.view").set_value("Results").run()
        assert not app.exception, app.exception
        return app

    return opened


def tables(app: AppTest) -> list[list[str]]:
    return [list(frame.value.columns) for frame in app.dataframe]


def test_before_anything_was_measured_the_next_step_is_to_run_an_evaluation(results: Callable[[], AppTest]) -> None:
    app = results()
    assert "Nothing measured yet" in words(app)
    app.button(key="evaluate.results.run").click().run()
    assert app.segmented_control(key="evaluate.view").value == "Run"


def test_the_headline_says_how_many_were_right_and_what_failed_most(results: Callable[[], AppTest], indexed) -> None:
    indexed(rooms=ROOMS)
    kept(RAG, PROMPT, letters=("++++++--", "+-------"))
    said = words(results())
    assert "RAG answered 6 of 8 questions right (" in said
    assert "Prompt-only 1 of 8 (" in said
    assert "Its failures: not retrieved (2)." in said
    assert "not finished" not in said


def test_the_charts_say_in_words_what_they_show(results: Callable[[], AppTest], indexed) -> None:
    indexed(rooms=ROOMS)
    kept(RAG, PROMPT, letters=("++++++--", "+-------"))
    app = results()
    alts = [chart.proto.alt for chart in app.get("plotly_chart")]
    assert "RAG: 6 right, 2 not retrieved" in alts[0]
    assert "Correct: RAG 75 %" in alts[1]
    assert any(alt.startswith("Points, Correct (higher is better) against Latency, p50") for alt in alts)
    assert any("number (8 cases, too few to tell): RAG 75 %" in alt for alt in alts)


def test_another_group_of_figures_can_be_looked_at(results: Callable[[], AppTest], indexed) -> None:
    indexed(rooms=ROOMS)
    kept(RAG, PROMPT, letters=("++++++--", "+-------"))
    app = results()
    app.segmented_control(key="evaluate.results.group").set_value("cost").run()
    assert "Latency, p50: RAG 204 ms" in app.get("plotly_chart")[1].proto.alt
    assert "later ones reuse vectors" in words(app)


def test_two_setups_are_compared_case_by_case_in_a_sentence_and_a_table(
    results: Callable[[], AppTest], indexed
) -> None:
    indexed(rooms=ROOMS)
    kept(RAG, PROMPT, letters=("++++++++", "+-------"))
    app = results()
    said = words(app)
    assert "RAG is better by 88 points (" in said
    assert "Approach rag → prompt-only" in said
    frame = next(frame.value for frame in app.dataframe if "Told apart" in frame.value.columns)
    assert list(frame.iloc[0][["Figure", "A", "B", "Told apart", "Cases"]]) == [
        "Correct",
        "100 %",
        "12 %",
        "A is better",
        8,
    ]


def test_evaluations_of_one_set_compare_and_different_documents_are_said(
    results: Callable[[], AppTest], indexed
) -> None:
    indexed(rooms=ROOMS)
    kept(TOP_1, letters=("+++-----",), id="earlier", corpus_version="other", at=AT.replace(day=1))
    now = kept(RAG, letters=("++++++--",))
    app = results()
    said = words(app)
    assert "These two saw **different documents**" in said
    assert "Passages (top-k) 5 → 1" in said
    app.selectbox(key=f"evaluate.results.side.B.{now.id}").set_value(f"{now.id}/RAG").run()
    assert "Choose two different set-ups." in words(app)


def test_an_unfinished_evaluation_says_so_and_leads_to_going_on(results: Callable[[], AppTest], indexed) -> None:
    indexed(rooms=ROOMS)
    kept(RAG, letters=("+++",), finished=False)
    app = results()
    assert "This evaluation is not finished" in words(app)
    assert "The evaluation was stopped: 3 of at most 8 answers are there." in words(app)
    app.button(key="evaluate.results.resume").click().run()
    assert app.segmented_control(key="evaluate.view").value == "Run"


def test_one_case_gives_no_interval_and_that_is_said(results: Callable[[], AppTest], indexed) -> None:
    indexed(rooms=ROOMS)
    one = evaluation_of(RAG, cases=CASES[:1]).eval_set
    kept(RAG, letters=("+",), eval_set=one)
    said = words(results())
    assert "RAG answered 1 of 1 question right." in said
    assert "The set has one case, so there are no intervals" in said


def test_what_is_clicked_in_a_chart_lists_the_cases_behind_and_a_case_opens_with_every_answer(
    results: Callable[[], AppTest], indexed
) -> None:
    indexed(rooms=ROOMS)
    kept(RAG, PROMPT, letters=("++++++--", "+-------"))
    app = results()
    app.session_state["held.evaluate.behind"] = Behind("mix", "RAG", "not retrieved")
    app.run()
    assert "RAG · not retrieved: 2 cases" in words(app)
    app.session_state["held.evaluate.case"] = ("behind.mix.RAG.not retrieved", "c8")
    app.run()
    assert not app.exception
    said = words(app)
    assert "What is the number of room 8?" in said
    assert "**Expected:** room 800" in said
    assert "The chunk came 9th; top-k is 5." in said
    assert {f"evaluate.results.run.e1-{name}-c8" for name in ("RAG", "Prompt-only")} <= {
        button.key for button in app.button
    }
    app.button(key="evaluate.results.run.e1-RAG-c8").click().run()
    assert not app.exception
    assert app.session_state["held.runs.open"] == ("e1-RAG-c8",)
    assert "case c8" in words(app)


def test_the_list_behind_a_bar_can_be_closed(results: Callable[[], AppTest], indexed) -> None:
    indexed(rooms=ROOMS)
    kept(RAG, letters=("++++++--",))
    app = results()
    app.session_state["held.evaluate.behind"] = Behind("tags", "RAG", "rare")
    app.run()
    assert "RAG · rare: 1 case" in words(app)
    app.button(key="evaluate.results.shut").click().run()
    assert "RAG · rare: 1 case" not in words(app)


def test_a_point_of_a_chart_names_its_setup_and_what_it_stands_for() -> None:
    assert eval_results_behind.picked([{"x": 1}], "mix") is None
    points = [{"x": 1, "customdata": ["RAG", "stale version"]}]
    assert eval_results_behind.picked(points, "mix") == Behind("mix", "RAG", "stale version")
    assert eval_results_behind.picked([{"customdata": {"0": "RAG", "1": "recall"}}], "bars") == Behind(
        "bars", "RAG", "recall"
    )


def test_behind_a_figure_stand_its_cases_with_the_worst_first() -> None:
    evaluation = evaluation_of(RAG, PROMPT)
    found = results_of(evaluation, records_of(evaluation, "++-+++-+", "--------"), GOLD)
    quality = eval_results_behind.cases_behind(found, Behind("bars.answers", "RAG", "correct"))
    assert [one.case.id for one in quality][:2] == ["c3", "c7"]
    slow = eval_results_behind.cases_behind(found, Behind("bars.cost", "RAG", "latency_p50"))
    assert [one.case.id for one in slow][:2] == ["c8", "c7"]
    tagged = eval_results_behind.cases_behind(found, Behind("tags", "Prompt-only", "rare"))
    assert [one.case.id for one in tagged] == ["c1"]


def test_cases_are_filtered_by_setup_worth_reason_and_tag() -> None:
    evaluation = evaluation_of(RAG, PROMPT)
    found = results_of(evaluation, records_of(evaluation, "++++++--", "+----!--"), GOLD)

    def ids(**asked: object) -> list[str]:
        return [case.id for case in eval_results_cases.matching(found, **asked)]

    assert ids(setup="RAG", worth="wrong") == ["c7", "c8"]
    assert ids(setup="Prompt-only", worth="right") == ["c1"]
    assert ids(outcomes=["model failed"]) == ["c6"]
    assert ids(tags=["rare"]) == ["c1"]
    assert ids(setup="RAG", outcomes=["stale version"]) == []


def test_a_persons_label_and_new_answers_are_counted_at_once(results: Callable[[], AppTest], indexed) -> None:
    indexed(rooms=ROOMS)
    evaluation = kept(RAG, letters=("+++++++-",))
    app = results()
    assert "Its failures: not retrieved (1)." in words(app)
    runs = services.lab().measuring.runs
    stars = Rating(5, "", "Ada", AT)
    runs.remark("default", f"{evaluation.id}-RAG-c8", Remarks(rating=stars, label=FailureLabel.STALE))
    assert "Its failures: stale version (1)." in words(app.run())
    again = replace(records_of(evaluation, "+++++++-")[7], id="again")
    runs.add(replace(again, answer=replace(again.answer, text="It is room 800."), correct=True, failure=None))
    assert "RAG answered 8 of 8 questions right" in words(app.run())


def test_the_report_and_the_runs_can_be_taken_away(results: Callable[[], AppTest], indexed) -> None:
    indexed(rooms=ROOMS)
    evaluation = kept(RAG, letters=("++++++--",))
    results()
    report = eval_results_kept.as_html(results_of(evaluation, records_of(evaluation, "++++++--"), GOLD)).decode()
    assert "RAG answered 6 of 8 questions right" in report
    assert len(eval_results_kept.as_jsonl(evaluation).splitlines()) == 8
    assert eval_results_kept.as_csv(evaluation).count(b"\r\n") == 9
