"""A set-up's figures over all its cases, and the one table of what the figures are called."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np

from lib.evaluation.case_scores import CaseScores
from lib.evaluation.intervals import Wording, bootstrap, bootstrap_ratio, percentile
from lib.records import Metric


class Group(StrEnum):
    """What a figure is about."""

    ANSWERS = "answers"
    RETRIEVAL = "retrieval"
    COST = "cost"


Unit = Literal["%", "ms", "tokens", "USD"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What a figure is called and how it is read. `field` is where `CaseScores` has it; `explanation` is for people.

    A figure in % is kept as a share, 0 to 1. `by_answers` says that the answers decide which cases count, so that the
    interval draws all cases anew; `percentile` is set where the figure is not a mean.
    """

    name: str
    title: str
    group: Group
    explanation: str
    unit: Unit = "%"
    higher_is_better: bool = True
    by_answers: bool = False
    percentile: float | None = None
    field: str = ""

    def of(self, scores: CaseScores) -> float | None:
        """One case's value; None where the figure does not apply."""
        value: float | None = getattr(scores, self.field or self.name)
        return value

    def shown(self, value: float) -> str:
        """The figure with its unit, for people: "72 %", "1.4 s", "350 ms", "1,204 tokens", "$0.0021"."""
        if self.unit == "%":
            return f"{100 * value:.0f} %"
        if self.unit == "ms":
            return f"{value / 1000:.1f} s" if value >= 1000 else f"{value:.0f} ms"
        return f"{value:,.0f} tokens" if self.unit == "tokens" else f"${value:.4f}"

    def wording(self, first: str, second: str) -> Wording:
        """How a difference in this figure between two set-ups is put into words."""
        unit, factor, decimals = {
            "%": ("points", 100.0, 0),
            "ms": ("ms", 1.0, 0),
            "tokens": ("tokens", 1.0, 0),
            "USD": ("US cents a question", 100.0, 3),
        }[self.unit]
        return Wording(first, second, unit, factor, self.higher_is_better, decimals)


METRICS: tuple[Measure, ...] = (
    Measure("correct", "Correct", Group.ANSWERS, "Answers that say what was expected, in the form asked for."),
    Measure("contained", "Gold contained", Group.ANSWERS, "Answers that hold the expected words as they are."),
    Measure("f1", "Token F1", Group.ANSWERS, "Words shared with the expected answer; long answers score low."),
    Measure("exact_match", "Exact match", Group.ANSWERS, "Answers that are the expected words and no others."),
    Measure(
        "faithfulness",
        "Faithfulness",
        Group.ANSWERS,
        "Share of an answer's statements that the sources carry, a partly carried one counting half.",
        by_answers=True,
    ),
    Measure(
        "citation_precision",
        "Citation precision",
        Group.ANSWERS,
        "Share of an answer's citations whose passage carries the statement.",
        by_answers=True,
    ),
    Measure(
        "citation_recall",
        "Citation recall",
        Group.ANSWERS,
        "Share of an answer's statements with a citation that carries them.",
        by_answers=True,
    ),
    Measure(
        "abstention_precision",
        "Abstention precision",
        Group.ANSWERS,
        "Of the answers that abstained, those whose question the documents do not answer.",
        by_answers=True,
    ),
    Measure(
        "abstention_recall",
        "Abstention recall",
        Group.ANSWERS,
        "Of the questions that the documents do not answer, those where it abstained.",
        by_answers=True,
    ),
    Measure("format_valid", "Valid format", Group.ANSWERS, "Answers in the form that their case asks for."),
    Measure(
        "kept_at_once",
        "Rules kept at once",
        Group.ANSWERS,
        "Hybrid answers that keep every rule at the first try; the rest were written once more.",
        by_answers=True,
    ),
    Measure(
        "kept_in_the_end",
        "Rules kept in the end",
        Group.ANSWERS,
        "Hybrid answers that keep every rule, repaired or not; the rest are held for a person.",
        by_answers=True,
    ),
    Measure("hit", "Hit rate", Group.RETRIEVAL, "Questions for which some of the evidence came."),
    Measure("recall", "Recall", Group.RETRIEVAL, "Share of the evidence's characters that came."),
    Measure("precision", "Precision", Group.RETRIEVAL, "Share of the characters that came which are evidence."),
    Measure("iou", "IoU", Group.RETRIEVAL, "Characters both wanted and given, over those wanted or given."),
    Measure("mrr", "MRR", Group.RETRIEVAL, "1 / the rank of the first passage with evidence, averaged."),
    Measure("ndcg", "nDCG", Group.RETRIEVAL, "How far up each piece of evidence came, 100 % being the best order."),
    Measure(
        "latency_p50",
        "Latency, p50",
        Group.COST,
        "Half of the answers came faster than this.",
        "ms",
        higher_is_better=False,
        percentile=50.0,
        field="latency_ms",
    ),
    Measure(
        "latency_p95",
        "Latency, p95",
        Group.COST,
        "19 of 20 answers came faster than this.",
        "ms",
        higher_is_better=False,
        percentile=95.0,
        field="latency_ms",
    ),
    Measure("input_tokens", "Tokens in", Group.COST, "Mean tokens of a prompt.", "tokens", higher_is_better=False),
    Measure("output_tokens", "Tokens out", Group.COST, "Mean tokens of an answer.", "tokens", higher_is_better=False),
    Measure("cost_usd", "Cost", Group.COST, "Mean cost of an answer.", "USD", higher_is_better=False),
)
"""Every figure of an evaluation, in the order in which it is shown."""

_MEASURES = {measure.name: measure for measure in METRICS}


def measure(name: str) -> Measure:
    """The figure of that name. Raises KeyError for another one."""
    return _MEASURES[name]


def summary(scores: Sequence[CaseScores], case_ids: Sequence[str], *, seed: int) -> tuple[Metric, ...]:
    """The figures of `METRICS`, in its order, each over the cases that it applies to; left out where there is none.

    `scores[i]` belongs to `case_ids[i]`. An interval needs `intervals.MIN_CASES` such cases. Never NaN.
    """
    return tuple(_metrics(scores, case_ids, seed))


def _metrics(scores: Sequence[CaseScores], case_ids: Sequence[str], seed: int) -> Iterator[Metric]:
    for measured in METRICS:
        values = [measured.of(case) for case in scores]
        counted = [(case_id, value) for case_id, value in zip(case_ids, values, strict=True) if value is not None]
        if counted:
            ids, known = zip(*counted, strict=True)
            low, high = _interval(measured, values, known, seed) or (None, None)
            yield Metric(measured.name, _value(measured, known), low, high, len(known), ids, known)


def _value(measured: Measure, known: Sequence[float]) -> float:
    if measured.percentile is not None:
        return float(np.percentile(known, measured.percentile))
    return sum(known) / len(known)


def _interval(
    measured: Measure, values: Sequence[float | None], known: Sequence[float], seed: int
) -> tuple[float, float] | None:
    if measured.percentile is not None:
        return bootstrap(known, seed=seed, statistic=percentile(measured.percentile))
    if measured.by_answers:
        return bootstrap_ratio([value or 0.0 for value in values], [float(v is not None) for v in values], seed=seed)
    return bootstrap(known, seed=seed, share=measured.unit == "%")
