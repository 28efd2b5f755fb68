"""A passage that a person marked becomes a case: the question, the answer, and the very words that prove it."""

from itertools import pairwise

from lib.approaches.words import content_words
from lib.corpus.chunking.sentences import sentence_starts
from lib.corpus.quotes import find_all
from lib.domain import Document
from lib.errors import BadInput
from lib.evaluation.case_forms import contradictions
from lib.evaluation.draft_checks import Source, quoted_from
from lib.evaluation.spans import Span
from lib.records import EvalCase


def likeliest_quote(source: Source, question: str) -> str:
    """The sentence of a passage that shares most words with the question, the first of equals; all of it if none does.

    White space is made single.
    """
    text = source.text
    cut = [" ".join(text[start:end].split()) for start, end in pairwise([0, *sentence_starts(text), len(text)])]
    asked = content_words(question)
    shared = [len(asked & content_words(sentence)) for sentence in cut]
    best = max(range(len(cut)), key=lambda index: (shared[index], -index))
    return cut[best] if shared[best] else " ".join(text.split())


def marked_case(source: Source, question: str, answer: str, quote: str) -> EvalCase:
    """The case, its quote in the document's own characters at the place nearest to the passage. It has no id yet.

    An empty answer makes a case that measures retrieval alone. Raises BadInput where the quote does not stand in the
    document, or the question is missing or too long.
    """
    places = find_all(source.document.text, quote)
    if not places:
        raise BadInput(
            f"These words do not stand in {source.document.name!r}." if quote.strip() else "The quote is empty.",
            hint="Shorten the quote, but keep its words as they are.",
        )
    start, end = min(places, key=lambda place: _distance(place, source.span))
    case = EvalCase("", question.strip(), answer.strip() or None, (quoted_from(source, start, end),))
    if wrong := contradictions(case):
        raise BadInput(f"It is no case yet: {'; '.join(wrong)}.", hint="Mend it, then keep it.")
    return case


def _distance(place: tuple[int, int], span: Span) -> int:
    """How many characters lie between a place and the span; 0 inside it."""
    return max(0, span.start - place[0], place[1] - span.end)


def source_of(document: Document, start: int, end: int) -> Source:
    """Characters [start, end) of a document, cut to its text."""
    end = min(max(end, 0), len(document.text))
    return Source(document, Span(document.name, min(max(start, 0), end), end))
