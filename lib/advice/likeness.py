"""Answers read by rules alone: whether two of them agree, and whether one keeps the form that was asked for."""

import json
import re
from dataclasses import dataclass
from enum import StrEnum

_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MARKER = re.compile(r"\[\d{1,3}\]")
_EMPTY_WORDS = frozenset(
    {"the", "and", "for", "are", "with", "that", "this", "was", "were", "you", "your", "our", "has", "have", "its"}
    | {"from", "will", "can", "may", "not", "but", "all", "any", "which", "they", "their", "there", "been", "also"}
)
_MIN_OVERLAP = 0.6


class FormKind(StrEnum):
    """A form whose keeping can be checked by rule."""

    JSON = "json"
    CSV = "csv"
    TABLE = "table"
    BULLETS = "bullets"
    ONE_WORD = "one word"
    ONE_SENTENCE = "one sentence"
    CAPITALS = "capitals"


@dataclass(frozen=True, slots=True)
class AskedForm:
    """A form that a question asks for; `words` begin a sentence about it."""

    kind: FormKind
    words: str


# Each needs a word of asking beside it, so that a question about a form ("Which reports are in CSV?") asks for none.
_FORMS = (
    (FormKind.JSON, "JSON", r"\b(?:as|in|return|reply|respond|answer|output|give|write)\b[^.?!]*\bjson\b"),
    (FormKind.CSV, "CSV", r"\b(?:as|return|reply|respond|answer|output|give|write)\b[^.?!]*\bcsv\b"),
    (FormKind.TABLE, "A table", r"\b(?:as|in|return|give me|write|make|draw)\s+(?:an?\s+)?(?:markdown\s+)?table\b"),
    (FormKind.BULLETS, "A bulleted list", r"\b(?:bullet(?:ed)?[\s-]*(?:points?|list)?|as (?:a )?list)\b"),
    (FormKind.ONE_WORD, "One word", r"\b(?:in|with|just|only|exactly)\s+(?:one|a single)\s+word\b"),
    (FormKind.ONE_SENTENCE, "One sentence", r"\b(?:in|with|just|only|exactly)\s+(?:one|a single)\s+sentence\b"),
    (FormKind.CAPITALS, "Capital letters", r"\b(?:in|all)\s+(?:capitals|capital letters|caps|upper\s*case)\b"),
)


def asked_form(question: str) -> AskedForm | None:
    """The first form that the question asks for, None if it asks for none that can be checked."""
    for kind, words, pattern in _FORMS:
        if re.search(pattern, question, re.IGNORECASE):
            return AskedForm(kind, words)
    return None


def keeps_form(form: AskedForm, text: str) -> bool:
    """Whether the whole answer is in the form; citation markers are overlooked, a code fence is not."""
    bare = _MARKER.sub("", text).strip() if form.kind is not FormKind.JSON else text.strip()
    lines = [line.strip() for line in bare.splitlines() if line.strip()]
    match form.kind:
        case FormKind.JSON:
            return _is_json(bare)
        case FormKind.CSV:
            return len(lines) > 1 and len({line.count(",") for line in lines}) == 1 and "," in lines[0]
        case FormKind.TABLE:
            return len(lines) > 2 and all(line.startswith("|") and line.endswith("|") for line in lines)
        case FormKind.BULLETS:
            return bool(lines) and all(re.match(r"(?:[-*•]|\d+[.)])\s", line) for line in lines)
        case FormKind.ONE_WORD:
            return len(bare.split()) == 1
        case FormKind.ONE_SENTENCE:
            return len(lines) == 1 and len(re.findall(r"[.!?](?=\s|$)", bare)) <= 1
        case FormKind.CAPITALS:
            return bool(bare) and bare == bare.upper()


def answers_agree(one: str, other: str) -> bool:
    """Whether two answers say the same, as far as words show it.

    Where both give numbers, the shorter list must be part of the longer. Of the words of substance, the answer with
    fewer must share 60 % with the other; two answers without any agree only if they are the same.
    """
    one, other = _MARKER.sub("", one), _MARKER.sub("", other)
    fewer_numbers, more_numbers = sorted((_numbers(one), _numbers(other)), key=len)
    if bool(fewer_numbers) != bool(more_numbers) or not fewer_numbers <= more_numbers:
        return False
    fewer, more = sorted((_words(one), _words(other)), key=len)
    if not fewer:
        return one.strip() == other.strip()
    return len(fewer & more) / len(fewer) >= _MIN_OVERLAP


def _is_json(text: str) -> bool:
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict | list)


def _numbers(text: str) -> frozenset[str]:
    return frozenset(number.replace(",", "") for number in _NUMBER.findall(text))


def _words(text: str) -> frozenset[str]:
    found = (word.lower() for word in _WORD.findall(text))
    return frozenset(word.removesuffix("s") for word in found if word not in _EMPTY_WORDS)
