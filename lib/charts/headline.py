"""An evaluation in a sentence or two, for someone who reads nothing else."""

from collections.abc import Sequence

from lib.charts.amounts import interval
from lib.domain import ApproachName
from lib.evaluation.intervals import MIN_CASES
from lib.evaluation.results import RIGHT, UNJUDGED, Results, SetUpResults
from lib.evaluation.scoring import Measure, measure


def headline(results: Results) -> str:
    """How many each set-up answered right of those that can be judged, the best first, and what failed most in it.

    Gold context comes last, whatever its figure: nobody can hand over the right passages outside a test.
    """
    asked = [setup for setup in results.setups if setup.asked]
    if not asked:
        return "No answers yet."
    ranked = sorted(asked, key=lambda setup: (_handed(setup), -_right(setup) / max(1, _judged(setup))))
    said = "; ".join(_share(setup, whole=place == 0) for place, setup in enumerate(ranked))
    return f"{said}. {_failures(ranked[0])}".strip()


def caveats(results: Results) -> tuple[str, ...]:
    """What a reader must know before believing the figures, as sentences; none for a whole, large enough evaluation."""
    said = []
    cases = len(results.evaluation.eval_set.counted)
    expected = cases * len(results.evaluation.setups)
    there = sum(len(setup.asked) for setup in results.setups)
    if not results.evaluation.finished:
        said.append(f"The evaluation was stopped: {there} of at most {expected} answers are there.")
    failed = sum(bool(one.record.error) for setup in results.setups for one in setup.asked)
    if failed:
        said.append(f"In {failed} of {there} answers the model failed; these count as wrong and have no time.")
    if cases == 1:
        said.append("The set has one case, so there are no intervals: one case says nothing of the next.")
    elif cases < MIN_CASES:
        said.append(f"With {cases} cases there are no intervals; at least {MIN_CASES} are needed.")
    if _fewer(results):
        said.append("Gold context is asked only the cases whose evidence stands in the documents.")
    return tuple(said)


def without_interval(results: Results, measures: Sequence[Measure]) -> str:
    """Which of the figures have no interval somewhere, and why; "" if all have one."""
    lacking = [
        each.title
        for each in measures
        if any((metric := setup.metric(each.name)) and metric.low is None for setup in results.setups)
    ]
    if not lacking:
        return ""
    return f"No interval where fewer than {MIN_CASES} cases bear on a figure: {', '.join(lacking)}."


def _share(setup: SetUpResults, *, whole: bool) -> str:
    right, judged = _right(setup), _judged(setup)
    if not judged:
        return f"{setup.setup.label}: nothing tells whether its answers are right"
    metric = setup.metric("correct")
    around = f" ({interval(measure('correct'), metric)})" if metric and metric.low is not None else ""
    if whole:
        noun = "question" if judged == 1 else "questions"
        return f"{setup.setup.label} answered {right} of {judged} {noun} right{around}"
    return f"{setup.setup.label} {right} of {judged}{around}"


def _failures(setup: SetUpResults) -> str:
    wrong = setup.failures
    if not _judged(setup):
        return ""
    if not wrong:
        return f"{setup.setup.label} got nothing wrong."
    named = " and ".join(f"{name} ({count})" for name, count in wrong[:2])
    return f"Most failures of {setup.setup.label}: {named}." if len(wrong) > 1 else f"Its failures: {named}."


def _right(setup: SetUpResults) -> int:
    return sum(one.outcome == RIGHT for one in setup.asked)


def _judged(setup: SetUpResults) -> int:
    return sum(one.outcome != UNJUDGED for one in setup.asked)


def _handed(setup: SetUpResults) -> bool:
    return setup.setup.approach is ApproachName.GOLD_CONTEXT


def _fewer(results: Results) -> bool:
    most = max((len(setup.asked) for setup in results.setups), default=0)
    return any(_handed(setup) and 0 < len(setup.asked) < most for setup in results.setups)
