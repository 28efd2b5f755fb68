"""The framework's judgement as a table: which answers give which points to which choice, and what bars a choice.

A rule applies when all its conditions hold. Points add up; a barred choice keeps its points and cannot be first.
"""

from dataclasses import dataclass
from enum import StrEnum

from lib.advice.questionnaire import answers
from lib.advice.situation import (
    Budget,
    Change,
    Dependence,
    Domain,
    Examples,
    Failure,
    Form,
    Latency,
    Material,
    PromptEffort,
    Risk,
    Situation,
    Sourcing,
    Volume,
)
from lib.domain import ApproachName

PROMPT = ApproachName.PROMPT_ONLY
RAG = ApproachName.RAG
TUNED = ApproachName.FINE_TUNED
HYBRID = ApproachName.HYBRID

KNOWLEDGE_FAILURES = (Failure.FACTS_MISSING, Failure.FACTS_STALE)
BEHAVIOUR_FAILURES = (Failure.WRONG_FORM, Failure.WRONG_CATEGORY, Failure.RULES_NOT_KEPT)


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether one question was answered with any of these; `negated` turns it round."""

    field: str
    values: tuple[StrEnum, ...]
    negated: bool = False

    def holds(self, situation: Situation) -> bool:
        """True when the situation's answers meet the condition."""
        return any(value in self.values for value in answers(situation, self.field)) is not self.negated


@dataclass(frozen=True, slots=True)
class Points:
    """What a rule gives to one choice, or takes from it when negative."""

    approach: ApproachName
    points: int


