"""Where the command line prints: results to standard output, remarks to standard error."""

import json
import sys
from collections.abc import Sequence

from lib.domain import ApproachName
from lib.lab import Lab
from lib.reports import Json
from lib.settings import Workspace


class Output:
    """Where results and remarks go."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def result(self, value: Json, text: str) -> None:
        """One result: a JSON object on a line, or text for people."""
        print(json.dumps(value, ensure_ascii=False) if self._as_json else text, flush=True)

    def note(self, text: str) -> None:
        """A remark that is no result."""
        print(text, file=sys.stderr, flush=True)


def tell_of_reader(lab: Lab, workspace: Workspace, names: Sequence[ApproachName], output: Output) -> None:
    """Remark once that the built-in reader's file cannot be used, where one of the approaches would answer with it."""
    trouble = lab.reader_trouble(workspace) if any(map(workspace.has_reader, names)) else None
    if trouble is not None:
        output.note(f"{trouble.message} Answers come without it. {trouble.hint}")
