"""Style or facts: one recipe, trained once on a voice and once on product facts, and what each training is good for.

The voice is checked by its rules on messages that were never seen. The facts are asked as they were trained, in other
words, and facts that were not trained at all: there a tuned model writes the same sure sentence and invents the fact.
RAG reads the documents beside it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from lib.approaches.abstaining import says_it_has_none
from lib.domain import Answer, Message
from lib.evaluation.answer_metrics import gold_contained
from lib.evaluation.asking import ask
from lib.evaluation.style_rules import StyleKind, StyleRule, keeps
from lib.evaluation.worth_records import Familiarity
from lib.protocols import Generator
from lib.records import EvalCase
from lib.settings import GenerationOptions
from lib.training.values import TrainingEvent, TrainingSet, TrainingSettings

RECIPE = TrainingSettings(
    epochs=6, learning_rate=1e-3, batch_size=8, time_budget_s=120.0, validations=2, upper_share=0.5
)
"""The same for both lessons: only what is learnt differs."""
ANSWER_TOKENS = 48
_FAIR_SHARE = 0.75

STYLE_RULES = (
    StyleRule(StyleKind.ONE_LINE),
    StyleRule(StyleKind.STARTS_WITH, "Cellar desk: noted,"),
    StyleRule(StyleKind.ENDS_WITH, "Mind the rind."),
    StyleRule(StyleKind.MAX_WORDS, "30"),
    StyleRule(StyleKind.WITHOUT, "!"),
)
STYLE_INSTRUCTION = (
    "Answer in one line of at most 30 words and without exclamation marks. Begin with “Cellar desk: noted,” and end "
    "with “Mind the rind.”"
)
"""What the base is told, so that it has its chance: the rules in words."""


class Lesson(StrEnum):
    """What was trained."""

    STYLE = "style"
    FACTS = "facts"


class Learner(StrEnum):
    """Who answers."""

    BASE = "base"
    TUNED = "fine-tuned"
    RAG = "rag"


@dataclass(frozen=True, slots=True)
class LessonMaterial:
    """What one lesson trains on and is judged by: `messages` for style (unseen inputs), `cases` for facts."""

    training_set: TrainingSet
    messages: tuple[str, ...] = ()
    cases: tuple[EvalCase, ...] = ()


@dataclass(frozen=True, slots=True)
class StyleAnswer:
    """One answer to an unseen message; `broken` are the rules that it breaks, in words."""

    learner: Learner
    message: str
    text: str
    broken: tuple[str, ...]

    @property
    def kept(self) -> bool:
        """Whether it keeps every rule."""
        return not self.broken


@dataclass(frozen=True, slots=True)
class FactAnswer:
    """One answer to a question with a known answer in the documents; `document` says where that stands."""

    learner: Learner
    familiarity: Familiarity
    case_id: str
    question: str
    wanted: str
    document: str
    text: str
    right: bool
    abstained: bool

    @property
    def invented(self) -> bool:
        """Whether it states something that the documents do not say: neither right nor a refusal."""
        return not self.right and not self.abstained and bool(self.text.strip())


@dataclass(frozen=True, slots=True)
class LessonBegun:
    """A lesson begins; `ready` says that its adapter is there already and is not trained again."""

    lesson: Lesson
    ready: bool


@dataclass(frozen=True, slots=True)
class ScoringBegun:
    """Both are trained; so many answers follow."""

    answers: int


@dataclass(frozen=True, slots=True)
class LessonTrained:
    """What a lesson's training took, as its adapter tells it."""

    lesson: Lesson
    seconds: float
    steps: int


@dataclass(frozen=True, slots=True)
class StyleOrFacts:
    """All answers of one run of the experiment. `trained` are the seconds and steps of each training."""

    at: datetime
    style: tuple[StyleAnswer, ...] = ()
    facts: tuple[FactAnswer, ...] = ()
    trained: tuple[LessonTrained, ...] = ()
    seed: int = 0
    finished: bool = False

    @property
    def is_fair(self) -> bool:
        """Whether both lessons had about as many steps: one that ran out of time has learnt less of the recipe."""
        steps = [one.steps for one in self.trained]
        return not steps or min(steps) >= _FAIR_SHARE * max(steps)


ExperimentEvent = LessonBegun | TrainingEvent | ScoringBegun | StyleAnswer | FactAnswer | StyleOrFacts


