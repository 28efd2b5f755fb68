"""A row as a JSON object, and its fields read one by one, so that everything wrong with it is told at once."""

import json
import math
from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")

_LONGEST_ID = 200


class RowWrong(ValueError):
    """All that is wrong with one row, each in a few words that can follow "Line 3: "."""

    def __init__(self, wrong: tuple[str, ...]) -> None:
        super().__init__("; ".join(wrong))
        self.wrong = wrong


class WrittenNumber(float):
    """A decimal number with the digits that it was written with: an answer of 18.50 stays 18.50."""

    text: str

    def __new__(cls, text: str) -> "WrittenNumber":
        """Raises ValueError for one that no float can hold."""
        number = super().__new__(cls, text)
        if not math.isfinite(number):
            raise ValueError(f"the number {text[:20]} is too large")
        number.text = text
        return number


def object_in(line: str) -> Mapping[str, object]:
    """The JSON object in a line; raises RowWrong for anything else, NaN and keys that come twice included."""
    try:
        value = json.loads(
            line, parse_float=WrittenNumber, parse_constant=_refuse_constant, object_pairs_hook=_without_doubles
        )
        if "\\ud" in line.lower():
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise RowWrong(("holds half of a character (a lone surrogate)",)) from error
    except json.JSONDecodeError as error:
        raise RowWrong((f"is not JSON: {error.msg.lower()} at character {error.pos + 1}",)) from error
    except (ValueError, RecursionError) as error:
        said = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise RowWrong((f"cannot be read: {said}",)) from error
    if not isinstance(value, dict):
        raise RowWrong((f"holds {named(value)}, not an object in braces {{...}}",))
    return value


def named(value: object) -> str:
    """What a JSON value is, in words."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    kinds = {str: "a text", list: "a list", dict: "an object", int: "a number", WrittenNumber: "a number"}
    return kinds.get(type(value), "something else")


def text_of(value: object) -> str:
    """A text without white space around it; raises ValueError for anything that is none."""
    if not isinstance(value, str):
        raise ValueError(f"is {named(value)}, not a text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds half of a character (a lone surrogate)") from error
    return value.strip()


def id_of(value: object) -> str:
    """An id in one line, a number as its digits; raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    found = " ".join(text_of(value).split())
    if len(found) > _LONGEST_ID:
        raise ValueError(f"has {len(found):,} characters, at most {_LONGEST_ID}")
    return found


def truth_of(value: object) -> bool:
    """True or false; raises ValueError."""
    if not isinstance(value, bool):
        raise ValueError(f"is {named(value)}, not true or false")
    return value


def tags_of(value: object) -> tuple[str, ...]:
    """Tags, each once; raises ValueError."""
    if not isinstance(value, list):
        raise ValueError(f"is {named(value)}, not a list of texts")
    tags = [text_of(tag) for tag in value]
    if any(";" in tag for tag in tags):
        raise ValueError("holds a tag with a semicolon, which separates tags in CSV")
    return tuple(dict.fromkeys(tag for tag in tags if tag))


class Fields:
    """The fields of an object as they are read one by one; what is wrong with them collects in `wrong`."""

    def __init__(self, form: Mapping[str, object]) -> None:
        self._form = form
        self.wrong: list[str] = []

    def take(self, name: str, read: Callable[[object], T], default: T) -> T:
        """The field's value; `default` where it is missing, null or wrong."""
        value = self._form.get(name)
        if value is None:
            return default
        try:
            return read(value)
        except ValueError as error:
            self.wrong.append(f"{name} {error}")
            return default


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no value that JSON knows; use null or a text in quotes")


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {double[:40]!r} stands twice")
    return found
