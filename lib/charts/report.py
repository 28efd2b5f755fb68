"""An evaluation as one HTML file: settings, charts, figures, differences and every case; it opens without a network."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from lib.charts.agreements import agreements
from lib.charts.amounts import said
from lib.charts.failure_mix import failure_mix
from lib.charts.headline import caveats, headline, without_interval
from lib.charts.metric_bars import metric_bars
from lib.charts.quality_cost import Trade, quality_cost
from lib.charts.report_cases import case_sections
from lib.charts.report_page import chart, heading, page, paragraph, table, text
from lib.charts.setup_figures import arms_of, figures_of, mixes_of, tag_rows
from lib.charts.setup_words import model_words, setting_rows
from lib.charts.tag_breakdown import tag_breakdown
from lib.evaluation.differences import differences
from lib.evaluation.results import Heard, Results, results_of
from lib.evaluation.scoring import METRICS, Group, Measure, measure
from lib.evaluation.spans import Span
from lib.records import Evaluation, Metric, RunRecord

GROUP_TITLES = {
    Group.ANSWERS: "Answers",
    Group.RETRIEVAL: "Retrieval, by characters of the evidence",
    Group.COST: "Time, tokens and cost",
}
"""What each group of figures is called."""

LATENCY_NOTE = (
    "Each case is asked of one set-up after the other, and later ones reuse vectors that earlier ones had to compute: "
    "where answers take less than a second, a difference in time may be no more than that."
)

MOST_COMPARED = 6
"""Of more set-ups, only those that come first are compared pair by pair: each with each would bury the reader."""


def report_html(
    evaluation: Evaluation,
    records: Sequence[RunRecord],
    gold: Mapping[str, Sequence[Span]],
    heard: Mapping[str, Heard] | None = None,
) -> str:
    """The report of an evaluation's records.

    `gold` holds each case's located evidence by case id (without it nothing is said of retrieval), `heard` what people
    said by the run's id.
    """
    return report_of(results_of(evaluation, records, gold, heard))


def report_of(results: Results) -> str:
    """The report of results that are there already."""
    title = f"Evaluation: {results.evaluation.eval_set.name}"
    return page(title, _parts(results, title))


def _parts(results: Results, title: str) -> Iterator[str]:
    yield f"<h1>{text(title)}</h1>"
    yield paragraph(_what_was_asked(results), "soft")
    yield paragraph(headline(results), "lead")
    yield from (paragraph(caveat, "note") for caveat in caveats(results))
    yield heading("What was compared")
    rows = setting_rows([setup.setup for setup in results.setups])
    yield table(
        ["Setting", *(setup.setup.label for setup in results.setups)],
        [(row.name, *row.values) for row in rows],
        marked=[row.differs for row in rows],
    )
    yield heading("Right answers, and why the others are wrong")
    yield chart(failure_mix(mixes_of(results)), "chart-outcomes")
    yield from _figures(results)
    yield from _compared(results)
    yield from _trade_off(results)
    yield from _tags(results)
    yield from _judges(results)
    yield heading("Every case")
    yield from case_sections(results)


def _what_was_asked(results: Results) -> str:
    evaluation = results.evaluation
    judge = f" Judge: {model_words(evaluation.judge)}." if evaluation.judge else ""
    return (
        f"{len(evaluation.eval_set.counted)} cases, {evaluation.at:%Y-%m-%d %H:%M %Z}. "
        f"Corpus version {evaluation.corpus_version or 'not known'}, seed {evaluation.seed}.{judge} "
        "Intervals are 95 % bootstrap intervals over the cases."
    )


def _figures(results: Results) -> Iterator[str]:
    shown = figures_of(results)
    for group, title in GROUP_TITLES.items():
        measures = [each for each in METRICS if each.group is group]
        held = [each for each in measures if any(figures.metric(each.name) for figures in shown)]
        if not held:
            continue
        yield heading(title)
        yield chart(metric_bars(title, held, shown), f"chart-{group.value}")
        cells = [[(each, figures.metric(each.name)) for figures in shown] for each in held]
        if group is Group.COST:
            yield paragraph(LATENCY_NOTE, "soft")
        if missing := without_interval(results, held):
            yield paragraph(missing, "soft")
        yield table(
            ["Figure", *(figures.arm.label for figures in shown), "What it is"],
            [(row[0][0].title, *(_cell(each, metric) for each, metric in row), row[0][0].explanation) for row in cells],
        )


def _cell(each: Measure, metric: Metric | None) -> str:
    return "\u2013" if metric is None else f"{said(each, metric)}, n\u00a0=\u00a0{metric.cases}"


def _compared(results: Results) -> Iterator[str]:
    """A sentence for each pair, in the figure that matters most, and where it is not alone the others told apart."""
    asked = [setup for setup in results.setups if setup.asked][:MOST_COMPARED]
    if len(asked) < 2:
        return
    yield heading("Is the difference real?")
    yield paragraph("Compared case by case, over the cases that both were asked.", "soft")
    for first, second in combinations(asked, 2):
        found = differences(first, second, seed=results.evaluation.seed)
        main = next((each for each in found if each.measure.name == "correct"), None)
        if main is not None:
            names = f"{second.setup.label} against {first.setup.label}"
            yield paragraph(f"{names}: {main.found.sentence} (Correct: {main.shown}.)")


def _trade_off(results: Results) -> Iterator[str]:
    for price in ("latency_p50", "cost_usd"):
        trades = [
            Trade(arm, quality, cost)
            for arm, setup in arms_of(results)
            if (quality := setup.metric("correct")) and (cost := setup.metric(price))
        ]
        if trades and any(trade.price.value > 0 for trade in trades):
            yield heading(f"Quality against {'time' if price == 'latency_p50' else 'cost'}")
            picture = quality_cost(trades, quality=measure("correct"), price=measure(price))
            yield chart(picture, f"chart-quality-{price.replace('_', '-')}")


def _tags(results: Results) -> Iterator[str]:
    rows = tag_rows(results, measure("correct"))
    if rows:
        yield heading("By tag")
        yield chart(tag_breakdown(rows, measure("correct")), "chart-tags")


def _judges(results: Results) -> Iterator[str]:
    found = agreements(results)
    if found:
        yield heading("Do the judges agree?")
        yield from (paragraph(each.sentence) for each in found)
