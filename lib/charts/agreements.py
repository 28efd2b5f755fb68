"""How far those who judge an answer agree: the free check, a language model, people's ratings."""

from collections.abc import Iterator
from dataclasses import dataclass

from lib.evaluation.agreement import Agreement, cohen_kappa
from lib.evaluation.results import Asked, Results
from lib.evaluation.scoring import measure
from lib.records import Support

GOOD_STARS = 4
"""A rating of so many stars or more counts as good."""

_JUDGES = ("the free check", "the language model", "people's ratings", "the comparison with the expected answer")
_PAIRS = ((0, 1), (0, 2), (1, 2), (3, 2))


@dataclass(frozen=True, slots=True)
class JudgesAgree:
    """Two judges over the answers, of all set-ups, that both judged good or not good."""

    first: str
    second: str
    agreement: Agreement

    @property
    def sentence(self) -> str:
        """For people, with what kappa means."""
        found = self.agreement
        share = f"{100 * (found.agreed or 0):.0f} % of {found.cases} answers"
        if found.kappa is None:
            return f"{self.first.capitalize()} and {self.second} agree on {share}. {found.reason}"
        around = f"{found.low:.2f} to {found.high:.2f}" if found.low is not None and found.high is not None else ""
        interval = around or "no interval: too few answers"
        return (
            f"{self.first.capitalize()} and {self.second} agree on {share}: "
            f"Cohen's kappa {found.kappa:.2f} ({interval}), {_strength(found.kappa)}."
        )


def agreements(results: Results) -> tuple[JudgesAgree, ...]:
    """The pairs of judges that have an answer in common. Good means: wholly supported, 4 stars or more, right."""
    asked = [one for setup in results.setups for one in setup.asked if not one.record.error]
    return tuple(_agreements(asked, results.evaluation.seed))


def _agreements(asked: list[Asked], seed: int) -> Iterator[JudgesAgree]:
    opinions = [_opinions(one) for one in asked]
    for first, second in _PAIRS:
        both = [(one[first], one[second]) for one in opinions if one[first] is not None and one[second] is not None]
        if both:
            left, right = ([_word(pair[side]) for pair in both] for side in (0, 1))
            yield JudgesAgree(_JUDGES[first], _JUDGES[second], cohen_kappa(left, right, seed=seed))


def _opinions(one: Asked) -> tuple[bool | None, bool | None, bool | None, bool | None]:
    """Whether each of `_JUDGES` calls the answer good; None for one that was not asked."""
    verdicts = one.record.verdicts
    faithful = verdicts.faithfulness
    right = measure("correct").of(one.scores)
    return (
        None if faithful is None else faithful == 1,
        None if verdicts.judge is None else verdicts.judge.support is Support.SUPPORTED,
        one.heard.stars >= GOOD_STARS if one.heard.stars else None,
        None if right is None else right == 1,
    )


def _word(good: bool | None) -> str:
    return "good" if good else "not good"


def _strength(kappa: float) -> str:
    """Landis & Koch 1977's words."""
    if kappa <= 0:
        return "no better than chance"
    bounds = ((0.2, "slight"), (0.4, "fair"), (0.6, "moderate"), (0.8, "substantial"))
    return next((word for bound, word in bounds if kappa <= bound), "almost perfect")
