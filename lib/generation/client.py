"""The one way to a language model: any server that speaks the OpenAI chat protocol, the built-in one included."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lib.domain import Generated, GenerationEvent, Message, TextPiece, Usage
from lib.errors import BadInput, ModelFailed, ModelNonsense
from lib.generation import failures
from lib.generation.chunks import Piece, read_chunk
from lib.generation.endpoint import Endpoint, Lease
from lib.generation.failures import Failure, Subject
from lib.generation.pump import Pump
from lib.generation.request import Dialect, request_body
from lib.generation.tokens import TokenCounter, estimate_tokens
from lib.generation.wire import Wire
from lib.settings import LIMITS, GenerationOptions, Limits

if TYPE_CHECKING:
    from openai import Stream

_PAUSES_S = (0.5, 1.5)
_LONGEST_PAUSE_S = 10.0


class _Failed(Exception):
    """One attempt failed; carries what that means."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.error.message)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What a tried connection answered: the models that the server lists (maybe none), its words, the time."""

    models: tuple[str, ...]
    reply: str
    ms: float


@dataclass(slots=True)
class _Reply:
    """What has come so far in one attempt."""

    text: list[str] = field(default_factory=list)
    thought: bool = False
    finish: str | None = None
    usage: Usage | None = None
    server_tokens_per_s: float | None = None
    first_at: float | None = None
    last_at: float = 0.0

    @property
    def begun(self) -> bool:
        """Whether any text has reached the person."""
        return bool(self.text)


class ChatClient:
    """A Generator over an endpoint, or over a lease of one, which is taken at every try: an engine may restart.

    `counter` and `limits` have the defaults that suit a server elsewhere.
    """

    def __init__(
        self,
        model_id: str,
        connect: Endpoint | Lease,
        *,
        context_tokens: int,
        counter: TokenCounter = estimate_tokens,
        limits: Limits = LIMITS,
    ) -> None:
        if not model_id.strip():
            raise BadInput("No model is named.", hint="Name the model under Models, as its server calls it.")
        self._model_id, self._context_tokens = model_id, context_tokens
        self._base_url = connect.base_url if isinstance(connect, Endpoint) else ""
        self._lease = _always(connect) if isinstance(connect, Endpoint) else connect
        self._counter, self._limits = counter, limits
        self._dialect = Dialect()

    def __repr__(self) -> str:
        return f"ChatClient({self._model_id!r})"

    @property
    def model_id(self) -> str:
        """The model's name as its server knows it."""
        return self._model_id

    @property
    def base_url(self) -> str:
        """The endpoint's address; empty for the engine beside this process, whose address may change."""
        return self._base_url

    @property
    def context_tokens(self) -> int:
        """What one request may hold, prompt and answer together."""
        return self._context_tokens

    def count_tokens(self, text: str) -> int:
        """Exact where the server has a counter, otherwise an estimate that is rather too high."""
        return self._counter(text)

    def stream(self, messages: Sequence[Message], options: GenerationOptions) -> Iterator[GenerationEvent]:
        """Pieces of text as they come, then one `Generated`.

        At most `limits.provider_retries` more tries, none after the first piece. Raises a ModelFailed.
        """
        deadline = time.monotonic() + self._limits.total_timeout_s
        tries = 0
        while True:
            try:
                yield from self._attempt(messages, options, deadline)
                return
            except _Failed as failed:
                if self._adapted(failed.failure):
                    continue
                pause = self._pause(failed.failure, tries, deadline)
                if pause is None:
                    raise failed.failure.error from failed.__cause__
            tries += 1
            time.sleep(pause)

    def test_connection(self) -> ConnectionReport:
        """Ask the server for its models and the model for a word. Raises a ModelFailed."""
        started = time.perf_counter()
        models = self._listed_models()
        pieces = self.stream([Message("user", "Say: ready")], GenerationOptions(max_tokens=16))
        try:
            reply = "".join(event.text for event in pieces if isinstance(event, TextPiece))
        except ModelNonsense as error:
            # A reasoning model may think for longer than these few tokens: it did answer.
            reply = error.message
        return ConnectionReport(models, reply.strip(), (time.perf_counter() - started) * 1000)

    def _listed_models(self) -> tuple[str, ...]:
        """Not every server lists its models, so only an address where nothing answers is an error here."""
        from lib.errors import ModelUnreachable
        from lib.generation.models import list_models

        try:
            with self._lease() as endpoint:
                return list_models(endpoint, self._limits)
        except ModelUnreachable:
            raise
        except ModelFailed:
            return ()

    def _adapted(self, failure: Failure) -> bool:
        """Whether the server objected to an optional part of the request that can be left out or named otherwise."""
        simpler = self._dialect.without_what(failure.error.message) if failure.status in {400, 422} else None
        if simpler is None:
            return False
        self._dialect = simpler
        return True

    def _pause(self, failure: Failure, tries: int, deadline: float) -> float | None:
        """Seconds until the next try; None when there is none."""
        if not failure.again or tries >= self._limits.provider_retries:
            return None
        pause = failure.pause_s if failure.pause_s is not None else _PAUSES_S[min(tries, len(_PAUSES_S) - 1)]
        return pause if pause <= _LONGEST_PAUSE_S and time.monotonic() + pause < deadline else None

    def _attempt(
        self, messages: Sequence[Message], options: GenerationOptions, deadline: float
    ) -> Iterator[GenerationEvent]:
        subject, pump = self._begun(messages, options)
        reply = _Reply(last_at=time.monotonic())
        try:
            while (piece := self._next(pump, reply, subject, deadline)) is not None:
                if _note(piece, reply):
                    yield TextPiece(piece.text)
            yield self._generated(reply, messages, subject)
        finally:
            pump.close()

    def _begun(self, messages: Sequence[Message], options: GenerationOptions) -> tuple[Subject, Pump[Piece]]:
        """Send the request. The lease ends with the thread that reads, however late whoever listens comes back."""
        lease = ExitStack()
        try:
            endpoint = lease.enter_context(self._lease())
            body = request_body(self._model_id, messages, options, self._dialect, endpoint.scales)
            wire = Wire(endpoint, self._limits)
            pump = Pump(lambda: _read(wire, body, lease), cut=wire.cut)
        except BaseException:
            lease.close()
            raise
        return Subject(self._model_id, endpoint), pump

    def _next(self, pump: Pump[Piece], reply: _Reply, subject: Subject, deadline: float) -> Piece | None:
        """The next piece; None at the end. Raises _Failed with what the wait or the server came to."""
        started = reply.begun or reply.thought
        allowed = self._limits.silence_timeout_s if started else self._limits.first_token_timeout_s
        quiet_at = reply.last_at + allowed
        try:
            return pump.next(min(quiet_at, deadline) - time.monotonic())
        except TimeoutError as error:
            slow = failures.too_long(subject, self._limits.total_timeout_s)
            if quiet_at < deadline:
                slow = failures.silent(subject, allowed, begun=started)
            raise _Failed(Failure(slow)) from error
        except Exception as error:
            raise _Failed(failures.from_exception(error, subject, begun=reply.begun)) from error

    def _generated(self, reply: _Reply, messages: Sequence[Message], subject: Subject) -> Generated:
        if reply.finish is None:
            if not reply.begun and not reply.thought:
                raise _Failed(Failure(failures.nonsense(subject, "no answer in it")))
            raise _Failed(Failure(failures.broke_off(subject, begun=reply.begun)))
        if not reply.begun and reply.finish == "length":
            raise _Failed(Failure(_only_thought(subject)))
        usage = reply.usage or self._estimated_usage(reply, messages)
        return Generated(usage, reply.finish, reply.server_tokens_per_s or _speed(reply, usage))

    def _estimated_usage(self, reply: _Reply, messages: Sequence[Message]) -> Usage:
        sent = sum(self.count_tokens(message.content) for message in messages)
        return Usage(sent, self.count_tokens("".join(reply.text)))


