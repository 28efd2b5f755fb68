"""An evaluation's set-ups as charts take them: each with its look."""

from lib.charts.arms import Arm, arms
from lib.charts.failure_mix import MixBar, mix_of
from lib.charts.metric_bars import ArmFigures
from lib.charts.tag_breakdown import TagRow
from lib.evaluation.results import Results, SetUpResults, figure_over
from lib.evaluation.scoring import Measure


def arms_of(results: Results) -> tuple[tuple[Arm, SetUpResults], ...]:
    """The set-ups that have answers, in their order, each with its look; looks do not depend on who has answers."""
    looks = arms(results.evaluation.setups)
    return tuple((look, setup) for look, setup in zip(looks, results.setups, strict=True) if setup.asked)


def figures_of(results: Results) -> tuple[ArmFigures, ...]:
    """The figures of the set-ups that have answers."""
    return tuple(ArmFigures(arm, setup.metrics) for arm, setup in arms_of(results))


def mixes_of(results: Results) -> tuple[MixBar, ...]:
    """The bars of outcomes of the set-ups that have answers."""
    return tuple(mix_of(setup.setup.label, [each.outcome for each in setup.asked]) for _, setup in arms_of(results))


def tag_rows(results: Results, measure: Measure) -> tuple[TagRow, ...]:
    """The figure for each tag, tags with most cases first; set-ups without it there are left out."""
    counts: dict[str, int] = {}
    for case in results.cases:
        for tag in dict.fromkeys(case.tags):
            counts[tag] = counts.get(tag, 0) + 1
    ranked = sorted(counts, key=lambda tag: (-counts[tag], tag))
    return tuple(TagRow(tag, counts[tag], _tag_figures(results, tag, measure)) for tag in ranked)


def _tag_figures(results: Results, tag: str, measure: Measure) -> tuple[ArmFigures, ...]:
    seed = results.evaluation.seed
    tagged = [(arm, [one for one in setup.asked if tag in one.case.tags]) for arm, setup in arms_of(results)]
    found = [(arm, figure_over(asked, measure, seed=seed)) for arm, asked in tagged]
    return tuple(ArmFigures(arm, (metric,)) for arm, metric in found if metric is not None)
