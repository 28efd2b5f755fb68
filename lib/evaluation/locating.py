"""Where the evidence of a case stands today: quotes are searched for, so they survive other chunks and other parsers.

White space in a quote equals any other; straight and curved quotation marks, dashes and capitals equal each other
where the exact words are nowhere. A quote that stands in several places counts in all of them, and is flagged.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import PurePosixPath

from lib.corpus.chunking.sentences import sentence_starts
from lib.corpus.quotes import find_all
from lib.domain import Document
from lib.evaluation.spans import Span
from lib.records import EvalCase, GoldEvidence

Documents = Callable[[str], Document | None]
"""The document of that name, or None."""

_ALIKE = str.maketrans("“”„‟«»‘’‚‛–—−‐‑", '""""""\'\'\'\'-----')
_LONGEST_QUOTED = 90


class ProblemKind(StrEnum):
    """What can be wrong with a piece of evidence."""

    UNKNOWN_DOCUMENT = "unknown document"
    NOWHERE = "quote stands nowhere"
    SEVERAL = "quote stands several times"
    OUTSIDE = "offsets outside the text"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one piece of evidence, in a sentence; `closest` is the most similar sentence, or ""."""

    kind: ProblemKind
    document: str
    message: str
    closest: str = ""


@dataclass(frozen=True, slots=True)
class Located:
    """The evidence's spans, in order of the evidence, by the documents' own names; and what is wrong with it."""

    spans: tuple[Span, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def stale(self) -> bool:
        """Whether some evidence no longer stands in the documents: the case cannot be scored fairly."""
        return any(problem.kind is not ProblemKind.SEVERAL for problem in self.problems)


def locate(case: EvalCase, documents: Documents) -> Located:
    """The spans of a case's evidence. A case without evidence has none, and no problem."""
    found = [_located(evidence, documents) for evidence in case.evidence]
    spans = dict.fromkeys(span for spans, _ in found for span in spans)
    return Located(tuple(spans), tuple(problem for _, problems in found for problem in problems))


def documents_named(names: Iterable[str], read: Callable[[str], Document]) -> Documents:
    """Finds documents by name, each read once: by its whole name, or by its last part where only one has it."""
    by_base: dict[str, list[str]] = {}
    known = tuple(names)
    for name in known:
        by_base.setdefault(_base(name), []).append(name)
    kept = lru_cache(maxsize=None)(read)

    def find(name: str) -> Document | None:
        alike = [name] if name in known else by_base.get(_base(name), [])
        return kept(alike[0]) if len(alike) == 1 else None

    return find


def closest_sentence(text: str, quote: str) -> str:
    """The sentence of `text` that shares most words with the quote; "" when none shares at least half of them."""
    words = set(_words(quote))
    sentences, holders = _sentence_index(text)
    hits = Counter(index for word in words for index in holders.get(word, ()))
    if not hits:
        return ""

    def likeness(index: int) -> tuple[float, int]:
        return 2 * hits[index] / (len(words) + len(set(_words(sentences[index])))), -index

    best = max((index for index, _ in hits.most_common(50)), key=likeness)
    return sentences[best] if hits[best] * 2 >= len(words) else ""


def _located(evidence: GoldEvidence, documents: Documents) -> tuple[tuple[Span, ...], tuple[Problem, ...]]:
    document = documents(evidence.document)
    if document is None:
        said = f"There is no document {evidence.document!r} here, or several by that name."
        return (), (Problem(ProblemKind.UNKNOWN_DOCUMENT, evidence.document, said),)
    if not evidence.quote:
        return _by_offsets(evidence, document)
    found = _quoted(document.text, evidence.quote)
    if not found:
        closest = closest_sentence(document.text, evidence.quote)
        said = f"“{_short(evidence.quote)}” stands nowhere in {document.name!r}."
        return (), (Problem(ProblemKind.NOWHERE, document.name, said, closest),)
    if len(found) > 1 and evidence.start is not None:
        found = (min(found, key=lambda span: abs(span[0] - (evidence.start or 0))),)
    spans = tuple(Span(document.name, start, end) for start, end in found)
    if len(found) == 1:
        return spans, ()
    said = f"“{_short(evidence.quote)}” stands {len(found)} times in {document.name!r}; each place counts."
    return spans, (Problem(ProblemKind.SEVERAL, document.name, said),)


def _by_offsets(evidence: GoldEvidence, document: Document) -> tuple[tuple[Span, ...], tuple[Problem, ...]]:
    start, end = evidence.start, evidence.end
    if start is not None and end is not None and 0 <= start < end <= len(document.text):
        return (Span(document.name, start, end),), ()
    said = f"Characters {start} to {end} are not in {document.name!r}, which has {len(document.text):,}."
    return (), (Problem(ProblemKind.OUTSIDE, document.name, said),)


def _quoted(text: str, quote: str) -> Sequence[tuple[int, int]]:
    exact = find_all(text, quote)
    return exact or find_all(_folded(text), _fold(quote))


def _fold(text: str) -> str:
    """The text with marks and capitals made alike, character by character, so that offsets stay."""
    alike = text.translate(_ALIKE)
    lowered = alike.lower()
    return lowered if len(lowered) == len(alike) else "".join(c.lower() if len(c.lower()) == 1 else c for c in alike)


_folded = lru_cache(maxsize=16)(_fold)


@lru_cache(maxsize=16)
def _sentence_index(text: str) -> tuple[tuple[str, ...], dict[str, list[int]]]:
    """The text's sentences, and for each word those that hold it."""
    bounds = [0, *sentence_starts(text), len(text)]
    cut = (" ".join(text[start:end].split()) for start, end in pairwise(bounds))
    sentences = tuple(sentence for sentence in cut if sentence)
    holders: dict[str, list[int]] = {}
    for index, sentence in enumerate(sentences):
        for word in set(_words(sentence)):
            holders.setdefault(word, []).append(index)
    return sentences, holders


def _words(text: str) -> list[str]:
    return ["".join(c for c in word if c.isalnum()) for word in text.lower().split()]


def _base(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name


def _short(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= _LONGEST_QUOTED else f"{joined[: _LONGEST_QUOTED - 1]}…"
