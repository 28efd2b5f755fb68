"""An eval case as a JSON object, the form of DESIGN.md, there and back; everything wrong with one is told at once.

`{"id", "question", "answer": "18 weeks" | null, "evidence": [{"document", "quote"}], "answerable", "tags"}`, and where
needed `"reviewed": false` and `"format": {"pattern": "..."}` or `{"json_schema": {...}}`.
"""

import json
from collections.abc import Mapping
from dataclasses import replace

from lib.evaluation.formats import format_problem
from lib.records import AnswerFormat, EvalCase, GoldEvidence
from lib.sets.json_rows import Fields, RowWrong, WrittenNumber, id_of, named, tags_of, text_of, truth_of
from lib.settings import LIMITS

FIELDS = ("id", "question", "answer", "evidence", "answerable", "tags", "reviewed", "format")
EVIDENCE_FIELDS = ("document", "quote", "start", "end")


def case_of(form: Mapping[str, object]) -> EvalCase:
    """The case that a JSON object describes; unknown fields are passed over. Raises RowWrong.

    A case without an id has the id "". Without `answerable`, one with an answer or evidence is answerable.
    """
    fields = Fields(form)
    answer = fields.take("answer", answer_of, None)
    nothing: tuple[GoldEvidence, ...] = ()
    evidence = fields.take("evidence", _evidence_of, nothing)
    case = EvalCase(
        id=fields.take("id", id_of, ""),
        question=fields.take("question", text_of, ""),
        answer=answer,
        evidence=evidence,
        answerable=fields.take("answerable", truth_of, answer is not None or bool(evidence)),
        tags=fields.take("tags", tags_of, ()),
        reviewed=fields.take("reviewed", truth_of, True),
    )
    kind, spec = fields.take("format", _format_of, (AnswerFormat.NONE, ""))
    case = replace(case, format=kind, format_spec=spec)
    wrong = fields.wrong or list(contradictions(case))
    if wrong:
        raise RowWrong(tuple(wrong))
    return case


def contradictions(case: EvalCase) -> tuple[str, ...]:
    """What is missing in a case, or does not go together."""
    wrong = []
    if not case.question:
        wrong.append("the question is missing")
    if len(case.question) > LIMITS.question_characters:
        wrong.append(f"the question has {len(case.question):,} characters, at most {LIMITS.question_characters:,}")
    if case.answerable and case.answer is None and not case.evidence:
        wrong.append("it is answerable, but has neither an answer nor evidence")
    if not case.answerable and case.answer is not None:
        wrong.append("it is not answerable, but has an answer")
    if not case.answerable and case.evidence:
        wrong.append("it is not answerable, but has evidence")
    return tuple(wrong)


def unknown_fields(form: Mapping[str, object]) -> tuple[str, ...]:
    """Names in the object, and in its evidence, that mean nothing here."""
    found = [name for name in form if name not in FIELDS]
    evidence = form.get("evidence")
    for one in evidence if isinstance(evidence, list) else ():
        if isinstance(one, dict):
            found += [f"evidence.{name}" for name in one if name not in EVIDENCE_FIELDS]
    return tuple(dict.fromkeys(found))


def form_of(case: EvalCase) -> dict[str, object]:
    """The case as a JSON object; what has its default and is no part of the plain form is left out."""
    form: dict[str, object] = {
        "id": case.id,
        "question": case.question,
        "answer": case.answer,
        "evidence": [evidence_form(evidence) for evidence in case.evidence],
        "answerable": case.answerable,
        "tags": list(case.tags),
    }
    if not case.reviewed:
        form["reviewed"] = False
    if case.format is not AnswerFormat.NONE:
        form["format"] = format_form(case)
    return form


def evidence_form(evidence: GoldEvidence) -> dict[str, object]:
    """One piece of evidence as a JSON object."""
    form: dict[str, object] = {"document": evidence.document}
    if evidence.quote:
        form["quote"] = evidence.quote
    if evidence.start is not None and evidence.end is not None:
        form |= {"start": evidence.start, "end": evidence.end}
    return form


def format_form(case: EvalCase) -> dict[str, object]:
    """The format that the case asks for, as a JSON object; empty for none."""
    if case.format is AnswerFormat.PATTERN:
        return {"pattern": case.format_spec}
    if case.format is AnswerFormat.JSON_SCHEMA:
        return {"json_schema": json.loads(case.format_spec)}
    return {}


def answer_of(value: object) -> str | None:
    """The expected answer: a number becomes its digits, an empty text None; raises ValueError for the rest."""
    if isinstance(value, WrittenNumber):
        return value.text
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text_of(value) or None


def _evidence_of(value: object) -> tuple[GoldEvidence, ...]:
    if not isinstance(value, list):
        raise ValueError(f"is {named(value)}, not a list of objects")
    return tuple(_one_evidence(one) for one in value)


def _one_evidence(value: object) -> GoldEvidence:
    if not isinstance(value, dict):
        raise ValueError(f"holds {named(value)}, not an object with document and quote")
    document, quote = text_of(value.get("document") or ""), text_of(value.get("quote") or "")
    start, end = _offset_of(value.get("start")), _offset_of(value.get("end"))
    if not document:
        raise ValueError("names no document")
    if (start is None) != (end is None) or (start is not None and end is not None and start >= end):
        raise ValueError(f"of {document[:60]!r} needs a start and an end after it, not {start} and {end}")
    if not quote and start is None:
        raise ValueError(f"of {document[:60]!r} has neither a quote nor start and end")
    return GoldEvidence(document, quote, start, end)


def _offset_of(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"start and end are whole numbers from 0, not {str(value)[:20]!r}")
    return value


def _format_of(value: object) -> tuple[AnswerFormat, str]:
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError('is not {"pattern": "..."} or {"json_schema": {...}}')
    if isinstance(pattern := value.get("pattern"), str) and pattern:
        return _checked_format(AnswerFormat.PATTERN, pattern)
    if isinstance(schema := value.get("json_schema"), dict):
        return _checked_format(AnswerFormat.JSON_SCHEMA, json.dumps(schema, ensure_ascii=False))
    raise ValueError('is not {"pattern": "..."} or {"json_schema": {...}}')


def _checked_format(kind: AnswerFormat, spec: str) -> tuple[AnswerFormat, str]:
    """As the scorer reads it."""
    problem = format_problem(EvalCase("", "", None, format=kind, format_spec=spec))
    if problem:
        raise ValueError(f"cannot be used. {problem}")
    return kind, spec
