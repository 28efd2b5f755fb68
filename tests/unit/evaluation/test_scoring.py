"""One answer's scores and a set-up's figures: which apply, what they are, and how sure they are."""

import math
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.domain import Answer, ApproachName, Chunk, Citation, Passage, RuleVerdict, Timings, Usage
from lib.evaluation.case_scores import CaseScores, scores_of
from lib.evaluation.intervals import bootstrap, paired
from lib.evaluation.scoring import METRICS, Group, measure, summary
from lib.evaluation.spans import Span
from lib.records import (
    AnswerFormat,
    CitationCheck,
    EvalCase,
    Metric,
    Origin,
    RunRecord,
    StatementCheck,
    Support,
    Verdicts,
)
from lib.settings import Workspace

CASE = EvalCase("1", "How long is the leave?", "ten days")
UNANSWERABLE = EvalCase("2", "Who won the cup?", None, answerable=False)
GOLD = (Span("leave.md", 15, 25),)


def passage(rank: int, start: int, document: str = "leave.md") -> Passage:
    return Passage(Chunk("id", document, start, start + 10, "x" * 10, 3), rank, 1.0)


PASSAGES = (passage(1, 90), passage(2, 10), passage(3, 20))
ANSWER = Answer(
    "q",
    ApproachName.RAG,
    "m",
    "It is ten days. [2]",
    abstained=False,
    passages=PASSAGES,
    usage=Usage(120, 9),
    timings=Timings(total=340.0),
    cost_usd=0.002,
)


def record(answer: Answer = ANSWER, verdicts: Verdicts | None = None, error: str = "") -> RunRecord:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return RunRecord("r", at, Origin.EVALUATE, Workspace("w", "W"), answer, verdicts or Verdicts(), error=error)


def statement(start: int, end: int, support: Support) -> StatementCheck:
    return StatementCheck("x" * (end - start), start, end, support)


def citation(check: StatementCheck) -> CitationCheck:
    return CitationCheck(Citation(2, check.end, check.end + 3, PASSAGES[1], 10, 20), check)


# One answer


def test_retrieval_is_scored_by_overlap_with_the_evidence() -> None:
    scores = scores_of(CASE, GOLD, record())
    # The evidence is cut in two, half in the second chunk and half in the third.
    assert (scores.hit, scores.recall, scores.precision, scores.iou) == (1, 1, 10 / 30, 10 / 30)
    assert (scores.mrr, scores.ndcg) == (1 / 2, pytest.approx(1 / math.log2(3)))


def test_retrieval_can_be_scored_at_k() -> None:
    at_two, at_one = scores_of(CASE, GOLD, record(), k=2), scores_of(CASE, GOLD, record(), k=1)
    assert (at_two.hit, at_two.recall, at_two.precision) == (1, 0.5, 5 / 20)
    assert (at_one.hit, at_one.recall, at_one.precision, at_one.mrr, at_one.ndcg) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("approach", [ApproachName.PROMPT_ONLY, ApproachName.GOLD_CONTEXT, ApproachName.FINE_TUNED])
def test_what_searches_nothing_has_no_retrieval_scores(approach: ApproachName) -> None:
    scores = scores_of(CASE, GOLD, record(replace(ANSWER, approach=approach)))
    assert {scores.hit, scores.recall, scores.precision, scores.iou, scores.mrr, scores.ndcg} == {None}
    assert scores.correct == 1


def test_without_located_evidence_there_is_nothing_to_score_retrieval_by() -> None:
    scores = scores_of(CASE, (), record())
    assert {scores.hit, scores.recall, scores.ndcg} == {None}


def test_a_search_that_found_nothing_scores_0() -> None:
    scores = scores_of(CASE, GOLD, record(replace(ANSWER, passages=())))
    assert (scores.hit, scores.recall, scores.precision, scores.iou, scores.mrr, scores.ndcg) == (0, 0, 0, 0, 0, 0)


def test_words_are_scored_against_the_expected_answer() -> None:
    scores = scores_of(CASE, GOLD, record())
    assert (scores.exact_match, scores.f1, scores.contained, scores.correct) == (0, 2 / 3, 1, 1)
    assert (scores.abstention_precision, scores.abstention_recall, scores.format_valid) == (None, None, None)
    assert (scores.latency_ms, scores.input_tokens, scores.output_tokens, scores.cost_usd) == (340, 120, 9, 0.002)


def test_abstaining_where_there_is_an_answer_is_wrong() -> None:
    text = "ten days"  # its words count for nothing
    scores = scores_of(CASE, GOLD, record(replace(ANSWER, abstained=True, text=text)))
    assert (scores.correct, scores.exact_match, scores.f1, scores.contained) == (0, 0, 0, 0)
    assert (scores.abstention_precision, scores.abstention_recall) == (0, None)


def test_abstaining_where_there_is_none_is_right() -> None:
    scores = scores_of(UNANSWERABLE, (), record(replace(ANSWER, abstained=True)))
    assert (scores.correct, scores.abstention_precision, scores.abstention_recall) == (1, 1, 1)
    assert (scores.exact_match, scores.f1, scores.contained, scores.hit) == (None, None, None, None)
    answered = scores_of(UNANSWERABLE, (), record())
    assert (answered.correct, answered.abstention_precision, answered.abstention_recall) == (0, None, 0)


