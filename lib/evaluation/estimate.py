"""What an evaluation will take, before it starts: seconds and money, from answers seen or from typical ones."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lib.domain import ApproachName
from lib.records import SetUp
from lib.settings import ModelKind

TYPICAL_S: dict[ModelKind, float] = {"extractive": 0.15, "echo": 0.05, "built-in": 0.7, "gguf": 3.0, "endpoint": 2.0}
"""Seconds an answer on two ordinary cores (docs/EXPERIMENTS.md), where none of the kind was seen yet."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one earlier answer took; `cost_usd` is None where no price is known."""

    seconds: float
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """`cost_usd` is None where some price is not known; `measured` says whether all rests on answers seen here."""

    answers: int
    seconds: float
    cost_usd: float | None
    measured: bool


REQUESTS_A_VERDICT = 2
"""A judge is asked in both orders."""


def estimate(
    setups: Sequence[SetUp],
    *,
    cases: int,
    seen: Callable[[SetUp], Sequence[Seen]],
    judge: ModelKind | None = None,
) -> Estimate:
    """For `cases` questions asked of each set-up; `seen` gives earlier answers of its approach and model.

    A judge of that kind is taken for as slow as typical answers, and what an endpoint's costs is not known.

    No set-ups or no cases take nothing.
    """
    found = [(setup, tuple(seen(setup))) for setup in setups]
    verdict_s = REQUESTS_A_VERDICT * TYPICAL_S[judge] if judge else 0.0
    seconds = sum(_seconds(setup, answers) + verdict_s for setup, answers in found) * cases
    costs = [_cost(setup, answers) for setup, answers in found]
    known = [cost for cost in costs if cost is not None]
    total = sum(known) * cases if len(known) == len(costs) and judge != "endpoint" else None
    return Estimate(len(setups) * cases, seconds, total, all(answers for _, answers in found))


def _seconds(setup: SetUp, seen: Sequence[Seen]) -> float:
    if seen:
        return statistics.median(one.seconds for one in seen)
    return TYPICAL_S[setup.workspace.model.kind]


def _cost(setup: SetUp, seen: Sequence[Seen]) -> float | None:
    if setup.workspace.model.kind != "endpoint":
        return 0.0
    costs = [one.cost_usd for one in seen if one.cost_usd is not None]
    return statistics.mean(costs) if costs and len(costs) == len(seen) else None


def needs_index(setup: SetUp) -> bool:
    """Whether the set-up searches, so that its chunks must be embedded first."""
    return setup.approach in (ApproachName.RAG, ApproachName.HYBRID)
