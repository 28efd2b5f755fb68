"""Eval cases as rows of a CSV file; rows become the objects of `case_forms` and are checked there."""

import json
from collections.abc import Iterable, Iterator, Mapping

from lib.evaluation.case_forms import evidence_form, format_form
from lib.records import AnswerFormat, EvalCase
from lib.sets.csv_table import Wrong, csv_cells, csv_text
from lib.sets.json_rows import RowWrong, object_in
from lib.sets.texts import Form

NEEDED = ("question", "answer", "document", "quote")
COLUMNS = ("id", *NEEDED, "start", "end", "answerable", "tags", "reviewed", "format")
_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}


def csv_forms(text: str, wrong: Wrong) -> Iterator[tuple[int, Form]]:
    """(line, object) of each case; the line is where its first row starts. What cannot be read is told to `wrong`."""
    yield from joined(_forms(csv_cells(text, NEEDED, wrong), wrong))


def joined(forms: Iterable[tuple[int, dict[str, object]]]) -> Iterator[tuple[int, Form]]:
    """The same objects, rows of further evidence put into the case that they follow."""
    pending: tuple[int, dict[str, object]] | None = None
    for line, form in forms:
        if pending and _continues(pending[1], form):
            pending[1]["evidence"] = [*_listed(pending[1]), *_listed(form)]
            continue
        if pending:
            yield pending
        pending = (line, form)
    if pending:
        yield pending


def csv_rows(cases: Iterable[EvalCase]) -> str:
    """The cases as CSV with a header; further evidence of a case stands in rows of its own with the same id."""
    rows = (row for case in cases for row in _rows_of(case))
    return csv_text(COLUMNS, ([str(row.get(column, "")) for column in COLUMNS] for row in rows))


def _rows_of(case: EvalCase) -> Iterator[Form]:
    evidence = [evidence_form(one) for one in case.evidence] or [{}]
    for number, one in enumerate(evidence):
        yield {"id": case.id, **one} if number else _first_row(case, one)


def _first_row(case: EvalCase, evidence: Form) -> dict[str, object]:
    return {
        "id": case.id,
        "question": case.question,
        "answer": case.answer or "",
        **evidence,
        "answerable": "true" if case.answerable else "false",
        "tags": "; ".join(case.tags),
        "reviewed": "true" if case.reviewed else "false",
        "format": "" if case.format is AnswerFormat.NONE else json.dumps(format_form(case), ensure_ascii=False),
    }


def _forms(rows: Iterable[tuple[int, dict[str, str]]], wrong: Wrong) -> Iterator[tuple[int, dict[str, object]]]:
    for line, cells in rows:
        form = row_form(line, cells, wrong)
        if form is not None:
            yield line, form


def row_form(line: int, cells: Mapping[str, str], wrong: Wrong) -> dict[str, object] | None:
    """The row, column -> cell, as an object, as if it had been written in JSON; None for one that cannot be read."""
    values = {name: cell.strip() for name, cell in cells.items()}
    problems = [f"{name} is NaN; leave the cell empty" for name in NEEDED if values.get(name, "").lower() == "nan"]
    form: dict[str, object] = {name: value for name, value in values.items() if value and name not in COLUMNS}
    form |= {name: values[name] for name in ("id", "question", "answer") if values.get(name)}
    form["evidence"] = _evidence(values, problems)
    if tags := values.get("tags"):
        form["tags"] = tags.split(";")
    form |= {name: _truth(name, values[name], problems) for name in ("answerable", "reviewed") if values.get(name)}
    if written := values.get("format"):
        form["format"] = _object(written, problems)
    for problem in problems:
        wrong(line, problem)
    return None if problems else form


def _evidence(values: Mapping[str, str], problems: list[str]) -> list[object]:
    given = {name: values[name] for name in ("document", "quote", "start", "end") if values.get(name)}
    evidence: dict[str, object] = dict(given)
    for name in ("start", "end"):
        if name in given:
            try:
                evidence[name] = int(given[name])
            except ValueError:
                problems.append(f"{name} is {given[name][:20]!r}, not a whole number")
    return [evidence] if given else []


def _truth(name: str, written: str, problems: list[str]) -> bool:
    said = written.lower()
    if said not in _TRUE | _FALSE:
        problems.append(f"{name} is {written[:20]!r}, not true or false")
    return said in _TRUE


def _object(written: str, problems: list[str]) -> Form:
    try:
        return object_in(written)
    except RowWrong as error:
        problems.append(f"format {error}")
        return {}


def _continues(case: Form, row: Form) -> bool:
    """Whether a row is further evidence of the case above it."""
    same = row.get("id") and row.get("id") == case.get("id")
    return bool(same and row.get("evidence")) and not any(row.get(name) for name in ("question", "answer", "tags"))


def _listed(form: Form) -> list[object]:
    found = form.get("evidence")
    return found if isinstance(found, list) else []
