"""Adapters on disk: workspaces/<id>/adapters/<name>/, each replaced as a whole or not at all.

adapter.json                        what the adapter is; one atomic write of it makes the adapter, or replaces the old
<version>/adapter.safetensors       its weights as peft takes them
<version>/adapter.gguf              its weights as llama.cpp loads them

A version is named after its content and never changes, so that a file in use is never written to (nor, on Windows, in
the way). What no adapter.json names is left over from a kill and goes with the next write.
"""

import re
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from lib.domain import AdapterFile
from lib.errors import BadInput, NotFound, StoreDamaged
from lib.files import sha256_of, workspace_folder, write_whole
from lib.settings import BUILT_IN_READER
from lib.training.values import Adapter

_ADAPTER = TypeAdapter(Adapter)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)
_VERSION_MARKS = 16


@dataclass(frozen=True, slots=True)
class AdapterWeights:
    """The two files of an adapter as bytes: for peft and for llama.cpp."""

    safetensors: bytes
    gguf: bytes


class AdapterStore:
    """The adapters of every workspace under one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    def names(self, workspace_id: str) -> tuple[str, ...]:
        """Names of the workspace's own adapters, in order."""
        folder = self._adapters(workspace_id)
        if not folder.is_dir():
            return ()
        found = (path.name for path in folder.iterdir() if _NAME.fullmatch(path.name))
        return tuple(sorted((name for name in found if _card(folder / name).is_file()), key=str.casefold))

    def load(self, workspace_id: str, name: str) -> Adapter:
        """What the adapter is and what produced it; raises NotFound, or StoreDamaged."""
        if name not in (names := self.names(workspace_id)):
            there = f"There are: {', '.join(names)}." if names else "None has been trained here: Fine-tune does that."
            raise NotFound(f"There is no adapter {name!r}.", hint=there)
        path = _card(self._adapters(workspace_id) / name)
        try:
            return _ADAPTER.validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise StoreDamaged(
                f"The adapter {name!r} cannot be read ({type(error).__name__}).",
                hint="Delete it and train it again, or bring its folder from a backup.",
            ) from error

    def file(self, workspace_id: str, name: str) -> AdapterFile:
        """The adapter as an engine serves it; raises NotFound, or StoreDamaged when its file is gone."""
        adapter = self.load(workspace_id, name)
        path = self.paths(workspace_id, adapter)[1]
        if not path.is_file():
            raise StoreDamaged(f"The adapter {name!r} has lost its file {path.name}.", hint="Train it again.")
        return AdapterFile(name, path, adapter.gguf_sha256, adapter.base_sha256, adapter.instruction)

    def paths(self, workspace_id: str, adapter: Adapter) -> tuple[Path, Path]:
        """Where its safetensors and its GGUF are."""
        content = sha256_of(f"{adapter.weights_sha256} {adapter.gguf_sha256}".encode())
        version = self._adapters(workspace_id) / adapter.name / content[:_VERSION_MARKS]
        return version / "adapter.safetensors", version / "adapter.gguf"

    def weights(self, workspace_id: str, adapter: Adapter) -> AdapterWeights:
        """Its two files; raises StoreDamaged for one that is gone."""
        try:
            safetensors, gguf = (path.read_bytes() for path in self.paths(workspace_id, adapter))
        except OSError as error:
            raise StoreDamaged(
                f"The adapter {adapter.name!r} has lost a file ({error.strerror}).",
                hint="Delete it, or train it again.",
            ) from error
        return AdapterWeights(safetensors, gguf)

    def keep(self, workspace_id: str, adapter: Adapter, weights: AdapterWeights) -> Adapter:
        """Keep the adapter in place of the one of its name, and return it with its hashes; raises BadInput, OSError.

        Whenever this is interrupted, the old adapter is there or the new one, whole.
        """
        self.check_name(workspace_id, adapter.name)
        hashes = sha256_of(weights.safetensors), sha256_of(weights.gguf)
        kept = replace(adapter, weights_sha256=hashes[0], gguf_sha256=hashes[1])
        paths = self.paths(workspace_id, kept)
        for path, content in zip(paths, (weights.safetensors, weights.gguf), strict=True):
            write_whole(path, content)
        card = _card(self._adapters(workspace_id) / kept.name)
        before = self._version(workspace_id, kept.name)
        write_whole(card, card_of(kept))
        _sweep(card.parent, keep={paths[0].parent, before})
        return kept

    def remove(self, workspace_id: str, name: str) -> None:
        """Delete the adapter; raises NotFound."""
        if name not in self.names(workspace_id):
            raise NotFound(f"There is no adapter {name!r}.", hint="Fine-tune lists the adapters.")
        folder = self._adapters(workspace_id) / name
        _card(folder).unlink()
        shutil.rmtree(folder, ignore_errors=True)

    def check_name(self, workspace_id: str, name: str) -> None:
        """Raise BadInput for a name that an adapter of the workspace cannot have."""
        if not _NAME.fullmatch(name) or _DEVICES.fullmatch(name):
            raise BadInput(
                f"{name[:80]!r} cannot name an adapter.",
                hint="Use 1 to 60 letters, digits, hyphens and underscores, starting with a letter or digit.",
            )
        if name.casefold() == BUILT_IN_READER:
            raise BadInput(f"{name!r} is the name of the adapter that comes with the app.", hint="Choose another name.")
        alike = [one for one in self.names(workspace_id) if one.casefold() == name.casefold()]
        if alike and name not in alike:
            raise BadInput(f"There is an adapter {alike[0]!r} already.", hint="Choose a name with other letters.")

    def problems(self, workspace_id: str) -> Iterator[str]:
        """What is wrong with the adapters: a sentence each, nothing if all their files have the hashes noted."""
        for name in self.names(workspace_id):
            try:
                adapter = self.load(workspace_id, name)
            except StoreDamaged as error:
                yield f"adapter {name}: {error.message}"
                continue
            hashes = adapter.weights_sha256, adapter.gguf_sha256
            for path, expected in zip(self.paths(workspace_id, adapter), hashes, strict=True):
                if not path.is_file():
                    yield f"adapter {name}: {path.name} is missing"
                elif sha256_of(path.read_bytes()) != expected:
                    yield f"adapter {name}: {path.name} has other bytes than were stored"

    def _version(self, workspace_id: str, name: str) -> Path | None:
        """The folder of the version that is there."""
        try:
            return self.paths(workspace_id, self.load(workspace_id, name))[0].parent
        except (NotFound, StoreDamaged):
            return None

    def _adapters(self, workspace_id: str) -> Path:
        return workspace_folder(self._data_dir, workspace_id) / "adapters"


def card_of(adapter: Adapter) -> bytes:
    """The adapter.json of an adapter."""
    return _ADAPTER.dump_json(adapter, indent=1)


def _card(folder: Path) -> Path:
    return folder / "adapter.json"


def _sweep(folder: Path, *, keep: Collection[Path | None]) -> None:
    """Remove versions before the last one, which an engine may be about to load."""
    for path in folder.iterdir():
        if path.is_dir() and path not in keep:
            shutil.rmtree(path, ignore_errors=True)
