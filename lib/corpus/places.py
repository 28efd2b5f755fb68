"""Where a span stands, in the words of its file: "page 4 · Leave › Parental leave", "sheet Prices · row 12"."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from lib.domain import Document, Part, PartKind, Place

_DIVISIONS = (PartKind.PAGE, PartKind.SLIDE, PartKind.SHEET)


class Places:
    """The places of one document; looking one up costs a few bisections, whatever the number of parts."""

    def __init__(self, document: Document) -> None:
        self._text = document.text
        self._divisions = _Track(part for part in document.parts if part.kind in _DIVISIONS)
        self._rows = _Track(part for part in document.parts if part.kind is PartKind.ROW)
        self._headings = _Track(part for part in document.parts if part.kind is PartKind.HEADING)
        self._paths = self._heading_paths()

    def at(self, start: int, end: int) -> Place:
        """The place of `text[start:end]`; white space at its ends does not count, headings are those at its start.

        `page` is the page or slide on which the span starts. A document without parts gives the empty place.
        """
        span = self._text[start:end]
        start, end = start + len(span) - len(span.lstrip()), max(start + 1, start + len(span.rstrip()))
        division = self._divisions.at(start)
        pieces = (self._division_label(division, end), self._path(start), self._row_label(division, start, end))
        page = division.number if division and division.kind is not PartKind.SHEET else None
        return Place(" · ".join(piece for piece in pieces if piece), page)

    def _division_label(self, division: Part | None, end: int) -> str:
        if division is None:
            return ""
        if division.kind is PartKind.SHEET:
            return f"sheet {division.label}"
        last = self._divisions.at(end - 1) or division
        numbers = _numbers(division.kind, division, last)
        return f"{numbers} · {division.label}" if division.label else numbers

    def _row_label(self, division: Part | None, start: int, end: int) -> str:
        first = self._rows.at(start)
        if first is None or (division and first.start < division.start):
            first = self._rows.next_after(start)
        last = self._rows.at(end - 1)
        if first is None or last is None or last.start < first.start:
            return ""
        numbers = _numbers(PartKind.ROW, first, last)
        return f"{numbers} · {first.label}" if first.label and first is last else numbers

    def _path(self, start: int) -> str:
        index = self._headings.index_at(start)
        return self._paths[index] if index >= 0 else ""

    def _heading_paths(self) -> list[str]:
        """Each heading's path; one that is followed at once by a deeper one takes the deeper one's path."""
        paths: list[str] = []
        open_headings: list[Part] = []
        for heading in self._headings.parts:
            open_headings = [above for above in open_headings if above.level < heading.level] + [heading]
            paths.append(" › ".join(above.label for above in open_headings if above.label))
        for index in range(len(paths) - 2, -1, -1):
            if self._is_only_a_title(index):
                paths[index] = paths[index + 1]
        return paths

    def _is_only_a_title(self, index: int) -> bool:
        heading, following = self._headings.parts[index : index + 2]
        between = self._text[heading.start : following.start].rstrip()
        return following.level > heading.level and "\n" not in between


class _Track:
    """Parts in order of their start, to be asked for the one in force at a character."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self.parts: tuple[Part, ...] = tuple(parts)
        self._starts = [part.start for part in self.parts]

    def index_at(self, position: int) -> int:
        """Index of the last part that starts at or before the position; -1 before the first."""
        return bisect_right(self._starts, position) - 1

    def at(self, position: int) -> Part | None:
        index = self.index_at(position)
        return self.parts[index] if index >= 0 else None

    def next_after(self, position: int) -> Part | None:
        index = bisect_left(self._starts, position)
        return self.parts[index] if index < len(self.parts) else None


def _numbers(kind: PartKind, first: Part, last: Part) -> str:
    if first.number is None:
        return kind.value
    if last.number is None or last.number <= first.number:
        return f"{kind.value} {first.number}"
    return f"{kind.value}s {first.number}-{last.number}"
