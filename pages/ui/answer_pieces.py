"""An answer cut into pieces for the eye: its words, the markers that open sources, the verdict behind each sentence."""

from collections.abc import Sequence
from dataclasses import replace

from lib.domain import Answer, Citation
from lib.records import StatementCheck
from pages.ui import verdicts
from pages.ui.cited_text import Piece


def pieces(answer: Answer) -> tuple[Piece, ...]:
    """The text cut at its markers, in order; nothing of it is lost or said twice."""
    found: list[Piece] = []
    at = 0
    for cited in sorted(answer.citations, key=lambda c: c.answer_start):
        if cited.answer_start < at:
            continue
        found.append(Piece(answer.text[at : cited.answer_start]))
        found.append(Piece(answer.text[cited.answer_start : cited.answer_end], cited.marker, place(cited)))
        at = cited.answer_end
    found.append(Piece(answer.text[at:]))
    return tuple(piece for piece in found if piece.text)


def marked(answer: Answer, checks: Sequence[StatementCheck], unsupported: str) -> tuple[Piece, ...]:
    """The pieces with each statement's verdict behind it, and behind the markers that follow it at once."""
    marks = {_behind(answer, check): check for check in checks}
    found: list[Piece] = []
    at = 0
    for piece in pieces(answer):
        end = at + len(piece.text)
        cuts = [cut for cut in sorted(marks) if at < cut <= end]
        for cut in cuts:
            found.append(replace(piece, text=answer.text[at:cut]))
            found.append(_mark(marks[cut], unsupported))
            at = cut
        if at < end:
            found.append(replace(piece, text=answer.text[at:end]))
        at = end
    return tuple(found)


def _behind(answer: Answer, check: StatementCheck) -> int:
    """Where the statement's mark goes."""
    at = check.end
    for cited in sorted(answer.citations, key=lambda c: c.answer_start):
        if cited.answer_start >= at and not answer.text[at : cited.answer_start].strip(" .,;"):
            at = cited.answer_end
    return at + 1 if answer.text[at : at + 1] in (".", ",", ";") else at


def _mark(check: StatementCheck, unsupported: str) -> Piece:
    tone = verdicts.MARKS[check.support].colour
    return Piece("", hint=check.reason, verdict=verdicts.in_line(check, unsupported), tone=tone)


def place(cited: Citation) -> str:
    """The document that is cited, and where in it."""
    chunk = cited.passage.chunk
    return f"{chunk.document} · {chunk.place.label}" if chunk.place.label else chunk.document
