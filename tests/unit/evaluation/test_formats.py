"""A form that is asked for is checked wholly, safely, and never crashes on what people or models write."""

import json

import pytest

from lib import forms
from lib.evaluation.formats import format_problem, format_valid
from lib.records import AnswerFormat, EvalCase

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"days": {"type": "integer"}, "code": {"type": "string", "pattern": "^[A-Z]+$"}},
        "required": ["days"],
        "additionalProperties": False,
    }
)


def pattern(spec: str) -> EvalCase:
    return EvalCase("1", "q", "a", format=AnswerFormat.PATTERN, format_spec=spec)


def schema(spec: str) -> EvalCase:
    return EvalCase("1", "q", "a", format=AnswerFormat.JSON_SCHEMA, format_spec=spec)


def test_a_case_that_asks_for_no_form_has_none_to_check() -> None:
    assert format_valid(EvalCase("1", "q", "a"), "anything") is None


@pytest.mark.parametrize(
    ("text", "valid"),
    [("2026-05-31", True), (" 2026-05-31\n", True), ("2026-05-31 [1]", True), ("on 2026-05-31", False), ("", False)],
)
def test_the_whole_answer_must_match_the_pattern(text: str, valid: bool) -> None:
    assert format_valid(pattern(r"\d{4}-\d\d-\d\d"), text) is valid


def test_a_pattern_that_asks_for_brackets_gets_them() -> None:
    assert format_valid(pattern(r".* \[1\]"), "So it is. [1]") is True


def test_a_pattern_that_would_run_for_ever_counts_as_not_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "PATTERN_TIMEOUT_S", 0.05)
    assert format_valid(pattern("(a|aa|aaa)+(x+x+)+y"), "a" * 5_000 + "x" * 5_000) is False


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ('{"days": 10}', True),
        ('{"days": 10, "code": "AB"} [1]', True),
        ('{"days": 10, "code": "ab"}', False),
        ('{"days": "10"}', False),
        ('{"days": 10, "more": 1}', False),
        ('```json\n{"days": 10}\n```', False),
        ('The answer is {"days": 10}', False),
        ('{"days": NaN}', False),
        ("", False),
        ("[" * 50_000, False),
        (f'{{"days": {"9" * 6000}}}', False),
    ],
)
def test_the_whole_answer_must_be_json_that_keeps_the_schema(text: str, valid: bool) -> None:
    assert format_valid(schema(SCHEMA), text) is valid


def test_a_json_list_of_numbers_is_not_taken_for_citation_markers() -> None:
    assert format_valid(schema('{"type": "object", "properties": {"a": {"type": "array"}}}'), '{"a": [1]}') is True
    assert format_valid(schema('{"type": "array", "minItems": 2}'), "[1, 2]") is True


def test_patterns_for_names_are_heeded() -> None:
    case = schema('{"patternProperties": {"^n_": {"type": "integer"}}}')
    assert format_valid(case, '{"n_a": 1, "b": "x"}') is True
    assert format_valid(case, '{"n_a": "x"}') is False


def test_a_schema_fetches_nothing_from_elsewhere() -> None:
    """The network guard would make a fetch an error; an unknown reference is simply never met."""
    assert format_valid(schema('{"$ref": "http://example.org/schema.json"}'), "1") is False


def test_a_schema_that_never_ends_is_met_by_nothing() -> None:
    assert format_valid(schema('{"$ref": "#"}'), "1") is False


def test_an_answer_far_too_long_has_no_valid_form() -> None:
    assert format_valid(pattern("a*"), "a" * (forms.MAX_CHARACTERS + 1)) is False


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (pattern("(unclosed"), "not a regular expression"),
        (schema("{not json"), "not JSON"),
        (schema('{"type": "no such type"}'), "no JSON schema"),
        (schema('"words"'), "no JSON schema"),
        (schema('{"type": "string", "pattern": "(unclosed"}'), "no JSON schema"),
    ],
)
def test_a_form_that_cannot_be_read_is_told_and_not_held_against_the_answer(case: EvalCase, said: str) -> None:
    assert said in format_problem(case)
    assert format_valid(case, "anything") is None


def test_a_form_that_can_be_read_is_no_problem() -> None:
    assert [format_problem(case) for case in (pattern("a+"), schema(SCHEMA), EvalCase("1", "q", "a"))] == ["", "", ""]
