"""The models that run on this machine: the built-in one, and GGUF files that a person put into the models folder."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path

from lib.domain import AdapterFile
from lib.errors import NotFound
from lib.generation.client import ChatClient
from lib.generation.engine import Engine, built_in_client
from lib.generation.tokens import server_counter
from lib.weights import CHAT_MODEL, chat_model_path, models_dir

_REMEMBERED_CLIENTS = 32


def own_models() -> tuple[str, ...]:
    """The GGUF files in the models folder that are not the built-in model's, by their path in it, in order."""
    folder = models_dir()
    built_in = {path for path, _ in CHAT_MODEL.paths(folder / CHAT_MODEL.name)}
    return tuple(path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.gguf")) if path not in built_in)


def own_model_path(name: str) -> Path:
    """Where that model is; raises NotFound for a name that `own_models` does not list."""
    if name not in own_models():
        raise NotFound(
            f"There is no model file {name!r} in the models folder.",
            hint=f"Put a GGUF file into {models_dir()} and choose it under Models, or choose the built-in model.",
        )
    return models_dir() / name


class LocalModels:
    """An engine for each model, started when it is asked; of a person's own, those that nobody asks end for the next.

    Safe to use from many threads.
    """

    def __init__(self, *, threads: int = 0) -> None:
        self._threads = threads
        self._built_in = Engine(chat_model_path, threads=threads)
        self._own: dict[str, Engine] = {}
        self._trainings: list[ExitStack] = []
        self._lock = threading.Lock()
        # A client remembers how many tokens a text takes, so there is one for each model and adapter.
        self.client = lru_cache(maxsize=_REMEMBERED_CLIENTS)(self._client)

    def _client(self, name: str = "", adapter: AdapterFile | None = None) -> ChatClient:
        """The model of that name (none: the built-in one), with the adapter if one is given. Raises NotFound."""
        if not name:
            return built_in_client(self._built_in, adapter)
        own_model_path(name)
        model_id = f"{Path(name).stem} (on this machine)"
        return ChatClient(
            model_id,
            lambda: self._woken(name).turn(adapter),
            context_tokens=self._built_in.slot_tokens,
            counter=server_counter(model_id, lambda: self._woken(name).lease(adapter)),
        )

    @contextmanager
    def training(self) -> Iterator[None]:
        """While a job trains, each of them computes with one thread, also those that are first asked meanwhile."""
        with ExitStack() as stack:
            with self._lock:
                self._trainings.append(stack)
                engines = self._engines()
            try:
                for engine in engines:
                    stack.enter_context(engine.training())
                yield
            finally:
                with self._lock:
                    self._trainings.remove(stack)

    def close(self) -> None:
        """End them all; nothing can be asked afterwards."""
        with self._lock:
            engines = self._engines()
        for engine in engines:
            engine.close()

    def _engines(self) -> tuple[Engine, ...]:
        return (self._built_in, *self._own.values())

    def _woken(self, name: str) -> Engine:
        """The engine of a person's own model; the others let go of their memory."""
        with self._lock:
            engine = self._own.get(name) or self._made(name)
            others = [other for other in self._own.values() if other is not engine]
        for other in others:
            other.rest()
        return engine

    def _made(self, name: str) -> Engine:
        """Hold the lock."""
        engine = self._own[name] = Engine(lambda: own_model_path(name), threads=self._threads)
        for stack in self._trainings:
            stack.enter_context(engine.training())
        return engine
