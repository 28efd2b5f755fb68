"""Eval cases as rows of a table that people edit: one row for each piece of evidence, so none is lost.

The first row of a case holds everything; rows of further evidence repeat its id and hold a document and a quote alone.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lib.errors import EvalFileRejected
from lib.evaluation.case_forms import format_form
from lib.evaluation.eval_csv import joined, row_form
from lib.evaluation.eval_files import Reading, numbered
from lib.evaluation.eval_store import with_free_ids
from lib.records import AnswerFormat, EvalCase, GoldEvidence


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One row. An empty id, `answerable` or `reviewed` is filled in; `start`, `end` and `format` are not shown."""

    id: str = ""
    question: str = ""
    answer: str = ""
    document: str = ""
    quote: str = ""
    answerable: bool | None = None
    tags: str = ""
    reviewed: bool | None = None
    start: int | None = None
    end: int | None = None
    format: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing is written in it."""
        return not any((self.id, self.question, self.answer, self.document, self.quote, self.tags))


def rows_of(cases: Iterable[EvalCase]) -> tuple[CaseRow, ...]:
    """The cases as rows, in order; `cases_from` turns them back."""
    rows: list[CaseRow] = []
    for case in cases:
        first, *others = case.evidence or (GoldEvidence(""),)
        rows.append(
            CaseRow(
                case.id,
                case.question,
                case.answer or "",
                first.document,
                first.quote,
                case.answerable,
                "; ".join(case.tags),
                case.reviewed,
                first.start,
                first.end,
                "" if case.format is AnswerFormat.NONE else json.dumps(format_form(case), ensure_ascii=False),
            )
        )
        rows += [CaseRow(case.id, document=e.document, quote=e.quote, start=e.start, end=e.end) for e in others]
    return tuple(rows)


def cases_from(rows: Sequence[CaseRow]) -> tuple[EvalCase, ...]:
    """The cases in the rows; blank rows are passed over, and ids that are missing are numbered.

    Raises EvalFileRejected with everything that is wrong; its lines are rows, counted from 1.
    """
    reading = Reading()
    forms = (
        (number, form)
        for number, row in enumerate(rows, start=1)
        if not row.blank and (form := row_form(number, _cells(row), reading.wrong)) is not None
    )
    reading.take(joined(forms))
    if reading.problems:
        raise EvalFileRejected(
            "The table was not saved.", reading.problems, more=reading.more, hint="Mend these rows, then save again."
        )
    return numbered(reading.cases)


def merged(base: Sequence[EvalCase], edited: Sequence[EvalCase], now: Sequence[EvalCase]) -> tuple[EvalCase, ...]:
    """The edited cases with what changed elsewhere since `base`, from which the edits began, worked in.

    A case that was not edited is taken as it is `now`, gone if it went; cases that came since stand at the end. A case
    that was changed in both places is taken as it was edited.
    """
    was, present = ({case.id: case for case in cases} for cases in (base, now))
    kept = (present.get(case.id) if was.get(case.id) == case else case for case in edited)
    return with_free_ids(
        tuple(case for case in kept if case is not None), tuple(case for case in now if case.id not in was)
    )


def _cells(row: CaseRow) -> dict[str, str]:
    """The row as the cells of a CSV file; offsets without a document are left over from one that was cleared."""
    placed = bool(row.document or row.quote)
    return {
        "id": row.id,
        "question": row.question,
        "answer": row.answer,
        "document": row.document,
        "quote": row.quote,
        "answerable": "" if row.answerable is None else str(row.answerable),
        "tags": row.tags,
        "reviewed": "" if row.reviewed is None else str(row.reviewed),
        "start": str(row.start) if placed and row.start is not None else "",
        "end": str(row.end) if placed and row.end is not None else "",
        "format": row.format,
    }
