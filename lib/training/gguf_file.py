"""A GGUF file as its head and its tensors, without the vocabulary: that alone takes the gguf package seconds to read.

The form is llama.cpp's: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little-endian).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lib.errors import BadInput

if TYPE_CHECKING:
    from numpy.typing import NDArray

Value = int | float | bool | str | None
"""One of the head's values; arrays (the vocabulary, above all) are skipped and read as None."""

_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_ALIGNMENT = 32


@dataclass(frozen=True, slots=True)
class _Tensor:
    shape: tuple[int, ...]
    kind: int
    offset: int


class GgufFile:
    """One file, its head read. Raises BadInput for what is no GGUF file."""

    def __init__(self, path: Path) -> None:
        import numpy as np

        try:
            self._bytes = np.memmap(path, dtype=np.uint8, mode="r")
            self._read(self._bytes.data)
        except (ValueError, OSError, struct.error, IndexError, KeyError) as error:
            raise BadInput(f"{path.name!r} is no GGUF file that can be read.", hint="Fetch it again.") from error

    def _read(self, view: memoryview) -> None:
        if bytes(view[:4]) != b"GGUF":
            raise ValueError("no GGUF")
        cursor = _Cursor(view, 4)
        version, tensors, values = cursor.take("<I"), cursor.take("<Q"), cursor.take("<Q")
        if version not in (2, 3):
            raise ValueError(f"version {version}")
        self.head: Mapping[str, Value] = {cursor.string(): cursor.value(cursor.take("<I")) for _ in range(values)}
        self._tensors = {}
        for _ in range(tensors):
            name = cursor.string()
            shape = tuple(cursor.take("<Q") for _ in range(cursor.take("<I")))
            self._tensors[name] = _Tensor(shape[::-1], cursor.take("<I"), cursor.take("<Q"))
        alignment = int(self.head.get("general.alignment") or _ALIGNMENT)
        self._start = -(-cursor.at // alignment) * alignment
        if any(self._start + one.offset >= len(view) for one in self._tensors.values()):
            raise ValueError("cut short")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tensors, in the file's order."""
        return tuple(self._tensors)

    def values(self, name: str) -> NDArray[Any]:
        """One tensor in single precision, as rows first; raises KeyError."""
        import gguf
        import numpy as np

        tensor = self._tensors[name]
        kind = gguf.GGMLQuantizationType(tensor.kind)
        per_block, block_bytes = gguf.GGML_QUANT_SIZES[kind]
        start = self._start + tensor.offset
        size = math.prod(tensor.shape) // per_block * block_bytes
        rows = (*tensor.shape[:-1], tensor.shape[-1] // per_block * block_bytes)
        raw = np.asarray(self._bytes[start : start + size]).reshape(rows)
        found: NDArray[Any] = np.array(gguf.dequantize(raw, kind), dtype=np.float32).reshape(tensor.shape)
        return found


class _Cursor:
    """A place in the bytes that moves on as they are read."""

    def __init__(self, view: memoryview, at: int) -> None:
        self._view, self.at = view, at

    def take(self, form: str) -> Any:
        [value] = struct.unpack_from(form, self._view, self.at)
        self.at += struct.calcsize(form)
        return value

    def string(self) -> str:
        length = self.take("<Q")
        start, self.at = self.at, self.at + length
        return bytes(self._view[start : self.at]).decode("utf-8", "replace")

    def value(self, kind: int) -> Value:
        if kind == _STRING:
            return self.string()
        if kind != _ARRAY:
            found: Value = self.take(_FORMATS[kind])
            return found
        inner, count = self.take("<I"), self.take("<Q")
        if inner == _STRING:
            for _ in range(count):
                self.at += 8 + struct.unpack_from("<Q", self._view, self.at)[0]
        else:
            self.at += count * struct.calcsize(_FORMATS[inner])
        return None
