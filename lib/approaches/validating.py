"""An answer held against its rules: a verdict for each, with the reason in a sentence."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lib.approaches.rules import most_words, policies, terms
from lib.domain import Answer, RuleVerdict
from lib.forms import fits_pattern, schema_fault
from lib.records import CitationCheck, Support
from lib.settings import RuleKind, ValidatorRule

Supports = Callable[[Answer], Sequence[CitationCheck]]
"""Whether the passage of each citation carries the statement that it stands behind; judging lives a floor above."""

NEEDS_PASSAGES = frozenset({RuleKind.CITED, RuleKind.SUPPORTED})
"""What can be said only of an answer that read passages, not of a text alone."""

_SHOWN_CHARACTERS = 120
_UNSPACED_FROM = 0x2E80
"""Characters from here on are mostly of scripts that are written without spaces."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer to be judged. `bare` is its text without the citation markers, which no form asks for."""

    answer: Answer
    checks: tuple[CitationCheck, ...] = field(default=())

    @property
    def bare(self) -> str:
        """The text that was asked for: markers and the space before them left out."""
        text = self.answer.text
        for cited in sorted(self.answer.citations, key=lambda cited: -cited.answer_start):
            text = text[: cited.answer_start].rstrip(" ") + text[cited.answer_end :]
        return text.strip()


def check_rules(answer: Answer, rules: Sequence[ValidatorRule], supports: Supports) -> tuple[RuleVerdict, ...]:
    """One verdict a rule, in order. Nothing is judged of an answer that abstained: it claims nothing.

    `rules` are checked ones; an invalid one raises BadInput. `supports` is asked only if a rule needs it.
    """
    if answer.abstained:
        return ()
    needed = any(rule.kind is RuleKind.SUPPORTED for rule in rules)
    draft = Draft(answer, tuple(supports(answer)) if needed else ())
    return tuple(_verdict(rule, draft) for rule in rules)


def broken(verdicts: Sequence[RuleVerdict]) -> tuple[RuleVerdict, ...]:
    """Those that are not kept."""
    return tuple(verdict for verdict in verdicts if not verdict.kept)


def _verdict(rule: ValidatorRule, draft: Draft) -> RuleVerdict:
    kept, reason = _JUDGES[rule.kind](rule, draft)
    return RuleVerdict(rule.name, kept, reason)


Judged = tuple[bool, str]


def _schema(rule: ValidatorRule, draft: Draft) -> Judged:
    fault = schema_fault(rule.spec, draft.answer.text.strip()) and schema_fault(rule.spec, draft.bare)
    return (False, f"It does not have the form: {fault}.") if fault else (True, "It is JSON of the schema.")


def _cited(_rule: ValidatorRule, draft: Draft) -> Judged:
    markers = sorted({cited.marker for cited in draft.answer.citations})
    if not markers:
        return False, "It cites no passage."
    return True, f"It cites {_listed([f'[{marker}]' for marker in markers])}."


def _supported(_rule: ValidatorRule, draft: Draft) -> Judged:
    if not draft.answer.citations:
        return False, "It cites no passage that could carry it."
    failed = [check for check in draft.checks if not check.carries]
    if failed:
        return False, " ".join(dict.fromkeys(_not_carried(check) for check in failed))
    if not draft.checks:
        return False, "It states nothing that a passage could carry."
    return True, "What it says stands in the passages that it cites."


def _not_carried(check: CitationCheck) -> str:
    said = {
        Support.PARTLY: "carries only part of",
        Support.CONTRADICTED: "contradicts",
        Support.UNSUPPORTED: "does not carry",
    }[check.statement.support]
    return f"Passage [{check.citation.marker}] {said} “{_brief(check.statement.text)}”."


def _length(rule: ValidatorRule, draft: Draft) -> Judged:
    words, most = len(draft.bare.split()), most_words(rule)
    return words <= most, f"It has {words:,} word{'' if words == 1 else 's'}; at most {most:,} are allowed."


def _forbidden(rule: ValidatorRule, draft: Draft) -> Judged:
    found = [term for term in terms(rule) if says(draft.bare, term)]
    if found:
        return False, f"It says {_listed([f'“{_brief(term)}”' for term in found])}."
    return True, "It says none of the forbidden terms."


def _policy(rule: ValidatorRule, draft: Draft) -> Judged:
    touched = [policy for policy in policies(rule) if says(draft.answer.question, policy.trigger)]
    if not touched:
        return True, "The question touches no policy of it."
    missing = [policy for policy in touched if not says(draft.bare, policy.phrase)]
    if missing:
        said = [f"“{_brief(policy.phrase)}” (asked for “{_brief(policy.trigger)}”)" for policy in missing]
        return False, f"It does not say {_listed(said)}."
    return True, f"It says {_listed([f'“{_brief(policy.phrase)}”' for policy in touched])}."


def _pattern(rule: ValidatorRule, draft: Draft) -> Judged:
    fits = any(fits_pattern(rule.spec, text) for text in (draft.answer.text.strip(), draft.bare))
    return fits, f"The whole answer {'matches' if fits else 'does not match'} “{_brief(rule.spec)}”."


_JUDGES: dict[RuleKind, Callable[[ValidatorRule, Draft], Judged]] = {
    RuleKind.JSON_SCHEMA: _schema,
    RuleKind.CITED: _cited,
    RuleKind.SUPPORTED: _supported,
    RuleKind.LENGTH: _length,
    RuleKind.FORBIDDEN: _forbidden,
    RuleKind.POLICY: _policy,
    RuleKind.PATTERN: _pattern,
}


def says(text: str, phrase: str) -> bool:
    """Whether the phrase stands in the text as whole words, in any case and with any space between them.

    Scripts that put no space between words have no whole words to look for: there it may stand anywhere.
    """
    searched, wanted = _plain(text), _plain(phrase).split()
    if not wanted:
        return False
    before = "" if ord(wanted[0][0]) >= _UNSPACED_FROM else r"(?<!\w)"
    after = "" if ord(wanted[-1][-1]) >= _UNSPACED_FROM else r"(?!\w)"
    words = r"\s+".join(re.escape(word) for word in wanted)
    return re.search(f"{before}{words}{after}", searched) is not None


def _plain(text: str) -> str:
    """The text as words are compared: without case, invisible characters and compatibility forms."""
    seen = "".join(mark for mark in unicodedata.normalize("NFKC", text) if unicodedata.category(mark) != "Cf")
    return seen.casefold()


def _listed(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[: _SHOWN_CHARACTERS - 1]}…"
