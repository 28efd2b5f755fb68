"""How a training run learns: its loss step by step, on the examples it sees and on those it does not."""

import math
from collections.abc import Sequence

from lib.charts.picture import Picture
from lib.training.overfitting import best_step, overfits_from
from lib.training.values import Curve

TRAINING_COLOUR, VALIDATION_COLOUR, OVERFIT_COLOUR = "#12946A", "#D9730D", "#B5505F"
_FAR_APART = 12.0
"""Losses whose greatest is so many times the least are drawn on a log scale: the end of a run would look flat."""
_CROWDED = 3
"""Powers of ten up to which each has three marks on the axis."""

Point = tuple[int, float]


def loss_curve(curve: Curve, *, steps: int = 0) -> Picture:
    """Training and validation loss by step; the best step and the beginning of overfitting are marked.

    `steps` is how many the whole run has, so that a run under way shows how far it is; 0 ends the axis at the last
    step. Either line may be empty.
    """
    import plotly.graph_objects as go

    last = max([steps, 1, *(step for step, _ in (*curve.training, *curve.validation))])
    figure = go.Figure([_training(curve.training), _validation(curve.validation)], _layout(curve, last))
    return Picture(figure, _sentence(curve))


def _training(points: Sequence[Point]) -> object:
    import plotly.graph_objects as go

    return go.Scatter(
        x=[step for step, _ in points],
        y=[loss for _, loss in points],
        name="training examples",
        mode="lines",
        line={"color": TRAINING_COLOUR, "width": 1.4},
        hovertemplate="step %{x}: training loss %{y:.3f}<extra></extra>",
    )


def _validation(points: Sequence[Point]) -> object:
    import plotly.graph_objects as go

    best = best_step(Curve(validation=tuple(points)))
    return go.Scatter(
        x=[step for step, _ in points],
        y=[loss for _, loss in points],
        name="validation examples",
        mode="lines+markers",
        line={"color": VALIDATION_COLOUR, "width": 2.4},
        marker={
            "size": [13 if step == best else 7 for step, _ in points],
            "symbol": ["star" if step == best else "circle" for step, _ in points],
        },
        hovertemplate="step %{x}: validation loss %{y:.3f}<extra></extra>",
    )


def _layout(curve: Curve, last: int) -> dict[str, object]:
    logarithmic = _logarithmic(curve)
    return {
        "title": {"text": "Loss while training, lower is better", "font": {"size": 14}},
        "xaxis": {"title": {"text": "training step"}, "range": [0, last * 1.02]},
        "yaxis": {
            "title": {"text": f"nats a token{', log scale' * logarithmic}"},
            "type": "log" if logarithmic else "linear",
            **(_ticks(curve) if logarithmic else {"rangemode": "tozero"}),
        },
        "height": 320,
        "margin": {"l": 10, "r": 10, "t": 40, "b": 10},
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 0, "yref": "container"},
        "dragmode": False,
        **_marks(curve, last),
    }


def _marks(curve: Curve, last: int) -> dict[str, object]:
    """The line at the best step, and the ground behind the steps that overfit."""
    best, begins = best_step(curve), overfits_from(curve)
    if not best:
        return {}
    band = {"type": "rect", "x0": best, "x1": last, "y0": 0, "y1": 1, "yref": "y domain", "layer": "below"}
    line = {"type": "line", "x0": best, "x1": best, "y0": 0, "y1": 1, "yref": "y domain"}
    shapes: list[dict[str, object]] = [{**line, "line": {"color": VALIDATION_COLOUR, "dash": "dot", "width": 1.2}}]
    said = [f"best: step {best}"]
    if begins is not None:
        shapes.append({**band, "fillcolor": OVERFIT_COLOUR, "opacity": 0.13, "line": {"width": 0}})
        said.append("overfits from here")
    side = "right" if best > last / 2 else "left"
    note = {"x": best, "y": 1, "yref": "y domain", "yanchor": "top", "xanchor": side, "showarrow": False}
    return {"shapes": shapes, "annotations": [{**note, "text": "<br>".join(said), "align": side}]}


def _ticks(curve: Curve) -> dict[str, object]:
    """1, 2 and 5 of every power of ten between the losses, written out: plotly's own say only the digit."""
    losses = [loss for _, loss in (*curve.training, *curve.validation)]
    low, high = math.floor(math.log10(min(losses))), math.ceil(math.log10(max(losses)))
    digits = (1, 2, 5) if high - low <= _CROWDED else (1,)
    marks = [digit * 10.0**power for power in range(low, high + 1) for digit in digits]
    return {"tickvals": marks, "ticktext": [f"{mark:g}" for mark in marks], "minor": {"showgrid": False}}


def _logarithmic(curve: Curve) -> bool:
    losses = [loss for _, loss in (*curve.training, *curve.validation)]
    return bool(losses) and min(losses) > 0 and max(losses) > _FAR_APART * min(losses)


def _sentence(curve: Curve) -> str:
    if not curve.training and not curve.validation:
        return "Loss by training step: no step yet."
    said = [_run("training", curve.training), _run("validation", curve.validation)]
    best, begins = best_step(curve), overfits_from(curve)
    marked = f" The lowest validation loss is {dict(curve.validation)[best]:.3g}, at step {best}." if best else ""
    overfits = " From there on it overfits: every later measurement is worse." if begins is not None else ""
    return f"Loss by training step, lower is better: {'; '.join(part for part in said if part)}.{marked}{overfits}"


def _run(name: str, points: Sequence[Point]) -> str:
    if not points:
        return ""
    (first, begun), (last, ended) = points[0], points[-1]
    if first == last:
        return f"{name} {begun:.3g} at step {first}"
    return f"{name} from {begun:.3g} at step {first} to {ended:.3g} at step {last}"
