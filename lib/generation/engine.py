"""The built-in model: llama.cpp in a child process, started when first needed, restarted after a crash.

llama.cpp takes adapters when it starts and never after, so a new adapter means a new process with the whole list: new
requests go there, those that run end on the old one, which then ends too.
"""

import itertools
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from lib.domain import AdapterFile
from lib.errors import LabError, ModelFailed
from lib.generation.client import ChatClient
from lib.generation.endpoint import Endpoint
from lib.generation.engine_child import Order
from lib.generation.engine_process import EngineProcess
from lib.generation.loaded import check_fits, is_whole, with_adapter
from lib.generation.tokens import server_counter
from lib.generation.turns import Turns

BUILT_IN_MODEL_ID = "SmolLM2-135M-Instruct (built-in)"
SLOT_TOKENS = 4096
"""What one answer may hold, prompt and answer together."""
_MOST_THREADS = 8
_MOST_ENDING = 2
_ENDING_PATIENCE_S = 30.0


@dataclass(eq=False, slots=True)
class _Server:
    """One process, the adapters it was started with (their position is their id), and how many use it."""

    process: EngineProcess
    adapters: tuple[AdapterFile, ...]
    threads: int
    turns: Turns = field(default_factory=Turns)
    users: int = 0

    def serves(self, adapter: AdapterFile | None) -> bool:
        return adapter is None or any(one.sha256 == adapter.sha256 for one in self.adapters)

    def endpoint(self, adapter: AdapterFile | None) -> Endpoint:
        """Its address with the scale of every adapter: one that is not named would apply in full."""
        wanted = "" if adapter is None else adapter.sha256
        scales = tuple(1.0 if one.sha256 == wanted else 0.0 for one in self.adapters)
        return replace(self.process.endpoint, scales=scales)


