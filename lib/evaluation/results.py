"""What an evaluation found: every answer with its scores, each set-up's figures, and what may be said of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lib.evaluation.case_scores import CaseScores, scores_of
from lib.evaluation.scoring import Measure, summary
from lib.evaluation.spans import Span
from lib.records import EvalCase, Evaluation, FailureLabel, Metric, RunRecord, SetUp

RIGHT = "right"
UNLABELLED = "wrong, without a label"
UNJUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Heard:
    """What people said of a run: the label that goes before the rule's, and 1 to 5 stars, 0 for none."""

    label: FailureLabel | None = None
    stars: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One case as one set-up answered it. `outcome` is RIGHT, UNJUDGED, UNLABELLED or a label's words."""

    case: EvalCase
    record: RunRecord
    scores: CaseScores
    outcome: str
    heard: Heard = Heard()


@dataclass(frozen=True, slots=True)
class SetUpResults:
    """One set-up's answers in the order of the cases, and its figures over them."""

    setup: SetUp
    asked: tuple[Asked, ...]
    metrics: tuple[Metric, ...]

    @property
    def failures(self) -> tuple[tuple[str, int], ...]:
        """How many answers are wrong for which reason, most frequent first; ties in the order of `FailureLabel`."""
        counts = Counter(each.outcome for each in self.asked if each.outcome not in (RIGHT, UNJUDGED))
        order = [*FailureLabel, UNLABELLED]
        return tuple(sorted(counts.items(), key=lambda each: (-each[1], order.index(each[0]))))

    def metric(self, name: str) -> Metric | None:
        """The figure of that name; None where it applies to no case."""
        return next((metric for metric in self.metrics if metric.name == name), None)


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

    def results(setup: SetUp) -> SetUpResults:
        held = [
            asked(case, last[setup.label, case.id])
            for case in evaluation.eval_set.counted
            if (setup.label, case.id) in last
        ]
        figures = summary([each.scores for each in held], [each.case.id for each in held], seed=evaluation.seed)
        return SetUpResults(setup, tuple(held), figures)

    return Results(evaluation, tuple(map(results, evaluation.setups)))


def outcome(record: RunRecord, overruled: FailureLabel | None = None) -> str:
    """What became of an answer; a person's label goes before the rule's."""
    if record.correct is None and not record.error:
        return UNJUDGED
    if record.correct:
        return RIGHT
    if overruled is not None:
        return overruled.value
    if record.failure is not None:
        return record.failure.label.value
    return FailureLabel.MODEL_FAILED.value if record.error else UNLABELLED


def figure_over(asked: Sequence[Asked], measure: Measure, *, seed: int) -> Metric | None:
    """One figure over some of the answers; None where it applies to none of them."""
    field = measure.field or measure.name
    only = [replace(CaseScores(), **{field: measure.of(each.scores)}) for each in asked]
    found = summary(only, [each.case.id for each in asked], seed=seed)
    return next((metric for metric in found if metric.name == measure.name), None)