def test_a_failed_model_is_wrong_and_took_neither_time_nor_money() -> None:
    blank = Answer("q", ApproachName.RAG, "m", "", abstained=False)
    scores = scores_of(CASE, GOLD, record(blank, error="did not answer"))
    assert (scores.correct, scores.f1, scores.contained, scores.hit) == (0, 0, 0, None)
    assert (scores.latency_ms, scores.input_tokens, scores.output_tokens, scores.cost_usd) == (None,) * 4
    assert scores_of(UNANSWERABLE, (), record(blank, error="did not answer")).correct == 0
    assert scores_of(CASE, GOLD, record(replace(blank, passages=PASSAGES), error="broke off")).hit == 1


def test_a_case_that_expects_nothing_is_neither_right_nor_wrong() -> None:
    scores = scores_of(replace(CASE, answer=None), GOLD, record())
    assert (scores.correct, scores.f1, scores.exact_match, scores.hit) == (None, None, None, 1)


def test_a_form_is_scored_where_one_is_asked_for() -> None:
    case = replace(CASE, format=AnswerFormat.PATTERN, format_spec=r"It is .*")
    assert scores_of(case, GOLD, record()).format_valid == 1
    wrong = scores_of(case, GOLD, record(replace(ANSWER, text="Ten days")))
    assert (wrong.format_valid, wrong.contained, wrong.correct) == (0, 1, 0)


def test_hybrid_answers_are_scored_by_when_they_keep_their_rules() -> None:
    kept, broken = RuleVerdict("Cites", True, "It cites [1]."), RuleVerdict("Cites", False, "It cites no passage.")

    def scored(*verdicts: RuleVerdict, repaired: bool = False, held: bool = False) -> tuple[float | None, float | None]:
        answer = replace(ANSWER, approach=ApproachName.HYBRID, verdicts=verdicts, repaired=repaired, held=held)
        scores = scores_of(CASE, GOLD, record(answer))
        return scores.kept_at_once, scores.kept_in_the_end

    assert scored(kept) == (1.0, 1.0)
    assert scored(kept, repaired=True) == (0.0, 1.0)
    assert scored(broken, repaired=True, held=True) == (0.0, 0.0)
    assert scored() == (None, None), "an answer that abstained claims nothing, so no rule was tried"


def test_citations_are_scored_by_what_they_carry() -> None:
    carried, partly, bare = (
        statement(0, 10, Support.SUPPORTED),
        statement(11, 20, Support.PARTLY),
        statement(21, 30, Support.SUPPORTED),
    )
    verdicts = Verdicts((carried, partly, bare), (citation(carried), citation(carried), citation(partly)))
    scores = scores_of(CASE, GOLD, record(verdicts=verdicts))
    assert scores.faithfulness == pytest.approx(2.5 / 3)
    assert scores.citation_precision == pytest.approx(2 / 3)
    # The third statement is true to its sources, but nothing is cited for it; two citations of the first count once.
    assert scores.citation_recall == pytest.approx(1 / 3)


def test_an_answer_without_citations_has_no_citation_precision_and_no_recall() -> None:
    verdicts = Verdicts((statement(0, 10, Support.SUPPORTED),))
    scores = scores_of(CASE, GOLD, record(verdicts=verdicts))
    assert (scores.citation_precision, scores.citation_recall) == (None, 0)


def test_an_answer_that_was_given_nothing_to_cite_is_not_blamed() -> None:
    verdicts = Verdicts((statement(0, 10, Support.UNSUPPORTED),))
    prompt_only = replace(ANSWER, approach=ApproachName.PROMPT_ONLY, passages=())
    scores = scores_of(CASE, GOLD, record(prompt_only, verdicts))
    assert (scores.faithfulness, scores.citation_precision, scores.citation_recall) == (0, None, None)


def test_an_answer_that_abstains_states_nothing() -> None:
    verdicts = Verdicts((statement(0, 10, Support.UNSUPPORTED),))
    scores = scores_of(CASE, GOLD, record(replace(ANSWER, abstained=True), verdicts))
    assert (scores.faithfulness, scores.citation_precision, scores.citation_recall) == (None, None, None)


# A set-up's figures


def figures(scores: list[CaseScores]) -> dict[str, Metric]:
    return {found.name: found for found in summary(scores, [f"c{n}" for n in range(len(scores))], seed=1)}


def test_a_figure_is_the_mean_of_the_cases_that_it_applies_to() -> None:
    found = figures([CaseScores(recall=1.0), CaseScores(), CaseScores(recall=0.5)])["recall"]
    assert (found.value, found.cases, found.case_ids, found.values) == (0.75, 2, ("c0", "c2"), (1.0, 0.5))
    assert (found.low, found.high) == (None, None)


def test_one_case_has_figures_and_no_interval() -> None:
    found = summary([scores_of(CASE, GOLD, record())], ["1"], seed=1)
    assert {metric.name for metric in found} >= {"correct", "hit", "ndcg", "latency_p50", "latency_p95", "cost_usd"}
    assert all((metric.low, metric.high, metric.cases) == (None, None, 1) for metric in found)


