"""Eval sets on disk: workspaces/<id>/evalsets/<name>.jsonl, each written whole; the sample sets stand beside them.

A set's name may be any words; in the file's name, whatever a file system could misread is written as %XX.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from lib.corpus.samples import sample_corpora
from lib.corpus.store import DocumentStore
from lib.errors import BadInput, EvalFileRejected, LimitExceeded, NotFound, StoreDamaged
from lib.evaluation.case_forms import contradictions
from lib.evaluation.eval_files import read_eval_set, write_eval_set
from lib.files import write_whole
from lib.records import EvalCase, EvalSet
from lib.sets.names import SUFFIX, checked_name, file_stem, name_in
from lib.settings import LIMITS

_HELD = 32
"""So many sets are held in memory as read: screens load them at every rerun."""


class EvalSetStore:
    """The eval sets of every workspace under one data folder. Safe to use from many threads of one process."""

    def __init__(self, data_dir: Path) -> None:
        self._documents = DocumentStore(data_dir, parser="")
        self._lock = threading.Lock()
        self._held: dict[Path, tuple[tuple[int, int], tuple[EvalCase, ...]]] = {}

    def names(self, workspace_id: str) -> tuple[str, ...]:
        """Names of the workspace's own sets, in order."""
        folder = self._folder(workspace_id)
        if not folder.is_dir():
            return ()
        files = (path.name for path in folder.iterdir() if path.suffix == SUFFIX and not path.name.startswith("."))
        return tuple(sorted((name_in(file) for file in files), key=lambda name: (name.casefold(), name)))

    def sample_names(self) -> tuple[str, ...]:
        """Names of the sample sets, which are the ids of their corpora; they are read-only."""
        return tuple(corpus.id for corpus in sample_corpora())

    def load(self, workspace_id: str, name: str) -> EvalSet:
        """The workspace's own set of that name, or the sample set; raises NotFound, or StoreDamaged naming the file."""
        path = self._path(workspace_id, name)
        if path.exists():
            return EvalSet(name, self._cases(path))
        sample = next((corpus for corpus in sample_corpora() if corpus.id == name), None)
        if sample is None:
            raise NotFound(f"There is no eval set {name!r}.", hint="Choose another one under Evaluate.")
        return EvalSet(name, self._cases(sample.folder / "evalset.jsonl"))

    def keep(self, workspace_id: str, eval_set: EvalSet) -> None:
        """Write the set in place of the one of that name, whole or not at all.

        Raises BadInput for cases that do not hold together, doubled ids, and a name that is taken by a sample set.
        """
        self._check(eval_set)
        with self._lock:
            self._write(workspace_id, eval_set)

    def add(self, workspace_id: str, name: str, cases: Sequence[EvalCase]) -> EvalSet:
        """Append cases to an own set, made if it is not there; an id that is taken or empty becomes a free one."""
        with self._lock:
            there = self.load(workspace_id, name) if name in self.names(workspace_id) else EvalSet(name, ())
            grown = EvalSet(name, with_free_ids(there.cases, cases))
            self._check(grown)
            self._write(workspace_id, grown)
            return grown

    def change(
        self, workspace_id: str, name: str, change: Callable[[tuple[EvalCase, ...]], Sequence[EvalCase]]
    ) -> EvalSet:
        """Put what `change` makes of an own set's cases in their place; nothing that is added meanwhile is lost.

        Raises as `load` and `keep` do, and what `change` raises: then nothing is written.
        """
        with self._lock:
            changed = EvalSet(name, tuple(change(self.load(workspace_id, name).cases)))
            self._check(changed)
            self._write(workspace_id, changed)
            return changed

    def remove(self, workspace_id: str, name: str) -> None:
        """Delete an own set; raises NotFound."""
        with self._lock:
            self._own(workspace_id, name).unlink()

    def rename(self, workspace_id: str, name: str, new_name: str) -> str:
        """Give an own set another name, which is returned as it is kept; raises NotFound and BadInput."""
        new = checked_name(new_name)
        with self._lock:
            old_path = self._own(workspace_id, name)
            others = {other.casefold() for other in self.names(workspace_id) if other != name}
            if new.casefold() in others | set(self.sample_names()):
                raise BadInput(f"There is a set {new!r} already.", hint="Choose another name.")
            old_path.replace(self._path(workspace_id, new))
        return new

    def _check(self, eval_set: EvalSet) -> None:
        if checked_name(eval_set.name).casefold() in self.sample_names():
            raise BadInput(f"{eval_set.name!r} is a sample set.", hint="Keep your copy under another name.")
        if len(eval_set.cases) > LIMITS.eval_cases:
            raise LimitExceeded(
                f"{eval_set.name!r} would have {len(eval_set.cases):,} cases, at most {LIMITS.eval_cases:,}.",
                hint="Begin another set.",
            )
        seen: set[str] = set()
        for case in eval_set.cases:
            wrong = list(contradictions(case)) + ([] if case.id else ["it has no id"])
            wrong += ["its id stands twice"] if case.id in seen else []
            if wrong:
                raise BadInput(f"Case {case.id!r}: {'; '.join(wrong)}.", hint="Mend it; nothing was kept.")
            seen.add(case.id)

    def _write(self, workspace_id: str, eval_set: EvalSet) -> None:
        name = checked_name(eval_set.name)
        alike = [other for other in self.names(workspace_id) if other.casefold() == name.casefold()]
        if alike and name not in alike:
            raise BadInput(f"There is a set {alike[0]!r} already.", hint="Choose a name that differs in its letters.")
        path = self._path(workspace_id, name)
        write_whole(path, write_eval_set(eval_set))
        self._held.pop(path, None)

    def _cases(self, path: Path) -> tuple[EvalCase, ...]:
        """The cases in a file, read again only when the file is another one."""
        try:
            found = path.stat()
        except OSError as error:
            raise _unreadable(path, error) from error
        stamp = (found.st_mtime_ns, found.st_size)
        held = self._held.get(path)
        if held is None or held[0] != stamp:
            if len(self._held) >= _HELD:
                self._held.clear()
            held = self._held[path] = (stamp, _read(path))
        return held[1]

    def _own(self, workspace_id: str, name: str) -> Path:
        path = self._path(workspace_id, name)
        if not path.exists():
            raise NotFound(f"There is no eval set {name!r} of your own.", hint="The page Evaluate lists them.")
        return path

    def _path(self, workspace_id: str, name: str) -> Path:
        return self._folder(workspace_id) / (file_stem(checked_name(name)) + SUFFIX)

    def _folder(self, workspace_id: str) -> Path:
        return self._documents.folder(workspace_id) / "evalsets"


def with_free_ids(there: Sequence[EvalCase], added: Sequence[EvalCase]) -> tuple[EvalCase, ...]:
    """All the cases, the added ones last; an id that is empty or taken becomes the next free case-001."""
    taken = {case.id for case in there}
    cases = list(there)
    free = (name for name in (f"case-{number:03d}" for number in count(len(there) + 1)) if name not in taken)
    for case in added:
        new = case if case.id and case.id not in taken else replace(case, id=next(free))
        taken.add(new.id)
        cases.append(new)
    return tuple(cases)


def _read(path: Path) -> tuple[EvalCase, ...]:
    """The cases in a file that the lab wrote; a set may be empty."""
    try:
        content = path.read_bytes()
        return read_eval_set(path.name, content).cases if content.strip() else ()
    except (EvalFileRejected, LimitExceeded, OSError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> StoreDamaged:
    return StoreDamaged(
        f"The eval set {path.name!r} cannot be read. {error}",
        hint=f"Mend or delete {path.name} in the folder evalsets of the workspace, or bring it from a backup.",
    )
