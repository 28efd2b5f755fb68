"""Whether an answer has the form that its case asks for: a regular expression or a JSON schema."""

import json
from collections.abc import Iterator
from typing import Any

from lib.evaluation.normal_words import without_markers
from lib.records import AnswerFormat, EvalCase

MAX_CHARACTERS = 100_000
"""A longer answer has no valid form."""
PATTERN_TIMEOUT_S = 0.5
"""A pattern that takes longer (its kind can take for ever on a short text) counts as not matched."""


def format_problem(case: EvalCase) -> str:
    """Why the form that the case asks for cannot be checked, for people; "" where it can, or none is asked for."""
    try:
        _check_spec(case)
    except ValueError as error:
        return str(error)
    return ""


def format_valid(case: EvalCase, text: str) -> bool | None:
    """Whether the whole answer has the form asked for, as it is written or without its citation markers.

    None where the case asks for none, or for one that cannot be read (`format_problem` says why). JSON must be the
    whole answer: neither words around it, nor a code fence, nor NaN. Space around an answer does not count.
    """
    if case.format is AnswerFormat.NONE or format_problem(case):
        return None
    fits = _fits_pattern if case.format is AnswerFormat.PATTERN else _fits_schema
    written = text.strip()
    if len(written) > MAX_CHARACTERS:
        return False
    return fits(case.format_spec, written) or fits(case.format_spec, without_markers(written).strip())


def _check_spec(case: EvalCase) -> None:
    if case.format is AnswerFormat.PATTERN:
        import regex

        try:
            regex.compile(case.format_spec)
        except regex.error as error:
            raise ValueError(f"The pattern is not a regular expression: {error}.") from error
    elif case.format is AnswerFormat.JSON_SCHEMA:
        from jsonschema.exceptions import SchemaError

        try:
            _validator(case.format_spec)
        except json.JSONDecodeError as error:
            raise ValueError(f"The schema is not JSON: {error}.") from error
        except (SchemaError, RecursionError) as error:
            reason = getattr(error, "message", "it is nested too deeply")
            raise ValueError(f"This is no JSON schema: {reason}.") from error


def _fits_pattern(pattern: str, text: str) -> bool:
    import regex

    try:
        return regex.fullmatch(pattern, text, timeout=PATTERN_TIMEOUT_S) is not None
    except TimeoutError:
        return False


def _fits_schema(schema: str, text: str) -> bool:
    from referencing.exceptions import Unresolvable

    try:
        return bool(_validator(schema).is_valid(json.loads(text, parse_constant=_refuse)))
    except (ValueError, RecursionError, OverflowError, TimeoutError, Unresolvable):
        return False


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _validator(schema: str) -> Any:
    """A validator that fetches nothing and whose patterns cannot run for ever. Raises SchemaError, JSONDecodeError."""
    from jsonschema import Draft202012Validator, validators
    from referencing import Registry

    read = json.loads(schema)
    kind = validators.validator_for(read, default=Draft202012Validator)
    kind.check_schema(read)
    checks = {"pattern": _pattern, "patternProperties": _pattern_properties}
    bounded = validators.extend(kind, checks)  # type: ignore[no-untyped-call]
    return bounded(read, registry=Registry())


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Any]:  # noqa: ARG001
    from jsonschema.exceptions import ValidationError

    if isinstance(instance, str) and not _found(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: Any, instance: Any, schema: Any) -> Iterator[Any]:  # noqa: ARG001
    if isinstance(instance, dict):
        for pattern, subschema in patterns.items():
            for key, value in instance.items():
                if _found(pattern, key):
                    yield from validator.descend(value, subschema, path=key, schema_path=pattern)


def _found(pattern: str, text: str) -> bool:
    import regex

    return regex.search(pattern, text, timeout=PATTERN_TIMEOUT_S) is not None
