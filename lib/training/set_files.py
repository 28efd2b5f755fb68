"""Training sets as files: JSONL or CSV in, every error with its line and nothing half-imported.

JSONL has the objects of `set_rows`, CSV the columns input and output, and if wanted system, id, tags (separated by
semicolons) and part.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from lib.errors import BadInput, LimitExceeded, NotFound, TrainingFileRejected
from lib.sets.csv_table import csv_cells, csv_text
from lib.sets.json_rows import RowWrong, object_in
from lib.sets.names import set_name
from lib.sets.texts import SHOWN_PROBLEMS, FileForm, Problems, text_in
from lib.settings import LIMITS
from lib.training.set_rows import Part, Row, form_of, row_of, unknown_fields
from lib.training.values import TrainingExample, TrainingSet

HINT = (
    'JSONL has one example a line: {"input": "...", "output": "..."} or {"messages": [{"role": "user", "content": '
    '"..."}, {"role": "assistant", "content": "..."}]}. CSV has the columns input, output.'
)
_FORM = FileForm(
    "a file of training examples",
    LIMITS.training_file_bytes,
    "Take a random part of it: a few hundred good examples teach a form.",
    TrainingFileRejected,
)
_NEEDED = ("input", "output")
_COLUMNS = ("id", "system", *_NEEDED, "tags", "part")


@dataclass(frozen=True, slots=True)
class TrainingFile:
    """A file that was read: its rows in order, and remarks on what was passed over."""

    name: str
    rows: tuple[Row, ...]
    remarks: tuple[str, ...] = ()

    @property
    def examples(self) -> tuple[TrainingExample, ...]:
        """All examples, in the order of the file."""
        return tuple(row.example for row in self.rows)

    @property
    def parted(self) -> bool:
        """Whether the file says of every example which part it is in."""
        return all(row.part is not None for row in self.rows)

    def as_set(self) -> TrainingSet:
        """The parts as the file gives them; an example of which it says nothing is trained on."""
        return TrainingSet(
            self.name,
            tuple(row.example for row in self.rows if row.part in {None, Part.TRAIN}),
            tuple(row.example for row in self.rows if row.part is Part.VALIDATION),
            tuple(row.example for row in self.rows if row.part is Part.HELD_OUT),
        )


def read_training_set(name: str, content: bytes) -> tuple[TrainingExample, ...]:
    """The examples in a file; see `read_training_file`."""
    return read_training_file(name, content).examples


def read_training_path(path: Path) -> TrainingFile:
    """The file at a path, refused by its size before any of it is read; raises NotFound too."""
    try:
        if path.stat().st_size > LIMITS.training_file_bytes:
            raise LimitExceeded(
                f"{path.name!r} has {path.stat().st_size / 1e6:.1f} MB; {_FORM.what} may have "
                f"{_FORM.most_bytes / 1e6:.1f} MB.",
                hint=_FORM.too_large_hint,
            )
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path.name!r}.", hint="Check its name and folder.") from error
    except OSError as error:
        raise BadInput(f"{path.name!r} cannot be read: {error.strerror or error}.", hint="Give a file.") from error
    return read_training_file(path.name, content)


def read_training_file(name: str, content: bytes) -> TrainingFile:
    """The examples in the bytes of a JSONL or CSV file, told apart by what is in them.

    Examples without an id are numbered: row-0001. Fields and columns that mean nothing here are passed over with a
    remark. Raises TrainingFileRejected with what is wrong in which line; a file that is too large raises LimitExceeded,
    one with too many rows as soon as there is one too many.
    """
    text = text_in(name, content, _FORM)
    start = text.lstrip()[:1]
    if not start:
        raise TrainingFileRejected(f"{name!r} is empty.", (), hint=HINT)
    if start == "[":
        raise TrainingFileRejected(
            f"{name!r} is one JSON list.", (), hint="Write one example a line, without the brackets."
        )
    reading = _Reading()
    reading.take(_jsonl_forms(text, reading) if start == "{" else _csv_forms(text, reading))
    reading.refuse(name, TrainingFileRejected, hint=HINT)
    if not reading.rows:
        raise TrainingFileRejected(f"{name!r} holds no example.", (), hint=HINT)
    examples = numbered(row.example for row in reading.rows)
    rows = tuple(replace(row, example=example) for row, example in zip(reading.rows, examples, strict=True))
    return TrainingFile(set_name(name), rows, reading.remarks)


def write_training_set(training_set: TrainingSet) -> bytes:
    """The set as JSONL, its parts in order; reading it gives the same set."""
    return "".join(f"{json.dumps(form, ensure_ascii=False)}\n" for form in _forms_of(training_set)).encode()


def write_training_csv(training_set: TrainingSet) -> bytes:
    """The set as CSV that a spreadsheet opens; raises BadInput for conversations of more than one turn."""
    rows = []
    for example, part in parts_of(training_set):
        turns = [message for message in example.messages if message.role != "system"]
        if len(turns) > 2:
            raise BadInput(f"{example.id} has more than one turn, which CSV cannot hold.", hint="Take the JSONL.")
        system = example.messages[0].content if example.messages[0].role == "system" else ""
        rows.append((example.id, system, example.input, example.output, "; ".join(example.tags), part.value))
    return csv_text(_COLUMNS, rows).encode("utf-8-sig")


def parts_of(training_set: TrainingSet) -> Iterator[tuple[TrainingExample, Part]]:
    """Every example with its part, in the set's order."""
    yield from ((example, Part.TRAIN) for example in training_set.train)
    yield from ((example, Part.VALIDATION) for example in training_set.validation)
    yield from ((example, Part.HELD_OUT) for example in training_set.held_out)