@dataclass(frozen=True, slots=True)
class Rule:
    """When all conditions hold, the points are given for the reason; no condition at all always holds."""

    conditions: tuple[Condition, ...]
    given: tuple[Points, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Bar:
    """When all conditions hold, these choices cannot be first, for the reason."""

    conditions: tuple[Condition, ...]
    approaches: tuple[ApproachName, ...]
    reason: str


def holds(conditions: tuple[Condition, ...], situation: Situation) -> bool:
    """Whether all of them hold."""
    return all(condition.holds(situation) for condition in conditions)


def _has(field: str, *values: StrEnum) -> Condition:
    return Condition(field, values)


def _lacks(field: str, *values: StrEnum) -> Condition:
    return Condition(field, values, negated=True)


def _points(*, prompt: int = 0, rag: int = 0, tuned: int = 0, hybrid: int = 0) -> tuple[Points, ...]:
    every = ((PROMPT, prompt), (RAG, rag), (TUNED, tuned), (HYBRID, hybrid))
    return tuple(Points(approach, points) for approach, points in every if points)


_KNOWLEDGE = _has("failures", *KNOWLEDGE_FAILURES)
_BEHAVIOUR = _has("failures", *BEHAVIOUR_FAILURES)
_NO_KNOWLEDGE = _lacks("failures", *KNOWLEDGE_FAILURES)
_NO_BEHAVIOUR = _lacks("failures", *BEHAVIOUR_FAILURES)
_TRIED = _has("prompt_effort", PromptEffort.STILL_FAILS)
_UNTRIED = _has("prompt_effort", PromptEffort.NOT_YET)
_DOCUMENTS = _has("dependence", Dependence.DOCUMENTS)
_LIVE_VALUE = _has("dependence", Dependence.VALUES)

RULES = (
    Rule((), _points(prompt=3), "The simplest version comes first: it shows which failure is left."),
    Rule(
        (_has("failures", Failure.UNMEASURED),),
        _points(prompt=3),
        "No failure has been named yet, so there is nothing that a second technique would fix.",
    ),
    Rule(
        (_has("failures", Failure.FACTS_MISSING),),
        _points(prompt=-2, rag=3, tuned=-2, hybrid=1),
        "Facts are missing: the model has to see them when it answers.",
    ),
    Rule(
        (_has("failures", Failure.FACTS_STALE),),
        _points(prompt=-2, rag=3, tuned=-3, hybrid=1),
        "Facts are out of date: a document can be replaced today, weights cannot.",
    ),
    Rule(
        (_has("failures", Failure.WRONG_FORM),),
        _points(rag=-2, tuned=3, hybrid=1),
        "Format or tone is wrong: that is behaviour, and retrieval does not change it.",
    ),
    Rule(
        (_has("failures", Failure.WRONG_CATEGORY),),
        _points(rag=-2, tuned=3, hybrid=1),
        "Categories or routes are wrong: a pattern to be learnt from examples.",
    ),
    Rule(
        (_has("failures", Failure.RULES_NOT_KEPT),),
        _points(prompt=-1, rag=-1, tuned=3, hybrid=1),
        "Rules stand in the prompt and are not kept: more rules will not help.",
    ),
    Rule(
        (_BEHAVIOUR, _UNTRIED),
        _points(prompt=4),
        "A clear instruction with structured output often mends form, categories and rules, in an afternoon.",
    ),
    Rule(
        (_BEHAVIOUR, _TRIED),
        _points(prompt=-3, tuned=3, hybrid=2),
        "A strong prompt has been tried and the behaviour still fails.",
    ),
    Rule(
        (_KNOWLEDGE, _BEHAVIOUR),
        _points(hybrid=5),
        "A failure of knowledge and a failure of behaviour have both been named.",
    ),
    Rule(
        (_has("dependence", Dependence.GENERAL),),
        _points(prompt=1, rag=-2, hybrid=-1),
        "General knowledge is enough: there is nothing to retrieve.",
    ),
    Rule(
        (_LIVE_VALUE,),
        _points(prompt=5, rag=-3, tuned=-3, hybrid=-3),
        "A live value is looked up by a small tool call; searching texts or training for it is the long way round.",
    ),
    Rule(
        (_DOCUMENTS,),
        _points(prompt=-1, rag=3, hybrid=1),
        "Right answers stand in documents of yours, which no model has read.",
    ),
    Rule(
        (_DOCUMENTS, _has("material", Material.FITS)),
        _points(prompt=3),
        "The material fits into one prompt: pasting it in is simpler than searching it.",
    ),
    Rule(
        (_DOCUMENTS, _has("material", Material.LARGER)),
        _points(prompt=-2, rag=2, hybrid=1),
        "The material is larger than the prompt: something has to choose what the model reads.",
    ),
    Rule(
        (_has("change", Change.NEVER),),
        _points(tuned=1),
        "The facts hold still, so what is learnt stays right.",
    ),
    Rule(
        (_has("change", Change.MONTHLY),),
        _points(rag=1, tuned=-2),
        "Facts change every month: indexing again takes minutes, training again takes a release.",
    ),
    Rule(
        (_has("change", Change.WEEKLY),),
        _points(rag=3, tuned=-4, hybrid=1),
        "Facts change weekly or faster: anything trained in is stale on arrival.",
    ),
    Rule(
        (_has("sourcing", Sourcing.SHOWN),),
        _points(prompt=-1, rag=2, tuned=-2, hybrid=1),
        "Readers must see sources: retrieval knows which passage it used, weights do not.",
    ),
    Rule(
        (_has("sourcing", Sourcing.AUDITED),),
        _points(prompt=-2, rag=3, tuned=-3, hybrid=2),
        "Answers must stand an audit: passages and versions can be recorded with each answer.",
    ),
    Rule(
        (_has("form", Form.FIXED),),
        _points(tuned=1, hybrid=1),
        "One form or voice is required every time, which is what examples teach.",
    ),
    Rule(
        (_has("examples", Examples.FEW),),
        _points(tuned=-1, hybrid=-1),
        "Under 50 clean examples: they serve a prompt better than a training run.",
    ),
    Rule(
        (_has("examples", Examples.HUNDREDS),),
        _points(tuned=1, hybrid=1),
        "There are enough clean examples for a first adapter.",
    ),
    Rule(
        (_has("examples", Examples.THOUSANDS),),
        _points(tuned=2, hybrid=1),
        "There are plenty of clean examples to learn from and to test with.",
    ),
    Rule(
        (_has("volume", Volume.MEDIUM),),
        _points(tuned=1),
        "At this volume a shorter prompt begins to pay for training.",
    ),
    Rule(
        (_has("volume", Volume.HIGH),),
        _points(prompt=-1, tuned=2, hybrid=1),
        "At this volume every token of a long prompt is paid for a million times.",
    ),
    Rule(
        (_has("latency", Latency.TIGHT),),
        _points(rag=-1, tuned=1, hybrid=-1),
        "The answer must begin at once: a search comes on top, a tuned model's prompt is short.",
    ),
    Rule(
        (_has("budget", Budget.NONE),),
        _points(rag=1, tuned=-4, hybrid=-3),
        "There is no budget for training, nor for training again.",
    ),
    Rule(
        (_has("domain", Domain.NARROW), _lacks("change", Change.MONTHLY, Change.WEEKLY)),
        _points(tuned=3, hybrid=1),
        "Reasoning in a narrow field that holds still can be trained.",
    ),
    Rule(
        (_has("domain", Domain.NARROW), _TRIED),
        _points(prompt=-2, tuned=2, hybrid=1),
        "The speciality is beyond what prompting alone has reached.",
    ),
    Rule(
        (_has("risks", Risk.NONE),),
        _points(prompt=1),
        "Little is at stake if an answer is wrong, so a simple version can be tried at once.",
    ),
)

BARS = (
    Bar(
        (_has("examples", Examples.NONE),),
        (TUNED, HYBRID),
        "There are no clean examples to train on.",
    ),
    Bar(
        (_KNOWLEDGE, _NO_BEHAVIOUR),
        (TUNED,),
        "Only facts go wrong, and facts do not belong in the weights.",
    ),
    Bar(
        (_NO_BEHAVIOUR, _has("domain", Domain.GENERAL), _lacks("volume", Volume.HIGH)),
        (TUNED,),
        "No failure of behaviour has been named that training would mend.",
    ),
    Bar(
        (_NO_BEHAVIOUR,),
        (HYBRID,),
        "No failure of behaviour has been named for the second technique to fix.",
    ),
    Bar(
        (_NO_KNOWLEDGE,),
        (HYBRID,),
        "No failure of knowledge has been named: the facts are there.",
    ),
)
