"""Names of sets, which may be any words, and the file names that stand for them.

What a file system could misread is written as %XX.
"""

import re
import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath
from urllib.parse import unquote

from lib.errors import BadInput

LONGEST_NAME = 60
SUFFIX = ".jsonl"
_READ_SUFFIX = re.compile(r"\.(jsonl|ndjson|json|csv|tsv|txt)$", re.IGNORECASE)
_UNSAFE = re.compile(r'[<>:"/\\|?*%\x00-\x1f\x7f]|^\.|[. ]$')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


def checked_name(name: str) -> str:
    """The name with white space made single; raises BadInput for one that is empty or too long."""
    found = unicodedata.normalize("NFC", " ".join(name.split()))
    try:
        found.encode()
    except UnicodeEncodeError as error:
        raise BadInput("The name holds half of a character.", hint="Type the name anew.") from error
    if not 1 <= len(found) <= LONGEST_NAME:
        raise BadInput(
            f"A name of {len(found)} characters cannot name a set.", hint=f"Use 1 to {LONGEST_NAME} characters."
        )
    return found


def file_stem(name: str) -> str:
    """The name as a file system can take it, at most 240 bytes; `name_in` turns it back."""
    safe = _UNSAFE.sub(lambda match: f"%{ord(match.group()):02X}", name)
    return f"%{ord(safe[0]):02X}{safe[1:]}" if _DEVICES.match(safe) else safe


def name_in(file: str) -> str:
    """The set that a file holds, by the file's name."""
    return unicodedata.normalize("NFC", unquote(file.removesuffix(SUFFIX)))


def set_name(file_name: str) -> str:
    """What a set from that file is called: the file's name without folders and without its ending."""
    base = PurePosixPath(file_name.replace("\\", "/")).name
    return " ".join(_READ_SUFFIX.sub("", base).split()) or "Untitled"


def free_name(wanted: str, taken: Collection[str]) -> str:
    """The wanted name, shortened if it must be, with a number behind it if it is taken in any case."""
    gone = {name.casefold() for name in taken}
    short = wanted[: LONGEST_NAME - 5].strip() if len(wanted) > LONGEST_NAME else wanted
    names = (short if number == 1 else f"{short[: LONGEST_NAME - 5]} {number}" for number in range(1, len(gone) + 2))
    return next(name for name in names if name.casefold() not in gone)
