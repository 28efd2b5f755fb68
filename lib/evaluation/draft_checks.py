"""What a drafted case must keep before a person is asked to look at it."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lib.approaches.words import content_words
from lib.corpus.quotes import find_all, find_quote
from lib.domain import Document
from lib.evaluation.spans import Span
from lib.records import EvalCase, GoldEvidence
from lib.settings import LIMITS

DRAFT_TAG = "draft"
NEAR_DUPLICATE = 0.75
"""Questions that share so much of their words of substance (shared / all of both) ask the same."""
NEARLY_ALL = 0.8
"""An answer with more of its quote's words than this quotes instead of answering."""

_OPENERS = (
    "who whom whose what which when where why how is are was were do does did can could may must shall should will "
    "would has have had according in on at for from under by to if after before during within"
)
_QUESTION_WORDS = frozenset(_OPENERS.split())


class Rejection(StrEnum):
    """Why a draft was dropped."""

    NO_JSON = "the reply is not the JSON that was asked for"
    NO_QUESTION = "the question is none"
    NO_ANSWER = "the answer is empty"
    QUOTE_NOWHERE = "the quote does not stand in the document"
    ANSWER_NOT_IN_QUOTE = "the answer does not stand in the quote"
    ANSWER_IS_QUOTE = "the answer is nearly the whole quote"
    ELSEWHERE = "the question is about something else"
    GIVEN_AWAY = "the question holds its own answer"
    DUPLICATE = "the question is nearly the same as another"


class DraftRejected(ValueError):
    """A draft that fails a check."""

    def __init__(self, reason: Rejection) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Source:
    """The part of a document that a draft is written from: `span` counts characters of `document.text`."""

    document: Document
    span: Span

    @property
    def text(self) -> str:
        """Its words."""
        return self.document.text[self.span.start : self.span.end]


def checked_draft(reply: str, source: Source, others: Iterable[EvalCase]) -> EvalCase:
    """The case that a model's reply drafts, its quote in the document's own characters; raises DraftRejected.

    `others` are the cases that it must differ from. It has no id, is not reviewed and carries the tag "draft".
    """
    form = _form_in(reply)
    question, answer, quote = (_text(form, name) for name in ("question", "answer", "quote"))
    if not answer:
        raise DraftRejected(Rejection.NO_ANSWER)
    if not _is_question(question):
        raise DraftRejected(Rejection.NO_QUESTION)
    evidence = _evidence(source, quote)
    if find_words(evidence.quote, answer) is None:
        raise DraftRejected(Rejection.ANSWER_NOT_IN_QUOTE)
    if len(answer.split()) > NEARLY_ALL * len(evidence.quote.split()):
        raise DraftRejected(Rejection.ANSWER_IS_QUOTE)
    if not _is_about(question, evidence.quote, source.text):
        raise DraftRejected(Rejection.ELSEWHERE)
    if find_words(question, answer) is not None:
        raise DraftRejected(Rejection.GIVEN_AWAY)
    if is_near_duplicate(question, (case.question for case in others)):
        raise DraftRejected(Rejection.DUPLICATE)
    return EvalCase("", question, answer, (evidence,), tags=(DRAFT_TAG,), reviewed=False)


def is_near_duplicate(question: str, others: Iterable[str]) -> bool:
    """Whether the question shares `NEAR_DUPLICATE` of its words with one of the others."""
    words = content_words(question)
    return any(_alike(words, content_words(other)) >= NEAR_DUPLICATE for other in others)


def find_words(text: str, words: str) -> tuple[int, int] | None:
    """Where the words stand in the text as whole words, whatever their capitals and white space; None if nowhere."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    match = re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE) if pattern else None
    return match.span() if match else None


def quoted_from(source: Source, start: int, end: int) -> GoldEvidence:
    """Evidence for characters [start, end) of the document: their words, and the offsets only where they are needed.

    Words that stand in the document more than once need them to say which place is meant.
    """
    quote = source.document.text[start:end]
    if len(find_all(source.document.text, quote)) == 1:
        return GoldEvidence(source.document.name, quote)
    return GoldEvidence(source.document.name, quote, start, end)


def _evidence(source: Source, quote: str) -> GoldEvidence:
    here = find_quote(source.text, quote)
    found = (
        (here[0] + source.span.start, here[1] + source.span.start) if here else find_quote(source.document.text, quote)
    )
    if found is None:
        raise DraftRejected(Rejection.QUOTE_NOWHERE)
    return quoted_from(source, *found)


def _form_in(reply: str) -> Mapping[str, object]:
    """The object in a reply, which may stand between other words."""
    try:
        form = json.loads(reply[reply.index("{") : reply.rindex("}") + 1])
    except (ValueError, RecursionError) as error:
        raise DraftRejected(Rejection.NO_JSON) from error
    if not isinstance(form, dict):
        raise DraftRejected(Rejection.NO_JSON)
    return form


def _text(form: Mapping[str, object], name: str) -> str:
    value = form.get(name)
    if not isinstance(value, str) or re.search("[\ud800-\udfff]", value):
        raise DraftRejected(Rejection.NO_JSON)
    return value.strip()


def _is_question(text: str) -> bool:
    """Whether the text asks: at least three words, a question mark at its end, and a word to ask with."""
    words = re.findall(r"\w+", text.lower())
    fits = len(words) >= 3 and len(text) <= LIMITS.question_characters
    return fits and text.endswith(("?", "？")) and (not text.isascii() or not _QUESTION_WORDS.isdisjoint(words))


def _is_about(question: str, quote: str, part: str) -> bool:
    """Whether the question shares a word of substance with the quote, or two with the part around it."""
    words = content_words(question)
    return bool(words & content_words(quote)) or len(words & content_words(part)) > 1


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else float(one == other)
