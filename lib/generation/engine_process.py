"""One running llama.cpp server: its process, where it answers, and how it is ended."""

import collections
import json
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import IO

from lib.errors import ModelFailed
from lib.generation.endpoint import Endpoint
from lib.generation.engine_child import READY, Order
from lib.settings import APP_DIR

_START_TIMEOUT_S = 60.0
_END_TIMEOUT_S = 3.0
_KEPT_LINES = 20


class EngineProcess:
    """The running process. Made once it serves; raises ModelFailed if it does not."""

    def __init__(self, order: Order) -> None:
        self.process, self._file = _spawn(), Path(order.model_path).name
        self._last_lines: collections.deque[str] = collections.deque(maxlen=_KEPT_LINES)
        self._address = ""
        self._heard = threading.Event()
        threading.Thread(target=self._listen, name="openbook-engine-log", daemon=True).start()
        self._send(order)
        if not self._heard.wait(_START_TIMEOUT_S) or not self._address:
            self.end()
            raise self._not_started()
        self.endpoint = Endpoint(f"{self._address}/v1", order.key)

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def end(self) -> None:
        """Let go of the pipe, which ends the child; kill it if it lingers."""
        _pipe(self.process.stdin).close()
        try:
            self.process.wait(_END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _send(self, order: Order) -> None:
        stdin = _pipe(self.process.stdin)
        try:
            stdin.write(json.dumps(asdict(order)) + "\n")
            stdin.flush()
        except OSError:
            # It died at once; waiting for its address says so, with its last words.
            self._heard.set()

    def _listen(self) -> None:
        """Read its log to the end, or the child would block on a full pipe."""
        with _pipe(self.process.stdout) as output:
            for line in output:
                if line.startswith(READY):
                    self._address = json.loads(line.removeprefix(READY))
                    self._heard.set()
                elif line.strip():
                    self._last_lines.append(line.strip())
        self._heard.set()

    def _not_started(self) -> ModelFailed:
        said = self._last_lines[-1] if self._last_lines else "it said nothing"
        return ModelFailed(
            f"The model {self._file} did not start (exit code {self.process.returncode}): {said}",
            hint="Try again. If it stays so, choose another model, or fetch the built-in one again: "
            "`python run.py setup`.",
        )


def _spawn() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "lib.generation.engine_child"],
        cwd=APP_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("the engine's process was started without pipes")
    return stream