def _always(endpoint: Endpoint) -> Lease:
    return lambda: nullcontext(endpoint)


def _read(wire: Wire, body: dict[str, Any], lease: ExitStack) -> Iterator[Piece]:
    """What the server streams, piece by piece; runs in the pump's thread."""
    with lease:
        try:
            stream: Stream[Any] = wire.openai.chat.completions.create(**body)
            yield from map(read_chunk, stream)
        finally:
            wire.close()


def _note(piece: Piece, reply: _Reply) -> bool:
    """Take the piece in; whether it has text for the person."""
    now = time.monotonic()
    reply.finish = piece.finish or reply.finish
    reply.usage = piece.usage or reply.usage
    reply.server_tokens_per_s = piece.tokens_per_s or reply.server_tokens_per_s
    if piece.text or piece.thought:
        reply.last_at = now
        reply.first_at = reply.first_at or now
        reply.thought = reply.thought or piece.thought
    if piece.text:
        reply.text.append(piece.text)
    return bool(piece.text)


def _speed(reply: _Reply, usage: Usage) -> float | None:
    """Tokens a second from the first piece to the last, where there were enough to say."""
    if reply.first_at is None or usage.output_tokens < 2:
        return None
    seconds = reply.last_at - reply.first_at
    return (usage.output_tokens - 1) / seconds if seconds > 0 else None


def _only_thought(subject: Subject) -> ModelNonsense:
    return ModelNonsense(
        f"{subject.named} used up the answer length without writing an answer.",
        hint="It may be a model that thinks first: allow a longer answer under Prompt.",
    )
