"""How far a figure may be trusted: bootstrap intervals over cases, and whether two set-ups can be told apart.

Everything is seeded: the same values and seed give the same interval. Values are finite; there is one for each case.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""Rows of values -> one figure a row."""

LEVEL = 0.95
POWER = 0.8
"""Chance of telling two set-ups apart with `cases_needed` questions, if the difference is what was measured."""
MIN_CASES = 5
"""Fewer values give no interval: so few say next to nothing of the ones not asked."""
MIN_PAIRS = 6
"""Fewer pairs are never told apart: five that all go one way do so by chance in 2 of 32 draws, more than 5 %."""
RESAMPLES = 10_000
_MIN_RESAMPLES = 1_000
_REMEMBERED = 256
"""Intervals held in memory: a screen asks for the same ones at every rerun, and each takes 10 to 20 ms."""
_BLOCK = 2_000_000
"""Values drawn at a time, and ten times that in all: many cases get fewer resamples."""


def mean(rows: Floats) -> Floats:
    """The mean of each row."""
    return np.asarray(rows.mean(axis=-1))


@cache
def percentile(q: float) -> Statistic:
    """The q-th percentile (0 to 100) of each row, between two values by their distance."""
    return lambda rows: np.asarray(np.percentile(rows, q, axis=-1))


def bootstrap(
    values: Sequence[float], *, seed: int, statistic: Statistic = mean, share: bool = False
) -> tuple[float, float] | None:
    """The 95 % interval (low, high) of a statistic of the values; None for fewer than MIN_CASES.

    Percentiles of resampled cases, widened for few cases as Hesterberg 2015 has it (the "expanded" percentile
    interval, t instead of normal). Values that are all equal give an interval without width, except that a `share`
    (0 to 1) of exactly 0 or 1 gets the exact bound of Clopper & Pearson 1934: ten of ten right are 69 % to 100 %.
    """
    return _bootstrap(tuple(values), seed, statistic, share)


@lru_cache(maxsize=_REMEMBERED)
def _bootstrap(
    values: tuple[float, ...],
    seed: int,
    statistic: Statistic,
    share: bool,
) -> tuple[float, float] | None:
    given = _checked(values)
    if len(given) < MIN_CASES:
        return None
    if share and given.min() == given.max() and given[0] in (0.0, 1.0):
        return _of_all_alike(len(given), whole=given[0] == 1.0)
    drawn = np.concatenate([statistic(given[rows]) for rows in draws(len(given), seed)])
    return tails(drawn, len(given))


def bootstrap_ratio(parts: Sequence[float], wholes: Sequence[float], *, seed: int) -> tuple[float, float] | None:
    """The same for sum(parts) / sum(wholes), where the cases that count are themselves a matter of the answers.

    All cases are drawn anew, those that count with those that do not; a draw in which none counts is left out.
    None for fewer than MIN_CASES cases that count. A ratio of exactly 0 or 1 is treated as a share.
    """
    return _ratio(tuple(parts), tuple(wholes), seed)


@lru_cache(maxsize=_REMEMBERED)
def _ratio(parts: tuple[float, ...], wholes: tuple[float, ...], seed: int) -> tuple[float, float] | None:
    above, below = _checked(parts), _checked(wholes)
    counting = int(np.count_nonzero(below))
    if counting < MIN_CASES:
        return None
    ratio = above.sum() / below.sum()
    if ratio in (0.0, 1.0):
        return _of_all_alike(counting, whole=ratio == 1.0)
    sums = [(above[rows].sum(axis=1), below[rows].sum(axis=1)) for rows in draws(len(above), seed)]
    drawn = np.concatenate([top[bottom > 0] / bottom[bottom > 0] for top, bottom in sums])
    return tails(drawn, counting)


@dataclass(frozen=True, slots=True)
class Wording:
    """How a difference is put into words: names of both sides, the unit, and the factor to it from the values.

    `what` are the cases, in the plural; `decimals` those of a figure in the sentence.
    """

    first: str = "A"
    second: str = "B"
    unit: str = "points"
    factor: float = 100.0
    higher_is_better: bool = True
    decimals: int = 0
    what: str = "questions"


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """Second minus first over the same cases, with its 95 % interval (None: too few), and what may be said of it.

    `told_apart` needs both: an interval without 0 and a sign-flip test below 5 %. `cases_needed` is about how many
    cases would tell a difference of this size, with a chance of POWER; None where it is told already or there is none.
    """

    difference: float
    low: float | None
    high: float | None
    told_apart: bool
    cases: int
    cases_needed: int | None
    sentence: str


def paired(
    first: Sequence[float], second: Sequence[float], *, seed: int, wording: Wording | None = None
) -> PairedDifference:
    """Compare two set-ups on the same cases, in the same order. Raises ValueError for different numbers of them."""
    if len(first) != len(second):
        raise ValueError(f"{len(first)} cases against {len(second)}")
    return _paired(tuple(first), tuple(second), seed, wording or Wording())


@lru_cache(maxsize=_REMEMBERED)
def _paired(first: tuple[float, ...], second: tuple[float, ...], seed: int, words: Wording) -> PairedDifference:
    differences = _checked(second) - _checked(first)
    cases = len(differences)
    found = float(differences.mean()) if cases else 0.0
    share = words.unit == "points"
    interval = _of_differences(differences, seed, share=share) if cases >= MIN_PAIRS else None
    low, high = interval or (None, None)
    told = interval is not None and not interval[0] <= 0 <= interval[1] and _flip_p(differences, seed) < 1 - LEVEL
    needed = None if told or interval is None else _cases_needed(differences)
    equal = not np.any(differences)
    result = PairedDifference(found, low, high, told, cases, needed, "")
    return PairedDifference(found, low, high, told, cases, needed, _sentence(result, words, equal=bool(equal)))


