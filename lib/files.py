"""Files that are written whole or not at all."""

import contextlib
import hashlib
import os
import re
import tempfile
from pathlib import Path

from lib.errors import BadInput

WORKSPACE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def workspace_folder(data_dir: Path, workspace_id: str) -> Path:
    """Where a workspace's files lie; raises BadInput for an id that is not a plain name."""
    if not WORKSPACE_ID.fullmatch(workspace_id):
        raise BadInput(
            f"{workspace_id[:80]!r} cannot name a workspace.",
            hint="Use 1 to 64 letters, digits, hyphens and underscores, starting with a letter or digit.",
        )
    return data_dir / "workspaces" / workspace_id


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a crash leaves either the old file or the new one.

    Missing parent folders are made. A failure (a full disk, say) removes the temporary file and raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def sha256_of(content: bytes) -> str:
    """Hex sha256 of the bytes: the identity of a document."""
    return hashlib.sha256(content).hexdigest()


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows has no folder handles to sync."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
