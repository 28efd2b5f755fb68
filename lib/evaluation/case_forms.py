"""An eval case as a JSON object, the form of DESIGN.md, there and back; everything wrong with one is told at once.

`{"id", "question", "answer": "18 weeks" | null, "evidence": [{"document", "quote"}], "answerable", "tags"}`, and where
needed `"reviewed": false` and `"format": {"pattern": "..."}` or `{"json_schema": {...}}`.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from lib.evaluation.formats import format_problem
from lib.records import AnswerFormat, EvalCase, GoldEvidence
from lib.settings import LIMITS

T = TypeVar("T")

FIELDS = ("id", "question", "answer", "evidence", "answerable", "tags", "reviewed", "format")
EVIDENCE_FIELDS = ("document", "quote", "start", "end")
_LONGEST_ID = 200


class CaseWrong(ValueError):
    """All that is wrong with one case, each in a few words that can follow "Line 3: "."""

    def __init__(self, wrong: tuple[str, ...]) -> None:
        super().__init__("; ".join(wrong))
        self.wrong = wrong


class WrittenNumber(float):
    """A decimal number with the digits that it was written with: an answer of 18.50 stays 18.50."""

    text: str

    def __new__(cls, text: str) -> "WrittenNumber":
        """Raises ValueError for one that no float can hold."""
        number = super().__new__(cls, text)
        if not math.isfinite(number):
            raise ValueError(f"the number {text[:20]} is too large")
        number.text = text
        return number


def object_in(line: str) -> Mapping[str, object]:
    """The JSON object in a line; raises CaseWrong for anything else, NaN and keys that come twice included."""
    try:
        value = json.loads(
            line, parse_float=WrittenNumber, parse_constant=_refuse_constant, object_pairs_hook=_without_doubles
        )
        if "\\ud" in line.lower():
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise CaseWrong(("holds half of a character (a lone surrogate)",)) from error
    except json.JSONDecodeError as error:
        raise CaseWrong((f"is not JSON: {error.msg.lower()} at character {error.pos + 1}",)) from error
    except (ValueError, RecursionError) as error:
        said = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise CaseWrong((f"cannot be read: {said}",)) from error
    if not isinstance(value, dict):
        raise CaseWrong((f"holds {_named(value)}, not an object in braces {{...}}",))
    return value


def case_of(form: Mapping[str, object]) -> EvalCase:
    """The case that a JSON object describes; unknown fields are passed over. Raises CaseWrong.

    A case without an id has the id "". Without `answerable`, one with an answer or evidence is answerable.
    """
    fields = _Fields(form)
    answer = fields.take("answer", answer_of, None)
    nothing: tuple[GoldEvidence, ...] = ()
    evidence = fields.take("evidence", _evidence_of, nothing)
    case = EvalCase(
        id=fields.take("id", _id_of, ""),
        question=fields.take("question", text_of, ""),
        answer=answer,
        evidence=evidence,
        answerable=fields.take("answerable", _truth_of, answer is not None or bool(evidence)),
        tags=fields.take("tags", _tags_of, ()),
        reviewed=fields.take("reviewed", _truth_of, True),
    )
    kind, spec = fields.take("format", _format_of, (AnswerFormat.NONE, ""))
    case = replace(case, format=kind, format_spec=spec)
    wrong = fields.wrong or list(contradictions(case))
    if wrong:
        raise CaseWrong(tuple(wrong))
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


def text_of(value: object) -> str:
    """A text without white space around it; raises ValueError for anything that is none."""
    if not isinstance(value, str):
        raise ValueError(f"is {_named(value)}, not a text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds half of a character (a lone surrogate)") from error
    return value.strip()


def answer_of(value: object) -> str | None:
    """The expected answer: a number becomes its digits, an empty text None; raises ValueError for the rest."""
    if isinstance(value, WrittenNumber):
        return value.text
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text_of(value) or None


class _Fields:
    """The fields of an object as they are read one by one; what is wrong with them collects in `wrong`."""

    def __init__(self, form: Mapping[str, object]) -> None:
        self._form = form
        self.wrong: list[str] = []

    def take(self, name: str, read: Callable[[object], T], default: T) -> T:
        """The field's value; `default` where it is missing, null or wrong."""
        value = self._form.get(name)
        if value is None:
            return default
        try:
            return read(value)
        except ValueError as error:
            self.wrong.append(f"{name} {error}")
            return default


def _id_of(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    found = " ".join(text_of(value).split())
    if len(found) > _LONGEST_ID:
        raise ValueError(f"has {len(found):,} characters, at most {_LONGEST_ID}")
    return found


def _truth_of(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"is {_named(value)}, not true or false")
    return value


def _tags_of(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"is {_named(value)}, not a list of texts")
    tags = [text_of(tag) for tag in value]
    if any(";" in tag for tag in tags):
        raise ValueError("holds a tag with a semicolon, which separates tags in CSV")
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _evidence_of(value: object) -> tuple[GoldEvidence, ...]:
    if not isinstance(value, list):
        raise ValueError(f"is {_named(value)}, not a list of objects")
    return tuple(_one_evidence(one) for one in value)


def _one_evidence(value: object) -> GoldEvidence:
    if not isinstance(value, dict):
        raise ValueError(f"holds {_named(value)}, not an object with document and quote")
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


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no value that JSON knows; use null or a text in quotes")


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {double[:40]!r} stands twice")
    return found


def _named(value: object) -> str:
    """What a JSON value is, in words."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    kinds = {str: "a text", list: "a list", dict: "an object", int: "a number", WrittenNumber: "a number"}
    return kinds.get(type(value), "something else")
