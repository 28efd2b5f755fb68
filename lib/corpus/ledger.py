"""What one ingest has done so far, and how fast each of its stages goes."""

import time
from dataclasses import dataclass, field

from lib.corpus.outcomes import STAGES, DocumentEntry, FileOutcome, Progress, Stage
from lib.domain import Document


@dataclass(slots=True)
class Ledger:
    """What has been done so far; the one mutable value of a run."""

    entries: dict[str, DocumentEntry]
    outcomes: list[FileOutcome] = field(default_factory=list)
    new: list[tuple[DocumentEntry, Document]] = field(default_factory=list)
    seconds: dict[Stage, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))
    chunks: int = 0
    embedded: int = 0
    reused: int = 0
    stopped: bool = False


class Clock:
    """Rate and time left of one stage; its seconds go to the ledger."""

    def __init__(self, stage: Stage, total: int, unit: str, ledger: Ledger) -> None:
        self._stage, self._total, self._unit, self._ledger = stage, total, unit, ledger
        self._began = time.perf_counter()

    def restart(self) -> None:
        """Leave out the time since the last progress: another stage used it."""
        self._began = time.perf_counter()

    def progress(self, done: int) -> Progress:
        """Progress so far; the time since the last call counts as this stage's."""
        now = time.perf_counter()
        self._ledger.seconds[self._stage] += now - self._began
        self._began = now
        spent = self._ledger.seconds[self._stage]
        rate = done / spent if spent > 0.05 else None
        left = (self._total - done) / rate if rate else None
        return Progress(self._stage, done, self._total, self._unit, rate, left)