def test_figures_that_apply_to_no_case_are_left_out() -> None:
    assert summary([], [], seed=1) == ()
    assert summary([CaseScores()] * 9, [str(n) for n in range(9)], seed=1) == ()


def test_figures_come_in_the_order_of_the_table_with_seeded_intervals() -> None:
    scores = [scores_of(CASE, GOLD, record()), CaseScores(correct=0.0, recall=0.0)] * 6
    ids = [str(number) for number in range(12)]
    found = summary(scores, ids, seed=1)
    order = [entry.name for entry in METRICS]
    assert [metric.name for metric in found] == sorted((metric.name for metric in found), key=order.index)
    assert found == summary(scores, ids, seed=1)
    recall = next(metric for metric in found if metric.name == "recall")
    assert (recall.value, recall.cases) == (0.5, 12)
    assert (recall.low, recall.high) == bootstrap([1.0, 0.0] * 6, seed=1, share=True)


def test_abstention_is_a_ratio_over_the_whole_set() -> None:
    rightly = CaseScores(abstention_precision=1.0, abstention_recall=1.0)
    wrongly = CaseScores(abstention_precision=0.0)
    missed = CaseScores(abstention_recall=0.0)
    found = figures([rightly] * 6 + [wrongly] * 2 + [missed] * 4 + [CaseScores()] * 20)
    precision, recall = found["abstention_precision"], found["abstention_recall"]
    assert (precision.value, precision.cases) == (6 / 8, 8)
    assert (recall.value, recall.cases) == (6 / 10, 10)
    for metric in (precision, recall):
        assert metric.low is not None
        assert metric.high is not None
        assert 0 <= metric.low < metric.value < metric.high <= 1


def test_latency_is_told_by_its_middle_and_its_tail() -> None:
    found = figures([CaseScores(latency_ms=float(ms)) for ms in range(100, 1200, 100)])
    assert found["latency_p50"].value == 600
    assert found["latency_p95"].value == 1050
    assert (found["latency_p50"].low or 0) < 600 < (found["latency_p50"].high or 0)
    assert found["latency_p50"].values == found["latency_p95"].values


def test_all_right_is_not_certain() -> None:
    found = figures([CaseScores(correct=1.0)] * 10)["correct"]
    assert (found.low, found.high) == (pytest.approx(0.69, abs=0.01), 1.0)


def test_a_cost_of_nothing_is_certain() -> None:
    found = figures([CaseScores(cost_usd=0.0)] * 10)["cost_usd"]
    assert (found.value, found.low, found.high) == (0, 0, 0)


scores_drawn = st.builds(
    CaseScores,
    **{field.name: st.none() | st.floats(0, 1) for field in fields(CaseScores)},
)


@given(st.lists(scores_drawn, max_size=9))
@settings(deadline=None, max_examples=15)
def test_no_figure_is_ever_nan_and_shares_keep_their_bounds(scores: list[CaseScores]) -> None:
    for found in figures(scores).values():
        ends = [end for end in (found.low, found.high) if end is not None]
        assert all(math.isfinite(number) for number in (found.value, *ends, *found.values))
        assert found.cases == len(found.values) == len(found.case_ids) > 0
        assert all(-1e-9 <= end <= 1 + 1e-9 for end in ends)


# What the figures are called


def test_every_score_has_a_figure_and_every_figure_a_score() -> None:
    assert {entry.field or entry.name for entry in METRICS} == {field.name for field in fields(CaseScores)}
    assert len({entry.name for entry in METRICS}) == len({entry.title for entry in METRICS}) == len(METRICS)


def test_figures_say_what_they_are_and_which_way_is_good() -> None:
    for entry in METRICS:
        assert entry.explanation.endswith(".")
        assert entry.higher_is_better is (entry.group is not Group.COST)
    assert measure("ndcg").title == "nDCG"
    with pytest.raises(KeyError):
        measure("bleu")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("recall", 0.724, "72 %"),
        ("latency_p50", 350.4, "350 ms"),
        ("latency_p95", 1400.0, "1.4 s"),
        ("input_tokens", 1204.4, "1,204 tokens"),
        ("cost_usd", 0.0021, "$0.0021"),
    ],
)
def test_figures_are_shown_with_their_unit(name: str, value: float, shown: str) -> None:
    assert measure(name).shown(value) == shown


def test_a_difference_is_put_into_words_in_the_figures_own_unit() -> None:
    def said(name: str, first: float, second: float) -> str:
        values = [first + n / 1e6 for n in range(20)], [second + 2 * n / 1e6 for n in range(20)]
        return paired(*values, seed=1, wording=measure(name).wording("BM25", "hybrid")).sentence

    assert said("recall", 0.5, 0.7) == "hybrid is better by 20 points (20 to 20)."
    assert said("latency_p50", 100.0, 900.0) == "BM25 is better by 800 ms (800 to 800)."
    assert said("cost_usd", 0.03, 0.01) == "hybrid is better by 1.999 US cents a question (1.999 to 1.999)."
