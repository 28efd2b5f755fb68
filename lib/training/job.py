"""The training process as the app sees it: started, listened to, stopped; closing the browser changes nothing."""

import collections
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import IO

from lib.settings import APP_DIR
from lib.training.event_lines import ChildEvent, Failed, Measured, Noted, PhaseBegun, from_line
from lib.training.order import ChildOrder
from lib.training.values import TrainingEvent, TrainingPhase

STOP, PAUSE = "stop", "pause"
_KEPT_LINES = 20
_PAUSE_TIMEOUT_S = 20.0
_END_TIMEOUT_S = 3.0


class TrainingProcess:
    """One child process at one order. `listen` follows it to its end; everything else may be called from any thread."""

    def __init__(self, order: ChildOrder, *, events: tuple[TrainingEvent, ...] = ()) -> None:
        self.phase: TrainingPhase = "loading"
        self.failed: Failed | None = None
        self.measured: Measured | None = None
        self._events: list[TrainingEvent] = list(events)
        self._notes: list[str] = []
        self._paused = False
        self._changed = threading.Condition()
        self._over = threading.Event()
        self._last_lines: collections.deque[str] = collections.deque(maxlen=_KEPT_LINES)
        self._process = _spawn(order.threads)
        self._send(order.line())

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def events(self) -> tuple[TrainingEvent, ...]:
        """What has happened so far, in order."""
        return tuple(self._events)

    @property
    def notes(self) -> tuple[str, ...]:
        """What else it said for the person."""
        return tuple(self._notes)

    def listen(self) -> None:
        """Take in what it says until it is gone; returns when `phase` is final."""
        errors = threading.Thread(target=self._read_errors, name="openbook-training-log", daemon=True)
        errors.start()
        with _pipe(self._process.stdout) as output:
            for line in output:
                event = from_line(line)
                if event is not None:
                    self._take(event)
        code = self._process.wait()
        errors.join(_END_TIMEOUT_S)
        self._finish(code)

    def stop(self) -> None:
        """Ask it to end after this step and to keep the best adapter so far."""
        self._send(STOP)

    def pause(self) -> None:
        """Ask it to end after this step with a checkpoint to go on from; end it if that takes too long."""
        self._paused = True
        self._send(PAUSE)
        if not self._over.wait(_PAUSE_TIMEOUT_S):
            self._process.kill()
            self._over.wait(_END_TIMEOUT_S)

    def kill(self) -> None:
        """End it now."""
        self._paused = True
        self._process.kill()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for its end; False if it goes on."""
        return self._over.wait(timeout_s)

    def follow(self) -> Iterator[TrainingEvent]:
        """What happened and happens, from the beginning to its end."""
        given = 0
        while True:
            with self._changed:
                while len(self._events) == given and not self._over.is_set():
                    self._changed.wait()
                fresh = self._events[given:]
            yield from fresh
            given += len(fresh)
            if not fresh:
                return

    def _take(self, event: ChildEvent) -> None:
        with self._changed:
            if isinstance(event, PhaseBegun):
                self.phase = event.phase
            elif isinstance(event, Noted):
                self._notes.append(event.text)
            elif isinstance(event, Failed):
                self.failed = event
            elif isinstance(event, Measured):
                self.measured = event
            else:
                self._events.append(event)
            self._changed.notify_all()

    def _finish(self, code: int) -> None:
        with self._changed:
            if self.phase not in ("finished", "stopped"):
                if self.failed is None and not self._paused:
                    self.failed = self._crash(code)
                resumable = self.failed is None or self.failed.resumable
                self.phase = "interrupted" if resumable else "failed"
            self._over.set()
            self._changed.notify_all()
        with contextlib.suppress(OSError):
            _pipe(self._process.stdin).close()

    def _crash(self, code: int) -> Failed:
        said = self._last_lines[-1] if self._last_lines else "it said nothing"
        if code < 0:
            said = f"the system ended it with signal {-code}, as it does when memory runs out"
        return Failed(
            f"The training process broke off (exit code {code}): {said}",
            "Resume it: it goes on from its last checkpoint. Close other programs first if memory is short.",
            resumable=True,
        )

    def _read_errors(self) -> None:
        """Read its log to the end, or the child would block on a full pipe."""
        with _pipe(self._process.stderr) as output:
            for line in output:
                if line.strip():
                    self._last_lines.append(line.strip())

    def _send(self, line: str) -> None:
        # A child that is gone already is told of by `listen`.
        with contextlib.suppress(OSError, ValueError):
            stdin = _pipe(self._process.stdin)
            stdin.write(line + "\n")
            stdin.flush()


def _spawn(threads: int) -> subprocess.Popen[str]:
    quiet = {"OMP_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    paths = os.pathsep.join(filter(None, (str(APP_DIR), os.environ.get("PYTHONPATH", ""))))
    return subprocess.Popen(
        [sys.executable, "-m", "lib.training.child"],
        cwd=APP_DIR,
        env=os.environ | quiet | {"PYTHONPATH": paths},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,  # see `_be_modest` in the child
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("the training process was started without pipes")
    return stream
