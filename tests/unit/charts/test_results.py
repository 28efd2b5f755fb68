"""What an evaluation found: every answer scored once, figures over the right cases, and plain words for them."""

from dataclasses import replace

import pytest

from lib.charts.agreements import agreements
from lib.charts.headline import caveats, headline, without_interval
from lib.charts.setup_figures import mixes_of, tag_rows
from lib.charts.setup_words import setting_rows
from lib.domain import ApproachName
from lib.evaluation.differences import differences, other_corpus, shared_cases
from lib.evaluation.results import Heard, figure_over, results_of
from lib.evaluation.scoring import measure
from lib.records import EvalCase, FailureLabel, JudgeVerdict, SetUp, StatementCheck, Support, Verdicts
from lib.settings import Workspace
from tests.support.evaluations import CASES, GOLD, PROMPT, RAG, TOP_1, evaluation_of, record_of, records_of

EVALUATION = evaluation_of(RAG, PROMPT)
RECORDS = records_of(EVALUATION, "++++++--", "+-------")


def test_each_setup_has_its_answers_in_the_order_of_the_cases_with_scores_and_outcome() -> None:
    results = results_of(EVALUATION, tuple(reversed(RECORDS)), GOLD)
    rag, prompt = results.setups
    assert [one.case.id for one in rag.asked] == [case.id for case in CASES]
    assert [one.outcome for one in rag.asked] == ["right"] * 6 + ["not retrieved"] * 2
    assert rag.metric("correct").value == pytest.approx(6 / 8)
    assert rag.metric("recall").value == pytest.approx(6 / 8)
    assert prompt.metric("recall") is None
    assert dict(mixes_of(results)[1].counts) == {"right": 1, "not retrieved": 7}


def test_of_two_answers_to_one_case_the_last_counts() -> None:
    again = record_of(EVALUATION, RAG, CASES[7], "right")
    (rag, _) = results_of(EVALUATION, (*RECORDS, again), GOLD).setups
    assert len(rag.asked) == 8
    assert rag.asked[7].outcome == "right"


def test_a_persons_label_changes_the_mix() -> None:
    heard = {"RAG-c8": Heard(FailureLabel.STALE)}
    results = results_of(EVALUATION, RECORDS, GOLD, heard)
    assert results.setups[0].failures == (("stale version", 1), ("not retrieved", 1))
    assert dict(mixes_of(results)[0].counts) == {"right": 6, "stale version": 1, "not retrieved": 1}


def test_a_figure_over_some_answers_counts_only_those() -> None:
    (rag, _) = results_of(EVALUATION, RECORDS, GOLD).setups
    figure = figure_over(rag.asked[4:], measure("correct"), seed=0)
    assert (figure.value, figure.cases, figure.low) == (0.5, 4, None)
    assert figure_over((), measure("correct"), seed=0) is None


def test_tags_come_with_the_most_frequent_first() -> None:
    rows = tag_rows(results_of(EVALUATION, RECORDS, GOLD), measure("correct"))
    assert [(row.tag, row.cases) for row in rows] == [("number", 8), ("rare", 1)]
    assert [figures.arm.label for figures in rows[0].figures] == ["RAG", "Prompt-only"]
    assert rows[0].figures[0].metric("correct").value == pytest.approx(6 / 8)


def test_the_headline_counts_right_answers_and_names_the_main_failure_of_the_best() -> None:
    said = headline(results_of(EVALUATION, RECORDS, GOLD))
    assert said.startswith("RAG answered 6 of 8 questions right (")
    assert "Prompt-only 1 of 8 (" in said
    assert said.endswith("Its failures: not retrieved (2).")


def test_gold_context_never_leads_the_headline() -> None:
    handed = SetUp("Gold context", ApproachName.GOLD_CONTEXT, Workspace())
    evaluation = evaluation_of(handed, RAG)
    results = results_of(evaluation, records_of(evaluation, "+++++++ ", "++++++--"), GOLD)
    assert headline(results).startswith("RAG answered 6 of 8")
    assert "Gold context is asked only the cases whose evidence stands in the documents." in caveats(results)


def test_the_headline_counts_only_answers_that_can_be_judged() -> None:
    unjudged = replace(CASES[0], answer=None, evidence=())
    evaluation = replace(EVALUATION, eval_set=replace(EVALUATION.eval_set, cases=(unjudged, *CASES[1:])))
    assert headline(results_of(evaluation, RECORDS, GOLD)).startswith("RAG answered 5 of 7 questions right")
    nothing = replace(EVALUATION, eval_set=replace(EVALUATION.eval_set, cases=(unjudged,)))
    assert headline(results_of(nothing, RECORDS, GOLD)).startswith("RAG: nothing tells whether")


def test_without_answers_the_headline_says_so() -> None:
    assert headline(results_of(EVALUATION, (), GOLD)) == "No answers yet."


def test_a_set_of_one_case_says_why_it_has_no_interval() -> None:
    evaluation = evaluation_of(RAG, cases=CASES[:1])
    results = results_of(evaluation, records_of(evaluation, "+"), GOLD)
    assert results.setups[0].metric("correct").low is None
    assert "RAG answered 1 of 1 question right." in headline(results)
    (said,) = caveats(results)
    assert said.startswith("The set has one case, so there are no intervals")


