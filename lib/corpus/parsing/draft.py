"""What every reader writes into: text in blocks, marks where its parts start, and warnings.

Text is cleaned block by block before its offsets are counted, so a part's `start` always points into the final text.
"""

import re
import unicodedata
from dataclasses import dataclass

from lib.domain import Part, PartKind
from lib.errors import FileRejected
from lib.settings import LIMITS

_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_SYMBOL_BULLETS = re.compile("[\uf0b7\uf0a7\uf0d8\uf076\uf0fc\uf02d]")
"""What the symbol fonts of Office programs use as bullets."""
_TRAILING = re.compile(r"[ \t]+(?=\n|\Z)")

LABEL_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds. `parts` are in order of `start`; a warning means that something of the file is missing."""

    text: str
    parts: tuple[Part, ...]
    media: str
    pages: int | None = None
    warnings: tuple[str, ...] = ()


def clean(text: str) -> str:
    """The same text with line feeds as newlines, in NFC, without control characters (tabs stay) and lone surrogates."""
    text = _UNWANTED.sub("", _NEWLINES.sub("\n", text))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def tidy(text: str) -> str:
    """A block as read from a laid-out file: cleaned, plain spaces, nothing invisible, no space at line ends."""
    if text.isascii() and text.isprintable():
        return text.rstrip()  # most blocks, and the patterns below are what reading a large table costs
    text = _SYMBOL_BULLETS.sub("•", _INVISIBLE.sub("", _SPACES.sub(" ", clean(text))))
    return _TRAILING.sub("", text).strip("\n")


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(tidy(text).split())


def label_of(text: str) -> str:
    """A title short enough to stand beside a passage."""
    line = one_line(text)
    return line if len(line) <= LABEL_CHARACTERS else line[: LABEL_CHARACTERS - 1].rstrip() + "…"


def plural(count: int, noun: str) -> str:
    """A count with its noun: "1 row", "3 rows"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def numbers_of(numbers: list[int], noun: str) -> str:
    """Numbers with their noun: "page 3", "pages 3, 7"; a long list is cut after twenty with the count of the rest."""
    shown = ", ".join(str(number) for number in numbers[:20])
    rest = f" and {len(numbers) - 20:,} more" if len(numbers) > 20 else ""
    return f"{noun}{'' if len(numbers) == 1 else 's'} {shown}{rest}"


class Draft:
    """A text that grows block by block; a mark belongs to the block added next."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._parts: list[Part] = []
        self._waiting: list[Part] = []
        self._warnings: list[str] = []

    @property
    def is_empty(self) -> bool:
        """Whether no text has been added yet."""
        return self._length == 0

    def mark(self, kind: PartKind, label: str = "", *, number: int | None = None, level: int = 0) -> None:
        """Start a part where the next block will stand (at the end of the text if none follows)."""
        self._waiting.append(Part(kind, 0, label_of(label), number, level))

    def add(self, block: str, *, gap: str = "\n\n") -> bool:
        """Append a block after `gap`; a block without text adds nothing. Returns whether text was added.

        Raises FileRejected when the text outgrows the limit.
        """
        block = tidy(block)
        if not block.strip():
            return False
        if self._length:
            self._append(gap)
        self._place_marks()
        self._append(block)
        if self._length > LIMITS.text_characters:
            raise too_much_text()
        return True

    def warn(self, warning: str) -> None:
        """Note something of the file that is not in the text."""
        self._warnings.append(warning)

    def parsed(self, media: str, *, pages: int | None = None) -> Parsed:
        """The finished text with its parts."""
        self._place_marks()
        return Parsed("".join(self._pieces), tuple(self._parts), media, pages, tuple(self._warnings))

    def _append(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)

    def _place_marks(self) -> None:
        for part in self._waiting:
            self._parts.append(Part(part.kind, self._length, part.label, part.number, part.level))
        self._waiting.clear()


def too_much_text() -> FileRejected:
    """The reason for a file whose text outgrows the limit."""
    return FileRejected(
        f"holds more than {LIMITS.text_characters:,} characters of text",
        hint="Split it into several files and upload those.",
    )
