"""Whether an answer has the form that its case asks for: a regular expression or a JSON schema."""

from lib.evaluation.normal_words import without_markers
from lib.forms import fits_pattern, pattern_problem, schema_fault, schema_problem
from lib.records import AnswerFormat, EvalCase


def format_problem(case: EvalCase) -> str:
    """Why the form that the case asks for cannot be checked, for people; "" where it can, or none is asked for."""
    if case.format is AnswerFormat.PATTERN:
        return pattern_problem(case.format_spec)
    return schema_problem(case.format_spec) if case.format is AnswerFormat.JSON_SCHEMA else ""


def format_valid(case: EvalCase, text: str) -> bool | None:
    """Whether the whole answer has the form asked for, as it is written or without its citation markers.

    None where the case asks for none, or for one that cannot be read (`format_problem` says why). JSON must be the
    whole answer: neither words around it, nor a code fence, nor NaN. Space around an answer does not count.
    """
    if case.format is AnswerFormat.NONE or format_problem(case):
        return None
    written = text.strip()
    return any(_fits(case, each) for each in (written, without_markers(written).strip()))


def _fits(case: EvalCase, text: str) -> bool:
    if case.format is AnswerFormat.PATTERN:
        return fits_pattern(case.format_spec, text)
    return not schema_fault(case.format_spec, text)
