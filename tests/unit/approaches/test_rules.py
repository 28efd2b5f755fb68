"""A rule that could not judge anything is refused when it is kept, with its name, its value and the way out."""

import pytest

from lib.approaches.rules import MOST_RULES, Policy, checked_rule, checked_rules, policies, schema_of, terms, told
from lib.errors import BadInput
from lib.settings import DEFAULT_RULES, RuleKind, ValidatorRule


def rule(kind: RuleKind, spec: str = "", name: str = "My rule") -> ValidatorRule:
    return ValidatorRule(name, kind, spec)


@pytest.mark.parametrize(
    ("kind", "spec", "value"),
    [
        (RuleKind.JSON_SCHEMA, "{not json", "{not json"),
        (RuleKind.JSON_SCHEMA, '{"type": "no such type"}', "no such type"),
        (RuleKind.JSON_SCHEMA, '{"pattern": "(open"}', "(open"),
        (RuleKind.JSON_SCHEMA, "", "''"),
        (RuleKind.LENGTH, "eighty", "eighty"),
        (RuleKind.LENGTH, "0", "'0'"),
        (RuleKind.LENGTH, "-3", "-3"),
        (RuleKind.LENGTH, "8.5", "8.5"),
        (RuleKind.LENGTH, "9" * 5_000, "999"),
        (RuleKind.LENGTH, "٣", "٣"),
        (RuleKind.FORBIDDEN, " \n ", "''"),
        (RuleKind.POLICY, "", "''"),
        (RuleKind.POLICY, "refund within 30 days", "refund within 30 days"),
        (RuleKind.POLICY, "refund =>", "refund =>"),
        (RuleKind.POLICY, "a => b\n=> c", "=> c"),
        (RuleKind.PATTERN, "(unclosed", "(unclosed"),
        (RuleKind.PATTERN, "", "''"),
    ],
)
def test_an_invalid_rule_is_refused_with_its_name_its_value_and_the_way_out(
    kind: RuleKind, spec: str, value: str
) -> None:
    with pytest.raises(BadInput) as raised:
        checked_rule(rule(kind, spec))
    assert "My rule" in raised.value.message
    assert value in raised.value.message
    assert raised.value.hint


@pytest.mark.parametrize(
    "valid",
    [
        *DEFAULT_RULES,
        rule(RuleKind.JSON_SCHEMA, '{"type": "object", "properties": {"code": {"pattern": "^\\\\p{Lu}+$"}}}'),
        rule(RuleKind.FORBIDDEN, "guarantee\nfree of charge"),
        rule(RuleKind.POLICY, "refund => within 30 days"),
        rule(RuleKind.PATTERN, r"\d+ weeks"),
    ],
)
def test_a_valid_rule_is_given_back_as_it_is(valid: ValidatorRule) -> None:
    assert checked_rule(valid) == valid


def test_a_rule_is_kept_without_the_space_around_it() -> None:
    assert checked_rule(rule(RuleKind.LENGTH, " 80 ", "  At\n most ")) == rule(RuleKind.LENGTH, "80", "At most")


def test_a_rule_needs_a_name_and_two_rules_need_two() -> None:
    with pytest.raises(BadInput, match="no name"):
        checked_rule(rule(RuleKind.CITED, name="  "))
    with pytest.raises(BadInput, match="Two rules are called 'B'"):
        checked_rules([rule(RuleKind.CITED, name="a"), rule(RuleKind.CITED, name="B"), rule(RuleKind.CITED, name="b")])


def test_there_is_an_end_to_rules_and_to_the_length_of_one() -> None:
    with pytest.raises(BadInput, match="at most 20"):
        checked_rules([rule(RuleKind.CITED, name=str(number)) for number in range(MOST_RULES + 1)])
    with pytest.raises(BadInput, match="30,000 characters"):
        checked_rule(rule(RuleKind.FORBIDDEN, "x" * 30_000))


def test_terms_and_policies_come_one_a_line() -> None:
    assert terms(rule(RuleKind.FORBIDDEN, "b\n\n a \nb")) == ("b", "a")
    assert policies(rule(RuleKind.POLICY, "refund => within 30 days\n\ndose=>ask a doctor => today")) == (
        Policy("refund", "within 30 days"),
        Policy("dose", "ask a doctor => today"),
    )


def test_a_model_is_told_each_kind_of_rule_with_what_it_asks_for() -> None:
    said = {
        RuleKind.JSON_SCHEMA: '{"type": "array"}',
        RuleKind.LENGTH: "80",
        RuleKind.FORBIDDEN: "guarantee",
        RuleKind.POLICY: "refund => within 30 days",
        RuleKind.PATTERN: "[a-z]+",
    }
    for kind in RuleKind:
        spec = said.get(kind, "")
        assert spec.rpartition(" => ")[2] in told(rule(kind, spec))


def test_the_schema_to_enforce_is_the_first_one() -> None:
    assert schema_of([rule(RuleKind.CITED), rule(RuleKind.JSON_SCHEMA, "{}"), rule(RuleKind.JSON_SCHEMA, "[]")]) == "{}"
    assert schema_of(DEFAULT_RULES) == ""
