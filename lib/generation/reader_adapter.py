"""The built-in reader: the adapter that comes with the app, checked by its hash before anything is answered with it."""

import hashlib
from functools import lru_cache
from pathlib import Path

from lib.domain import AdapterFile
from lib.errors import WeightsDamaged, WeightsMissing
from lib.settings import BUILT_IN_READER
from lib.weights import CHAT_MODEL

READER_INSTRUCTION = "Answer in a few words from the numbered texts, or say that none of them holds the answer."
NO_ANSWER = "None of these holds the answer."
"""What the reader says instead of an answer. It learnt these words and the instruction: they are one with its file."""

READER_PATH = Path(__file__).parent / "reader" / "reader.gguf"
READER_SHA256 = "e353edfde334ea54b362841687a56af33f59612725bd08ae282cdd6369f13106"
_HINT = "Get the file from the repository again; until then switch the built-in reader off under Models."


def built_in_reader(path: Path = READER_PATH) -> AdapterFile:
    """The reader as the engine serves it. Raises WeightsMissing or WeightsDamaged, naming the file."""
    try:
        status = path.stat()
        found = _sha256(path, status.st_size, status.st_mtime_ns)
    except OSError:
        raise WeightsMissing(f"The built-in reader is not at {path}.", hint=_HINT) from None
    if found != READER_SHA256:
        raise WeightsDamaged(
            f"{path} is not the built-in reader: its sha256 is {found[:12]}..., expected {READER_SHA256[:12]}...",
            hint=_HINT,
        )
    return AdapterFile(BUILT_IN_READER, path, READER_SHA256, CHAT_MODEL.files[0][1], READER_INSTRUCTION)


@lru_cache(maxsize=4)
def _sha256(path: Path, _bytes: int, _changed_ns: int) -> str:
    """Hashed once while size and time of change stay the same."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
