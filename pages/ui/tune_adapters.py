"""The workspace's adapters as screens list them: which can answer, and what is wrong with the others."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lib.domain import AdapterFile
from lib.errors import LabError
from lib.files import sha256_of
from lib.settings import Workspace
from lib.training.values import Adapter
from lib.weights import CHAT_MODEL
from pages.ui import tune_train_work

_BASES = {sha256 for _, sha256 in CHAT_MODEL.files}


@dataclass(frozen=True, slots=True)
class Listed:
    """One adapter of the list: `problem` says why it cannot answer, in words for the person; empty if it can.

    `adapter` is None when not even its card can be read, `file` when its GGUF is gone.
    """

    name: str
    adapter: Adapter | None = None
    file: AdapterFile | None = None
    problem: str = ""

    @property
    def usable(self) -> bool:
        """Whether a question can be asked of it."""
        return not self.problem


def names(workspace: Workspace) -> tuple[str, ...]:
    """Names of the workspace's own adapters, usable or not, in order."""
    return tune_train_work.tuning().adapters.names(workspace.id)


def listed(workspace: Workspace) -> tuple[Listed, ...]:
    """All of them, in order of name."""
    return tuple(_listed(workspace.id, name) for name in names(workspace))


def base_words(adapter: Adapter) -> str:
    """What the adapter sits on, for people."""
    return "the built-in SmolLM2 135M" if adapter.base_sha256 in _BASES else adapter.base


def _listed(workspace_id: str, name: str) -> Listed:
    store = tune_train_work.tuning().adapters
    try:
        adapter = store.load(workspace_id, name)
    except LabError as error:
        return Listed(name, problem=f"Damaged: {error.message} {error.hint}")
    try:
        file = store.file(workspace_id, name)
    except LabError as error:
        return Listed(name, adapter, problem=f"Damaged: {error.message} {error.hint}")
    return Listed(name, adapter, file, _problem(adapter, file))


def _problem(adapter: Adapter, file: AdapterFile) -> str:
    stat = file.path.stat()
    if _sha256(file.path, stat.st_mtime_ns, stat.st_size) != adapter.gguf_sha256:
        return "Damaged: its file holds other bytes than were saved. Delete it and train it again."
    if adapter.base_sha256 not in _BASES:
        return (
            f"Made for another base ({adapter.base}): the built-in model cannot wear it. Download it for a llama.cpp "
            "server with that base."
        )
    return ""


@lru_cache(maxsize=64)
def _sha256(path: Path, modified_ns: int, size: int) -> str:  # noqa: ARG001 - a changed file is another one
    return sha256_of(path.read_bytes())
