"""Find a sentence of the documents by words of it, for pointing at what an answer should have rested on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lib.corpus.chunking.sentences import sentence_starts
from lib.corpus.quotes import find_all
from lib.domain import Document
from lib.evaluation.claims import claim_of
from lib.evaluation.spans import Span

LONGEST = 600
"""Characters of a sentence that is offered; a longer stretch, such as a table, is offered by its lines."""


@dataclass(frozen=True, slots=True)
class FoundSentence:
    """A stretch of a document and its text."""

    span: Span
    text: str


def find_sentences(documents: Sequence[Document], words: str, *, most: int) -> tuple[FoundSentence, ...]:
    """Where the words stand as they are, then sentences that hold most of them; at most `most`, best first.

    Ties are in order of the documents and of their texts. Sentences with less than half of the words of substance are
    no finds. Nothing is found for words of no substance that stand nowhere as they are.
    """
    exact = [
        FoundSentence(Span(document.name, start, end), document.text[start:end])
        for document in documents
        for start, end in find_all(document.text, words)
    ]
    if len(words.split()) > 2 and exact:
        return tuple(exact[:most])
    wanted = claim_of(words).stems
    if not wanted:
        return tuple(exact[:most])
    scored = [
        (len(wanted & claim_of(one.text).stems) / len(wanted), one)
        for document in documents
        for one in sentences_of(document)
    ]
    scored = [(share, one) for share, one in scored if share >= 0.5]
    return tuple(one for _, one in sorted(scored, key=lambda pair: -pair[0])[:most])


def sentences_of(document: Document) -> Iterator[FoundSentence]:
    """The document's sentences and lines in order, without white space around them."""
    text = document.text
    lines = (match.end() for match in re.finditer(r"\n+", text))
    for start, end in pairwise(sorted({0, len(text), *sentence_starts(text), *lines})):
        stripped = text[start:end].strip()
        if stripped:
            first = start + text[start:end].index(stripped)
            last = first + min(len(stripped), LONGEST)
            yield FoundSentence(Span(document.name, first, last), text[first:last])