def _checked(values: Sequence[float]) -> Floats:
    given = np.asarray(values, dtype=np.float64)
    if not np.isfinite(given).all():
        raise ValueError("an interval is asked of values that are not finite")
    return given


def draws(cases: int, seed: int) -> Iterator[NDArray[np.int32]]:
    """Rows of case numbers drawn with replacement, in blocks that fit in memory."""
    resamples = int(np.clip(10 * _BLOCK // cases, _MIN_RESAMPLES, RESAMPLES))
    random = np.random.default_rng(seed)
    rows = max(1, _BLOCK // cases)
    for start in range(0, resamples, rows):
        yield random.integers(0, cases, size=(min(rows, resamples - start), cases), dtype=np.int32)


def tails(drawn: Floats, cases: int) -> tuple[float, float]:
    """The 95 % interval of a figure from its values in draws of so many cases, widened as Hesterberg 2015 has it."""
    tail = NormalDist().cdf(-math.sqrt(cases / (cases - 1)) * _t_quantile(1 - (1 - LEVEL) / 2, cases - 1))
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return float(low), float(high)


def _t_quantile(p: float, freedom: int) -> float:
    """Student's t from the normal quantile: Cornish-Fisher, Abramowitz & Stegun 26.7.5; 1 % off at 3, .2 % from 5."""
    z, v = NormalDist().inv_cdf(p), freedom
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
    )


def _of_all_alike(cases: int, *, whole: bool) -> tuple[float, float]:
    bound = ((1 - LEVEL) / 2) ** (1 / cases)
    return (bound, 1.0) if whole else (0.0, 1.0 - bound)


def _of_differences(differences: Floats, seed: int, *, share: bool) -> tuple[float, float] | None:
    """As `bootstrap`; where of two shares one is 1 and the other 0 on every case, the exact bound on that."""
    alike = differences[0] if differences.min() == differences.max() else 0.0
    if not share or abs(alike) != 1.0:
        return bootstrap(list(differences), seed=seed)
    low, high = _of_all_alike(len(differences), whole=True)
    return (low, high) if alike > 0 else (-high, -low)


def _flip_p(differences: Floats, seed: int) -> float:
    """How often signs drawn by chance give as large a difference: the paired randomisation test (Smucker 2007)."""
    moved = np.abs(differences[differences != 0])
    if not len(moved):
        return 1.0
    seen = abs(differences.sum()) * (1 - 1e-12)
    random = np.random.default_rng(seed)
    rows = max(1, _BLOCK // len(moved))
    draws = int(np.clip(10 * _BLOCK // len(moved), _MIN_RESAMPLES, RESAMPLES))
    if len(moved) <= 12:
        signs = (np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved)) & 1) * 2.0 - 1.0
        return float(np.mean(np.abs(signs @ moved) >= seen))
    extreme = 0
    for start in range(0, draws, rows):
        signs = random.integers(0, 2, size=(min(rows, draws - start), len(moved)), dtype=np.int8) * 2.0 - 1.0
        extreme += int(np.count_nonzero(np.abs(signs @ moved) >= seen))
    return (extreme + 1) / (draws + 1)


def _cases_needed(differences: Floats) -> int | None:
    """Cases at which a difference of this size is told with a chance of POWER: ((z.975 + z.8) s / d)^2, normal."""
    found, spread = abs(float(differences.mean())), float(differences.std(ddof=1))
    if found <= 1e-12 * max(1.0, spread):
        return None
    normal = NormalDist()
    needed = ((normal.inv_cdf(1 - (1 - LEVEL) / 2) + normal.inv_cdf(POWER)) * spread / found) ** 2
    return max(math.ceil(needed), len(differences) + 1)


def _sentence(result: PairedDifference, words: Wording, *, equal: bool) -> str:
    what = f"{result.cases} {words.what}"
    if result.cases == 0:
        return f"No {words.what} in common: nothing can be said."
    if result.cases == 1:
        return f"One {words.what.removesuffix('s')}: nothing can be said."
    if equal:
        return f"Both are equal on all {what}."
    if result.low is None or result.high is None:
        return f"{what.capitalize()} are too few to tell these two apart; at least {MIN_PAIRS} are needed."
    if result.told_apart:
        return _told(result, words)
    if result.cases_needed is None:
        return f"With {what} these two cannot be told apart: on average there is no difference."
    return f"With {what} these two cannot be told apart; {_about(result.cases_needed)}."


def _told(result: PairedDifference, words: Wording) -> str:
    """The better side by how much; the interval as sizes of that difference."""
    second_better = (result.difference > 0) == words.higher_is_better
    sign = math.copysign(words.factor, result.difference)
    ends = sorted((sign * (result.low or 0.0), sign * (result.high or 0.0)))
    figures = [f"{value:.{words.decimals}f}" for value in (sign * result.difference, *ends)]
    better = words.second if second_better else words.first
    return f"{better} is better by {figures[0]} {words.unit} ({figures[1]} to {figures[2]})."


def _about(cases: int) -> str:
    """About how many would do, to two figures, rounded up."""
    if cases > 10_000:
        return "even 10,000 would hardly do"
    step = 10 ** max(0, len(str(cases)) - 2)
    return f"about {math.ceil(cases / step) * step:,} would do"
