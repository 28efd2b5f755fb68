"""Simple rules of form that every example of a set keeps, found in the set or given with it, and checked in an answer.

A rule says nothing of what is right: it says how an answer must look, so a machine can tell whether it is kept.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MIN_EXAMPLES = 5
"""From fewer outputs no rule is inferred: a few answers share a beginning by chance."""
MIN_SHARED = 3
"""Fewer characters in common at the beginning or the end are no rule."""
WORD_ROOM = 1.25
"""An answer may have a quarter more words than the longest example."""

_MARKDOWN = re.compile(r"(?m)^\s{0,3}(?:#{1,6}\s|[-*+]\s|\d+[.)]\s|>\s|```|\|)|\*\*[^*\n]+\*\*|`[^`\n]+`")


class StyleKind(StrEnum):
    """What a rule looks at."""

    ONE_LINE = "one line"
    STARTS_WITH = "starts with"
    ENDS_WITH = "ends with"
    MAX_WORDS = "at most words"
    NO_MARKDOWN = "no Markdown"
    WITHOUT = "without"


@dataclass(frozen=True, slots=True)
class StyleRule:
    """One rule; `value` is the words that an answer must start or end with or must lack, or the most words it has."""

    kind: StyleKind
    value: str = ""

    @property
    def words(self) -> str:
        """The rule in words, for people."""
        named = {StyleKind.ONE_LINE: "is one line", StyleKind.NO_MARKDOWN: "has no Markdown"}
        if self.kind is StyleKind.MAX_WORDS:
            return f"has at most {self.value} words"
        if self.kind is StyleKind.WITHOUT:
            return f"does not hold “{self.value}”"
        return named.get(self.kind) or f"{self.kind.value} “{self.value}”"


def keeps(rule: StyleRule, text: str) -> bool:
    """Whether the answer keeps the rule; space around it does not count, and an empty answer keeps none."""
    answer = text.strip()
    if not answer:
        return False
    match rule.kind:
        case StyleKind.ONE_LINE:
            return "\n" not in answer
        case StyleKind.STARTS_WITH:
            return answer.startswith(rule.value)
        case StyleKind.ENDS_WITH:
            return answer.endswith(rule.value)
        case StyleKind.MAX_WORDS:
            return len(answer.split()) <= int(rule.value)
        case StyleKind.NO_MARKDOWN:
            return not _MARKDOWN.search(answer)
        case StyleKind.WITHOUT:
            return rule.value.lower() not in answer.lower()


def share_kept(rules: Sequence[StyleRule], text: str) -> float | None:
    """The share of the rules that the answer keeps; None where there is no rule."""
    return sum(keeps(rule, text) for rule in rules) / len(rules) if rules else None


def infer_rules(outputs: Sequence[str]) -> tuple[StyleRule, ...]:
    """The rules that all these outputs keep, in the order of `StyleKind`; none for fewer than MIN_EXAMPLES.

    A shared beginning or end counts only if the outputs differ at all, and is cut back to whole words.
    """
    written = [output.strip() for output in outputs]
    if len(written) < MIN_EXAMPLES or not all(written):
        return ()
    rules = []
    if not any("\n" in text for text in written):
        rules.append(StyleRule(StyleKind.ONE_LINE))
    if start := _shared_start(written):
        rules.append(StyleRule(StyleKind.STARTS_WITH, start))
    if end := _shared_end(written):
        rules.append(StyleRule(StyleKind.ENDS_WITH, end))
    most = max(len(text.split()) for text in written)
    rules.append(StyleRule(StyleKind.MAX_WORDS, str(math.ceil(WORD_ROOM * most))))
    if not any(_MARKDOWN.search(text) for text in written):
        rules.append(StyleRule(StyleKind.NO_MARKDOWN))
    return tuple(rules)


def _shared_start(texts: Sequence[str]) -> str:
    if len(set(texts)) == 1:
        return ""
    low, high = min(texts), max(texts)
    parted = (place for place, (one, other) in enumerate(zip(low, high, strict=False)) if one != other)
    shared = low[: next(parted, len(low))]
    # "Dear customer, th" is cut back to "Dear customer,": the outputs part within a word.
    if shared[-1:].isalnum() and any(text[len(shared) :][:1].isalnum() for text in texts):
        shared = re.sub(r"\w+$", "", shared)
    shared = shared.strip()
    return shared if len(shared) >= MIN_SHARED else ""


def _shared_end(texts: Sequence[str]) -> str:
    return _shared_start([text[::-1] for text in texts])[::-1]
