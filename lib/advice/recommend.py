"""Situation -> ranked recommendations with their reasons, what would flip the first place, and where people approve."""

from dataclasses import dataclass

from lib.advice.framework import CHOICES, Screen
from lib.advice.questionnaire import QUESTIONS, answers, single_changes
from lib.advice.rules import BARS, BEHAVIOUR_FAILURES, RULES, Condition, holds
from lib.advice.situation import Dependence, Form, Material, Risk, Situation
from lib.domain import ApproachName


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that applied: its points for this choice, and the answers it rests on in their own words.

    No answers: the rule always applies.
    """

    text: str
    points: int
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do now, and on which page."""

    text: str
    screen: Screen


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One choice with its score (higher is better) and why; `barred` says why it cannot be first, if it cannot.

    `variant` says which form of the choice fits: a small tool call, fixed steps, a pasted text.
    """

    approach: ApproachName
    score: int
    reasons_for: tuple[Reason, ...]
    reasons_against: tuple[Reason, ...]
    barred: tuple[str, ...]
    variant: str
    next_step: NextStep


@dataclass(frozen=True, slots=True)
class Flip:
    """A single changed answer that would put another choice first: the question, and the answer instead."""

    question: str
    answer: str
    approach: ApproachName


@dataclass(frozen=True, slots=True)
class Approval:
    """Where a person must approve before the answer takes effect."""

    risk: Risk
    where: str


@dataclass(frozen=True, slots=True)
class Advice:
    """Everything Decide says about a situation; `ranked[0]` is the recommendation."""

    situation: Situation
    ranked: tuple[Recommendation, ...]
    flips: tuple[Flip, ...]
    approvals: tuple[Approval, ...]

    @property
    def first(self) -> Recommendation:
        """The choice that the situation points to."""
        return self.ranked[0]


APPROVALS = (
    Approval(Risk.MONEY, "Before a payment, a refund, a price or a credit decision goes out."),
    Approval(Risk.CUSTOMERS, "Before an answer that promises something or refuses it reaches a customer."),
    Approval(Risk.LEGAL, "Before anyone relies on a reading of a contract, a law or a policy."),
    Approval(Risk.MEDICAL, "Before a diagnosis, a dose or a treatment: a clinician decides, the answer only informs."),
    Approval(Risk.SECURITY, "Before access is granted, a rule is loosened or an alarm is closed."),
    Approval(Risk.CODE, "Before code is merged or deployed: review it, and test it, like anyone else's."),
    Approval(Risk.BRAND, "Before anything is published in the organisation's name."),
)

_NEXT_STEPS = {
    ApproachName.PROMPT_ONLY: NextStep(
        "Write the strongest prompt you can on Ask, put ten real questions to it, and note every failure.", "ask"
    ),
    ApproachName.RAG: NextStep(
        "Load your documents, then see on Retrieve whether the right passage is among the first five.", "documents"
    ),
    ApproachName.FINE_TUNED: NextStep(
        "Show on Compare that the failure stays when the facts are there. Then train an adapter on clean examples and "
        "ask, on rows that training never saw, whether it beats the best prompt.",
        "fine_tune",
    ),
    ApproachName.HYBRID: NextStep(
        "Get the retrieval right first. What an evaluation of hybrid beside RAG still shows going wrong with the right "
        "passages is what the tuning must fix.",
        "evaluate",
    ),
}


def advise(situation: Situation) -> Advice:
    """The ranked advice for a situation; `flips` are found by trying every change of a single answer."""
    ranked = rank(situation)
    chosen = frozenset(answers(situation, "risks"))
    return Advice(
        situation,
        ranked,
        _flips(situation, ranked[0].approach),
        tuple(approval for approval in APPROVALS if approval.risk in chosen),
    )


def rank(situation: Situation) -> tuple[Recommendation, ...]:
    """The four choices, best first: those not barred by score, then the barred ones; ties go to the simpler choice."""
    judged = [_judge(line.approach, situation) for line in CHOICES]
    return tuple(sorted(judged, key=lambda each: (bool(each.barred), -each.score)))


def score(situation: Situation, approach: ApproachName) -> int:
    """The sum of the points of all rules that apply."""
    return sum(reason.points for reason in _reasons(situation, approach))


def _judge(approach: ApproachName, situation: Situation) -> Recommendation:
    reasons = sorted(_reasons(situation, approach), key=lambda reason: -abs(reason.points))
    return Recommendation(
        approach,
        sum(reason.points for reason in reasons),
        tuple(reason for reason in reasons if reason.points > 0),
        tuple(reason for reason in reasons if reason.points < 0),
        tuple(bar.reason for bar in BARS if approach in bar.approaches and holds(bar.conditions, situation)),
        _variant(approach, situation),
        _NEXT_STEPS[approach],
    )


def _reasons(situation: Situation, approach: ApproachName) -> list[Reason]:
    return [
        Reason(rule.reason, given.points, _words(rule.conditions, situation))
        for rule in RULES
        if holds(rule.conditions, situation)
        for given in rule.given
        if given.approach is approach
    ]


def _words(conditions: tuple[Condition, ...], situation: Situation) -> tuple[str, ...]:
    """The person's own answers to the questions that the conditions ask about."""
    fields = tuple(condition.field for condition in conditions)
    return tuple(
        f"{asked.text} {', '.join(asked.label(value) for value in answers(situation, asked.field))}"
        for asked in QUESTIONS
        if asked.field in fields
    )


def _flips(situation: Situation, first: ApproachName) -> tuple[Flip, ...]:
    after = ((change, rank(change.situation)[0].approach) for change in single_changes(situation))
    return tuple(
        Flip(change.question.text, change.answer, approach) for change, approach in after if approach is not first
    )


def _variant(approach: ApproachName, situation: Situation) -> str:
    """The form in which the choice fits this situation, in one sentence; "" where it has only one."""
    if approach is not ApproachName.PROMPT_ONLY:
        return ""
    if situation.dependence is Dependence.VALUES:
        return "With a small tool: let the model call the system that knows the value, and answer with what it returns."
    if situation.form is Form.FIXED or any(failure in BEHAVIOUR_FAILURES for failure in situation.failures):
        return (
            "As a structured workflow: fixed steps, structured output against a schema, and code that checks each "
            "answer and asks again."
        )
    if situation.dependence is Dependence.DOCUMENTS and situation.material is Material.FITS:
        return "With the text pasted in: Ask carries a whole document in the prompt while it fits the window."
    return "As one strong prompt: a clear instruction, two or three worked examples, and the form you want."
