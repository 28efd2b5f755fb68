"""The questions of the Decide page: their words, what may be answered, and every way to change one answer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

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
from lib.errors import BadInput


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be given, in the words shown."""

    value: StrEnum
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `field` names what it fills in `Situation`.

    Where several answers may be given, none given at all counts as `nothing`, which is not offered as an option.
    """

    field: str
    text: str
    options: tuple[Option, ...]
    help: str = ""
    nothing: Option | None = None

    @property
    def multiple(self) -> bool:
        """Whether several answers may be given."""
        return self.nothing is not None

    def label(self, value: StrEnum) -> str:
        """The words of one answer."""
        known = self.options if self.nothing is None else (*self.options, self.nothing)
        return next(option.label for option in known if option.value is value)


QUESTIONS = (
    Question(
        "failures",
        "What goes wrong in the answers today?",
        (
            Option(Failure.FACTS_MISSING, "facts are missing"),
            Option(Failure.FACTS_STALE, "facts are out of date"),
            Option(Failure.WRONG_FORM, "wrong format or tone"),
            Option(Failure.WRONG_CATEGORY, "wrong category or route"),
            Option(Failure.RULES_NOT_KEPT, "rules in the prompt not kept"),
        ),
        help="Name only what you have seen. Choose nothing if nothing has been measured yet.",
        nothing=Option(Failure.UNMEASURED, "nothing measured yet"),
    ),
    Question(
        "prompt_effort",
        "Has a strong prompt been tried?",
        (Option(PromptEffort.NOT_YET, "not yet"), Option(PromptEffort.STILL_FAILS, "yes, it still fails")),
        help="Clear instruction, a few worked examples, and structured output where the model offers it.",
    ),
    Question(
        "dependence",
        "What does a right answer rest on?",
        (
            Option(Dependence.GENERAL, "general knowledge"),
            Option(Dependence.VALUES, "a live value"),
            Option(Dependence.DOCUMENTS, "our documents"),
        ),
        help="A live value is one that a system can be asked for: an order's status, today's stock.",
    ),
    Question(
        "change",
        "How often do its facts change?",
        (
            Option(Change.NEVER, "never"),
            Option(Change.YEARLY, "yearly"),
            Option(Change.MONTHLY, "monthly"),
            Option(Change.WEEKLY, "weekly or faster"),
        ),
    ),
    Question(
        "sourcing",
        "Do sources have to be shown?",
        (
            Option(Sourcing.NONE, "no"),
            Option(Sourcing.SHOWN, "yes, to readers"),
            Option(Sourcing.AUDITED, "yes, audited"),
        ),
    ),
    Question(
        "material",
        "Does the material fit into one prompt?",
        (Option(Material.FITS, "it fits"), Option(Material.LARGER, "it is larger")),
        help="On Ask, a bar shows how much of the window a text would fill.",
    ),
    Question(
        "form",
        "Must answers keep one form or voice?",
        (Option(Form.FREE, "no"), Option(Form.FIXED, "yes, always the same")),
    ),
    Question(
        "examples",
        "How many clean examples are there?",
        (
            Option(Examples.NONE, "none"),
            Option(Examples.FEW, "under 50"),
            Option(Examples.HUNDREDS, "50 to 500"),
            Option(Examples.THOUSANDS, "more"),
        ),
        help="Inputs with exactly the answer you want, consistent with each other and up to date.",
    ),
    Question(
        "volume",
        "How many requests a month?",
        (
            Option(Volume.LOW, "under 10,000"),
            Option(Volume.MEDIUM, "to 1 million"),
            Option(Volume.HIGH, "more"),
        ),
    ),
    Question(
        "latency",
        "How soon must an answer begin?",
        (Option(Latency.RELAXED, "a few seconds are fine"), Option(Latency.TIGHT, "at once")),
    ),
    Question(
        "budget",
        "Is there a budget for training?",
        (Option(Budget.SOME, "yes"), Option(Budget.NONE, "no")),
        help="For preparing examples, training, and testing again whenever the base model changes.",
    ),
    Question(
        "domain",
        "Is it reasoning in one narrow, stable field?",
        (Option(Domain.GENERAL, "no"), Option(Domain.NARROW, "yes")),
        help="A legal or medical speciality, say, whose ways of reasoning hold for years.",
    ),
    Question(
        "risks",
        "What can a wrong answer touch?",
        (
            Option(Risk.MONEY, "money"),
            Option(Risk.CUSTOMERS, "customers"),
            Option(Risk.LEGAL, "legal reading"),
            Option(Risk.MEDICAL, "medical decisions"),
            Option(Risk.SECURITY, "security"),
            Option(Risk.CODE, "code that is deployed"),
            Option(Risk.BRAND, "trust in the brand"),
        ),
        nothing=Option(Risk.NONE, "none of these"),
    ),
)


def question(field: str) -> Question:
    """The question that fills a field of `Situation`; KeyError if there is none."""
    return {asked.field: asked for asked in QUESTIONS}[field]


def answers(situation: Situation, field: str) -> tuple[StrEnum, ...]:
    """The answers given to one question, at least one: none given reads as the question's `nothing`."""
    asked = question(field)
    value: StrEnum | tuple[StrEnum, ...] = getattr(situation, field)
    if isinstance(value, tuple):
        return value or ((asked.nothing.value,) if asked.nothing else ())
    return (value,)


