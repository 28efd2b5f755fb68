"""Whether an answer says what another version of the document says: last year's policy, the manual of release 3."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lib.corpus.chunking.sentences import sentence_starts
from lib.domain import Passage
from lib.evaluation.claims import claim_of

MIN_LIKENESS = 0.75
"""Share of the evidence's words (numbers aside) that a sentence must hold to be its other version."""
MIN_SAID = 0.6
"""Share of the answer's words that must stand in that sentence or in the question."""

_VERSION = re.compile(
    r"(?<![a-z0-9])(?:(?:19|20)\d\d(?:[-_.]?\d\d){0,2}|v(?:ersion)?[-_. ]?\d+(?:[._]\d+)*|\d+(?:[._]\d+)+)(?![a-z0-9])"
)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class OtherVersion:
    """A sentence of another version of the document that the answer repeats, and the passage it stands in."""

    passage: Passage
    sentence: str


def family(name: str) -> tuple[str, str]:
    """A document's name without its ending and version, and the version: a year, a date, v2, 3.1; "" for none."""
    stem = re.sub(r"\.[a-z]{2,5}$", "", name.lower())
    version = " ".join(match.group() for match in _VERSION.finditer(stem))
    return re.sub(r"[-_. ]+", " ", _VERSION.sub(" ", stem)).strip(), version


def are_versions(one: str, other: str) -> bool:
    """Whether two names differ in nothing but their version (or ending), as leave-2024.md and leave-2026.pdf do."""
    (name, version), (other_name, other_version) = family(one), family(other)
    return bool(name) and name == other_name and version != other_version


def repeated_version(
    said: Sequence[str], question: str, evidence: Sequence[tuple[str, str]], passages: Sequence[Passage]
) -> OtherVersion | None:
    """The sentence of another version that one of the texts `said` repeats; None if there is none.

    `evidence` holds (document, words) of what the answer should rest on. Such a sentence says nearly the same as the
    evidence, holds a word or number that the evidence has not, and `said` takes that over and little else.
    """
    known = claim_of(question).stems
    for document, words in evidence:
        wanted = claim_of(words).stems
        for passage in passages:
            if not are_versions(document, passage.chunk.document):
                continue
            for sentence in _sentences(passage.chunk.text):
                stems = claim_of(sentence).stems
                if _alike(wanted, stems) and any(_takes_over(text, stems - wanted, stems | known) for text in said):
                    return OtherVersion(passage, sentence)
    return None


def _alike(wanted: frozenset[str], other: frozenset[str]) -> bool:
    lasting = {stem for stem in wanted if not _DIGIT.search(stem)}
    return bool(lasting) and len(lasting & other) / len(lasting) >= MIN_LIKENESS


def _takes_over(text: str, peculiar: frozenset[str], familiar: frozenset[str]) -> bool:
    stems = claim_of(text).stems
    return bool(stems & peculiar) and len(stems & familiar) / len(stems) >= MIN_SAID


def _sentences(text: str) -> Iterator[str]:
    lines = (match.end() for match in re.finditer(r"\n+", text))
    for start, end in pairwise(sorted({0, len(text), *sentence_starts(text), *lines})):
        if text[start:end].strip():
            yield text[start:end].strip()
