"""How far two judges agree beyond chance: Cohen's kappa for labels without an order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.evaluation.intervals import MIN_CASES, draws, tails


@dataclass(frozen=True, slots=True)
class Agreement:
    """Cohen's kappa with its 95 % interval, over `cases` that both judged.

    1 is perfect, 0 what chance gives, below 0 less than that. `kappa` is None where it is undefined, and `reason` says
    why; `low` and `high` are None too where there are fewer than `intervals.MIN_CASES`. `agreed` is the plain share
    of cases with the same label, None without any case.
    """

    kappa: float | None
    low: float | None
    high: float | None
    cases: int
    agreed: float | None
    reason: str = ""


def cohen_kappa(first: Sequence[str], second: Sequence[str], *, seed: int) -> Agreement:
    """The agreement of two judges, `first[i]` and `second[i]` being their labels for the same case.

    Kappa = (agreed - expected) / (1 - expected), with the agreement expected of two judges who give their labels by
    chance, each as often as he did (Cohen 1960). The interval is a percentile bootstrap over cases; draws in which
    kappa is undefined are left out. Raises ValueError for different numbers of labels.
    """
    cases = len(first)
    if cases != len(second):
        raise ValueError(f"{cases} labels against {len(second)}")
    if not cases:
        return Agreement(None, None, None, 0, None, "No case was judged by both.")
    codes, width = _codes(first, second)
    agreed = sum(one == other for one, other in zip(first, second, strict=True)) / cases
    kappa = _kappas(_table(codes[None, :], width))
    if not kappa.size:
        return Agreement(
            None, None, None, cases, agreed, f"Both gave every case one label, “{first[0]}”: chance agrees too."
        )
    low, high = _interval(codes, width, seed) if cases >= MIN_CASES else (None, None)
    return Agreement(float(kappa[0]), low, high, cases, agreed)


def _codes(first: Sequence[str], second: Sequence[str]) -> tuple[NDArray[np.int64], int]:
    """Each case's cell in the table of labels, row by row, and how many labels there are."""
    labels = {label: code for code, label in enumerate(sorted({*first, *second}))}
    width = len(labels)
    cells = [labels[one] * width + labels[other] for one, other in zip(first, second, strict=True)]
    return np.asarray(cells, dtype=np.int64), width


def _table(cells: NDArray[np.int64], width: int) -> NDArray[np.float64]:
    """How often each pair of labels was given, as shares; shape (draws, labels, labels)."""
    draws_made, cases = cells.shape
    shifted = cells + np.arange(draws_made)[:, None] * width**2
    counts = np.bincount(shifted.ravel(), minlength=draws_made * width**2)
    return np.asarray(counts.reshape(draws_made, width, width) / cases, dtype=np.float64)


def _kappas(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kappa of each table where it is defined, in order."""
    agreed = np.trace(tables, axis1=1, axis2=2)
    expected = (tables.sum(axis=1) * tables.sum(axis=2)).sum(axis=1)
    defined = expected < 1 - 1e-12
    return np.asarray((agreed[defined] - expected[defined]) / (1 - expected[defined]))


def _interval(codes: NDArray[np.int64], width: int, seed: int) -> tuple[float, float]:
    drawn = np.concatenate([_kappas(_table(codes[rows], width)) for rows in draws(len(codes), seed)])
    low, high = tails(drawn, len(codes))
    return low, high
