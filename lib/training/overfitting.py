"""Where a run began to learn its examples by heart."""

from lib.training.values import Curve

_CLEARLY = 1.02
_TELLING = 2
"""Measurements that must be worse than the best one: a single one may be chance."""


def best_step(curve: Curve) -> int:
    """The step with the lowest validation loss, the first of equals; 0 where nothing was measured."""
    return min(curve.validation, key=lambda point: point[1], default=(0, 0.0))[0]


def overfits_from(curve: Curve) -> int | None:
    """The best step, if every later measurement is clearly worse (over 2 %) and there are two at least.

    From there on the model only gets better at the examples it has seen. None while nothing of that shows.
    """
    best = best_step(curve)
    lowest = dict(curve.validation).get(best, 0.0)
    later = [loss for step, loss in curve.validation if step > best]
    return best if len(later) >= _TELLING and min(later) > _CLEARLY * lowest else None
