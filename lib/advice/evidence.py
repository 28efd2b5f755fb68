"""What was measured about each question of Decide: facts of the last evaluation beside the answers that people give.

A measurement never answers for a person. Where it points to an answer it says so, and where it cannot tell, that too.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lib.advice.questionnaire import QUESTIONS, Question
from lib.advice.situation import Dependence, Failure, Material, PromptEffort, Risk
from lib.advice.trained_evidence import Evidence, size_of, trained_evidence
from lib.domain import ApproachName
from lib.evaluation.differences import difference
from lib.evaluation.results import Results, SetUpResults
from lib.evaluation.scoring import measure
from lib.evaluation.worth_records import Worth
from lib.records import FailureLabel
from lib.runs.approval import area_of_words

_FACTS_MISSING = (
    FailureLabel.NO_KNOWLEDGE,
    FailureLabel.NOT_IN_CORPUS,
    FailureLabel.NOT_RETRIEVED,
    FailureLabel.SPLIT,
    FailureLabel.ABSTAINED_WRONGLY,
)
FAILS: dict[Failure, tuple[FailureLabel, ...]] = {
    Failure.FACTS_MISSING: _FACTS_MISSING,
    Failure.FACTS_STALE: (FailureLabel.STALE,),
    Failure.WRONG_FORM: (FailureLabel.WRONG_FORMAT, FailureLabel.FORM_MISSED),
}
"""Which labels of single answers show which failure of a product; the others can have several causes."""

_SEEN_OFTEN = 0.1
"""The share of a set-up's answers from which a failure is named."""
_MUST_BE_RIGHT = 0.8
_AT_ONCE_MS = 1_500.0


@dataclass(frozen=True, slots=True)
class WorkspaceFacts:
    """What is known of the workspace besides the evaluation.

    Tokens of its documents and of the model's window, how many answers people approved or rated well, and what
    comparisons of its adapters on held-out rows found.
    """

    corpus_tokens: int
    window_tokens: int | None
    approved: int
    worths: tuple[Worth, ...] = ()


def evidence(found: Results | None, facts: WorkspaceFacts) -> tuple[Evidence, ...]:
    """One entry for each question of the questionnaire that something is known about, in its order.

    An evaluation in which anything was answered says something about every question.
    """
    setups = tuple(one for one in found.setups if one.asked) if found else ()
    asked = Results(found.evaluation, setups) if found and setups else None
    lines = (_line(question, asked, facts) for question in QUESTIONS)
    return tuple(line for line in lines if line is not None)


def _line(question: Question, asked: Results | None, facts: WorkspaceFacts) -> Evidence | None:
    """All that is known about one question; where one answer alone can be given, held-out rows know it best."""
    field = question.field
    parts = [_RULES[field](asked, facts)] if asked else []
    parts += [part for worth in facts.worths if (part := trained_evidence(field, worth)) is not None]
    if not parts:
        return None
    suggests = tuple(dict.fromkeys(value for part in parts for value in part.suggests))
    return Evidence(field, " ".join(part.text for part in parts), suggests if question.multiple else suggests[-1:])


def _failures(found: Results, _facts: WorkspaceFacts) -> Evidence:
    says, suggests = [], []
    for one in found.setups:
        total = len(one.asked)
        wrong = sum(count for _, count in one.failures)
        most = ", ".join(f"{label} ({count})" for label, count in one.failures[:3])
        says.append(f"{one.setup.label} failed in {wrong} of {total}" + (f": {most}." if most else "."))
        suggests += [failure for failure in FAILS if _share(one, FAILS[failure]) >= _SEEN_OFTEN]
    return Evidence("failures", " ".join(says), tuple(failure for failure in FAILS if failure in suggests))


def _prompt_effort(found: Results, _facts: WorkspaceFacts) -> Evidence:
    alone = _arm(found, ApproachName.PROMPT_ONLY)
    metric = alone.metric("correct") if alone else None
    if alone is None or metric is None:
        return Evidence("prompt_effort", "Prompt-only was not part of the evaluation.")
    prompt = alone.setup.workspace.prompt_only
    tried = bool(prompt.instruction.strip() or prompt.examples)
    right = f"Prompt-only was right in {_shown(alone, 'correct')}"
    if metric.value >= _MUST_BE_RIGHT:
        return Evidence("prompt_effort", f"{right}: prompting may be all that is needed.")
    if tried:
        return Evidence("prompt_effort", f"{right} with your prompt “{prompt.name}”.", (PromptEffort.STILL_FAILS,))
    return Evidence(
        "prompt_effort", f"{right} with the lab's own short prompt: write a strong one first.", (PromptEffort.NOT_YET,)
    )


def _dependence(found: Results, _facts: WorkspaceFacts) -> Evidence:
    alone, rag = _arm(found, ApproachName.PROMPT_ONLY), _arm(found, ApproachName.RAG)
    compared = difference("correct", alone, rag, seed=found.evaluation.seed) if alone and rag else None
    if compared is None:
        return Evidence("dependence", "Evaluate prompt-only and RAG together: their difference answers this.")
    points = (Dependence.DOCUMENTS,) if compared.told_apart and compared.difference > 0 else ()
    return Evidence("dependence", compared.sentence, points)


