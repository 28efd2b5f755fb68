"""Word documents: headings, paragraphs, lists, tables and footnotes in the order of the body."""

from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from lib.corpus.parsing.archive import check_archive
from lib.corpus.parsing.draft import Draft, Parsed, one_line
from lib.corpus.parsing.rows import cell_line
from lib.corpus.parsing.sniff import Kind
from lib.domain import PartKind

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TRANSPARENT = {f"{_W}{tag}" for tag in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}
_SKIPPED = {f"{_W}{tag}" for tag in ("del", "moveFrom", "instrText", "pPr", "rPr", "sdtPr")} | {f"{_MC}Fallback"}
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_BODY_LEVEL = 9
_Element = Any
"""An lxml element; lxml brings no types."""


def read_docx(content: bytes) -> Parsed:
    """The body's text, with headings as parts.

    A list item keeps its bullet or number, a table row is one line, "cell | cell", a footnote follows its paragraph.
    Page headers, footers and deleted text are left out.
    """
    check_archive(content)
    from docx import Document

    return _Reader(Document(BytesIO(content))).read()


class _Reader:
    """Walks one document's XML; python-docx's own iteration leaves out content controls and tracked insertions."""

    def __init__(self, document: "WordDocument") -> None:
        self._document = document
        self._draft = Draft()
        self._styles = _Styles(document)
        self._notes = _footnotes(document)
        self._counters: defaultdict[tuple[str, int], int] = defaultdict(int)
        self._in_list = False
        self._has_title = False

    def read(self) -> Parsed:
        for block in _blocks(self._document.element.body):
            if block.tag == f"{_W}tbl":
                self._add_table(block)
            else:
                self._add_paragraph(block)
        return self._draft.parsed(Kind.DOCX.value)

    def _add_paragraph(self, paragraph: _Element) -> None:
        text = _text_of(paragraph).strip()
        level = self._level(paragraph)
        bullet = "" if level else self._bullet(paragraph)
        if level and text:
            self._draft.mark(PartKind.HEADING, text, level=level)
            text = one_line(text)
        if self._draft.add(bullet + text if text else "", gap="\n" if bullet and self._in_list else "\n\n"):
            self._in_list = bool(bullet)
        for box in _text_boxes(paragraph):
            self._draft.add("\n".join(filter(None, (_text_of(inner).strip() for inner in box.iter(f"{_W}p")))))
        for reference in paragraph.iter(f"{_W}footnoteReference"):
            number = reference.get(f"{_W}id")
            self._draft.add(f"Footnote: {self._notes[number]}" if self._notes.get(number) else "")

    def _level(self, paragraph: _Element) -> int:
        """The depth of the heading that the paragraph is; below a title, all headings stand one deeper."""
        if self._styles.is_title(paragraph):
            self._has_title = True
            return 1
        level = self._styles.heading_level(paragraph)
        return level + 1 if level and self._has_title else level

    def _add_table(self, table: _Element) -> None:
        above: dict[int, str] = {}
        self._in_list = False
        gap = "\n\n"
        for row in _children(table, f"{_W}tr"):
            cells = list(_cells(row, above))
            if self._draft.add(cell_line(cells), gap=gap):
                gap = "\n"

    def _bullet(self, paragraph: _Element) -> str:
        found = self._styles.list_place(paragraph)
        if found is None:
            return ""
        number, depth = found
        indent = "  " * depth
        if self._styles.is_bullet(number, depth):
            return f"{indent}- "
        self._counters[number, depth] += 1
        for deeper in range(depth + 1, _BODY_LEVEL):
            self._counters.pop((number, deeper), None)
        return f"{indent}{self._counters[number, depth]}. "


