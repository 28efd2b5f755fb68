"""Which row of the framework one compared question illustrates, and why: prompt-only beside RAG, with their values.

A ready question brings a label of what it was chosen to show; the answers decide whether it really shows it. A
question of the person's own is read from the answers alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lib.advice.framework import FACTORS, choice
from lib.advice.likeness import AskedForm, answers_agree, asked_form, keeps_form
from lib.domain import Answer, ApproachName
from lib.records import StatementCheck, Support


class Shows(StrEnum):
    """What a ready question was chosen to show."""

    PRIVATE_FACT = "private fact"
    CHANGED_FACT = "changed fact"
    NOT_IN_CORPUS = "not in the corpus"
    GENERAL_KNOWLEDGE = "general knowledge"
    FORMAT_REQUEST = "format request"


@dataclass(frozen=True, slots=True)
class FrameworkRow:
    """A row of the framework as this example illustrates it.

    `approach` is whose row it is, `rule` the framework's words, `take` whether they say to take it or to leave it,
    `reason` one or two sentences with what these two answers were.
    """

    approach: ApproachName
    rule: str
    take: bool
    reason: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the rules look at, read once from the two answers."""

    prompt_only: Answer
    rag: Answer
    supported: int
    contradicted: int
    statements: int
    agree: bool
    form: AskedForm | None

    @property
    def found(self) -> bool:
        """Whether RAG answered from the documents."""
        return not self.rag.abstained

    @property
    def on_its_own(self) -> bool:
        """Whether prompt-only claimed something that the documents do not say."""
        return not self.prompt_only.abstained and self.supported < self.statements


def illustrates(
    prompt_only: Answer, rag: Answer, ready: str | None, statements: Sequence[StatementCheck]
) -> FrameworkRow:
    """The row that this question illustrates; `statements` are prompt-only's, checked against the documents.

    `ready` is the label of a ready question, None (or a label not known) for the person's own. The rules in order: a
    form asked for, nothing found, nothing needed, then facts that only the documents hold.
    """
    seen = _Seen(
        prompt_only,
        rag,
        sum(check.supported for check in statements),
        sum(check.support is Support.CONTRADICTED for check in statements),
        len(statements),
        answers_agree(prompt_only.text, rag.text) and not prompt_only.abstained and not rag.abstained,
        asked_form(prompt_only.question),
    )
    if ready == Shows.FORMAT_REQUEST or seen.form is not None:
        return _form_row(seen)
    if ready == Shows.GENERAL_KNOWLEDGE:
        return _general_row(seen)
    if not seen.found:
        missed = ready in (Shows.PRIVATE_FACT, Shows.CHANGED_FACT)
        return _missed_row(seen) if missed else _not_found_row(seen)
    if not rag.citations:
        return _unsourced_row(seen)
    if seen.agree and not seen.on_its_own:
        return _prompt_was_enough_row(seen, ready)
    return _changed_row(seen) if ready == Shows.CHANGED_FACT else _private_row(seen)


def _form_row(seen: _Seen) -> FrameworkRow:
    rule = choice(ApproachName.RAG).leave_when[0]
    if seen.form is None:
        reason = (
            "The question asks for a form. Both columns get the same model and the same habit of writing; the "
            "passages change what it can see, not how it puts it."
        )
        return FrameworkRow(ApproachName.RAG, rule, take=False, reason=reason)
    kept = keeps_form(seen.form, seen.prompt_only.text), keeps_form(seen.form, seen.rag.text)
    if all(kept):
        reason = f"{seen.form.words} was asked for, and both answers keep to it: a prompt was enough for the form."
        return FrameworkRow(ApproachName.PROMPT_ONLY, choice(ApproachName.PROMPT_ONLY).take_when[0], True, reason)
    which = {
        (False, False): "neither answer keeps to it, with passages or without",
        (True, False): "prompt-only keeps to it and RAG does not",
        (False, True): "RAG keeps to it and prompt-only does not",
    }[kept]
    reason = (
        f"{seen.form.words} was asked for, and {which}. Form is behaviour: try a stricter instruction with an example "
        "first, then structured output, then fine-tuning."
    )
    return FrameworkRow(ApproachName.RAG, rule, take=False, reason=reason)


