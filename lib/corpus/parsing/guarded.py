"""Reading files in a child process under limits on time and memory, so that no file can take the app down."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from types import TracebackType
from typing import BinaryIO, Self

import psutil

from lib.corpus.parsing.child import too_much_memory
from lib.corpus.parsing.draft import Parsed
from lib.corpus.parsing.frames import Refusal, read_reply, write_request
from lib.errors import LabError
from lib.settings import APP_DIR, LIMITS, Limits

_START_TIMEOUT_S = 60.0
_WATCH_INTERVAL_S = 0.1


class ParserProcess:
    """One child that reads files one after another; callers in other threads wait their turn.

    The child starts with the first file, or with `start()`. After a crash or a broken limit the next file gets a
    new one.
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._is_ready = False

    def start(self) -> None:
        """Start the child if none runs, without waiting until it is ready."""
        with self._lock:
            self._running_child()

    def parse(self, name: str, content: bytes) -> Parsed:
        """As `lib.corpus.parsing.parse`; FileRejected too for a file that breaks a limit or the reader itself."""
        with self._lock:
            reply, exit_code = self._ask(name, content)
            if reply is None:  # the child may have been dying already: only a second death is this file's doing
                reply, exit_code = self._ask(name, content)
        if reply is None:
            reply = _crash(exit_code)
        if isinstance(reply, Refusal):
            raise reply.error()
        return reply

    def close(self) -> None:
        """End the child; a later `parse` starts a new one."""
        with self._lock:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def child_pid(self) -> int | None:
        """Process id of the running child; None if there is none."""
        child = self._child
        return child.pid if child and child.poll() is None else None

    def _ask(self, name: str, content: bytes) -> tuple[Parsed | Refusal | None, int | None]:
        """The child's answer, or None and its exit code if it died; a child that cannot go on is ended."""
        child = self._ready_child()
        with _Watch(child, self._limits) as watch:
            reply = _exchange(child, name, content)
        reply = watch.refusal or reply
        is_done_for = reply is None or (isinstance(reply, Refusal) and reply.is_final)
        return reply, self._end() if is_done_for else None

    def _running_child(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child = _started(self._limits.parse_memory_bytes)
        return self._child

    def _ready_child(self) -> subprocess.Popen[bytes]:
        """A child that has announced itself; its start does not count against the file's time."""
        child = self._running_child()
        if not self._is_ready:
            with _Watch(child, self._limits, timeout_s=_START_TIMEOUT_S):
                ready = read_reply(_stdout(child))
            if not isinstance(ready, Parsed):
                code = self._end()
                raise LabError(
                    f"The file reader did not start (exit code {code})", hint="Close other programs, then try again."
                )
            self._is_ready = True
        return child

    def _end(self) -> int | None:
        child, self._child, self._is_ready = self._child, None, False
        if child is None:
            return None
        code = child.poll()
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()
        return child.returncode if code is None else code


class _Watch:
    """Kills the child when it takes too long or too much, and keeps the reason."""

    def __init__(self, child: subprocess.Popen[bytes], limits: Limits, *, timeout_s: float | None = None) -> None:
        self.refusal: Refusal | None = None
        self._child = child
        self._memory_bytes = limits.parse_memory_bytes
        self._timeout_s = limits.parse_timeout_s if timeout_s is None else timeout_s
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="parser-watch")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        deadline = time.monotonic() + self._timeout_s
        while not self._done.wait(min(_WATCH_INTERVAL_S, max(0.0, deadline - time.monotonic()))):
            if time.monotonic() >= deadline:
                self.refusal = _too_slow(self._timeout_s)
            elif _resident_bytes(self._child.pid) > self._memory_bytes:
                self.refusal = too_much_memory(self._memory_bytes)
            if self.refusal:
                self._child.kill()
                return


def _started(memory_bytes: int) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(APP_DIR), os.environ.get("PYTHONPATH", "")))),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "lib.corpus.parsing.child", str(memory_bytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _exchange(child: subprocess.Popen[bytes], name: str, content: bytes) -> Parsed | Refusal | None:
    try:
        write_request(_stdin(child), name, content)
        return read_reply(_stdout(child))
    except OSError:  # the pipe broke: the child is gone
        return None


def _stdin(child: subprocess.Popen[bytes]) -> BinaryIO:
    assert child.stdin is not None
    return child.stdin  # type: ignore[return-value]


def _stdout(child: subprocess.Popen[bytes]) -> BinaryIO:
    assert child.stdout is not None
    return child.stdout  # type: ignore[return-value]


def _resident_bytes(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _too_slow(timeout_s: float) -> Refusal:
    return Refusal(
        f"needed more than {timeout_s:g} s to read", "Split it, or save it in a simpler format.", is_final=True
    )


def _crash(exit_code: int | None) -> Refusal:
    return Refusal(
        f"could not be read: the reader crashed on it (exit code {exit_code})",
        "It may be damaged: export it again, or save it in another format.",
        is_final=True,
    )
