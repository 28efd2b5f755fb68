"""The workspace's adapters as screens list them: which model each can answer in, or what is wrong with it."""

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from lib.domain import AdapterFile
from lib.errors import LabError
from lib.generation.local_models import own_model_path, own_models
from lib.settings import ModelChoice, Workspace
from lib.training.values import Adapter
from lib.weights import CHAT_MODEL
from pages.ui import tune_train_work

_BUILT_IN = CHAT_MODEL.files[0][1]
_HERE = ("built-in", "gguf", "echo")
"""Kinds of model that run on this machine and can wear an adapter."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One adapter of the list: `problem` says why it cannot answer, in words for the person; empty if it can.

    `adapter` is None when not even its card can be read, `file` when its GGUF is gone; `model` is the model on this
    machine that it was made for.
    """

    name: str
    adapter: Adapter | None = None
    file: AdapterFile | None = None
    problem: str = ""
    model: ModelChoice | None = None

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


def fits(workspace: Workspace, one: Listed) -> bool:
    """Whether it can answer inside the workspace's model; beside an endpoint the built-in model counts."""
    return one.usable and one.model == _local(workspace.model)


def wearing(workspace: Workspace, one: Listed, *, answering: bool = False) -> Workspace:
    """The workspace with that adapter chosen, and with the model on this machine that it was made for.

    An endpoint stays the workspace's model unless the adapter is to be `answering` at once.
    """
    chosen = replace(workspace, adapter=one.name)
    here = workspace.model.kind in _HERE
    if one.model is None or (here and one.model == _local(workspace.model)) or not (here or answering):
        return chosen
    return replace(chosen, model=one.model if one.model.kind == "gguf" else replace(workspace.model, kind="built-in"))


def base_words(adapter: Adapter) -> str:
    """What the adapter sits on, for people."""
    return "the built-in SmolLM2 135M" if adapter.base_sha256 == _BUILT_IN else adapter.base


def _local(choice: ModelChoice) -> ModelChoice:
    """The model on this machine that answers, or that stands beside an endpoint."""
    return ModelChoice("gguf", choice.model) if choice.kind == "gguf" else ModelChoice()


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
    model = _model_of(adapter)
    return Listed(name, adapter, file, _problem(adapter, file, model), model)


def _model_of(adapter: Adapter) -> ModelChoice | None:
    """The model on this machine that has the adapter's base; None if there is none any more."""
    if adapter.base_sha256 == _BUILT_IN:
        return ModelChoice()
    found = (name for name in own_models() if _hash_of(own_model_path(name)) == adapter.base_sha256)
    return next((ModelChoice("gguf", name) for name in found), None)


def _problem(adapter: Adapter, file: AdapterFile, model: ModelChoice | None) -> str:
    if _hash_of(file.path) != adapter.gguf_sha256:
        return "Damaged: its file holds other bytes than were saved. Delete it and train it again."
    if model is None:
        return (
            f"Made for another base ({adapter.base}), which is not in the models folder: no model here can wear it. "
            "Put the base there, or download the adapter for a llama.cpp server."
        )
    return ""


def _hash_of(path: Path) -> str:
    stat = path.stat()
    return _sha256(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _sha256(path: Path, modified_ns: int, size: int) -> str:  # noqa: ARG001 - a changed file is another one
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