def test_figures_that_rest_on_too_few_cases_for_an_interval_are_named() -> None:
    results = results_of(EVALUATION, RECORDS, GOLD)
    assert without_interval(results, [measure("correct"), measure("recall")]) == ""
    few = results_of(EVALUATION, RECORDS[:3], GOLD)
    said = without_interval(few, [measure("correct"), measure("recall")])
    assert said == "No interval where fewer than 5 cases bear on a figure: Correct, Recall."


def test_a_stopped_evaluation_and_failed_models_are_said() -> None:
    evaluation = evaluation_of(RAG, PROMPT, finished=False)
    said = caveats(results_of(evaluation, records_of(evaluation, "++!", "+--"), GOLD))
    assert said[0] == "The evaluation was stopped: 6 of at most 16 answers are there."
    assert said[1].startswith("In 1 of 6 answers the model failed; these count as wrong")


def test_two_setups_are_compared_case_by_case_with_a_plain_sentence() -> None:
    rag, prompt = results_of(EVALUATION, RECORDS, GOLD).setups
    found = {each.measure.name: each for each in differences(prompt, rag, seed=0)}
    assert found["correct"].found.difference == pytest.approx(5 / 8)
    assert found["correct"].found.cases == 8
    assert found["correct"].shown.startswith("+62 points (+")
    assert "recall" not in found
    assert found["latency_p50"].title == "Latency, mean"


def test_cases_whose_words_changed_are_not_shared() -> None:
    changed = evaluation_of(RAG, cases=(replace(CASES[0], answer="room 7"), *CASES[1:]))
    then = results_of(EVALUATION, RECORDS, GOLD).setups[0]
    now = results_of(changed, records_of(changed, "++++++++"), GOLD).setups[0]
    assert shared_cases(then, now) == tuple(case.id for case in CASES[1:])


def test_evaluations_over_different_documents_are_told_apart() -> None:
    assert not other_corpus(EVALUATION, EVALUATION)
    assert other_corpus(EVALUATION, replace(EVALUATION, corpus_version="corpus-2"))


def test_settings_side_by_side_say_where_they_differ() -> None:
    rows = {row.name: row for row in setting_rows([RAG, TOP_1, PROMPT])}
    assert rows["Passages (top-k)"].values == ("5", "1", "not used")
    assert rows["Passages (top-k)"].differs
    assert not rows["Minimum score"].differs
    assert rows["Approach"].differs


def test_what_trained_approaches_answer_with_stands_beside_what_the_others_use() -> None:
    workspace = Workspace(adapter="tickets")
    setups = [SetUp(name.value, name, workspace) for name in ApproachName]
    rows = {
        row.name: row.values for row in setting_rows([*setups, SetUp("base", RAG.approach, Workspace(reader=False))])
    }
    assert rows["Adapter"] == ("not used", "built-in reader", "tickets", "tickets", "built-in reader", "none")
    assert rows["Chunks"][2] == rows["Passages (top-k)"][2] == rows["Instruction"][2] == "not used"
    assert rows["Rules"][3] == "Cites a passage, Its passage carries it, At most 80 words"


def judged(case: EvalCase, *, supported: bool, judge: Support) -> Verdicts:
    check = StatementCheck("It is.", 0, 6, Support.SUPPORTED if supported else Support.UNSUPPORTED)
    return Verdicts((check,), (), JudgeVerdict("judge-1", "1", judge, float(judge is Support.SUPPORTED), agreed=True))


def test_judges_and_people_are_compared_where_both_said_something() -> None:
    records = tuple(
        replace(record, verdicts=judged(CASES[0], supported=place < 4, judge=verdict))
        for place, record in enumerate(RECORDS[:8])
        for verdict in [Support.SUPPORTED if place < 5 else Support.CONTRADICTED]
    )
    heard = {record.id: Heard(stars=5 if place < 4 else 2) for place, record in enumerate(records[:6])}
    found = agreements(results_of(EVALUATION, records, GOLD, heard))
    assert [(each.first, each.second, each.agreement.cases) for each in found] == [
        ("the free check", "the language model", 8),
        ("the free check", "people's ratings", 6),
        ("the language model", "people's ratings", 6),
        ("the comparison with the expected answer", "people's ratings", 6),
    ]
    # Seven of eight alike; by chance 4/8 * 5/8 + 4/8 * 3/8 = .5, so kappa is (.875 - .5) / .5.
    assert found[0].agreement.kappa == pytest.approx(0.75)
    assert "agree on 88 % of 8 answers: Cohen's kappa 0.75 (" in found[0].sentence
    assert found[0].sentence.endswith("substantial.")
    assert found[1].agreement.kappa == pytest.approx(1.0)


def test_without_a_judge_or_ratings_there_is_no_agreement_to_show() -> None:
    assert agreements(results_of(EVALUATION, RECORDS, GOLD)) == ()
