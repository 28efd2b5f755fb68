"""Eval cases as rows of a CSV file; rows become the objects of `case_forms` and are checked there.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, which is taken off again
when it is read; no formula is ever worked out.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from lib.evaluation.case_forms import CaseWrong, evidence_form, format_form, object_in
from lib.records import AnswerFormat, EvalCase

NEEDED = ("question", "answer", "document", "quote")
COLUMNS = ("id", *NEEDED, "start", "end", "answerable", "tags", "reviewed", "format")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}
_LONGEST_CELL = 1_000_000

Form = Mapping[str, object]
Wrong = Callable[[int, str], None]
"""Told of a line and what is wrong with it."""


def csv_forms(text: str, wrong: Wrong) -> Iterator[tuple[int, Form]]:
    """(line, object) of each case; the line is where its first row starts. What cannot be read is told to `wrong`."""
    rows = _rows(text, wrong)
    header_line, header = next(rows, (1, []))
    names = [cell.strip().lower() for cell in header]
    if not _header_fits(header_line, names, wrong):
        return
    yield from joined(_forms(rows, names, wrong))


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
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for case in cases:
        evidence = [evidence_form(one) for one in case.evidence] or [{}]
        for number, one in enumerate(evidence):
            row = {"id": case.id, **one} if number else _first_row(case, one)
            writer.writerow([_without_formula(str(row.get(column, ""))) for column in COLUMNS])
    return out.getvalue()


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


def _rows(text: str, wrong: Wrong) -> Iterator[tuple[int, list[str]]]:
    """(line where it starts, cells) of every row that is not blank."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    started = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield started, cells
            started = reader.line_num + 1
    except csv.Error as error:
        unclosed = "unexpected end of data" in str(error)
        wrong(started, "a quotation mark is opened and never closed" if unclosed else f"is no CSV: {error}")


def _delimiter(text: str) -> str:
    """Comma, semicolon or tab, whichever the header has most of."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _header_fits(line: int, names: Sequence[str], wrong: Wrong) -> bool:
    missing = [name for name in NEEDED if name not in names]
    if missing:
        there = ", ".join(name[:40] or "(no name)" for name in names[:12])
        columns = f"the column {missing[0]!r} is" if len(missing) == 1 else f"the columns {', '.join(missing)} are"
        wrong(line, f"{columns} missing; there are: {there}")
    doubles = sorted({name for name in names if name and names.count(name) > 1})
    for name in doubles:
        wrong(line, f"the column {name[:40]!r} stands twice")
    return not missing and not doubles


def _forms(
    rows: Iterable[tuple[int, list[str]]], names: Sequence[str], wrong: Wrong
) -> Iterator[tuple[int, dict[str, object]]]:
    for line, cells in rows:
        if len(cells) != len(names):
            wrong(line, f"has {len(cells)} cells, the header has {len(names)} (is a cell with commas not in quotes?)")
            continue
        form = row_form(
            line, {name: _with_formula(cell.strip()) for name, cell in zip(names, cells, strict=True)}, wrong
        )
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
    except CaseWrong as error:
        problems.append(f"format {error}")
        return {}


def _continues(case: Form, row: Form) -> bool:
    """Whether a row is further evidence of the case above it."""
    same = row.get("id") and row.get("id") == case.get("id")
    return bool(same and row.get("evidence")) and not any(row.get(name) for name in ("question", "answer", "tags"))


def _listed(form: Form) -> list[object]:
    found = form.get("evidence")
    return found if isinstance(found, list) else []


def _without_formula(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _with_formula(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
