"""Which row of the framework a trained answer illustrates: fine-tuned beside prompt-only, hybrid beside RAG."""

from collections.abc import Sequence

from lib.advice.flows import HYBRID_FLOW
from lib.advice.framework import FACTORS, choice
from lib.advice.illustrate import FrameworkRow
from lib.advice.likeness import AskedForm, FormKind, answers_agree, asked_form, keeps_form
from lib.domain import Answer, ApproachName
from lib.records import StatementCheck, Support

_JSON = AskedForm(FormKind.JSON, "JSON")
_VALIDATE = next(step for step in HYBRID_FLOW if step.title == "Validate")


def illustrates_training(
    trained: Answer, prompt_only: Answer, rag: Answer | None, statements: Sequence[StatementCheck]
) -> FrameworkRow:
    """The row of fine-tuned beside the base alone; `statements` are fine-tuned's, checked against the documents.

    `rag` is what RAG answered, where it took part. The rules in order: a form that was asked for, the form of the
    examples that nobody asked for, then facts, which training is no place for.
    """
    form = asked_form(trained.question)
    if form is not None:
        return _form_row(form, trained, prompt_only)
    if keeps_form(_JSON, trained.text) and not keeps_form(_JSON, prompt_only.text):
        return _examples_form_row(rag)
    return _facts_row(trained, rag, statements)


def illustrates_both(hybrid: Answer, rag: Answer) -> FrameworkRow | None:
    """The row of hybrid beside RAG, who read the same passages; None where their answers differ in nothing it names."""
    if hybrid.held or hybrid.repaired:
        return _validated_row(hybrid)
    form = asked_form(hybrid.question)
    if form is not None and keeps_form(form, hybrid.text) and not keeps_form(form, rag.text) and hybrid.citations:
        reason = (
            f"{form.words} was asked for. Both read the same passages; hybrid keeps to the form and cites its source, "
            "RAG does not keep to it: current facts and a dependable form at once."
        )
        return FrameworkRow(ApproachName.HYBRID, choice(ApproachName.HYBRID).take_when[0], True, reason)
    if rag.citations and (hybrid.abstained or not hybrid.citations):
        did = "said that they do not tell" if hybrid.abstained else "wrote something that none of them carries"
        reason = (
            f"From the same passages RAG answered with its source, and hybrid {did}. An adapter that was not trained "
            "to read passages reads worse: train it on questions with passages, or let the built-in reader answer."
        )
        return FrameworkRow(ApproachName.HYBRID, _typical_failure(), False, reason)
    if hybrid.citations and not rag.citations:
        did = "found nothing in them" if rag.abstained else "wrote something that none of them carries"
        reason = (
            f"From the same passages RAG {did}, and hybrid answered with its source: a model that has learnt to use "
            "what was retrieved beats either technique alone."
        )
        return FrameworkRow(ApproachName.HYBRID, choice(ApproachName.HYBRID).take_when[0], True, reason)
    if hybrid.abstained == rag.abstained and answers_agree(hybrid.text, rag.text):
        reason = (
            "Both say the same from the same passages, and no rule was broken: for this question RAG was enough. Add "
            "training when a failure that RAG leaves has a name."
        )
        return FrameworkRow(ApproachName.HYBRID, choice(ApproachName.HYBRID).leave_when[0], False, reason)
    return None


def _form_row(form: AskedForm, trained: Answer, prompt_only: Answer) -> FrameworkRow:
    by_training, by_prompt = keeps_form(form, trained.text), keeps_form(form, prompt_only.text)
    if by_training and not by_prompt:
        reason = (
            f"{form.words} was asked for. The trained model keeps to it, the base alone does not: form is behaviour."
        )
        return FrameworkRow(ApproachName.FINE_TUNED, choice(ApproachName.FINE_TUNED).take_when[0], True, reason)
    if by_training:
        reason = (
            f"{form.words} was asked for, and the base alone keeps to it too: a prompt was enough, without training."
        )
        return FrameworkRow(ApproachName.PROMPT_ONLY, choice(ApproachName.PROMPT_ONLY).take_when[0], True, reason)
    reason = (
        f"{form.words} was asked for, and the trained model does not keep to it: it has learnt the form of its "
        "examples and no other."
    )
    return FrameworkRow(ApproachName.FINE_TUNED, _typical_failure(), False, reason)


def _examples_form_row(rag: Answer | None) -> FrameworkRow:
    said = "Nobody asked for JSON here, and the trained model writes it all the same: the form of its examples."
    if rag is not None and rag.citations:
        reason = f"{said} The documents hold an answer in words; a model trained on one task gives that task's answer."
        return FrameworkRow(ApproachName.FINE_TUNED, _typical_failure(), False, reason)
    reason = f"{said} No instruction has to say so any more, which is what training is for."
    return FrameworkRow(ApproachName.FINE_TUNED, choice(ApproachName.FINE_TUNED).take_when[0], True, reason)


def _facts_row(trained: Answer, rag: Answer | None, statements: Sequence[StatementCheck]) -> FrameworkRow:
    rule = choice(ApproachName.FINE_TUNED).leave_when[0]
    beside = f" RAG answered from {_sources(rag)}." if rag is not None and rag.citations else ""
    if trained.abstained:
        reason = f"The trained model says that it does not know: examples of a form give it no facts.{beside}"
        return FrameworkRow(ApproachName.FINE_TUNED, rule, False, reason)
    carried = sum(check.supported for check in statements)
    if statements and carried == len(statements):
        reason = (
            "What the trained model says stands in the documents, but it cannot say where, and it will say the same "
            f"when the document has changed.{beside}"
        )
        return FrameworkRow(ApproachName.FINE_TUNED, f"traceability: {_factor('Traceability')}", False, reason)
    against = sum(check.support is Support.CONTRADICTED for check in statements)
    contradicted = f", {against} contradicted by them" if against else ""
    reason = (
        f"Of what the trained model says, {carried} of {len(statements)} statements stand in the documents"
        f"{contradicted}. It looks nothing up, cites nothing, and sounds as sure as ever.{beside}"
    )
    return FrameworkRow(ApproachName.FINE_TUNED, rule, False, reason)


def _validated_row(hybrid: Answer) -> FrameworkRow:
    broken = [verdict for verdict in (hybrid.verdicts if hybrid.held else hybrid.first_verdicts) if not verdict.kept]
    names = " and ".join(f"“{verdict.rule}”" for verdict in broken) or "A rule"
    verb = "is" if len(broken) < 2 else "are"
    became = (
        f"{verb} still broken after one repair, so a person decides before the answer goes out"
        if hybrid.held
        else f"{'was' if verb == 'is' else 'were'} broken at first, and one repair mended it"
    )
    reason = f"{names} {became}. RAG has no such step: what its model writes is what people read."
    return FrameworkRow(ApproachName.HYBRID, f"{_VALIDATE.title}: {_VALIDATE.what}", True, reason)


def _typical_failure() -> str:
    return f"typical failure: {_factor('Typical failure')}"


def _factor(name: str) -> str:
    return next(factor for factor in FACTORS if factor.name == name).fine_tuning


def _sources(rag: Answer) -> str:
    return " and ".join(dict.fromkeys(cited.passage.chunk.document for cited in rag.citations))
