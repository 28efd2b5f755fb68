"""Which adapters an engine has loaded: checked before they are, at most eight, the least recently used goes."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from lib.domain import AdapterFile
from lib.errors import BadInput, NotFound, StoreDamaged

MOST_ADAPTERS = 8
"""How many adapters one engine serves at a time, beside the base."""
_AGAIN = "Choose it again on Fine-tune. If it stays so, train it again, or answer without an adapter."


def check_fits(adapter: AdapterFile, base: Path) -> None:
    """Raise BadInput for an adapter of another base, NotFound without its file, StoreDamaged for changed content."""
    served = file_sha256(base)
    if adapter.base_sha256 != served:
        raise BadInput(
            f"The adapter {adapter.name!r} was trained for a base model with sha256 {adapter.base_sha256[:12]}..., "
            f"but {base.name} (sha256 {served[:12]}...) answers here.",
            hint="Choose the model that it was trained on, or train it again for this one on Fine-tune.",
        )
    try:
        found = file_sha256(adapter.path)
    except OSError as error:
        raise NotFound(
            f"The adapter {adapter.name!r} has no file {adapter.path.name} any more.", hint=_AGAIN
        ) from error
    if found != adapter.sha256:
        raise StoreDamaged(
            f"The file of the adapter {adapter.name!r} has changed or is damaged: its sha256 is {found[:12]}..., "
            f"expected {adapter.sha256[:12]}...",
            hint=_AGAIN,
        )


def is_whole(adapter: AdapterFile) -> bool:
    """Whether its file is still there with the content that it was loaded with."""
    try:
        return file_sha256(adapter.path) == adapter.sha256
    except OSError:
        return False


def with_adapter(
    loaded: Sequence[AdapterFile], wanted: AdapterFile | None, *, last_used: Mapping[str, int]
) -> tuple[AdapterFile, ...]:
    """What a new engine loads: `wanted` last, and before it those loaded now, in their order, as far as there is room.

    `last_used` gives each sha256 a number that grows with each use; the lowest goes first. Two files of the same
    content are one adapter.
    """
    others = [adapter for adapter in loaded if wanted is None or adapter.sha256 != wanted.sha256]
    room = MOST_ADAPTERS - (wanted is not None)
    recent = sorted(others, key=lambda adapter: last_used.get(adapter.sha256, 0), reverse=True)[:room]
    kept = tuple(adapter for adapter in others if adapter in recent)
    return kept if wanted is None else (*kept, wanted)


def file_sha256(path: Path) -> str:
    """Hex sha256 of the file, read again only when its size, its time of change or the file itself is another.

    Raises OSError when it cannot be read.
    """
    status = path.stat()
    return _hashed(path, status.st_size, status.st_mtime_ns, status.st_ino)


@lru_cache(maxsize=256)
def _hashed(path: Path, _size: int, _changed_ns: int, _inode: int) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
