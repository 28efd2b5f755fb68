"""Everything of a workspace as plain files that need no lab to be read.

<folder>/<workspace>/documents/<name>     the original bytes
<folder>/<workspace>/text/<name>.txt      the text, as offsets count it
<folder>/<workspace>/evalsets/<name>.jsonl
<folder>/<workspace>/trainsets/<name>.jsonl
<folder>/<workspace>/adapters/<name>/     what it is, and its weights for peft and for llama.cpp
<folder>/<workspace>/runs.jsonl           every answer with what people said of it
<folder>/<workspace>/settings.json
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lib.corpus.store import DocumentStore
from lib.errors import BadInput, LabError
from lib.evaluation.eval_files import write_eval_set
from lib.evaluation.eval_store import EvalSetStore
from lib.runs.export import jsonl_of
from lib.runs.query import RunQuery
from lib.runs.store import RunStore
from lib.training.adapter_store import AdapterStore, card_of
from lib.training.set_files import write_training_set
from lib.training.set_store import TrainingSetStore


@dataclass(frozen=True, slots=True)
class Exported:
    """What of one workspace was written. `files_sha256` covers the documents' bytes in order of name, as in verify."""

    workspace_id: str
    documents: int
    eval_sets: int
    runs: int
    bytes: int
    files_sha256: str
    training_sets: int = 0
    adapters: int = 0


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a workspace's things are."""

    documents: DocumentStore
    eval_sets: EvalSetStore
    runs: RunStore
    training_sets: TrainingSetStore
    adapters: AdapterStore


def export(sources: Sources, workspace_ids: Sequence[str], folder: Path) -> tuple[Exported, ...]:
    """Write the workspaces into a folder that is new or empty: all of them or, where one fails, nothing.

    Raises BadInput for a folder that holds something or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder} is there already and is not an empty folder.", hint="Name a new one.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise BadInput(f"{folder} cannot be written ({error.strerror}).", hint="Name another place.") from error
    try:
        written = tuple(_workspace(sources, one, staged / one) for one in workspace_ids)
        if folder.exists():
            folder.rmdir()
        staged.rename(folder)
    except OSError as error:
        shutil.rmtree(staged, ignore_errors=True)
        raise BadInput(f"{folder} cannot be written ({error.strerror}).", hint="Name another place.") from error
    except LabError:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    return written


def _workspace(sources: Sources, workspace_id: str, folder: Path) -> Exported:
    entries = sources.documents.entries(workspace_id)
    names = sources.eval_sets.names(workspace_id)
    runs = sources.runs.count(workspace_id)
    for path, content in _contents(sources, workspace_id, runs):
        target = folder.joinpath(*path.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    joined = hashlib.sha256("".join(entry.id for entry in entries).encode()).hexdigest()
    learnt = len(sources.training_sets.names(workspace_id)), len(sources.adapters.names(workspace_id))
    return Exported(workspace_id, len(entries), len(names), runs, size, joined, *learnt)


def _contents(sources: Sources, workspace_id: str, runs: int) -> Iterator[tuple[PurePosixPath, bytes]]:
    for entry in sources.documents.entries(workspace_id):
        name = _plain(entry.name)
        yield PurePosixPath("documents", name), sources.documents.file_path(workspace_id, entry.id).read_bytes()
        text = sources.documents.document(workspace_id, entry).text
        yield PurePosixPath("text", name.with_name(f"{name.name}.txt")), text.encode("utf-8", "surrogatepass")
    for set_name in sources.eval_sets.names(workspace_id):
        yield (
            PurePosixPath("evalsets", _plain(f"{set_name}.jsonl")),
            write_eval_set(sources.eval_sets.load(workspace_id, set_name)),
        )
    yield from _trained(sources, workspace_id)
    kept = sources.runs.kept(workspace_id, RunQuery(limit=runs))
    yield PurePosixPath("runs.jsonl"), "".join(f"{line}\n" for line in jsonl_of(kept)).encode()
    settings = sources.documents.folder(workspace_id) / "workspace.json"
    if settings.exists():
        yield PurePosixPath("settings.json"), settings.read_bytes()


def _trained(sources: Sources, workspace_id: str) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Training sets and adapters."""
    for name in sources.training_sets.names(workspace_id):
        content = write_training_set(sources.training_sets.load(workspace_id, name))
        yield PurePosixPath("trainsets", _plain(f"{name}.jsonl")), content
    for name in sources.adapters.names(workspace_id):
        adapter = sources.adapters.load(workspace_id, name)
        yield PurePosixPath("adapters", name, "adapter.json"), card_of(adapter)
        weights = sources.adapters.weights(workspace_id, adapter)
        yield PurePosixPath("adapters", name, "adapter.safetensors"), weights.safetensors
        yield PurePosixPath("adapters", name, "adapter.gguf"), weights.gguf


def _plain(name: str) -> PurePosixPath:
    """The name as a path that stays inside its folder, whatever it holds."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return PurePosixPath(*("".join("_" if mark in '<>:"|?*' or mark < " " else mark for mark in one) for one in parts))
