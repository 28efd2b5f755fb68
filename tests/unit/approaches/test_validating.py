"""Each kind of rule, kept and broken, with the reason that a person reads."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.approaches.validating import broken, check_rules, says
from lib.domain import Answer, ApproachName, Citation
from lib.records import CitationCheck, StatementCheck, Support
from lib.settings import DEFAULT_RULES, RuleKind, ValidatorRule
from tests.unit.approaches.made import LEAVE

SCHEMA = '{"type": "object", "required": ["weeks"], "properties": {"weeks": {"type": "integer"}}}'


def answer(text: str, *, question: str = "How long is leave?", cited: bool = False, abstained: bool = False) -> Answer:
    at = text.find("[1]")
    citations = (Citation(1, at, at + 3, LEAVE, 100, 120),) if cited else ()
    return Answer(question, ApproachName.HYBRID, "m", text, abstained, citations=citations)


def carries(support: Support) -> "object":
    def checks(judged: Answer) -> Sequence[CitationCheck]:
        return [CitationCheck(cited, StatementCheck("Eighteen weeks", 0, 14, support)) for cited in judged.citations]

    return checks


def unasked(_answer: Answer) -> Sequence[CitationCheck]:
    raise AssertionError("no rule needs the sources")


def verdict(judged: Answer, kind: RuleKind, spec: str = "", supports: object = unasked) -> tuple[bool, str]:
    [found] = check_rules(judged, [ValidatorRule("r", kind, spec)], supports)  # type: ignore[arg-type]
    assert found.rule == "r"
    return found.kept, found.reason


@pytest.mark.parametrize(
    ("text", "kept", "said"),
    [
        ('{"weeks": 18}', True, "JSON of the schema"),
        ('{"weeks": "18"}', False, "at weeks: '18' is not of type 'integer'"),
        ("{}", False, "'weeks' is a required property"),
        ("Eighteen weeks.", False, "not JSON"),
    ],
)
def test_an_answer_has_the_form_of_a_schema_or_it_is_said_what_is_wrong(text: str, kept: bool, said: str) -> None:
    found = verdict(answer(text), RuleKind.JSON_SCHEMA, SCHEMA)
    assert found[0] is kept
    assert said in found[1]


def test_a_citation_behind_the_json_is_no_part_of_its_form() -> None:
    assert verdict(answer('{"weeks": 18} [1]', cited=True), RuleKind.JSON_SCHEMA, SCHEMA)[0]
    assert verdict(answer("18 weeks [1]", cited=True), RuleKind.PATTERN, r"\d+ weeks")[0]
    assert not verdict(answer("18 weeks [1]"), RuleKind.PATTERN, r"\d+ weeks")[0]


def test_an_answer_cites_or_does_not() -> None:
    assert verdict(answer("Eighteen weeks [1]", cited=True), RuleKind.CITED) == (True, "It cites [1].")
    assert verdict(answer("Eighteen weeks"), RuleKind.CITED) == (False, "It cites no passage.")


@pytest.mark.parametrize(
    ("support", "kept", "said"),
    [
        (Support.SUPPORTED, True, "stands in the passages"),
        (Support.PARTLY, False, "Passage [1] carries only part of “Eighteen weeks”."),
        (Support.CONTRADICTED, False, "Passage [1] contradicts “Eighteen weeks”."),
        (Support.UNSUPPORTED, False, "Passage [1] does not carry “Eighteen weeks”."),
    ],
)
def test_the_cited_passage_must_carry_what_is_said(support: Support, kept: bool, said: str) -> None:
    found = verdict(answer("Eighteen weeks [1]", cited=True), RuleKind.SUPPORTED, supports=carries(support))
    assert found[0] is kept
    assert said in found[1]


def test_without_a_citation_nothing_is_supported() -> None:
    kept, said = verdict(answer("Eighteen weeks"), RuleKind.SUPPORTED, supports=carries(Support.SUPPORTED))
    assert (kept, said) == (False, "It cites no passage that could carry it.")


def test_markers_do_not_count_as_words() -> None:
    assert verdict(answer("One two three [1]", cited=True), RuleKind.LENGTH, "3") == (
        True,
        "It has 3 words; at most 3 are allowed.",
    )
    assert verdict(answer("One two three four"), RuleKind.LENGTH, "3")[0] is False


def test_a_forbidden_term_is_found_in_any_case_and_only_as_a_whole_word() -> None:
    spec = "guarantee\nfree of charge"
    assert verdict(answer("We GUARANTEE it, free  of\ncharge."), RuleKind.FORBIDDEN, spec) == (
        False,
        "It says “guarantee” and “free of charge”.",
    )
    assert verdict(answer("The guarantees differ."), RuleKind.FORBIDDEN, spec)[0] is True


def test_a_policy_asks_for_its_phrase_only_where_the_question_touches_it() -> None:
    spec = "refund => within 30 days\ndose => ask a doctor"
    asked = {"question": "Can I have a refund?"}
    assert verdict(answer("Yes.", **asked), RuleKind.POLICY, spec) == (
        False,
        "It does not say “within 30 days” (asked for “refund”).",
    )
    assert verdict(answer("Yes, within 30 days.", **asked), RuleKind.POLICY, spec) == (
        True,
        "It says “within 30 days”.",
    )
    assert verdict(answer("At noon."), RuleKind.POLICY, spec) == (True, "The question touches no policy of it.")


def test_a_pattern_that_would_run_for_ever_holds_the_answer_and_not_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.forms.PATTERN_TIMEOUT_S", 0.05)
    kept, said = verdict(answer("a" * 5_000 + "x" * 5_000), RuleKind.PATTERN, "(a|aa|aaa)+(x+x+)+y")
    assert kept is False
    assert "does not match" in said


def test_of_an_answer_that_abstains_nothing_is_judged() -> None:
    assert check_rules(answer("The passages do not say.", abstained=True), DEFAULT_RULES, unasked) == ()


def test_verdicts_come_in_the_order_of_the_rules_and_the_broken_ones_can_be_told() -> None:
    found = check_rules(answer("Eighteen weeks."), DEFAULT_RULES, carries(Support.SUPPORTED))  # type: ignore[arg-type]
    assert [one.rule for one in found] == [rule.name for rule in DEFAULT_RULES]
    assert [one.rule for one in broken(found)] == ["Cites a passage", "Its passage carries it"]


@pytest.mark.parametrize(
    ("text", "phrase", "there"),
    [
        ("It costs $5.", "$5", True),
        ("It costs $55.", "$5", False),
        ("保証します", "保証", True),
        ("gua\u200brantee", "guarantee", True),
        ("STRASSE", "straße", True),
        ("anything", "  ", False),
    ],
)
def test_a_phrase_is_found_as_a_reader_would_find_it(text: str, phrase: str, there: bool) -> None:
    assert says(text, phrase) is there


@given(st.text(max_size=40), st.text(alphabet="abc .*+?[(", min_size=1, max_size=8), st.text(max_size=40))
def test_a_phrase_between_spaces_is_always_found(before: str, phrase: str, after: str) -> None:
    if phrase.strip():
        assert says(f"{before} {phrase} {after}", phrase)