class _Styles:
    """What a paragraph is by its own properties and by those of its style and the styles that one is based on."""

    def __init__(self, document: "WordDocument") -> None:
        self._styles = {style.get(f"{_W}styleId"): style for style in document.styles.element.iter(f"{_W}style")}
        self._formats = dict(_number_formats(document))

    def is_title(self, paragraph: _Element) -> bool:
        """Whether the paragraph is the document's title."""
        return any((_value(element, "name") or "").lower() == "title" for element in self._chain(paragraph))

    def heading_level(self, paragraph: _Element) -> int:
        """1 to 9 for a heading, 0 for anything else."""
        for element in self._chain(paragraph):
            name = (_value(element, "name") or "").lower()
            if name.startswith("heading ") and name[8:].isdecimal():
                return int(name[8:])
            outline = _value(element, "pPr/outlineLvl")
            if outline and outline.isdecimal() and int(outline) < _BODY_LEVEL:
                return int(outline) + 1
        return 0

    def list_place(self, paragraph: _Element) -> tuple[str, int] | None:
        """The numbering that the paragraph belongs to and its depth in it, from 0; None outside lists."""
        depth = next(filter(None, (_value(element, "pPr/numPr/ilvl") for element in self._chain(paragraph))), "0")
        for element in self._chain(paragraph):
            number = _value(element, "pPr/numPr/numId")
            if number is not None:
                return (number, min(int(depth), _BODY_LEVEL - 1)) if number != "0" else None
        return None

    def is_bullet(self, number: str, depth: int) -> bool:
        """Whether that list's items at that depth carry a sign rather than a number."""
        return self._formats.get((number, str(depth)), "bullet") in ("bullet", "none")

    def _chain(self, paragraph: _Element) -> Iterator[_Element]:
        yield paragraph
        style = _value(paragraph, "pPr/pStyle")
        for _ in range(_BODY_LEVEL):
            element = self._styles.get(style)
            if element is None:
                return
            yield element
            style = _value(element, "basedOn")


def _number_formats(document: "WordDocument") -> Iterator[tuple[tuple[str, str], str]]:
    """(numbering, depth) -> "bullet", "decimal", ...; a document without lists has no numbering part."""
    related = (relation.target_part for relation in document.part.rels.values() if not relation.is_external)
    part = next((part for part in related if part.partname.endswith("/numbering.xml")), None)
    if part is None:
        return
    root = _root(part)
    abstract = {element.get(f"{_W}abstractNumId"): element for element in root.iter(f"{_W}abstractNum")}
    for number in root.iter(f"{_W}num"):
        levels = abstract.get(_value(number, "abstractNumId"))
        for level in levels.iter(f"{_W}lvl") if levels is not None else ():
            yield (number.get(f"{_W}numId"), level.get(f"{_W}ilvl")), _value(level, "numFmt") or "decimal"


def _footnotes(document: "WordDocument") -> dict[str, str]:
    related = (relation.target_part for relation in document.part.rels.values() if not relation.is_external)
    part = next((part for part in related if part.partname.endswith("/footnotes.xml")), None)
    if part is None:
        return {}
    notes = _root(part).iter(f"{_W}footnote")
    return {note.get(f"{_W}id"): " ".join(one_line(_text_of(inner)) for inner in note.iter(f"{_W}p")) for note in notes}


def _root(part: Any) -> _Element:
    from docx.oxml import parse_xml

    return part.element if hasattr(part, "element") else parse_xml(part.blob)


def _blocks(parent: _Element) -> Iterator[_Element]:
    """Paragraphs and tables in order, through content controls and tracked changes."""
    for child in parent:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in _TRANSPARENT:
            yield from _blocks(child)


def _children(parent: _Element, tag: str) -> Iterator[_Element]:
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _TRANSPARENT:
            yield from _children(child, tag)


def _cells(row: _Element, above: dict[int, str]) -> Iterator[str]:
    """The row's texts; a cell merged with the one above repeats its text, so that every row can be read alone."""
    column = 0
    for cell in _children(row, f"{_W}tc"):
        merge = cell.find(f"{_W}tcPr/{_W}vMerge")
        text = " ".join(filter(None, (one_line(_text_of(paragraph)) for paragraph in cell.iter(f"{_W}p"))))
        if merge is not None and merge.get(f"{_W}val") != "restart" and not text:
            text = above.get(column, "")
        above[column] = text
        yield text
        column += int(_value(cell, "tcPr/gridSpan") or 1)


def _text_of(element: _Element) -> str:
    """The visible characters of a paragraph; its text boxes are paragraphs of their own."""
    pieces: list[str] = []
    for child in element:
        if child.tag == f"{_W}t":
            pieces.append(child.text or "")
        elif child.tag in _SIGNS:
            pieces.append(_SIGNS[child.tag])
        elif child.tag not in _SKIPPED and child.tag != f"{_W}txbxContent":
            pieces.append(_text_of(child))
    return "".join(pieces)


def _text_boxes(paragraph: _Element) -> Iterator[_Element]:
    """The paragraph's text boxes; the fallback that Word writes for old versions repeats them and is left out."""
    for box in paragraph.iter(f"{_W}txbxContent"):
        if not any(ancestor.tag == f"{_MC}Fallback" for ancestor in box.iterancestors()):
            yield box


def _value(element: _Element, path: str) -> str | None:
    found = element.find("/".join(f"{_W}{step}" for step in path.split("/")))
    return None if found is None else found.get(f"{_W}val")
