"""HTML as a reader sees it: the content without menus, blocks parted by blank lines, headings as parts."""

import re
from collections.abc import Callable, Iterator
from typing import Literal

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lib.corpus.parsing.decoding import decode
from lib.corpus.parsing.draft import Draft, Parsed, one_line
from lib.corpus.parsing.rows import cell_line
from lib.corpus.parsing.sniff import Kind
from lib.domain import PartKind

_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
_UNSEEN = frozenset(
    "script style noscript template svg iframe object canvas head select button input textarea datalist audio"
    " video".split()
)
_FURNITURE = frozenset(["nav", "footer", "aside", "dialog"])
_FURNITURE_ROLES = frozenset(["navigation", "banner", "contentinfo", "complementary", "search", "dialog"])
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td tfoot th"
    " thead tr ul".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MAIN_CHARACTERS = 100
_SPACE = re.compile(r"[ \t\n\r\f]+")

Step = tuple[Literal["open", "text", "close"], LexborNode]
Block = Literal["paragraph", "item", "row"]


def read_html(content: bytes) -> Parsed:
    """The page's text: title, headings, paragraphs, lists, tables.

    Menus, footers and asides are left out if anything else is there; where a `main` holds the content, only it is read.
    """
    declared = _DECLARED.search(content[:4096])
    text, lost = decode(content, declared=declared[1].decode("ascii") if declared else "")
    tree = LexborHTMLParser(text)
    draft = Draft()
    for warning in lost:
        draft.warn(warning)
    _add_title(draft, tree)
    for root, leave_out in _attempts(tree):
        page = _Page(draft)
        for step, node in _walk(root, leave_out):
            page.take(step, node)
        page.end()
        if page.has_text:
            break
    return draft.parsed(Kind.HTML.value)


def _add_title(draft: Draft, tree: LexborHTMLParser) -> None:
    title, heading = (_text_of(tree.css_first(selector)) for selector in ("title", "h1"))
    if title and title != heading:
        draft.mark(PartKind.HEADING, title, level=1)
        draft.add(title)


def _text_of(node: LexborNode | None) -> str:
    return one_line(node.text()) if node is not None else ""


def _attempts(tree: LexborHTMLParser) -> Iterator[tuple[LexborNode, Callable[[LexborNode], bool]]]:
    """What to read, from the narrowest: the main content, the page without its furniture, the whole page."""
    main = tree.css_first("main, [role=main]")
    if main is not None and len(_text_of(main)) >= _MAIN_CHARACTERS:
        yield main, _is_beside_content
    if tree.body is not None:
        yield tree.body, _is_beside_content
        yield tree.body, _is_unseen


def _walk(root: LexborNode, leave_out: Callable[[LexborNode], bool]) -> Iterator[Step]:
    """Every node in reading order, opened and closed, without recursion: pages can be nested as deep as they like."""
    node = root
    entering = True
    while True:
        is_read = entering and (node.is_text_node or (node.is_element_node and not leave_out(node)))
        if is_read:
            yield ("text" if node.is_text_node else "open"), node
            if node.first_child is not None:
                node = node.first_child
                continue
        if (is_read or not entering) and not node.is_text_node:
            yield "close", node
        if node.mem_id == root.mem_id:
            return
        following, parent = node.next, node.parent
        if following is None and parent is None:
            return
        entering = following is not None
        node = following or parent or root


def _is_unseen(node: LexborNode) -> bool:
    if node.tag in _UNSEEN:
        return True
    attributes = node.attributes
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return "hidden" in attributes or "display:none" in style or "visibility:hidden" in style


def _is_beside_content(node: LexborNode) -> bool:
    role = (node.attributes.get("role") or "").lower()
    return node.tag in _FURNITURE or role in _FURNITURE_ROLES or _is_unseen(node)


class _Page:
    """Collects inline text until a block ends, then writes the block into the draft."""

    def __init__(self, draft: Draft) -> None:
        self.has_text = False
        self._draft = draft
        self._inline: list[str] = []
        self._row: list[str] = []
        self._lists: list[int | None] = []
        self._tables: list[bool] = []
        self._bullet = ""
        self._heading = 0
        self._preformatted = 0
        self._in_cell = False
        self._last: Block = "paragraph"

    def take(self, step: str, node: LexborNode) -> None:
        """The next step of the walk."""
        tag = node.tag or ""
        if step == "text":
            text = node.text(deep=False) or ""
            self._inline.append(text if self._preformatted else _SPACE.sub(" ", text))
        elif tag == "br":
            self._inline += ["\n"] if step == "open" else []
        elif tag in _BLOCKS:
            self._end_block()
            if step == "open":
                self._open(tag, node)
            else:
                self._close(tag)

    def end(self) -> None:
        """No more steps follow."""
        self._end_block()

    def _open(self, tag: str, node: LexborNode) -> None:
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag in ("ul", "ol"):
            if not self._lists:
                self._last = "paragraph"
            self._lists.append(_first_number(node) if tag == "ol" else None)
        elif tag == "li":
            self._bullet = self._next_bullet()
        elif tag == "pre":
            self._preformatted += 1
        elif tag == "table":
            self._last = "paragraph"
            self._tables.append(node.css_first("td table, th table") is None)
        elif tag in ("td", "th"):
            self._in_cell = bool(self._tables and self._tables[-1])

    def _close(self, tag: str) -> None:
        if tag in _HEADINGS:
            self._heading = 0
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "pre":
            self._preformatted -= 1
        elif tag == "table" and self._tables:
            self._tables.pop()
            self._last = "paragraph"
        elif tag in ("td", "th") and self._in_cell:
            self._row.append(self._taken())
            self._in_cell = False
        elif tag == "tr":
            self._write(cell_line(self._row), "row")
            self._row.clear()

    def _next_bullet(self) -> str:
        indent = "  " * max(0, len(self._lists) - 1)
        if not self._lists or self._lists[-1] is None:
            return f"{indent}- "
        self._lists[-1] += 1
        return f"{indent}{self._lists[-1] - 1}. "

    def _end_block(self) -> None:
        if self._in_cell:
            self._inline.append(" ")
            return
        text = self._taken()
        if not text.strip():
            return
        if self._heading:
            self._draft.mark(PartKind.HEADING, text, level=self._heading)
            self._write(one_line(text), "paragraph")
        elif self._lists:
            self._write((self._bullet or "  " * len(self._lists)) + text, "item")
            self._bullet = ""
        else:
            self._write(text, "paragraph")

    def _taken(self) -> str:
        text = "".join(self._inline)
        self._inline.clear()
        if self._preformatted:
            return text
        return "\n".join(_SPACE.sub(" ", line).strip() for line in text.split("\n")).strip()

    def _write(self, text: str, block: Block) -> None:
        gap = "\n" if block == self._last and block != "paragraph" else "\n\n"
        if self._draft.add(text, gap=gap):
            self.has_text, self._last = True, block


def _first_number(node: LexborNode) -> int:
    start = node.attributes.get("start") or ""
    return int(start) if start.isdecimal() and len(start) < 7 else 1
