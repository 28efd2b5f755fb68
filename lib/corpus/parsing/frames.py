"""What parent and child say to each other: a frame is a JSON head and a body of bytes, both with their length.

No pickle: a reader taken over by a hostile file can send text, never code.
"""

import json
import struct
from dataclasses import dataclass
from typing import BinaryIO, TypeVar

from lib.corpus.parsing.draft import Parsed
from lib.domain import Part, PartKind
from lib.errors import FileRejected

_LENGTHS = struct.Struct(">IQ")
_Head = TypeVar("_Head")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The child's answer for a file that it cannot read; `is_final` says that the child ends itself now."""

    message: str
    hint: str
    is_final: bool = False

    def error(self) -> FileRejected:
        """The refusal as the error to raise."""
        return FileRejected(self.message, hint=self.hint)


def write_request(stream: BinaryIO, name: str, content: bytes) -> None:
    """Send one file to the child."""
    _write(stream, name, content)


def read_request(stream: BinaryIO) -> tuple[str, bytes] | None:
    """The next file; None when the parent has closed its end."""
    frame = _read(stream)
    return None if frame is None else (str(json.loads(frame[0])), frame[1])


def write_reply(stream: BinaryIO, reply: Parsed | Refusal) -> None:
    """Send back what came of a file."""
    if isinstance(reply, Refusal):
        _write(stream, {"refused": [reply.message, reply.hint, reply.is_final]}, b"")
        return
    parts = [[part.kind.value, part.start, part.label, part.number, part.level] for part in reply.parts]
    head = {"parts": parts, "media": reply.media, "pages": reply.pages, "warnings": reply.warnings}
    _write(stream, head, reply.text.encode())


def read_reply(stream: BinaryIO) -> Parsed | Refusal | None:
    """The child's answer; None when the child is gone."""
    frame = _read(stream)
    if frame is None:
        return None
    head = json.loads(frame[0])
    if "refused" in head:
        return Refusal(*head["refused"])
    parts = tuple(
        Part(PartKind(kind), start, label, number, level) for kind, start, label, number, level in head["parts"]
    )
    return Parsed(frame[1].decode(), parts, head["media"], head["pages"], tuple(head["warnings"]))


def _write(stream: BinaryIO, head: object, body: bytes) -> None:
    packed = json.dumps(head).encode()
    stream.write(_LENGTHS.pack(len(packed), len(body)) + packed)
    stream.write(body)
    stream.flush()


def _read(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head_length, body_length = _LENGTHS.unpack(lengths)
    head, body = stream.read(head_length), stream.read(body_length)
    return (head, body) if len(body) == body_length and len(head) == head_length else None