def _general_row(seen: _Seen) -> FrameworkRow:
    rule = choice(ApproachName.PROMPT_ONLY).take_when[1]
    if seen.prompt_only.abstained:
        said = "a model that does not know it is too small for the question, not short of documents"
    elif not seen.found:
        said = "RAG found nothing in the documents and said so"
    elif seen.agree:
        said = "both answers say the same"
    else:
        said = f"RAG read {_count(len(seen.rag.passages), 'passage')} to answer it"
    reason = (
        f"The question needs nothing private or current: {said}. Retrieval took "
        f"{_milliseconds(seen.rag.timings.retrieve)} and added nothing that the answer needs."
    )
    return FrameworkRow(ApproachName.PROMPT_ONLY, rule, True, reason)


def _not_found_row(seen: _Seen) -> FrameworkRow:
    if seen.prompt_only.abstained:
        reason = "Both said that they do not know: the documents do not hold the answer, and nothing was invented."
        return FrameworkRow(ApproachName.RAG, choice(ApproachName.RAG).take_when[1], True, reason)
    reason = (
        f"RAG read {_count(len(seen.rag.passages), 'passage')}, found no answer and said so. Prompt-only answered all "
        f"the same, and {_standing(seen)}: only an answer tied to sources can tell that they are silent."
    )
    return FrameworkRow(ApproachName.RAG, choice(ApproachName.RAG).take_when[1], True, reason)


def _missed_row(seen: _Seen) -> FrameworkRow:
    reason = (
        f"The documents hold this fact, but RAG read {_count(len(seen.rag.passages), 'passage')} and did not find it "
        "there. Mend retrieval first: look at Retrieve, at the chunk size, at top-k."
    )
    return FrameworkRow(ApproachName.RAG, _typical_failure(), False, reason)


def _unsourced_row(seen: _Seen) -> FrameworkRow:
    reason = (
        f"RAG was handed {_count(len(seen.rag.passages), 'passage')}, but nothing that the model read says what it "
        "wrote: there is no source to cite. Look at the passages first; if the answer stands there, a bigger model or "
        "one that only quotes would have found it."
    )
    return FrameworkRow(ApproachName.RAG, _typical_failure(), False, reason)


def _typical_failure() -> str:
    return f"typical failure: {next(factor for factor in FACTORS if factor.name == 'Typical failure').rag}"


def _prompt_was_enough_row(seen: _Seen, ready: str | None) -> FrameworkRow:
    label = f" The question was chosen to show a {ready}; with this model it does not." if ready in tuple(Shows) else ""
    reason = f"Both answers agree, and of prompt-only's own {_standing(seen)}: here the prompt was enough.{label}"
    return FrameworkRow(ApproachName.PROMPT_ONLY, choice(ApproachName.PROMPT_ONLY).take_when[1], True, reason)


def _changed_row(seen: _Seen) -> FrameworkRow:
    reason = (
        f"The fact has changed over time. RAG answered from {_sources(seen)}, which can be replaced today; "
        f"{_prompt_only_said(seen)}. A fact trained into the weights would go stale the same way."
    )
    return FrameworkRow(ApproachName.RAG, choice(ApproachName.RAG).take_when[0], True, reason)


def _private_row(seen: _Seen) -> FrameworkRow:
    reason = (
        f"RAG answered from {_sources(seen)}; {_prompt_only_said(seen)}. The fact stands in documents that the model "
        "has never read, so it has to see them when it answers."
    )
    return FrameworkRow(ApproachName.RAG, choice(ApproachName.RAG).take_when[0], True, reason)


def _prompt_only_said(seen: _Seen) -> str:
    if seen.prompt_only.abstained:
        return "prompt-only said that it does not know"
    return f"of prompt-only's answer, {_standing(seen)}"


def _standing(seen: _Seen) -> str:
    """How many of prompt-only's statements the documents carry, as the rest of a sentence."""
    if seen.statements == 0:
        return "none of it is a statement that could be checked"
    verb = "stands" if seen.supported == 1 else "stand"
    against = f", and they contradict {seen.contradicted}" if seen.contradicted else ""
    return f"{seen.supported} of {_count(seen.statements, 'statement')} {verb} in the documents{against}"


def _sources(seen: _Seen) -> str:
    cited = [citation.passage.chunk.document for citation in seen.rag.citations]
    names = tuple(dict.fromkeys(cited or [passage.chunk.document for passage in seen.rag.passages[:1]]))
    return " and ".join(names[:2]) if names else "the documents"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _milliseconds(ms: float | None) -> str:
    return "no time to speak of" if ms is None else f"{ms:.0f} ms"
