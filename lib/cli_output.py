"""Where the command line prints: results to standard output, remarks to standard error."""

import json
import sys

from lib.reports import Json


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
