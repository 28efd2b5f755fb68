"""Citations of an answer that is JSON: nothing may be put into it, or it would be JSON no more."""

import json
import re
from collections.abc import Sequence

from lib.approaches.citing import Cited, cite
from lib.domain import Citation, Passage, Sentence

_MARKER = re.compile(r"\[(\d{1,2})\]")


def is_structured(text: str) -> bool:
    """Whether the text is a JSON object or list as a whole."""
    if text.strip()[:1] not in ("{", "["):
        return False
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


def cite_structured(text: str, passages: Sequence[Passage], read: Sequence[Sentence], *, question: str) -> Cited:
    """The text as it is, then a marker for each passage that its values rest on, in order of their first mention.

    Markers that the model wrote inside a value stay there and are what is cited; without any, the words decide, as
    they do in `cite`.
    """
    written = text.strip()
    marked = " ".join(_values(json.loads(written)))
    found: dict[int, Citation] = {}
    for citation in cite(marked, passages, read, question=question).citations:
        found.setdefault(citation.marker, citation)
    said, citations = written, []
    for marker, citation in found.items():
        inside = next((match for match in _MARKER.finditer(written) if _is_inside(written, match, marker)), None)
        start = inside.start() if inside else len(said) + 1
        if inside is None:
            said += f" [{marker}]"
        citations.append(_at(citation, start, start + len(f"[{marker}]")))
    return Cited(said, tuple(citations))


def _is_inside(text: str, match: re.Match[str], marker: int) -> bool:
    """Whether this is the marker in a value's text: a list that holds one number looks the same outside of quotes."""
    quotes = len(re.findall(r'(?<!\\)"', text[: match.start()]))
    return int(match[1]) == marker and quotes % 2 == 1


def _values(value: object) -> list[str]:
    """The texts and numbers of a JSON value, in order, each as a statement of its own."""
    if isinstance(value, dict):
        return [said for inner in value.values() for said in _values(inner)]
    if isinstance(value, list):
        return [said for inner in value for said in _values(inner)]
    return (
        [f"{str(value).rstrip('.')}."] if isinstance(value, str | int | float) and not isinstance(value, bool) else []
    )


def _at(citation: Citation, start: int, end: int) -> Citation:
    return Citation(citation.marker, start, end, citation.passage, citation.start, citation.end, citation.supported)