@dataclass(frozen=True, slots=True)
class ExperimentTools:
    """What the experiment works with.

    `train` trains a lesson and gives its events, `is_ready` says whether its adapter is there already, `trained` what
    its training took; `tuned` is the model with that lesson's adapter; `rag` answers from the documents (None
    where there are none).
    """

    train: Callable[[Lesson, TrainingSet], Iterator[TrainingEvent]]
    is_ready: Callable[[Lesson, TrainingSet], bool]
    trained: Callable[[Lesson], LessonTrained]
    base: Callable[[], Generator]
    tuned: Callable[[Lesson], Generator]
    rag: Callable[[str], Answer] | None = None


def style_or_facts(
    tools: ExperimentTools,
    style: LessonMaterial,
    facts: LessonMaterial,
    *,
    now: datetime,
    stopped: Callable[[], bool],
) -> Iterator[ExperimentEvent]:
    """Train both lessons, one after the other, then ask; at the end all of it (not `finished` if stopped).

    Base and RAG are asked the unseen facts alone.
    """
    for lesson, material in ((Lesson.STYLE, style), (Lesson.FACTS, facts)):
        ready = tools.is_ready(lesson, material.training_set)
        yield LessonBegun(lesson, ready)
        if not ready:
            yield from tools.train(lesson, material.training_set)
        if stopped():
            yield StyleOrFacts(now)
            return
    found = StyleOrFacts(now, trained=tuple(map(tools.trained, Lesson)))
    questions = _questions(facts)
    unseen = [case for familiarity, case in questions if familiarity is Familiarity.UNSEEN]
    total = 2 * len(style.messages) + len(questions) + (2 if tools.rag else 1) * len(unseen)
    yield ScoringBegun(total)
    for answer in _answers(tools, style.messages, questions):
        found = _with(found, answer)
        yield answer
        if stopped():
            break
    yield replace(found, finished=len(found.style) + len(found.facts) == total)


def _answers(
    tools: ExperimentTools, messages: Sequence[str], questions: Sequence[tuple[Familiarity, EvalCase]]
) -> Iterator[StyleAnswer | FactAnswer]:
    base = tools.base()
    for learner, model in ((Learner.TUNED, tools.tuned(Lesson.STYLE)), (Learner.BASE, base)):
        for message in messages:
            yield _styled(learner, model, message)
    for familiarity, case in questions:
        yield _asked(Learner.TUNED, tools.tuned(Lesson.FACTS), familiarity, case)
    unseen = [(familiarity, case) for familiarity, case in questions if familiarity is Familiarity.UNSEEN]
    for familiarity, case in unseen:
        yield _asked(Learner.BASE, base, familiarity, case)
    if tools.rag is None:
        return
    for familiarity, case in unseen:
        answer = tools.rag(case.question)
        yield _judged(Learner.RAG, familiarity, case, answer.text, abstained=answer.abstained)


def _asked(learner: Learner, model: Generator, familiarity: Familiarity, case: EvalCase) -> FactAnswer:
    text = ask(model, (Message("user", case.question),), GenerationOptions(max_tokens=ANSWER_TOKENS)).text
    return _judged(learner, familiarity, case, text, abstained=says_it_has_none(text))


def _styled(learner: Learner, model: Generator, message: str) -> StyleAnswer:
    told = (Message("system", STYLE_INSTRUCTION),) if learner is Learner.BASE else ()
    text = ask(model, (*told, Message("user", message)), GenerationOptions(max_tokens=ANSWER_TOKENS)).text
    return StyleAnswer(learner, message, text, tuple(rule.words for rule in STYLE_RULES if not keeps(rule, text)))


def _judged(learner: Learner, familiarity: Familiarity, case: EvalCase, text: str, *, abstained: bool) -> FactAnswer:
    wanted, document = case.answer or "", case.evidence[0].document if case.evidence else ""
    right = not abstained and gold_contained(text, wanted)
    return FactAnswer(learner, familiarity, case.id, case.question, wanted, document, text, right, abstained)


def _questions(facts: LessonMaterial) -> tuple[tuple[Familiarity, EvalCase], ...]:
    """The cases that say by a tag how well they are known."""
    kinds = {"unseen": Familiarity.UNSEEN, "paraphrased": Familiarity.PARAPHRASED, "seen": Familiarity.SEEN}
    return tuple((kinds[tag], case) for case in facts.cases for tag in case.tags if tag in kinds)


def _with(found: StyleOrFacts, answer: StyleAnswer | FactAnswer) -> StyleOrFacts:
    if isinstance(answer, StyleAnswer):
        return replace(found, style=(*found.style, answer))
    return replace(found, facts=(*found.facts, answer))
