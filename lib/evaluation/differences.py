"""Two set-ups over the same cases: the difference in every figure, and whether it is more than luck."""

from collections.abc import Collection
from dataclasses import dataclass

from lib.evaluation.intervals import PairedDifference, paired
from lib.evaluation.results import Asked, SetUpResults
from lib.evaluation.scoring import METRICS, Measure
from lib.records import Evaluation


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of two set-ups over the cases for which both have it; `found.difference` is second minus first.

    `first` and `second` are means over those cases, in the measure's unit.
    """

    measure: Measure
    title: str
    first: float
    second: float
    found: PairedDifference

    @property
    def shown(self) -> str:
        """The difference with its sign, interval and unit, as "+12 points (+3 to +21)"."""
        words = self.measure.wording("A", "B")
        ends = [end for end in (self.found.low, self.found.high) if end is not None]
        figures = [f"{end * words.factor:+.{words.decimals}f}" for end in (self.found.difference, *ends)]
        around = f"({figures[1]} to {figures[2]})" if ends else "(no interval)"
        return f"{figures[0]} {words.unit} {around}".replace("-", "\u2212")


def shared_cases(first: SetUpResults, second: SetUpResults) -> tuple[str, ...]:
    """Ids of the cases that both were asked in the same words and with the same answer expected, in order."""
    others = {each.case.id: each.case for each in second.asked}
    return tuple(
        each.case.id
        for each in first.asked
        if (other := others.get(each.case.id)) is not None
        and (other.question, other.answer, other.answerable)
        == (each.case.question, each.case.answer, each.case.answerable)
    )


def differences(
    first: SetUpResults,
    second: SetUpResults,
    *,
    seed: int,
    names: tuple[str, str] | None = None,
    only: Collection[str] = (),
) -> tuple[Difference, ...]:
    """Every figure that both have (or those of these names), in METRICS' order, over the cases that both were asked.

    `names` are what the sentences call the two, their labels if not given. Latency is compared by its mean.
    """
    called = names or (first.setup.label, second.setup.label)
    left, right = ({each.case.id: each for each in side.asked} for side in (first, second))
    pairs = [(left[case_id], right[case_id]) for case_id in shared_cases(first, second)]
    compared = (each for each in METRICS if each.name != "latency_p95" and (not only or each.name in only))
    found = (_difference(measure, pairs, called, seed) for measure in compared)
    return tuple(each for each in found if each is not None)


def difference(name: str, first: SetUpResults, second: SetUpResults, *, seed: int) -> PairedDifference | None:
    """The one figure of that name, second minus first; None where no case has it in both."""
    found = differences(first, second, seed=seed, only=(name,))
    return found[0].found if found else None


def other_corpus(first: Evaluation, second: Evaluation) -> bool:
    """Whether two evaluations saw different documents, so that a difference is not the set-ups' alone."""
    return first.corpus_version != second.corpus_version


def _difference(
    measure: Measure, pairs: list[tuple[Asked, Asked]], names: tuple[str, str], seed: int
) -> Difference | None:
    values = [(measure.of(one.scores), measure.of(other.scores)) for one, other in pairs]
    both = [(one, other) for one, other in values if one is not None and other is not None]
    if not both:
        return None
    first, second = zip(*both, strict=True)
    found = paired(first, second, seed=seed, wording=measure.wording(*names))
    title = "Latency, mean" if measure.percentile is not None else measure.title
    return Difference(measure, title, sum(first) / len(first), sum(second) / len(second), found)
