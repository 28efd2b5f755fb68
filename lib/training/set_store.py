"""Training sets on disk: workspaces/<id>/trainsets/<name>.jsonl, each written whole; the sample sets stand beside them.

A sample set lies in sample_docs/<id>/trainset: train.jsonl, validation.jsonl, heldout.jsonl, and set.json with its
title and its instruction, which is the system message of every example.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from lib.domain import Message
from lib.errors import BadInput, LimitExceeded, NotFound, StoreDamaged, TrainingFileRejected
from lib.files import sha256_of, workspace_folder, write_whole
from lib.sets.names import SUFFIX, checked_name, file_stem, name_in
from lib.settings import APP_DIR, LIMITS
from lib.training.set_files import read_training_file, read_training_set, write_training_set
from lib.training.set_rows import conversation_problems
from lib.training.values import TrainingExample, TrainingSet

_SAMPLES = APP_DIR / "sample_docs"
_HELD = 32
"""So many sets are held in memory as read: screens load them at every rerun."""


@dataclass(frozen=True, slots=True)
class SampleSet:
    """What a sample set says of itself: a title, a sentence on what it teaches, and its instruction."""

    title: str
    summary: str
    instruction: str


_SAMPLE = TypeAdapter(SampleSet)


def sample_names() -> tuple[str, ...]:
    """Names of the sample training sets, in order; they are read-only."""
    return tuple(sorted(path.parent.parent.name for path in _SAMPLES.glob("*/trainset/set.json")))


@cache
def sample_set(name: str) -> SampleSet:
    """What the sample set of that name says of itself; raises NotFound."""
    path = _SAMPLES / name / "trainset" / "set.json"
    if name not in sample_names():
        raise NotFound(f"There is no sample training set {name!r}.", hint=f"There are: {', '.join(sample_names())}.")
    return _SAMPLE.validate_json(path.read_bytes())


@cache
def sample_training_set(name: str) -> TrainingSet:
    """The sample set of that name, its examples under its instruction; raises NotFound."""
    instruction = sample_set(name).instruction
    parts = (_sample_part(name, part, instruction) for part in ("train", "validation", "heldout"))
    return TrainingSet(name, *parts)


class TrainingSetStore:
    """The training sets of every workspace under one data folder. Safe to use from many threads of one process."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._lock = threading.Lock()
        self._held: dict[Path, tuple[tuple[int, int], TrainingSet]] = {}

    def names(self, workspace_id: str) -> tuple[str, ...]:
        """Names of the workspace's own sets, in order."""
        folder = self._folder(workspace_id)
        if not folder.is_dir():
            return ()
        files = (path.name for path in folder.iterdir() if path.suffix == SUFFIX and not path.name.startswith("."))
        return tuple(sorted((name_in(file) for file in files), key=lambda name: (name.casefold(), name)))

    def load(self, workspace_id: str, name: str) -> TrainingSet:
        """The workspace's own set of that name, or the sample set; raises NotFound, or StoreDamaged naming the file."""
        path = self._path(workspace_id, name)
        if path.exists():
            return self._read(path, name)
        if name in sample_names():
            return sample_training_set(name)
        raise NotFound(f"There is no training set {name!r}.", hint="Choose another one under Fine-tune.")

    def version(self, workspace_id: str, name: str) -> str:
        """The sha256 of the set as it is kept: another one as soon as any example is; raises NotFound."""
        return version_of(self.load(workspace_id, name))

    def keep(self, workspace_id: str, training_set: TrainingSet) -> None:
        """Write the set in place of the one of that name, whole or not at all.

        Raises BadInput for examples that cannot be learnt from, doubled ids, and a name that is taken by a sample set.
        """
        _check(training_set)
        with self._lock:
            self._write(workspace_id, training_set)

    def change(self, workspace_id: str, name: str, change: Callable[[TrainingSet], TrainingSet]) -> TrainingSet:
        """Put what `change` makes of an own set in its place; nothing that is added meanwhile is lost.

        Raises as `load` and `keep` do, and what `change` raises: then nothing is written.
        """
        with self._lock:
            changed = replace(change(self._read(self._own(workspace_id, name), name)), name=name)
            _check(changed)
            self._write(workspace_id, changed)
            return changed

    def remove(self, workspace_id: str, name: str) -> None:
        """Delete an own set; raises NotFound. Adapters trained on it stay."""
        with self._lock:
            self._own(workspace_id, name).unlink()

    def rename(self, workspace_id: str, name: str, new_name: str) -> str:
        """Give an own set another name, which is returned as it is kept; raises NotFound and BadInput."""
        new = checked_name(new_name)
        with self._lock:
            old_path = self._own(workspace_id, name)
            others = {other.casefold() for other in self.names(workspace_id) if other != name}
            if new.casefold() in others | set(sample_names()):
                raise BadInput(f"There is a set {new!r} already.", hint="Choose another name.")
            old_path.replace(self._path(workspace_id, new))
        return new

    def _write(self, workspace_id: str, training_set: TrainingSet) -> None:
        name = checked_name(training_set.name)
        alike = [other for other in self.names(workspace_id) if other.casefold() == name.casefold()]
        if alike and name not in alike:
            raise BadInput(f"There is a set {alike[0]!r} already.", hint="Choose a name that differs in its letters.")
        path = self._path(workspace_id, name)
        write_whole(path, write_training_set(training_set))
        self._held.pop(path, None)

    def _read(self, path: Path, name: str) -> TrainingSet:
        """The set in a file that the lab wrote, read again only when the file is another one."""
        try:
            found = path.stat()
            stamp = (found.st_mtime_ns, found.st_size)
            held = self._held.get(path)
            if held is None or held[0] != stamp:
                content = path.read_bytes()
                file = read_training_file(path.name, content).as_set() if content.strip() else TrainingSet("", ())
                if len(self._held) >= _HELD:
                    self._held.clear()
                held = self._held[path] = (stamp, file)
        except (TrainingFileRejected, LimitExceeded, OSError) as error:
            raise StoreDamaged(
                f"The training set {path.name!r} cannot be read. {error}",
                hint=f"Mend or delete {path.name} in the folder trainsets of the workspace, or bring it from a backup.",
            ) from error
        return replace(held[1], name=name)

    def _own(self, workspace_id: str, name: str) -> Path:
        path = self._path(workspace_id, name)
        if not path.exists():
            raise NotFound(f"There is no training set {name!r} of your own.", hint="The page Fine-tune lists them.")
        return path

    def _path(self, workspace_id: str, name: str) -> Path:
        return self._folder(workspace_id) / (file_stem(checked_name(name)) + SUFFIX)

    def _folder(self, workspace_id: str) -> Path:
        return workspace_folder(self._data_dir, workspace_id) / "trainsets"


