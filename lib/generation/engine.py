"""The built-in model: llama.cpp in a child process, started when first needed, restarted after a crash."""

import collections
import json
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import IO

from lib.errors import ModelFailed
from lib.generation.client import ChatClient
from lib.generation.endpoint import Endpoint
from lib.generation.engine_child import READY, Order
from lib.generation.tokens import server_counter
from lib.settings import APP_DIR

BUILT_IN_MODEL_ID = "SmolLM2-135M-Instruct (built-in)"
SLOT_TOKENS = 4096
"""What one answer may hold, prompt and answer together."""
_START_TIMEOUT_S = 60.0
_END_TIMEOUT_S = 3.0
_KEPT_LINES = 20
_MOST_THREADS = 8


class Engine:
    """One llama.cpp server on loopback, shared by everyone in this process. Safe to use from many threads.

    `model_path` is asked at each start: missing weights are an error of the question, not of the app's start.
    """

    def __init__(
        self,
        model_path: Callable[[], Path],
        *,
        slots: int = 2,
        slot_tokens: int = SLOT_TOKENS,
        threads: int = 0,
    ) -> None:
        self._model_path, self._slots, self._slot_tokens = model_path, slots, slot_tokens
        self._threads = threads or default_threads()
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._closed = False

    @property
    def slot_tokens(self) -> int:
        """The context window of one request."""
        return self._slot_tokens

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        child = self._child
        return child.process.pid if child is not None and child.alive else None

    def client_settings(self) -> Endpoint:
        """Where the model answers; starts it if it does not run. Raises ModelFailed when it does not come up."""
        with self._lock:
            if self._closed:
                raise ModelFailed("The built-in model has been shut down.", hint="Start the app again.")
            if self._child is None or not self._child.alive:
                self._end_child()
                self._child = _Child(self._order())
            return self._child.endpoint

    def close(self) -> None:
        """End the child process; nothing can be asked afterwards."""
        with self._lock:
            self._closed = True
            self._end_child()

    def _order(self) -> Order:
        key = secrets.token_urlsafe(24)
        return Order(str(self._model_path()), key, self._slots, self._slot_tokens, self._threads)

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


def default_threads() -> int:
    """Half the cores, at most 8: llama.cpp's threads wait for each other by spinning.

    With as many threads as cores and anything else running, answers became ten times slower (docs/EXPERIMENTS.md).
    """
    return max(1, min((os.cpu_count() or 1) // 2, _MOST_THREADS))


class _Child:
    """The running process. Made once it serves; raises ModelFailed if it does not."""

    def __init__(self, order: Order) -> None:
        self.process = _spawn()
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
            f"The built-in model did not start (exit code {self.process.returncode}): {said}",
            hint="Try again. If it stays so, fetch the weights again with `python run.py setup`.",
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


def built_in_client(engine: Engine) -> ChatClient:
    """The built-in model as a Generator, with its own tokenizer's exact counts."""
    return ChatClient(
        BUILT_IN_MODEL_ID,
        engine.client_settings,
        context_tokens=engine.slot_tokens,
        counter=server_counter(BUILT_IN_MODEL_ID, engine.client_settings),
    )