class Engine:
    """A base model and its adapters on loopback, shared by everyone in this process. Safe to use from many threads.

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
        # `_state` is held for moments, and again by a stream that is collected meanwhile; `_starting` while a process
        # comes up. Whoever needs both takes `_starting` first.
        self._state = threading.Condition(threading.RLock())
        self._starting = threading.Lock()
        self._current: _Server | None = None
        self._ending: list[_Server] = []
        self._last_used: dict[str, int] = {}
        self._uses = itertools.count(1)
        self._trainings = 0
        self._closed = False

    @property
    def slot_tokens(self) -> int:
        """The context window of one request."""
        return self._slot_tokens

    @property
    def pid(self) -> int | None:
        """The process id of the child that takes new requests, while it runs."""
        server = self._current
        return server.process.process.pid if server is not None and server.process.alive else None

    @property
    def loaded(self) -> tuple[str, ...]:
        """The names of the adapters that the running child serves."""
        server = self._current
        return tuple(one.name for one in server.adapters) if server is not None else ()

    def connect(self, adapter: AdapterFile | None = None) -> Endpoint:
        """Where the base, or the base with this adapter, answers now; starts what it takes.

        The place may end as soon as another adapter is loaded: who asks something holds a `lease` or a `turn`.
        Raises ModelFailed when the model does not come up, BadInput for an adapter of another base, NotFound or
        StoreDamaged for one whose file is gone or changed.
        """
        with self.lease(adapter) as endpoint:
            return endpoint

    @contextmanager
    def lease(self, adapter: AdapterFile | None = None) -> Iterator[Endpoint]:
        """As `connect`, and the process stays until the lease is given back, which any thread may do."""
        server = self._taken(adapter)
        try:
            yield server.endpoint(adapter)
        finally:
            self._give_back(server)

    @contextmanager
    def turn(self, adapter: AdapterFile | None = None) -> Iterator[Endpoint]:
        """A lease for one answer, which waits while answers with other adapters are written."""
        server = self._taken(adapter)
        try:
            with server.turns.turn("" if adapter is None else adapter.sha256):
                yield server.endpoint(adapter)
        finally:
            self._give_back(server)

    @contextmanager
    def training(self) -> Iterator[None]:
        """While a job trains, the engine computes with one thread; running answers end as they began."""
        self._count_training(1)
        try:
            yield
        finally:
            self._count_training(-1)

    def rest(self) -> None:
        """End the child process if nobody uses it; the next question starts another."""
        with self._state:
            server = self._current
            if server is None or server.users > 0:
                return
            self._current = None
        server.process.end()

    def close(self) -> None:
        """End the child processes; nothing can be asked afterwards."""
        with self._state:
            self._closed = True
            servers = [*self._ending, *([self._current] if self._current else [])]
            self._current, self._ending = None, []
            self._state.notify_all()
        for server in servers:
            server.process.end()

    # One server for another

    def _taken(self, adapter: AdapterFile | None) -> _Server:
        """The server for the request, counted as used."""
        if (server := self._ready(adapter)) is not None:
            return server
        with self._starting:
            if (server := self._ready(adapter)) is not None:
                return server
            return self._renewed(adapter)

    def _ready(self, adapter: AdapterFile | None) -> _Server | None:
        with self._state:
            self._refuse_closed()
            server = self._current
            if server is None or not server.process.alive or not server.serves(adapter):
                return None
            return self._use(server, adapter)

    def _use(self, server: _Server, adapter: AdapterFile | None) -> _Server:
        server.users += 1
        if adapter is not None:
            self._last_used[adapter.sha256] = next(self._uses)
        return server

    def _renewed(self, adapter: AdapterFile | None) -> _Server:
        """Start a server with the adapters of the present one and this one, and let new requests go there."""
        path = self._model_path()
        if adapter is not None:
            check_fits(adapter, path)
        self._let_others_end()
        old = self._current
        before = tuple(one for one in old.adapters if is_whole(one)) if old is not None else ()
        new = self._started(path, before, adapter)
        with self._state:
            if self._closed:
                new.process.end()
                self._refuse_closed()
            self._current = new
            self._use(new, adapter)
            if old is not None:
                self._ending.append(old)
        self._end_unused()
        return new

    def _started(self, path: Path, before: tuple[AdapterFile, ...], adapter: AdapterFile | None) -> _Server:
        """With those before too, if they load; one that does not must not keep the others from their answers."""
        adapters = with_adapter(before, adapter, last_used=self._last_used)
        alone = () if adapter is None else (adapter,)
        if adapters != alone:
            with suppress(ModelFailed):
                return self._start(path, adapters)
        try:
            return self._start(path, alone)
        except ModelFailed as error:
            raise _did_not_load(error, adapter) from error

    def _start(self, path: Path, adapters: tuple[AdapterFile, ...]) -> _Server:
        threads = self._threads_now()
        files = tuple(str(one.path) for one in adapters)
        key = secrets.token_urlsafe(24)
        order = Order(str(path), key, self._slots, self._slot_tokens, threads, files)
        server = _Server(EngineProcess(order), adapters, threads)
        changed = [one.name for one in adapters if not is_whole(one)]
        if changed:
            server.process.end()
            raise ModelFailed(f"The adapter {changed[0]!r} changed while it was loaded.", hint="Ask again.")
        return server

    def _let_others_end(self) -> None:
        """Each process that ends takes memory and a core until its last answer is written."""
        with self._state:
            self._state.wait_for(lambda: self._closed or len(self._ending) < _MOST_ENDING, _ENDING_PATIENCE_S)
            self._refuse_closed()

    def _give_back(self, server: _Server) -> None:
        with self._state:
            server.users -= 1
        self._end_unused()

    def _end_unused(self) -> None:
        with self._state:
            unused = [server for server in self._ending if server.users == 0]
            self._ending = [server for server in self._ending if server.users > 0]
            self._state.notify_all()
        for server in unused:
            server.process.end()

    def _refuse_closed(self) -> None:
        if self._closed:
            raise ModelFailed("The model has been shut down.", hint="Start the app again.")

    # Training

    def _threads_now(self) -> int:
        return 1 if self._trainings else self._threads

    def _count_training(self, change: int) -> None:
        """A model that cannot be started anew goes on with the threads it has."""
        with self._state:
            self._trainings += change
        with self._starting, suppress(LabError):
            server = self._current
            if server is not None and server.process.alive and server.threads != self._threads_now():
                self._give_back(self._renewed(None))


def _did_not_load(error: ModelFailed, adapter: AdapterFile | None) -> ModelFailed:
    if adapter is None:
        return error
    return ModelFailed(
        f"The adapter {adapter.name!r} could not be loaded. {error.message}",
        hint="Answer without it, or train it again on Fine-tune. Other questions are answered as before.",
    )


def default_threads() -> int:
    """Half the cores, at most 8: llama.cpp's threads wait for each other by spinning.

    With as many threads as cores and anything else running, answers became ten times slower (docs/EXPERIMENTS.md).
    """
    return max(1, min((os.cpu_count() or 1) // 2, _MOST_THREADS))


def built_in_client(engine: Engine, adapter: AdapterFile | None = None) -> ChatClient:
    """The built-in model as a Generator, with this adapter if one is given, and its own tokenizer's exact counts.

    Its `model_id` is the base's: which adapter answered is told by who asked for it.
    """
    return ChatClient(
        BUILT_IN_MODEL_ID,
        lambda: engine.turn(adapter),
        context_tokens=engine.slot_tokens,
        counter=server_counter(BUILT_IN_MODEL_ID, lambda: engine.lease(adapter)),
    )