def version_of(training_set: TrainingSet) -> str:
    """The sha256 of a set's examples in their parts; its name does not count."""
    return sha256_of(write_training_set(training_set))


def _check(training_set: TrainingSet) -> None:
    if checked_name(training_set.name).casefold() in sample_names():
        raise BadInput(f"{training_set.name!r} is a sample set.", hint="Keep your copy under another name.")
    examples = training_set.examples
    if len(examples) > LIMITS.training_rows:
        raise LimitExceeded(
            f"{training_set.name!r} would have {len(examples):,} examples, at most {LIMITS.training_rows:,}.",
            hint="Begin another set.",
        )
    seen: set[str] = set()
    for example in examples:
        wrong = [*conversation_problems(example.messages)] + ([] if example.id else ["it has no id"])
        wrong += ["its id stands twice"] if example.id in seen else []
        if wrong:
            raise BadInput(f"Example {example.id!r}: {'; '.join(wrong)}.", hint="Mend it; nothing was kept.")
        seen.add(example.id)


def _sample_part(name: str, part: str, instruction: str) -> tuple[TrainingExample, ...]:
    path = _SAMPLES / name / "trainset" / f"{part}.jsonl"
    if not path.is_file():
        return ()
    system = (Message("system", instruction),) if instruction else ()
    return tuple(
        replace(example, id=f"{part}-{example.id.removeprefix('row-')}", messages=(*system, *example.messages))
        for example in read_training_set(path.name, path.read_bytes())
    )