def _change(found: Results, _facts: WorkspaceFacts) -> Evidence:
    stale = sum(count for one in found.setups for label, count in one.failures if label == FailureLabel.STALE)
    if not stale:
        return Evidence("change", "No answer repeated an older version of a document.")
    return Evidence("change", f"{stale} answers repeated an older version of a document: facts do change here.")


def _sourcing(found: Results, _facts: WorkspaceFacts) -> Evidence:
    cited = [one for one in found.setups if one.metric("citation_precision")]
    if not cited:
        return Evidence("sourcing", "No set-up cited anything.")
    said = "; ".join(f"{one.setup.label}: {_shown(one, 'citation_precision')}" for one in cited)
    return Evidence("sourcing", f"Citations that carry their statement: {said}. Readers must check the rest.")


def _material(_found: Results, facts: WorkspaceFacts) -> Evidence:
    if facts.window_tokens is None:
        return Evidence("material", f"The documents have about {facts.corpus_tokens:,} tokens.")
    larger = facts.corpus_tokens > facts.window_tokens
    window = f"the model's window holds {facts.window_tokens:,}"
    return Evidence(
        "material",
        f"The documents have about {facts.corpus_tokens:,} tokens; {window}.",
        (Material.LARGER if larger else Material.FITS,),
    )


def _form(found: Results, _facts: WorkspaceFacts) -> Evidence:
    asked = [one for one in found.setups if one.metric("format_valid")]
    if not asked:
        return Evidence("form", "No case of the eval set asks for a form.")
    said = "; ".join(f"{one.setup.label}: {_shown(one, 'format_valid')}" for one in asked)
    return Evidence("form", f"Answers in the form that was asked for: {said}.")


def _examples(_found: Results, facts: WorkspaceFacts) -> Evidence:
    if facts.worths and not facts.approved:
        return Evidence("examples", "People approved or rated well no answer in the log.")
    size = size_of(facts.approved)
    answers = "answer" if facts.approved == 1 else "answers"
    return Evidence("examples", f"People approved or rated well {facts.approved} {answers} in the log.", (size,))


def _volume(found: Results, _facts: WorkspaceFacts) -> Evidence:
    priced = [(one, metric) for one in found.setups if (metric := one.metric("cost_usd"))]
    said = "; ".join(f"{one.setup.label}: {1000 * metric.value:.2f} USD" for one, metric in priced)
    return Evidence("volume", f"You know. A thousand requests cost {said}." if said else "You know; no price is known.")


def _latency(found: Results, _facts: WorkspaceFacts) -> Evidence:
    timed = [(one, metric) for one in found.setups if (metric := one.metric("latency_p95"))]
    if not timed:
        return Evidence("latency", "No answer came.")
    said = ", ".join(f"{_shown(one, 'latency_p50', bare=True)} ({one.setup.label})" for one, _ in timed)
    slow = any(metric.value > _AT_ONCE_MS for _, metric in timed)
    warning = " One in twenty takes longer than is felt as at once." if slow else ""
    return Evidence("latency", f"Half of the whole answers came within {said}.{warning}")


def _risks(found: Results, _facts: WorkspaceFacts) -> Evidence:
    counts = Counter(area_of_words(f"{case.question} {case.answer or ''}") for case in found.cases)
    areas = [(area, count) for area, count in counts.most_common() if area]
    if not areas:
        return Evidence("risks", "By its words, no question of the eval set touches an area that a person approves.")
    said = ", ".join(f"{area} ({count})" for area, count in areas)
    touched = {area for area, count in areas if count >= _SEEN_OFTEN * len(found.cases)}
    suggests = tuple(risk for risk in Risk if risk.value in touched)
    return Evidence("risks", f"By their words, questions of the eval set touch {said}.", suggests)


def _unmeasured(field: str) -> Callable[[Results, WorkspaceFacts], Evidence]:
    return lambda _found, _facts: Evidence(field, "An evaluation cannot tell.")


_RULES: dict[str, Callable[[Results, WorkspaceFacts], Evidence]] = {
    "failures": _failures,
    "prompt_effort": _prompt_effort,
    "dependence": _dependence,
    "change": _change,
    "sourcing": _sourcing,
    "material": _material,
    "form": _form,
    "examples": _examples,
    "volume": _volume,
    "latency": _latency,
    "budget": _unmeasured("budget"),
    "domain": _unmeasured("domain"),
    "risks": _risks,
}


def _arm(found: Results, approach: ApproachName) -> SetUpResults | None:
    """The first set-up of the approach."""
    return next((one for one in found.setups if one.setup.approach is approach), None)


def _share(one: SetUpResults, labels: Sequence[FailureLabel]) -> float:
    counts = Counter(dict(one.failures))
    return sum(counts[label] for label in labels) / len(one.asked)


def _shown(one: SetUpResults, name: str, *, bare: bool = False) -> str:
    """The figure, with its interval unless it is wanted bare."""
    metric, known = one.metric(name), measure(name)
    if metric is None:
        return "no case"
    if bare or metric.low is None or metric.high is None:
        return known.shown(metric.value)
    return f"{known.shown(metric.value)} ({known.shown(metric.low)} to {known.shown(metric.high)})"
