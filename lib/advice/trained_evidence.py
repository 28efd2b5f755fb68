"""What a comparison on held-out rows (was the training worth it?) says about the questions of Decide."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lib.advice.situation import Examples, Failure, Form, PromptEffort
from lib.evaluation.scoring import Measure
from lib.evaluation.worth_figures import LABEL, SCHEMA, figures, main_measure
from lib.evaluation.worth_records import Contender, Worth
from lib.records import Metric

_FAILS_BELOW = 0.9
"""A figure whose interval ends under this share shows a failure that is seen often."""
_SIZES = ((1, Examples.NONE), (50, Examples.FEW), (501, Examples.HUNDREDS))


@dataclass(frozen=True, slots=True)
class Evidence:
    """A measured fact about one question; `suggests` are the answers it points to, empty where it points to none."""

    field: str
    text: str
    suggests: tuple[StrEnum, ...] = ()


def trained_evidence(field: str, worth: Worth) -> Evidence | None:
    """What the comparison says about the question of that field; None where it says nothing."""
    rule = _RULES.get(field)
    return rule(worth) if rule is not None and worth.answers else None


def size_of(examples: int) -> Examples:
    """The answer that so many examples are."""
    return next((size for below, size in _SIZES if examples < below), Examples.THOUSANDS)


def _failures(worth: Worth) -> Evidence | None:
    base = figures(worth, Contender.BASE)
    seen = [
        (failure, known, metric)
        for failure, known in ((Failure.WRONG_FORM, SCHEMA), (Failure.WRONG_CATEGORY, LABEL))
        if (metric := base.metric(known.name)) is not None
    ]
    if not seen:
        return None
    said = ", ".join(f"{known.title.lower()} in {_shown(known, metric)}" for _, known, metric in seen)
    suggests = tuple(failure for failure, _, metric in seen if _fails(metric))
    return Evidence("failures", f"On held-out rows of {worth.trainset} the base alone has {said}.", suggests)


def _prompt_effort(worth: Worth) -> Evidence | None:
    known = main_measure(worth.form)
    metric = figures(worth, Contender.FEW_SHOT).metric(known.name)
    if metric is None or not worth.shots:
        return None
    said = (
        f"With {worth.shots} worked examples in the prompt, held-out rows of {worth.trainset} have "
        f"{known.title.lower()} in {_shown(known, metric)}."
    )
    return Evidence("prompt_effort", said, (PromptEffort.STILL_FAILS,) if _fails(metric) else ())


def _form(worth: Worth) -> Evidence | None:
    if not worth.form.schema:
        return None
    held = {who: figures(worth, who).metric(SCHEMA.name) for who in _MODELS}
    said = ", ".join(f"{who.value} {_shown(SCHEMA, metric)}" for who, metric in held.items() if metric is not None)
    return Evidence("form", f"{worth.trainset} wants one schema every time; it is kept by {said}.", (Form.FIXED,))


def _examples(worth: Worth) -> Evidence | None:
    if not worth.trained_on:
        return None
    said = f"{worth.trainset} has {worth.trained_on} examples for training."
    return Evidence("examples", said, (size_of(worth.trained_on),))


def _volume(worth: Worth) -> Evidence | None:
    read = [figures(worth, who).metric("tokens") for who in (Contender.FEW_SHOT, Contender.FINE_TUNED)]
    if read[0] is None or read[1] is None:
        return None
    said = f"{read[0].value:,.0f} tokens with worked examples, {read[1].value:,.0f} after training"
    return Evidence("volume", f"A prompt of {worth.trainset} has {said}.")


_MODELS = (Contender.BASE, Contender.FEW_SHOT, Contender.FINE_TUNED)
_RULES: Mapping[str, Callable[[Worth], Evidence | None]] = {
    "failures": _failures,
    "prompt_effort": _prompt_effort,
    "form": _form,
    "examples": _examples,
    "volume": _volume,
}


def _fails(metric: Metric) -> bool:
    return metric.high is not None and metric.high < _FAILS_BELOW


def _shown(known: Measure, metric: Metric) -> str:
    if metric.low is None or metric.high is None:
        return known.shown(metric.value)
    return f"{known.shown(metric.value)} ({known.shown(metric.low)} to {known.shown(metric.high)})"