def numbered(examples: Iterable[TrainingExample]) -> tuple[TrainingExample, ...]:
    """The examples, those without an id numbered with what is free."""
    listed = tuple(examples)
    taken = {example.id for example in listed}
    free = (name for name in (f"row-{number:04d}" for number in count(1)) if name not in taken)
    return tuple(example if example.id else replace(example, id=next(free)) for example in listed)


def _forms_of(training_set: TrainingSet) -> Iterator[dict[str, object]]:
    return (form_of(example, part) for example, part in parts_of(training_set))


@dataclass(slots=True)
class _Reading(Problems):
    """What has been read of a file so far."""

    rows: list[Row] = field(default_factory=list)
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
        """Read the rows out of (line, object)."""
        for seen, (line, form) in enumerate(forms, start=1):
            if seen > LIMITS.training_rows:
                raise LimitExceeded(
                    f"There are more than {LIMITS.training_rows:,} examples in this file.",
                    hint=f"A set holds at most {LIMITS.training_rows:,}: take a random part of them. A few hundred "
                    "good ones teach a form, and each costs time in every epoch.",
                )
            for name in unknown_fields(form):
                self._unknown.setdefault(name, line)
            try:
                self._add(line, row_of(form))
            except RowWrong as error:
                for what in error.wrong:
                    self.wrong(line, what)

    def _add(self, line: int, row: Row) -> None:
        id = row.example.id
        earlier = self._lines.setdefault(id, line) if id else line
        if earlier != line:
            self.wrong(line, f"the id {id[:60]!r} stands in line {earlier} already")
        self.rows.append(row)


def _jsonl_forms(text: str, reading: Problems) -> Iterator[tuple[int, Mapping[str, object]]]:
    for line, written in enumerate(text.split("\n"), start=1):
        if written.strip():
            try:
                yield line, object_in(written)
            except RowWrong as error:
                reading.wrong(line, str(error))


def _csv_forms(text: str, reading: Problems) -> Iterator[tuple[int, Mapping[str, object]]]:
    for line, cells in csv_cells(text, _NEEDED, reading.wrong):
        yield line, _csv_form(cells)


def _csv_form(cells: Mapping[str, str]) -> Mapping[str, object]:
    """The row as an object, as if it had been written in JSON."""
    form: dict[str, object] = {name: cell for name, cell in cells.items() if name not in _COLUMNS and cell}
    form |= {name: cells[name] for name in ("id", "part") if cells.get(name)}
    if cells.get("tags"):
        form["tags"] = cells["tags"].split(";")
    if not cells.get("system"):
        return form | {"input": cells["input"], "output": cells["output"]}
    turns = zip(("system", "user", "assistant"), ("system", *_NEEDED), strict=True)
    return form | {"messages": [{"role": role, "content": cells[column]} for role, column in turns]}
