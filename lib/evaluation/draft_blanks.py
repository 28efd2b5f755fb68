"""Draft cases without a model: a fact is blanked out of a sentence, and the question asks what belongs there.

The question repeats the document's words, so retrieval finds its passage more easily than people's own questions.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, zip_longest

from lib.corpus.chunking.sentences import sentence_starts
from lib.domain import Document
from lib.evaluation.draft_checks import DRAFT_TAG, Source, is_near_duplicate, quoted_from
from lib.evaluation.spans import Span
from lib.records import EvalCase

BLANK = "____"
BLANK_TAG = "blank"
_WORDS_IN_SENTENCE = (6, 40)
_LONGEST_SENTENCE = 300

_MARKUP = ("|", "\t", "\n#", "**", "`", "](")

_MONTHS = "January February March April May June July August September October November December".replace(" ", "|")
_SPELT = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|eighteen|twenty|"
    "thirty|forty|fifty|sixty|ninety"
)
_UNITS = (
    "(?:working |calendar |full )?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|per cent|percent|euros?|"
    "pounds?|dollars?|degrees?|metres?|kilometres?|miles?|people|characters?|times)"
)
_FACTS = (
    ("date", re.compile(rf"\b\d{{1,2}} (?:{_MONTHS})(?: \d{{4}})?\b|\b(?:{_MONTHS}) \d{{4}}\b|\b\d{{4}}-\d\d-\d\d\b")),
    ("amount", re.compile(r"[€$£]\s?\d[\d.,]*\d|[€$£]\s?\d|\b(?:EUR|USD|GBP|CHF) \d[\d.,]*\d\b|\b\d[\d.,]*\s?%")),
    ("number", re.compile(rf"\b(?:\d[\d.,]*|{_SPELT}) {_UNITS}\b", re.IGNORECASE)),
    ("number", re.compile(r"(?<![\w.,:/+-])(?<!\d )\d+(?:[.,]\d+)*(?![\w/–-]|[.,:]\d| \d| to \d)")),
    ("name", re.compile(r"\b[A-Z][\w'-]+(?: (?:& |of |de )?[A-Z][\w'-]+)+")),
)
_NUMBERED = re.compile(
    r"(?:table|figure|fig\.|section|chapter|page|step|article|version|no\.|clause)\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact in a sentence: what kind it is, and its characters in the document."""

    kind: str
    start: int
    end: int


def draft_by_blanking(
    documents: Sequence[Document], *, count: int, seed: int, existing: Sequence[EvalCase] = ()
) -> tuple[EvalCase, ...]:
    """At most `count` drafts, spread over the documents; fewer where there are fewer sentences with a fact.

    Each answer is the words that were blanked out, its evidence the sentence. None is nearly the same as another, or
    as an `existing` one. The same documents and seed give the same drafts; they have no ids and are not reviewed.
    """
    chance = random.Random(seed)
    order = list(documents)
    chance.shuffle(order)
    drafts: list[EvalCase] = []
    asked = [_blanked(case.question) for case in existing]
    for draft in _one_of_each(order, chance):
        if len(drafts) >= count:
            break
        sentence = _blanked(draft.question)
        if not is_near_duplicate(sentence, asked):
            drafts.append(draft)
            asked.append(sentence)
    return tuple(drafts)


def _one_of_each(documents: Sequence[Document], chance: random.Random) -> Iterator[EvalCase]:
    """Drafts in turns: one of each document, then the second of each."""
    queues = [_drafts_of(document, random.Random(chance.random())) for document in documents]
    return (draft for draft in chain.from_iterable(zip_longest(*queues)) if draft is not None)


def _drafts_of(document: Document, chance: random.Random) -> Iterator[EvalCase]:
    sentences = list(_sentences(document.text))
    chance.shuffle(sentences)
    for start, end in sentences:
        fact = _fact_in(document.text, start, end)
        if fact is not None:
            yield _draft(document, (start, end), fact)


def _draft(document: Document, sentence: tuple[int, int], fact: _Fact) -> EvalCase:
    start, end = sentence
    text = document.text
    blanked = " ".join(f"{text[start : fact.start]}{BLANK}{text[fact.end : end]}".split())
    question = f"According to {document.name}, which {fact.kind} belongs in the blank? “{blanked}”"
    evidence = quoted_from(Source(document, Span(document.name, start, end)), start, end)
    answer = " ".join(text[fact.start : fact.end].split())
    return EvalCase("", question, answer, (evidence,), tags=(DRAFT_TAG, BLANK_TAG), reviewed=False)


def _blanked(question: str) -> str:
    """The sentence in a question that was drafted here, without the words around it; another question as it is."""
    return question.partition("“")[2].removesuffix("”") if BLANK in question else question


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences that read on their own: no headings, no rows of tables, nothing very short or long."""
    for start, end in pairwise([0, *sentence_starts(text), len(text)]):
        while start < end and (text[start].isspace() or text[start] in "-*•>"):
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        words = len(text[start:end].split())
        whole = text[start:end].endswith((".", "!", ".”", '."'))
        fits = _WORDS_IN_SENTENCE[0] <= words <= _WORDS_IN_SENTENCE[1] and end - start <= _LONGEST_SENTENCE
        if whole and fits and text[start].isupper() and not any(mark in text[start:end] for mark in _MARKUP):
            yield start, end


def _fact_in(text: str, start: int, end: int) -> _Fact | None:
    """The first fact of the most telling kind that stands in the sentence once and does not begin it."""
    sentence = text[start:end]
    for kind, pattern in _FACTS:
        for match in pattern.finditer(sentence):
            before = sentence[: match.start()]
            lonely = sentence.count(match.group()) == 1
            if before.strip() and lonely and not _NUMBERED.search(before):
                return _Fact(kind, start + match.start(), start + match.end())
    return None
