"""The decision framework as values: what each choice is for, how RAG and fine-tuning differ, where each is used.

Only content, no rules: the rules that turn a situation into advice are in `lib.advice.rules`.
"""

from dataclasses import dataclass
from typing import Literal

from lib.domain import ApproachName

Screen = Literal[
    "documents", "chunks", "retrieve", "ask", "compare", "evaluate", "fine_tune", "runs", "decide", "models"
]
"""A page of the app, by the name in its address."""

THE_QUESTION = "Which failure are we fixing?"

THE_IDEA = (
    "Retrieval changes what a model can *see* while it answers. Fine-tuning changes how it *behaves*. "
    "One is an exam with the book open, the other is studying beforehand: the open book wins while the syllabus "
    "keeps changing, studying wins where the subject holds still and the form of the answer is what counts."
)

THE_ORDER = (
    "Start with the simplest version that could work: a strong prompt, a few documents, citations, and a person who "
    "reads the answers. Move on only when failures you have seen point somewhere, and add a second technique only "
    "after naming the failure that the first one leaves."
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the four ways to build it: when it is right and when it is not."""

    approach: ApproachName
    title: str
    take_when: tuple[str, ...]
    leave_when: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """One line of the side-by-side table."""

    name: str
    rag: str
    fine_tuning: str


@dataclass(frozen=True, slots=True)
class TypicalUse:
    """Products for which a choice is the usual one."""

    approach: ApproachName
    examples: tuple[str, ...]


CHOICES = (
    Choice(
        ApproachName.PROMPT_ONLY,
        "Prompt only, with a small tool or fixed steps where they help",
        take_when=(
            "the task is simple and little is at stake",
            "nothing private or current is needed, or it fits into the prompt",
            "one live value is missing, and a tool call can look it up",
        ),
        leave_when=(
            "facts are missing from the answers",
            "the prompt keeps growing with rules that are still not kept",
        ),
    ),
    Choice(
        ApproachName.RAG,
        "RAG: retrieve, then answer",
        take_when=(
            "the answer stands in documents that are private, too long for the prompt, or changed weekly or faster",
            "people must see the sources, or an auditor will ask for them",
            "there is no budget for training",
        ),
        leave_when=("the facts are there, and form, tone, category or routing is what goes wrong",),
    ),
    Choice(
        ApproachName.FINE_TUNED,
        "Fine-tuning: train the behaviour",
        take_when=(
            "the model has the facts and keeps missing one repeated behaviour: a schema, a voice, a taxonomy, "
            "the choice of a tool, a compliance form",
            "the volume is high enough for a shorter prompt to pay",
            "a narrow domain that holds still needs better reasoning, as in a legal or medical speciality",
        ),
        leave_when=(
            "the wish is that it should know our latest facts: trained facts go stale, cannot be cited, "
            "and invite confident invention",
        ),
    ),
    Choice(
        ApproachName.HYBRID,
        "Hybrid: a tuned model that reads what was retrieved",
        take_when=(
            "the product needs current facts and a dependable form at once, and both failures have been seen and named",
        ),
        leave_when=("its main merit is that it sounds advanced",),
    ),
)

FACTORS = (
    Factor("Best at", "current and private knowledge, with citations", "behaviour, style, form, repeated patterns"),
    Factor(
        "Updating",
        "replace the document, index it again; live at once",
        "new examples, a new training run, then checking, deploying and watching it",
    ),
    Factor("Traceability", "strong, if the citations are built well", "weak: what it knows is spread over its weights"),
    Factor("Data needed", "the documents you already have", "clean examples that agree with each other"),
    Factor(
        "Typical failure",
        "the wrong passage, a missing one, or noise around the right one",
        "overfitting, mistakes learned for good, brittleness off the beaten track",
    ),
    Factor("Latency", "one more step, the search", "usually one model call, with a shorter prompt"),
    Factor(
        "Upkeep",
        "a pipeline for knowledge and a set of test questions",
        "a training set, versions of the model, and tests that catch what a new one breaks",
    ),
    Factor(
        "Cost",
        "search and indexing, for as long as it runs",
        "preparing data, training, evaluating, deploying; after that, cheaper prompts",
    ),
    Factor("First prototype?", "yes, if documents matter", "seldom, unless the gap in behaviour is plain"),
)

TYPICAL_USES = (
    TypicalUse(
        ApproachName.PROMPT_ONLY, ("drafting and rewording", "summaries of one pasted text", "order status by tool")
    ),
    TypicalUse(
        ApproachName.RAG,
        (
            "support assistants",
            "policy search",
            "legal research",
            "finding literature",
            "finance documents",
            "developer documentation",
            "sales enablement",
        ),
    ),
    TypicalUse(
        ApproachName.FINE_TUNED,
        (
            "always this schema",
            "replies in this voice",
            "our own categories",
            "the right workflow for each request",
            "messy records made uniform",
        ),
    ),
    TypicalUse(
        ApproachName.HYBRID,
        (
            "support: today's policy in the house tone",
            "legal: the case file as a memo",
            "coding: internal documentation in the house style",
        ),
    ),
)


def choice(approach: ApproachName) -> Choice:
    """The framework's line on one of the four approaches; KeyError for any other."""
    return {line.approach: line for line in CHOICES}[approach]
