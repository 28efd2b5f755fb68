"""A training set as hosted fine-tuning services take it: one JSONL of messages to train on, one to validate."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from lib.training.set_rows import hosted_form
from lib.training.values import TrainingExample, TrainingSet


@dataclass(frozen=True, slots=True)
class HostedFile:
    """One file for a hosted service; `rows` is how many examples it has."""

    name: str
    rows: int
    content: bytes


def hosted_files(training_set: TrainingSet) -> tuple[HostedFile, ...]:
    """The files to hand over, those without examples left out; held-out examples stay here, to judge what comes back.

    Each line is {"messages": [...]} and nothing else: no ids, no tags, no parts.
    """
    parts = (("train", training_set.train), ("validation", training_set.validation))
    return tuple(_file(f"{training_set.name}-{part}.jsonl", rows) for part, rows in parts if rows)


def _file(name: str, examples: Sequence[TrainingExample]) -> HostedFile:
    lines = (json.dumps(hosted_form(example), ensure_ascii=False) for example in examples)
    return HostedFile(name, len(examples), "".join(f"{line}\n" for line in lines).encode())
