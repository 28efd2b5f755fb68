"""What the experiment style or facts measured: shares with intervals, and the closing line in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.evaluation.intervals import bootstrap
from lib.evaluation.style_or_facts import FactAnswer, Learner, StyleOrFacts
from lib.evaluation.worth_records import Familiarity
from lib.records import Metric


@dataclass(frozen=True, slots=True)
class FactFigures:
    """How often one learner is right, and how often it invents, on facts of one kind."""

    learner: Learner
    familiarity: Familiarity
    right: Metric
    invented: Metric


def rules_kept(found: StyleOrFacts, learner: Learner) -> Metric | None:
    """The share of answers to unseen messages that keep every rule; None where there is none."""
    asked = [answer for answer in found.style if answer.learner == learner]
    return _share("rules", [answer.kept for answer in asked], [answer.message for answer in asked], found.seed)


def fact_figures(found: StyleOrFacts, learner: Learner, familiarity: Familiarity) -> FactFigures | None:
    """Right and invented; None where that learner was asked nothing of the kind."""
    asked = answers_of(found, learner, familiarity)
    ids = [answer.case_id for answer in asked]
    right = _share("right", [answer.right for answer in asked], ids, found.seed)
    invented = _share("invented", [answer.invented for answer in asked], ids, found.seed)
    return None if right is None or invented is None else FactFigures(learner, familiarity, right, invented)


def answers_of(found: StyleOrFacts, learner: Learner, familiarity: Familiarity) -> tuple[FactAnswer, ...]:
    """One learner's answers to facts of one kind."""
    return tuple(one for one in found.facts if one.learner == learner and one.familiarity == familiarity)


def closing_line(found: StyleOrFacts) -> str:
    """What was measured, with intervals; what it shows is said only as far as the intervals say it."""
    tuned, base = rules_kept(found, Learner.TUNED), rules_kept(found, Learner.BASE)
    unseen, seen = (fact_figures(found, Learner.TUNED, kind) for kind in (Familiarity.UNSEEN, Familiarity.SEEN))
    rag = fact_figures(found, Learner.RAG, Familiarity.UNSEEN)
    said = []
    if tuned and base:
        said.append(
            f"Voice: all rules kept in {_figure(tuned)} of {tuned.cases} answers to unseen messages after training, "
            f"{_figure(base)} before."
        )
    if unseen:
        known = f"; of the trained ones {_figure(seen.right)} right" if seen else ""
        said.append(
            f"Facts: of {unseen.right.cases} that were not trained {_figure(unseen.right)} right and "
            f"{_figure(unseen.invented)} invented{known}."
        )
    if rag:
        said.append(f"RAG on the same: {_figure(rag.right)} right, {_figure(rag.invented)} wrong without saying so.")
    if tuned and base and unseen and _shown(tuned, base, unseen.invented):
        said.append(
            "The same recipe taught the form and did not teach the facts: form is trained, facts are looked up."
        )
    return " ".join(said)


def _shown(tuned: Metric, base: Metric, invented: Metric) -> bool:
    """Whether the intervals carry the lesson: the voice was learnt, and at least half of the new facts invented."""
    return (tuned.low or 0.0) > (base.high or 1.0) and (invented.low or 0.0) >= 0.5


def _figure(metric: Metric) -> str:
    around = "" if metric.low is None or metric.high is None else f" ({100 * metric.low:.0f}–{100 * metric.high:.0f})"
    return f"{100 * metric.value:.0f} %{around}"


def _share(name: str, hits: Sequence[bool], ids: Sequence[str], seed: int) -> Metric | None:
    if not hits:
        return None
    values = [float(hit) for hit in hits]
    low, high = bootstrap(values, seed=seed, share=True) or (None, None)
    return Metric(name, sum(values) / len(values), low, high, len(values), tuple(ids), tuple(values))
