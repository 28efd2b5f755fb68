"""What was measured of each of the four choices: lines that speak for it, against it, or say what to measure next.

A line speaks only where the intervals tell two things apart; a difference that luck could make speaks for nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lib.advice.framework import CHOICES, Screen
from lib.domain import ApproachName
from lib.evaluation.differences import difference
from lib.evaluation.intervals import PairedDifference
from lib.evaluation.results import RIGHT, UNJUDGED, Results, SetUpResults
from lib.evaluation.scoring import measure
from lib.evaluation.style_or_facts import Learner, StyleOrFacts
from lib.evaluation.style_or_facts_words import fact_figures, rules_kept
from lib.evaluation.worth_records import Familiarity, Worth
from lib.evaluation.worth_verdict import verdict
from lib.records import Metric

_MUST_BE_RIGHT = 0.8
_INVENTS = 0.5
"""From this share of invented facts on (by the interval's lower end), training is no place for them."""


@dataclass(frozen=True, slots=True)
class MeasuredLine:
    """One figure about a choice in a sentence; `speaks_for` is None where it cannot tell, or nothing is `measured`.

    `screen` is where the figures are, or where to measure next.
    """

    approach: ApproachName
    text: str
    speaks_for: bool | None
    screen: Screen
    measured: bool = True


@dataclass(frozen=True, slots=True)
class Measured:
    """All that was measured in a workspace: its last evaluation, comparisons of adapters, the experiment."""

    results: Results | None = None
    worths: tuple[Worth, ...] = ()
    experiment: StyleOrFacts | None = None


def measured_lines(found: Measured) -> tuple[MeasuredLine, ...]:
    """At least one line for each of the four choices, in their order."""
    return tuple(line for choice in CHOICES for line in _lines(choice.approach, found))


def _lines(approach: ApproachName, found: Measured) -> tuple[MeasuredLine, ...]:
    if approach is ApproachName.FINE_TUNED:
        lines = [*_worth(found.worths), *_experiment(found.experiment), *_tuned(found.results)]
    else:
        from_results = {
            ApproachName.PROMPT_ONLY: _prompt_only,
            ApproachName.RAG: _rag,
            ApproachName.HYBRID: _hybrid,
        }[approach]
        lines = list(from_results(found.results))
    return tuple(lines) or (MeasuredLine(approach, *_NEXT[approach], measured=False),)


def _prompt_only(found: Results | None) -> Iterator[MeasuredLine]:
    alone = _arm(found, ApproachName.PROMPT_ONLY)
    metric = alone.metric("correct") if alone else None
    if found is None or alone is None or metric is None:
        return
    enough = metric.low is not None and metric.low >= _MUST_BE_RIGHT
    beaten = next((sentence for sentence in _beaten_by(found, alone) if sentence), "")
    speaks = True if enough and not beaten else False if beaten else None
    said = f"{alone.setup.label} was right in {_shown(metric)} of {metric.cases} cases. {beaten}".strip()
    yield MeasuredLine(ApproachName.PROMPT_ONLY, said, speaks, "evaluate")


def _beaten_by(found: Results, alone: SetUpResults) -> Iterator[str]:
    for approach in (ApproachName.RAG, ApproachName.HYBRID, ApproachName.FINE_TUNED):
        other = _arm(found, approach)
        compared = difference("correct", alone, other, seed=found.evaluation.seed) if other else None
        if compared and _better(compared):
            yield compared.sentence


def _rag(found: Results | None) -> Iterator[MeasuredLine]:
    yield from _against(found, ApproachName.RAG, ApproachName.PROMPT_ONLY, ("correct",))


def _hybrid(found: Results | None) -> Iterator[MeasuredLine]:
    yield from _against(found, ApproachName.HYBRID, ApproachName.RAG, ("correct", "format_valid"))
    hybrid = _arm(found, ApproachName.HYBRID)
    kept = hybrid.metric("kept_in_the_end") if hybrid else None
    if hybrid is None or kept is None:
        return
    held = sum(one.record.answer.held for one in hybrid.asked)
    person = f"; {held} {'is' if held == 1 else 'are'} held for a person" if held else "; none is held for a person"
    said = f"{hybrid.setup.label} keeps every rule in {_shown(kept)} of {kept.cases} answers{person}."
    yield MeasuredLine(ApproachName.HYBRID, said, None, "evaluate")


def _tuned(found: Results | None) -> Iterator[MeasuredLine]:
    """Fine-tuned in an evaluation: its form against the prompt's, its facts against what was looked up."""
    tuned = _arm(found, ApproachName.FINE_TUNED)
    if found is None or tuned is None:
        return
    yield from _against(found, ApproachName.FINE_TUNED, ApproachName.PROMPT_ONLY, ("format_valid", "correct"))
    rag = _arm(found, ApproachName.RAG)
    compared = difference("correct", tuned, rag, seed=found.evaluation.seed) if rag else None
    if compared is None or not _better(compared):
        return
    wrong = [one for one in tuned.asked if one.outcome not in (RIGHT, UNJUDGED)]
    sure = sum(not one.record.answer.abstained for one in wrong)
    said = f"{compared.sentence} Of {len(wrong)} wrong answers of {tuned.setup.label}, {sure} sound sure of themselves."
    yield MeasuredLine(ApproachName.FINE_TUNED, said, False, "evaluate")


def _against(
    found: Results | None, approach: ApproachName, rival: ApproachName, figures: Sequence[str]
) -> Iterator[MeasuredLine]:
    """The arm against the simpler one, figure by figure; alone, it says its figure and asks for the other."""
    arm, other = _arm(found, approach), _arm(found, rival)
    if found is None or arm is None:
        return
    if other is None:
        metric = arm.metric("correct")
        reached = f"right in {_shown(metric)} of {metric.cases} cases" if metric else "not judged"
        said = f"{arm.setup.label} was {reached}. Evaluate {rival.value} beside it to see what it adds."
        yield MeasuredLine(approach, said, None, "evaluate")
        return
    for name in figures:
        compared = difference(name, other, arm, seed=found.evaluation.seed)
        if compared is not None:
            speaks = compared.difference > 0 if compared.told_apart else None
            yield MeasuredLine(approach, f"{measure(name).title}: {compared.sentence}", speaks, "evaluate")


def _worth(worths: Sequence[Worth]) -> Iterator[MeasuredLine]:
    for worth in worths:
        judged = verdict(worth)
        if worth.answers:
            few_shot = next((reason for reason in judged.reasons if "few-shot" in reason), "")
            said = f"Adapter {worth.adapter}: {judged.sentence} {few_shot}".strip()
            yield MeasuredLine(ApproachName.FINE_TUNED, said, judged.worth_it, "fine_tune")


def _experiment(found: StyleOrFacts | None) -> Iterator[MeasuredLine]:
    """Style or facts: the voice speaks for training, invented facts against it."""
    if found is None:
        return
    tuned, base = rules_kept(found, Learner.TUNED), rules_kept(found, Learner.BASE)
    if tuned and base:
        learnt = True if (tuned.low or 0.0) > (base.high or 1.0) else None
        said = f"Style or facts: after training {_shown(tuned)} of answers keep the voice, {_shown(base)} before."
        yield MeasuredLine(ApproachName.FINE_TUNED, said, learnt, "fine_tune")
    unseen = fact_figures(found, Learner.TUNED, Familiarity.UNSEEN)
    if unseen:
        invents = False if (unseen.invented.low or 0.0) >= _INVENTS else None
        said = (
            f"Style or facts: asked for facts that were not trained, it is right in {_shown(unseen.right)} and invents "
            f"an answer in {_shown(unseen.invented)} of {unseen.right.cases}."
        )
        yield MeasuredLine(ApproachName.FINE_TUNED, said, invents, "fine_tune")


_NEXT: Mapping[ApproachName, tuple[str, None, Screen]] = {
    ApproachName.PROMPT_ONLY: ("Not measured: ask an eval set of prompt-only first.", None, "evaluate"),
    ApproachName.RAG: (
        "Not measured: evaluate RAG beside prompt-only; their difference is its worth.", None, "evaluate",
    ),
    ApproachName.FINE_TUNED: (
        "Not measured: train an adapter and ask on held-out rows whether it was worth it.", None, "fine_tune",
    ),
    ApproachName.HYBRID: (
        "Not measured: evaluate hybrid beside RAG; their difference is its worth.", None, "evaluate",
    ),
}  # fmt: skip


def _arm(found: Results | None, approach: ApproachName) -> SetUpResults | None:
    """The first set-up of the approach that was asked anything."""
    setups = found.setups if found else ()
    return next((one for one in setups if one.setup.approach is approach and one.asked), None)


def _better(compared: PairedDifference) -> bool:
    return compared.told_apart and compared.difference > 0


def _shown(metric: Metric) -> str:
    """A share in per cent with its interval."""
    value = f"{100 * metric.value:.0f} %"
    if metric.low is None or metric.high is None:
        return value
    return f"{value} ({100 * metric.low:.0f} to {100 * metric.high:.0f})"
