"""Eval sets as files: JSONL or CSV in, every error with its line and nothing half-imported; JSONL and CSV out.

CSV has the columns question, answer, document, quote, and if wanted id, tags (separated by semicolons), answerable,
reviewed, start, end, format. A row with the id of the row above it and no question is further evidence of that case.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from lib.errors import EvalFileRejected, LimitExceeded
from lib.evaluation.case_forms import case_of, form_of, unknown_fields
from lib.evaluation.eval_csv import csv_forms, csv_rows
from lib.records import EvalCase, EvalSet
from lib.sets.json_rows import RowWrong, object_in
from lib.sets.names import set_name
from lib.sets.texts import SHOWN_PROBLEMS, FileForm, Problems, text_in
from lib.settings import LIMITS

_HINT = (
    'JSONL has one case a line: {"id": "q1", "question": "...", "answer": "...", "evidence": [{"document": "...", '
    '"quote": "..."}]}. CSV has the columns question, answer, document, quote.'
)
_FORM = FileForm(
    "a file of eval cases",
    LIMITS.eval_file_bytes,
    "Keep the quotes short: a sentence is enough to find the passage.",
    EvalFileRejected,
)


@dataclass(frozen=True, slots=True)
class EvalFile:
    """A file that was read: its set, and remarks on what was passed over."""

    eval_set: EvalSet
    remarks: tuple[str, ...] = ()


def read_eval_set(name: str, content: bytes) -> EvalSet:
    """The set in a file; see `read_eval_file`."""
    return read_eval_file(name, content).eval_set


def read_eval_file(name: str, content: bytes) -> EvalFile:
    """The set in the bytes of a JSONL or CSV file, told apart by what is in them; named after the file.

    Cases without an id are numbered: case-001. Fields and columns that mean nothing here are passed over with a remark.
    Raises EvalFileRejected with what is wrong in which line, and LimitExceeded for a file that is too large.
    """
    text = text_in(name, content, _FORM)
    start = text.lstrip()[:1]
    if not start:
        raise EvalFileRejected(f"{name!r} is empty.", (), hint=_HINT)
    if start == "[":
        raise EvalFileRejected(f"{name!r} is one JSON list.", (), hint="Write one case a line, without the brackets.")
    reading = Reading()
    reading.take(csv_forms(text, reading.wrong) if start != "{" else _jsonl_forms(text, reading))
    reading.refuse(name, EvalFileRejected, hint=_HINT)
    if not reading.cases:
        raise EvalFileRejected(f"{name!r} holds no case.", (), hint=_HINT)
    return EvalFile(EvalSet(set_name(name), numbered(reading.cases)), reading.remarks)


def write_eval_set(eval_set: EvalSet) -> bytes:
    """The set as JSONL, in order; reading it gives the same cases."""
    import json

    return "".join(f"{json.dumps(form_of(case), ensure_ascii=False)}\n" for case in eval_set.cases).encode()


def write_eval_csv(eval_set: EvalSet) -> bytes:
    """The set as CSV that a spreadsheet opens: no cell is a formula, and reading it gives the same cases."""
    return csv_rows(eval_set.cases).encode("utf-8-sig")


@dataclass(slots=True)
class Reading(Problems):
    """What has been read of a file so far."""

    cases: list[EvalCase] = field(default_factory=list)
    _lines: dict[str, int] = field(default_factory=dict)
    _unknown: dict[str, int] = field(default_factory=dict)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was passed over."""
        return tuple(
            f"{name!r} means nothing here and was passed over (first in line {line})"
            for name, line in list(self._unknown.items())[:SHOWN_PROBLEMS]
        )

    def take(self, forms: Iterable[tuple[int, Mapping[str, object]]]) -> None:
        """Read the cases out of (line, object)."""
        for seen, (line, form) in enumerate(forms, start=1):
            if seen > LIMITS.eval_cases:
                raise LimitExceeded(
                    f"There are more than {LIMITS.eval_cases:,} cases in this file.",
                    hint=f"A set holds at most {LIMITS.eval_cases:,}: take a random part of them. "
                    "A few hundred tell set-ups apart.",
                )
            for name in unknown_fields(form):
                self._unknown.setdefault(name, line)
            try:
                self._add(line, case_of(form))
            except RowWrong as error:
                for what in error.wrong:
                    self.wrong(line, what)

    def _add(self, line: int, case: EvalCase) -> None:
        earlier = self._lines.setdefault(case.id, line) if case.id else line
        if earlier != line:
            self.wrong(line, f"the id {case.id[:60]!r} stands in line {earlier} already")
        self.cases.append(case)


def _jsonl_forms(text: str, reading: Reading) -> Iterator[tuple[int, Mapping[str, object]]]:
    for line, written in enumerate(text.split("\n"), start=1):
        if written.strip():
            try:
                yield line, object_in(written)
            except RowWrong as error:
                reading.wrong(line, str(error))


def numbered(cases: Iterable[EvalCase]) -> tuple[EvalCase, ...]:
    """The cases, those without an id numbered with what is free."""
    listed = tuple(cases)
    taken = {case.id for case in listed}
    free = (name for name in (f"case-{number:03d}" for number in count(1)) if name not in taken)
    return tuple(case if case.id else replace(case, id=next(free)) for case in listed)
