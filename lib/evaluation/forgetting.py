"""The forgetting meter: general questions with answers that a machine can check, asked before and after training.

Training on a narrow set can cost a model what it could do before. The base answers 20 of these 24 (the built-in
SmolLM2-135M-Instruct, greedy), so that a loss and a gain can both show. They say nothing of the task itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from lib.domain import Message
from lib.evaluation.asking import Reply, ask
from lib.evaluation.intervals import PairedDifference, Wording, bootstrap, paired
from lib.protocols import Generator
from lib.records import Metric
from lib.settings import GenerationOptions

ANSWER_TOKENS = 40
_PATTERN_TIMEOUT_S = 0.5


@dataclass(frozen=True, slots=True)
class GeneralQuestion:
    """One question; an answer is right if `expected`, a regular expression, is found in it (capitals do not count)."""

    id: str
    question: str
    expected: str
    kind: str

    def is_right(self, answer: str) -> bool:
        """Whether the expected words stand in the answer."""
        return regex.search(self.expected, answer, regex.IGNORECASE, timeout=_PATTERN_TIMEOUT_S) is not None


GENERAL_QUESTIONS: tuple[GeneralQuestion, ...] = (
    GeneralQuestion("capital-japan", "What is the capital of Japan?", r"\bTokyo\b", "fact"),
    GeneralQuestion("capital-egypt", "What is the capital of Egypt?", r"\bCairo\b", "fact"),
    GeneralQuestion("capital-italy", "What is the capital of Italy?", r"\bRome\b", "fact"),
    GeneralQuestion("red-planet", "Which planet is called the red planet?", r"\bMars\b", "fact"),
    GeneralQuestion("largest-planet", "What is the largest planet in our solar system?", r"\bJupiter\b", "fact"),
    GeneralQuestion("water", "What is the chemical formula of water?", r"\bH(?:2|₂)O\b", "fact"),
    GeneralQuestion("romeo", "Who wrote Romeo and Juliet?", r"Shakespeare", "fact"),
    GeneralQuestion("mona-lisa", "Who painted the Mona Lisa?", r"Leonardo|da Vinci", "fact"),
    GeneralQuestion("ocean", "What is the largest ocean on Earth?", r"\bPacific\b", "fact"),
    GeneralQuestion("boiling", "At how many degrees Celsius does water boil?", r"\b100\b", "fact"),
    GeneralQuestion("week", "How many days are there in a week?", r"\b(?:7|seven)\b", "fact"),
    GeneralQuestion("plants", "Which gas do plants take in from the air?", r"carbon dioxide|CO2|CO₂", "fact"),
    GeneralQuestion("heart", "Which organ pumps blood through the body?", r"\bheart\b", "fact"),
    GeneralQuestion("two-and-two", "What is 2 + 2?", r"\b(?:4|four)\b", "arithmetic"),
    GeneralQuestion("ten-and-ten", "What is 10 + 10?", r"\b(?:20|twenty)\b", "arithmetic"),
    GeneralQuestion("half-of-ten", "What is half of 10?", r"\b(?:5|five)\b", "arithmetic"),
    GeneralQuestion("ten-less-four", "What is 10 minus 4?", r"\b(?:6|six)\b", "arithmetic"),
    GeneralQuestion("mice", 'What is the plural of "mouse"?', r"\bmice\b", "language"),
    GeneralQuestion("children", 'What is the plural of "child"?', r"\bchildren\b", "language"),
    GeneralQuestion("cold", "What is the opposite of hot?", r"\bcold\b", "language"),
    GeneralQuestion("bonjour", 'How do you say "hello" in French?', r"\bbonjour\b", "language"),
    GeneralQuestion("fruits", "List three fruits.", r"apple|banana|orange|grape|pear|berr|mango", "instruction"),
    GeneralQuestion("repeat", "Repeat after me: the door is open", r"the door is open", "instruction"),
    GeneralQuestion(
        "alphabet", "Write the first three letters of the alphabet.", r"\bA\W+B\W+C\b|\bABC\b", "instruction"
    ),
)


@dataclass(frozen=True, slots=True)
class GeneralAnswer:
    """What the model said to one general question, before (base) or after training."""

    question_id: str
    tuned: bool
    text: str
    right: bool


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Right answers before and after, with intervals, and what may be said of the difference."""

    before: Metric
    after: Metric
    difference: PairedDifference

    @property
    def sentence(self) -> str:
        """What happened to what the model could do before, in words."""
        was, now = 100 * self.before.value, 100 * self.after.value
        figures = f"{was:.0f} % of {self.before.cases} general questions before training, {now:.0f} % after"
        if self.difference.told_apart and self.difference.difference < 0:
            return f"It has forgotten: {figures}."
        if self.difference.told_apart:
            return f"It has gained on general questions: {figures}."
        return f"No forgetting can be told: {figures}."


def ask_general(
    model: Generator, *, tuned: bool, questions: Sequence[GeneralQuestion] = GENERAL_QUESTIONS
) -> Iterator[GeneralAnswer]:
    """Ask each question by itself, without any instruction; a model that fails gives a wrong, empty answer."""
    options = GenerationOptions(max_tokens=ANSWER_TOKENS)
    for question in questions:
        reply: Reply = ask(model, (Message("user", question.question),), options)
        yield GeneralAnswer(question.id, tuned, reply.text, question.is_right(reply.text))


def forgetting(answers: Sequence[GeneralAnswer], *, seed: int) -> Forgetting | None:
    """Before against after over the questions that both were asked; None where there is none."""
    before = {answer.question_id: float(answer.right) for answer in answers if not answer.tuned}
    after = {answer.question_id: float(answer.right) for answer in answers if answer.tuned}
    shared = tuple(question for question in before if question in after)
    if not shared:
        return None
    was, now = [before[one] for one in shared], [after[one] for one in shared]
    wording = Wording("before training", "after training", what="general questions")
    return Forgetting(
        _metric("before", was, shared, seed),
        _metric("after", now, shared, seed),
        paired(was, now, seed=seed, wording=wording),
    )


def _metric(name: str, values: Sequence[float], ids: tuple[str, ...], seed: int) -> Metric:
    low, high = bootstrap(values, seed=seed, share=True) or (None, None)
    return Metric(name, sum(values) / len(values), low, high, len(values), ids, tuple(values))
