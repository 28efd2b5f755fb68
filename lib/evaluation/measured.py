"""An evaluation's answers as figures: one value that screens, reports and the command line read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.evaluation.intervals import PairedDifference, paired
from lib.evaluation.scoring import CaseScores, measure, scores_of, summary
from lib.evaluation.spans import Span
from lib.records import EvalCase, Evaluation, FailureLabel, Metric, RunRecord, SetUp


@dataclass(frozen=True, slots=True)
class MeasuredSetUp:
    """One set-up's answers, in the order of the cases; `scores[i]` belongs to `records[i]`."""

    setup: SetUp
    records: tuple[RunRecord, ...]
    scores: tuple[CaseScores, ...]
    metrics: tuple[Metric, ...]

    @property
    def failures(self) -> tuple[tuple[FailureLabel, int], ...]:
        """How many answers failed for which reason, the most frequent first."""
        counts = Counter(record.failure.label for record in self.records if record.failure)
        return tuple(counts.most_common())

    def metric(self, name: str) -> Metric | None:
        """The figure of that name; None where it applies to no case."""
        return next((metric for metric in self.metrics if metric.name == name), None)


@dataclass(frozen=True, slots=True)
class Measured:
    """A whole or stopped evaluation with its figures; set-ups in their order, those without an answer left out."""

    evaluation: Evaluation
    setups: tuple[MeasuredSetUp, ...]

    @property
    def cases(self) -> tuple[EvalCase, ...]:
        """The cases that count."""
        return self.evaluation.eval_set.counted


def measured(evaluation: Evaluation, records: Sequence[RunRecord], gold: Mapping[str, Sequence[Span]]) -> Measured:
    """Score the records: one for each set-up and case. `gold` is the located evidence by case id."""
    cases = {case.id: case for case in evaluation.eval_set.counted}
    order = {case_id: place for place, case_id in enumerate(cases)}
    setups = []
    for setup in evaluation.setups:
        own = [record for record in records if record.setup == setup.label and record.case_id in cases]
        own.sort(key=lambda record: order[record.case_id])
        scores = tuple(scores_of(cases[record.case_id], gold.get(record.case_id, ()), record) for record in own)
        if own:
            metrics = summary(scores, [record.case_id for record in own], seed=evaluation.seed)
            setups.append(MeasuredSetUp(setup, tuple(own), scores, metrics))
    return Measured(evaluation, tuple(setups))


def difference(name: str, first: MeasuredSetUp, second: MeasuredSetUp, *, seed: int = 0) -> PairedDifference | None:
    """Second minus first in that figure over the cases that have it in both; None where no case has.

    For a percentile the figure itself has no pairs: the means of its values are compared.
    """
    one, other = first.metric(name), second.metric(name)
    if one is None or other is None:
        return None
    theirs = dict(zip(other.case_ids, other.values, strict=True))
    pairs = [(value, theirs[case]) for case, value in zip(one.case_ids, one.values, strict=True) if case in theirs]
    if not pairs:
        return None
    wording = measure(name).wording(first.setup.label, second.setup.label)
    return paired([a for a, _ in pairs], [b for _, b in pairs], seed=seed, wording=wording)
