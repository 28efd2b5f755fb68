"""The text of an uploaded file of rows, and what is wrong with it, line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lib.errors import LimitExceeded, LineProblem, SetFileRejected

SHOWN_PROBLEMS = 20

Form = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class FileForm:
    """What a kind of file is called ("a file of eval cases"), how large it may be, and how its errors are raised."""

    what: str
    most_bytes: int
    too_large_hint: str
    rejected: type[SetFileRejected]


def text_in(name: str, content: bytes, form: FileForm) -> str:
    """The file's text; raises for one that is too large or no text in UTF-8."""
    if len(content) > form.most_bytes:
        raise LimitExceeded(
            f"{name!r} has {len(content) / 1e6:.1f} MB; {form.what} may have {form.most_bytes / 1e6:.1f} MB.",
            hint=form.too_large_hint,
        )
    if content.startswith(b"PK\x03\x04"):
        raise form.rejected(
            f"{name!r} is a workbook or an archive, not a text.", (), hint='In Excel, save it as "CSV UTF-8".'
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        where = LineProblem(line, f"byte {error.start:,} is {content[error.start]:#04x}, which is not UTF-8")
        raise form.rejected(
            f"{name!r} is not a text in UTF-8.", (where,), hint='Save it as UTF-8 (in Excel: "CSV UTF-8").'
        ) from error
    if "\0" in text:
        raise form.rejected(f"{name!r} is not a text: it holds null bytes.", (), hint="Save it as UTF-8 text.")
    return text


@dataclass(slots=True)
class Problems:
    """What is wrong with a file: the first `SHOWN_PROBLEMS` by line, and how many `more` there are."""

    problems: list[LineProblem] = field(default_factory=list)
    more: int = 0

    def wrong(self, line: int, what: str) -> None:
        """Note what is wrong in a line; the first ones are kept, the others counted."""
        if len(self.problems) < SHOWN_PROBLEMS:
            self.problems.append(LineProblem(line, what))
        else:
            self.more += 1

    def refuse(self, name: str, rejected: type[SetFileRejected], *, hint: str) -> None:
        """Raise `rejected` with all of it if anything is wrong."""
        lines = len(self.problems) + self.more
        if lines:
            raise rejected(
                f"{name!r} was not imported: {lines:,} {'thing is' if lines == 1 else 'things are'} wrong with it.",
                self.problems,
                more=self.more,
                hint=hint,
            )


def header_problems(names: Sequence[str], needed: Sequence[str]) -> tuple[str, ...]:
    """What is wrong with the names of a table's columns."""
    missing = [name for name in needed if name not in names]
    found = []
    if missing:
        there = ", ".join(name[:40] or "(no name)" for name in names[:12])
        columns = f"the column {missing[0]!r} is" if len(missing) == 1 else f"the columns {', '.join(missing)} are"
        found.append(f"{columns} missing; there are: {there}")
    doubles = sorted({name for name in names if name and names.count(name) > 1})
    return (*found, *(f"the column {name[:40]!r} stands twice" for name in doubles))
