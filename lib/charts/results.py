"""What an evaluation found: every answer with its scores, each set-up's figures, and what may be said of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lib.charts.arms import APPROACH_COLOURS, Arm, arms
from lib.charts.failure_mix import MixBar, mix_of, outcome
from lib.charts.metric_bars import ArmFigures
from lib.charts.tag_breakdown import TagRow
from lib.domain import ApproachName
from lib.evaluation.scoring import CaseScores, Measure, scores_of, summary
from lib.evaluation.spans import Span
from lib.records import EvalCase, Evaluation, FailureLabel, Metric, RunRecord, SetUp


@dataclass(frozen=True, slots=True)
class Heard:
    """What people said of a run: the label that goes before the rule's, and 1 to 5 stars, 0 for none."""

    label: FailureLabel | None = None
    stars: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One case as one set-up answered it. `outcome` is a name of `failure_mix.LOOKS`."""

    case: EvalCase
    record: RunRecord
    scores: CaseScores
    outcome: str
    heard: Heard = Heard()


@dataclass(frozen=True, slots=True)
class SetUpResults:
    """One set-up's answers in the order of the cases, and its figures over them."""

    setup: SetUp
    arm: Arm
    asked: tuple[Asked, ...]
    metrics: tuple[Metric, ...]

    @property
    def figures(self) -> ArmFigures:
        """As the charts take them."""
        return ArmFigures(self.arm, self.metrics)

    @property
    def mix(self) -> MixBar:
        """Its bar of outcomes."""
        return mix_of(self.setup.label, [each.outcome for each in self.asked])

    def metric(self, name: str) -> Metric | None:
        """The figure of that name, if the set-up has it."""
        return self.figures.metric(name)


@dataclass(frozen=True, slots=True)
class Results:
    """An evaluation with all that was found, set-ups in its order; one that was not asked yet has no answers."""

    evaluation: Evaluation
    setups: tuple[SetUpResults, ...]

    def setup(self, label: str) -> SetUpResults:
        """The set-up of that label. Raises KeyError for another one."""
        return {each.setup.label: each for each in self.setups}[label]

    @property
    def cases(self) -> tuple[EvalCase, ...]:
        """The cases that at least one set-up was asked, in the order of the set."""
        known = {each.case.id for setup in self.setups for each in setup.asked}
        return tuple(case for case in self.evaluation.eval_set.counted if case.id in known)


def results_of(
    evaluation: Evaluation,
    records: Sequence[RunRecord],
    gold: Mapping[str, Sequence[Span]],
    heard: Mapping[str, Heard] | None = None,
    colours: Mapping[ApproachName, str] = APPROACH_COLOURS,
) -> Results:
    """Score the records of an evaluation. Of several records for one set-up and case the last counts.

    `gold` holds each case's located evidence by case id, `heard` what people said by the run's id.
    """
    last = {(record.setup, record.case_id): record for record in records}
    remarks = heard or {}

    def asked(case: EvalCase, record: RunRecord) -> Asked:
        scores = scores_of(case, gold.get(case.id, ()), record)
        said = remarks.get(record.id, Heard())
        judged = replace(record, correct=None if scores.correct is None else scores.correct == 1)
        return Asked(case, record, scores, outcome(judged, said.label), said)

    def results(setup: SetUp, arm: Arm) -> SetUpResults:
        held = [
            asked(case, last[setup.label, case.id])
            for case in evaluation.eval_set.counted
            if (setup.label, case.id) in last
        ]
        figures = summary([each.scores for each in held], [each.case.id for each in held], seed=evaluation.seed)
        return SetUpResults(setup, arm, tuple(held), figures)

    looks = arms(evaluation.setups, colours)
    return Results(evaluation, tuple(map(results, evaluation.setups, looks)))


def figure_over(asked: Sequence[Asked], measure: Measure, *, seed: int) -> Metric | None:
    """One figure over some of the answers; None where it applies to none of them."""
    field = measure.field or measure.name
    only = [replace(CaseScores(), **{field: measure.of(each.scores)}) for each in asked]
    found = summary(only, [each.case.id for each in asked], seed=seed)
    return next((metric for metric in found if metric.name == measure.name), None)


def tag_rows(results: Results, measure: Measure) -> tuple[TagRow, ...]:
    """The figure for each tag, tags with most cases first; set-ups without it there are left out."""
    counts: dict[str, int] = {}
    for case in results.cases:
        for tag in dict.fromkeys(case.tags):
            counts[tag] = counts.get(tag, 0) + 1
    ranked = sorted(counts, key=lambda tag: (-counts[tag], tag))
    return tuple(TagRow(tag, counts[tag], _tag_figures(results, tag, measure)) for tag in ranked)


def _tag_figures(results: Results, tag: str, measure: Measure) -> tuple[ArmFigures, ...]:
    found = [
        (
            setup.arm,
            figure_over([one for one in setup.asked if tag in one.case.tags], measure, seed=results.evaluation.seed),
        )
        for setup in results.setups
    ]
    return tuple(ArmFigures(arm, (metric,)) for arm, metric in found if metric is not None)
