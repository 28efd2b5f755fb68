"""The rules that a hybrid answer must keep, as a person writes them: what each kind needs, and what is wrong with one.

A rule that is itself invalid is refused before anything is answered: it would hold every answer, or none.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lib.errors import BadInput
from lib.forms import pattern_problem, schema_problem
from lib.settings import RuleKind, ValidatorRule

MOST_RULES = 20
LONGEST_SPEC = 20_000
_LONGEST_NAME = 80
_SHOWN_CHARACTERS = 60
_MOST_DIGITS = 6
POLICY_ARROW = "=>"


@dataclass(frozen=True, slots=True)
class Policy:
    """A phrase that must stand in the answer when a trigger stands in the question."""

    trigger: str
    phrase: str


def checked_rules(rules: Sequence[ValidatorRule]) -> tuple[ValidatorRule, ...]:
    """The rules as `checked_rule` gives them, in order; raises BadInput for the first that is invalid.

    Two of one name are refused too: verdicts go by name.
    """
    if len(rules) > MOST_RULES:
        raise BadInput(f"There are {len(rules)} rules; at most {MOST_RULES} are checked.", hint="Remove some.")
    checked = tuple(checked_rule(rule) for rule in rules)
    names = [rule.name.casefold() for rule in checked]
    twice = next((rule.name for rule in checked if names.count(rule.name.casefold()) > 1), None)
    if twice is not None:
        raise BadInput(f"Two rules are called {twice!r}.", hint="Give each a name of its own: verdicts go by name.")
    return checked


def checked_rule(rule: ValidatorRule) -> ValidatorRule:
    """The rule without space around its words; raises BadInput that names the rule, the value and the way out."""
    tidy = replace(rule, name=" ".join(rule.name.split())[:_LONGEST_NAME], spec=rule.spec.strip())
    if not tidy.name:
        raise BadInput("A rule has no name.", hint="Name it by what it asks for, like “At most 80 words”.")
    if len(tidy.spec) > LONGEST_SPEC:
        raise BadInput(
            f"The rule {tidy.name!r} has {len(tidy.spec):,} characters; at most {LONGEST_SPEC:,} are read.",
            hint="Shorten it, or make several of it.",
        )
    check = _CHECKS.get(tidy.kind)
    if check is not None:
        check(tidy)
    return tidy


def most_words(rule: ValidatorRule) -> int:
    """How long an answer may be, of a length rule; raises BadInput."""
    digits = rule.spec.isascii() and rule.spec.isdigit() and len(rule.spec) <= _MOST_DIGITS
    if not digits or int(rule.spec) < 1:
        raise _invalid(rule, "is no number of words", "Write a whole number from 1 on, like 80.")
    return int(rule.spec)


def terms(rule: ValidatorRule) -> tuple[str, ...]:
    """The terms of a forbidden rule, each once, in order; raises BadInput for none."""
    found = tuple(dict.fromkeys(line.strip() for line in rule.spec.splitlines() if line.strip()))
    if not found:
        raise _invalid(rule, "lists no term", "Write one word or phrase a line.")
    return found


def policies(rule: ValidatorRule) -> tuple[Policy, ...]:
    """The lines of a policy rule; raises BadInput for a line without an arrow, and for none."""
    lines = [line.strip() for line in rule.spec.splitlines() if line.strip()]
    if not lines:
        raise _invalid(rule, "holds no policy", _POLICY_HINT)
    return tuple(_policies(rule, lines))


_POLICY_HINT = f"Write “trigger {POLICY_ARROW} phrase” on each line, like “refund {POLICY_ARROW} within 30 days”."


def _policies(rule: ValidatorRule, lines: Sequence[str]) -> Iterator[Policy]:
    for number, line in enumerate(lines, start=1):
        trigger, arrow, phrase = (part.strip() for part in line.partition(POLICY_ARROW))
        if not arrow:
            raise _invalid(rule, f"has no {POLICY_ARROW} in line {number}", _POLICY_HINT, shown=line)
        if not trigger or not phrase:
            raise _invalid(rule, f"lacks a trigger or a phrase in line {number}", _POLICY_HINT, shown=line)
        yield Policy(trigger, phrase)


def _check_schema(rule: ValidatorRule) -> None:
    if problem := schema_problem(rule.spec):
        raise _invalid(rule, f"cannot be used. {problem}", 'Write a JSON schema, like {"type": "object"}.')


def _check_pattern(rule: ValidatorRule) -> None:
    if not rule.spec:
        raise _invalid(rule, "holds no pattern", "Write a regular expression that the whole answer must match.")
    if problem := pattern_problem(rule.spec):
        raise _invalid(rule, f"cannot be used. {problem}", "Mend the pattern; the whole answer must match it.")


_CHECKS: Mapping[RuleKind, Callable[[ValidatorRule], object]] = {
    RuleKind.JSON_SCHEMA: _check_schema,
    RuleKind.LENGTH: most_words,
    RuleKind.FORBIDDEN: terms,
    RuleKind.POLICY: policies,
    RuleKind.PATTERN: _check_pattern,
}
"""Kind -> what raises for an invalid one; the kinds that need no words of the person are not in it."""


def _invalid(rule: ValidatorRule, what: str, hint: str, *, shown: str | None = None) -> BadInput:
    value = rule.spec if shown is None else shown
    brief = value if len(value) <= _SHOWN_CHARACTERS else f"{value[: _SHOWN_CHARACTERS - 1]}…"
    return BadInput(f"The rule {rule.name!r} {what} (it says {brief!r}).", hint=hint)


def told(rule: ValidatorRule) -> str:
    """The rule as a model is told it, in a sentence; of a policy, every line of it."""
    return _TOLD[rule.kind](rule)


def _policy_told(policy: Policy) -> str:
    return f"If the question says “{policy.trigger}”, say “{policy.phrase}”."


def schema_of(rules: Sequence[ValidatorRule]) -> str:
    """The schema of the first JSON schema rule, as JSON text; "" where there is none."""
    return next((rule.spec for rule in rules if rule.kind is RuleKind.JSON_SCHEMA), "")


_TOLD: Mapping[RuleKind, Callable[[ValidatorRule], str]] = {
    RuleKind.JSON_SCHEMA: lambda rule: f"Write nothing but JSON that keeps this schema: {' '.join(rule.spec.split())}",
    RuleKind.CITED: lambda _rule: "Put the number of the passage in brackets after each sentence, like [1].",
    RuleKind.SUPPORTED: lambda _rule: "Say only what the passages say.",
    RuleKind.LENGTH: lambda rule: f"Use at most {most_words(rule)} words.",
    RuleKind.FORBIDDEN: lambda rule: f"Do not say: {'; '.join(terms(rule))}.",
    RuleKind.POLICY: lambda rule: " ".join(_policy_told(policy) for policy in policies(rule)),
    RuleKind.PATTERN: lambda rule: f"The whole answer must match the regular expression {rule.spec}",
}
