"""Whether a text has a form that was asked for: a regular expression, or a JSON schema given as JSON text.

Nothing here fetches anything, runs for ever or raises for what a model writes.
"""

import json
from collections.abc import Iterator
from typing import Any

MAX_CHARACTERS = 100_000
"""A longer text has no valid form."""
PATTERN_TIMEOUT_S = 0.5
"""A pattern that takes longer (its kind can take for ever on a short text) counts as not matched."""
_LONGEST_REASON = 200


def pattern_problem(pattern: str) -> str:
    """Why this is no regular expression, for people; "" for one that is."""
    import regex

    try:
        regex.compile(pattern)
    except regex.error as error:
        return f"The pattern is not a regular expression: {error}."
    return ""


def schema_problem(schema: str) -> str:
    """Why this is no JSON schema, for people; "" for one that is."""
    from jsonschema.exceptions import SchemaError

    try:
        _validator(schema)
    except json.JSONDecodeError as error:
        return f"The schema is not JSON: {error}."
    except (SchemaError, RecursionError) as error:
        return f"This is no JSON schema: {getattr(error, 'message', 'it is nested too deeply')}."
    return ""


def fits_pattern(pattern: str, text: str) -> bool:
    """Whether the whole text matches; a pattern that takes too long does not."""
    import regex

    if len(text) > MAX_CHARACTERS:
        return False
    try:
        return regex.fullmatch(pattern, text, timeout=PATTERN_TIMEOUT_S) is not None
    except TimeoutError:
        return False


def schema_fault(schema: str, text: str) -> str:
    """The first thing that keeps the whole text from being JSON of the schema, in words; "" where nothing does.

    Neither words around the JSON, nor a code fence, nor NaN are part of it.
    """
    from jsonschema.exceptions import best_match
    from referencing.exceptions import Unresolvable

    if len(text) > MAX_CHARACTERS:
        return f"it has {len(text):,} characters, at most {MAX_CHARACTERS:,} are read"
    try:
        value = json.loads(text, parse_constant=_refuse)
        fault = best_match(_validator(schema).iter_errors(value))
    except json.JSONDecodeError as error:
        return f"it is not JSON: {error.msg.lower()} at character {error.pos + 1}"
    except (RecursionError, OverflowError, ValueError):
        return "it is no JSON that can be read"
    except TimeoutError:
        return "a pattern of the schema took too long"
    except Unresolvable:
        return "the schema refers to another one that is not in it"
    return "" if fault is None else _told(fault)


def _told(fault: Any) -> str:
    where = ".".join(str(step) for step in fault.absolute_path)
    said = f"at {where}: {fault.message}" if where else str(fault.message)
    return said if len(said) <= _LONGEST_REASON else f"{said[: _LONGEST_REASON - 1]}…"


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _validator(schema: str) -> Any:
    """A validator that fetches nothing and whose patterns cannot run for ever. Raises SchemaError, JSONDecodeError."""
    from jsonschema import Draft202012Validator, FormatChecker, validators
    from referencing import Registry

    read = json.loads(schema)
    kind = validators.validator_for(read, default=Draft202012Validator)
    # The schema of schemas knows which of its texts are patterns; only their kind is looked at.
    checker = FormatChecker(formats=())
    checker.checks("regex", raises=ValueError)(_is_pattern)
    kind.check_schema(read, format_checker=checker)  # type: ignore[call-arg]
    checks = {"pattern": _pattern, "patternProperties": _pattern_properties}
    bounded = validators.extend(kind, checks)  # type: ignore[no-untyped-call]
    return bounded(read, registry=Registry())


def _is_pattern(value: object) -> bool:
    if isinstance(value, str) and (problem := pattern_problem(value)):
        raise ValueError(problem)
    return True


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
