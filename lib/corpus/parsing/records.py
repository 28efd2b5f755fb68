"""JSON as lines of "path: value"; the items of a list are parts, named by their name, title or id."""

import json
from collections.abc import Iterator
from typing import NoReturn

from lib.corpus.parsing.decoding import decode
from lib.corpus.parsing.draft import Draft, Parsed, clean
from lib.corpus.parsing.sniff import Kind, damaged
from lib.domain import PartKind

_NAMES = ("name", "title", "label", "question", "id", "key")

Json = str | bool | None | list["Json"] | dict[str, "Json"]
"""Numbers stay the words they are written in: 1.10 is not 1.1."""


def read_json(content: bytes) -> Parsed:
    """One document; if it is a list (or holds one), each item is a block and a part. Lines of JSON are read as such."""
    draft, text = _begun(content)
    try:
        _add_document(draft, _loaded(text))
    except json.JSONDecodeError as error:
        if not _are_lines(text):
            raise damaged(f"it is not valid JSON at {_position(error)}") from error
        _add_items(draft, (_loaded(line) for line in text.splitlines() if line.strip()))
    return draft.parsed(Kind.JSON.value)


def read_json_lines(content: bytes) -> Parsed:
    """One value a line; each line is a block and a part with the line's number."""
    draft, text = _begun(content)
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            _add_item(draft, number, _loaded_line(line, number))
    return draft.parsed(Kind.JSON_LINES.value)


def _begun(content: bytes) -> tuple[Draft, str]:
    text, lost = decode(content)
    draft = Draft()
    for warning in lost:
        draft.warn(warning)
    return draft, clean(text)


def _loaded(text: str) -> Json:
    loaded: Json = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    return loaded


def _loaded_line(line: str, number: int) -> Json:
    try:
        return _loaded(line)
    except json.JSONDecodeError as error:
        _not_a_line(error, number)


def _not_a_line(error: json.JSONDecodeError, number: int) -> NoReturn:
    raise damaged(f"line {number:,} is not valid JSON at column {error.colno} ({error.msg})") from error


def _position(error: json.JSONDecodeError) -> str:
    return f"line {error.lineno:,}, column {error.colno:,} ({error.msg})"


def _are_lines(text: str) -> bool:
    """Whether the text is several JSON values, one a line, under the name of a single one."""
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        return len(lines) > 1 and all(isinstance(_loaded(line), dict | list) for line in lines)
    except json.JSONDecodeError:
        return False


def _add_document(draft: Draft, value: Json) -> None:
    if isinstance(value, list):
        _add_items(draft, value)
    elif isinstance(value, dict):
        _add_members(draft, value)
    else:
        draft.add(_word(value))


def _add_members(draft: Draft, members: dict[str, Json]) -> None:
    """Single values first, as one block; then each list of objects, item by item, under its key as a heading."""
    lists = {key: value for key, value in members.items() if _is_list_of_objects(value)}
    draft.add("\n".join(line for key, value in members.items() if key not in lists for line in _lines(key, value)))
    for key, value in lists.items():
        draft.mark(PartKind.HEADING, key, level=1)
        draft.add(key)
        _add_items(draft, value if isinstance(value, list) else [])


def _add_items(draft: Draft, items: "Iterator[Json] | list[Json]") -> None:
    for number, item in enumerate(items, start=1):
        _add_item(draft, number, item)


def _add_item(draft: Draft, number: int, item: Json) -> None:
    lines = list(_lines("", item))
    if lines:
        draft.mark(PartKind.ROW, _name_of(item), number=number)
        draft.add("\n".join(lines))


def _name_of(item: Json) -> str:
    if not isinstance(item, dict):
        return ""
    found = (item[key] for key in _NAMES if isinstance(item.get(key), str) and item[key])
    return str(next(found, ""))


def _is_list_of_objects(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _lines(path: str, value: Json) -> Iterator[str]:
    """The value's lines: members by their path, lists of plain values on one line, other lists counted from 1."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _lines(f"{path}.{key}" if path else key, member)
    elif isinstance(value, list) and any(isinstance(item, list | dict) for item in value):
        for number, item in enumerate(value, start=1):
            yield from _lines(f"{path}[{number}]", item)
    elif isinstance(value, list):
        if value:
            yield _pair(path, ", ".join(_word(item) for item in value))
    else:
        yield _pair(path, _word(value))


def _pair(path: str, word: str) -> str:
    return f"{path}: {word}" if path else word


def _word(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()
