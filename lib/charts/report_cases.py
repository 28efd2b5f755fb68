"""Every case of a report: question, what was expected, and what each set-up said."""

from collections.abc import Iterator

from lib.charts.report_page import paragraph, text
from lib.evaluation.results import RIGHT, UNJUDGED, Asked, Results
from lib.records import EvalCase, GoldEvidence


def case_sections(results: Results) -> Iterator[str]:
    """A section a case, in the order of the set, with the set-ups' answers in theirs."""
    for case in results.cases:
        answers = [
            _answer(setup.setup.label, one) for setup in results.setups for one in setup.asked if one.case.id == case.id
        ]
        yield f'<section class="case">{_expected(case)}{"".join(answers)}</section>'


def _expected(case: EvalCase) -> str:
    tags = f" · {', '.join(case.tags)}" if case.tags else ""
    wanted = case.answer if case.answer is not None else ("" if case.answerable else "to say that it does not know")
    expected = f"Expected: {wanted}" if wanted else "No expected answer is given."
    evidence = "".join(paragraph(f"Evidence in {_evidence(each)}", "soft") for each in case.evidence)
    return f"<h3>{text(case.question)}</h3>{paragraph(case.id + tags, 'soft')}{paragraph(expected)}{evidence}"


def _evidence(evidence: GoldEvidence) -> str:
    if evidence.quote:
        return f"{evidence.document}: “{evidence.quote}”"
    return f"{evidence.document}, characters {evidence.start} to {evidence.end}"


def _answer(label: str, one: Asked) -> str:
    record = one.record
    said = record.error or record.answer.text or "(nothing)"
    return (
        f'<div class="answer"><strong>{text(label)}</strong> {_mark(one)}<blockquote>{text(said)}</blockquote>'
        f"{_why(one)}{_sources(one)}</div>"
    )


def _mark(one: Asked) -> str:
    if one.outcome == RIGHT:
        return '<span class="right">✓ right</span>'
    if one.outcome == UNJUDGED:
        return '<span class="soft">not judged</span>'
    abstained = " (it abstained)" if one.record.answer.abstained else ""
    return f'<span class="wrong">✗ wrong: {text(one.outcome)}{abstained}</span>'


def _why(one: Asked) -> str:
    if one.outcome in (RIGHT, UNJUDGED) or one.record.failure is None:
        return ""
    overruled = one.heard.label
    note = f"A person put “{overruled.value}” in place of “{one.record.failure.label.value}”. " if overruled else ""
    return paragraph(note + one.record.failure.evidence, "soft")


def _sources(one: Asked) -> str:
    checks = one.record.verdicts.citations
    if not checks:
        return ""
    listed = "; ".join(
        f"[{check.citation.marker}] {check.citation.passage.chunk.document}"
        f" ({'carries the statement' if check.carries else 'does not carry the statement'})"
        for check in checks
    )
    return paragraph(f"Cites {listed}", "soft")
