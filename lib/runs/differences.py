"""Two runs beside each other: their texts line by line, and the settings in which they differ."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass

from lib.records import RunRecord

Span = tuple[int, int]

_BREAK = re.compile(r"\n|(?<=[.!?])[^\S\n]+(?=[^\s\[])")
_WORD = re.compile(r"\w+|[^\w\s]")
_NOT_SETTINGS = frozenset({"id", "corpus", "question", "prompt_versions", "decision"})
_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of either text beside its counterpart; None where the other side has a line that this one lacks.

    The spans say which characters of a changed line are not in its counterpart.
    """

    left: str | None
    right: str | None
    left_spans: tuple[Span, ...] = ()
    right_spans: tuple[Span, ...] = ()

    @property
    def same(self) -> bool:
        """Whether both sides say the same here."""
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that differs, by its name, and what it is on either side."""

    name: str
    left: str
    right: str


def side_by_side(left: str, right: str) -> tuple[Line, ...]:
    """Both texts by lines, in order; a line is a sentence or ends where the text breaks it. Two empty texts: nothing.

    Joining a side's lines gives its text again but for white space. The matching is difflib's (Ratcliff/Obershelp).
    """
    lefts, rights = _lines(left), _lines(right)
    matcher = difflib.SequenceMatcher(None, lefts, rights, autojunk=False)
    found: list[Line] = []
    for kind, left_from, left_to, right_from, right_to in matcher.get_opcodes():
        found += _block(lefts[left_from:left_to], rights[right_from:right_to], equal=kind == "equal")
    return tuple(found)


def settings_that_differ(left: RunRecord, right: RunRecord) -> tuple[Difference, ...]:
    """What was set otherwise, in the order of the settings; empty for the same settings on the same documents."""
    ours, theirs = dict(named_settings(left)), dict(named_settings(right))
    names = dict.fromkeys([*ours, *theirs])
    pairs = ((name, ours.get(name, "-"), theirs.get(name, "-")) for name in names)
    return tuple(Difference(name, a, b) for name, a, b in pairs if a != b)


def named_settings(record: RunRecord) -> Iterator[tuple[str, str]]:
    """All that made an answer, as name and value: question, approach, model, every setting, documents, versions."""
    yield "question", record.answer.question
    yield "approach", record.answer.approach
    yield "model that answered", record.answer.model
    yield from _named(record.workspace, "")
    yield "prompt version", record.answer.prompt_version
    yield "seed", str(record.seed)
    yield "documents", record.corpus_version
    yield from ((f"version of {name}", version) for name, version in record.versions)


def other_documents(left: RunRecord, right: RunRecord) -> bool:
    """Whether the documents changed between the two runs."""
    return left.corpus_version != right.corpus_version


def _block(lefts: Sequence[str], rights: Sequence[str], *, equal: bool) -> Iterator[Line]:
    """Lines that match, or a stretch of lines in place of another: the first beside the first, and so on."""
    for at in range(max(len(lefts), len(rights))):
        left = lefts[at] if at < len(lefts) else None
        right = rights[at] if at < len(rights) else None
        if equal or left is None or right is None:
            yield Line(left, right)
        else:
            yield Line(left, right, *_changed(left, right))


def _changed(left: str, right: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    if max(len(left), len(right)) > _LONGEST:
        return ((0, len(left)),), ((0, len(right)),)
    lefts, rights = list(_WORD.finditer(left)), list(_WORD.finditer(right))
    words = [match.group() for match in lefts], [match.group() for match in rights]
    codes = difflib.SequenceMatcher(None, *words, autojunk=False).get_opcodes()
    changed = [code for code in codes if code[0] != "equal"]
    return (
        tuple((lefts[a].start(), lefts[b - 1].end()) for _, a, b, _, _ in changed if b > a),
        tuple((rights[a].start(), rights[b - 1].end()) for _, _, _, a, b in changed if b > a),
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in _BREAK.split(text) if line.strip()]


def _named(value: object, before: str) -> Iterator[tuple[str, str]]:
    """The fields of a settings value as words: "retrieval, top k" -> "5"."""
    for field in fields(value) if is_dataclass(value) else ():
        if not before and field.name in _NOT_SETTINGS:
            continue
        inner = getattr(value, field.name)
        name = f"{before}, {_words(field.name)}" if before else _words(field.name)
        if is_dataclass(inner):
            yield from _named(inner, name)
        else:
            yield name, _said(inner)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(str(each) for each in value) or "none"
    return "none" if value in (None, "") else str(value)