def answered(situation: Situation, field: str, given: tuple[StrEnum, ...]) -> Situation:
    """The situation with one question answered anew; BadInput where an answer is not among its options."""
    asked = question(field)
    allowed = tuple(option.value for option in asked.options)
    if any(value not in allowed for value in given) or (not asked.multiple and len(given) != 1):
        raise BadInput(
            f"{', '.join(given) or 'Nothing'} is no answer to “{asked.text}”.",
            hint=f"Choose from: {', '.join(option.label for option in asked.options)}.",
        )
    if not asked.multiple:
        return replace(situation, **{field: given[0]})  # type: ignore[arg-type]
    return replace(situation, **{field: tuple(value for value in allowed if value in given)})  # type: ignore[arg-type]


def kept_form(situation: Situation) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The answers that differ from the defaults, as a workspace keeps them."""
    return tuple(
        (asked.field, tuple(value.value for value in _given(situation, asked)))
        for asked in QUESTIONS
        if getattr(situation, asked.field) != getattr(Situation(), asked.field)
    )


def from_kept(kept: Iterable[tuple[str, tuple[str, ...]]]) -> Situation:
    """The situation that was kept; an answer that is offered no more falls back to its default."""
    situation = Situation()
    known = {asked.field: asked for asked in QUESTIONS}
    for field, values in kept:
        asked = known.get(field)
        offered = tuple(option.value for option in asked.options if option.value.value in values) if asked else ()
        if offered:
            situation = answered(situation, field, offered)
    return situation


@dataclass(frozen=True, slots=True)
class SingleChange:
    """One answer changed: which question, the new answer in words, and the situation it leads to."""

    question: Question
    answer: str
    situation: Situation


def single_changes(situation: Situation) -> Iterator[SingleChange]:
    """Every situation that differs in one answer: another option, or one of several added or taken away."""
    for asked in QUESTIONS:
        given = answers(situation, asked.field)
        for option in asked.options:
            if asked.multiple:
                yield _toggled(situation, asked, option)
            elif option.value not in given:
                changed = answered(situation, asked.field, (option.value,))
                yield SingleChange(asked, option.label, changed)


def _toggled(situation: Situation, asked: Question, option: Option) -> SingleChange:
    given = _given(situation, asked)
    if option.value in given:
        rest = tuple(value for value in given if value is not option.value)
        return SingleChange(asked, f"no longer “{option.label}”", answered(situation, asked.field, rest))
    more = (*given, option.value)
    return SingleChange(asked, f"also “{option.label}”", answered(situation, asked.field, more))


def _given(situation: Situation, asked: Question) -> tuple[StrEnum, ...]:
    """The options chosen; none where the question's `nothing` is the answer."""
    nothing = asked.nothing.value if asked.nothing else None
    return tuple(value for value in answers(situation, asked.field) if value is not nothing)
