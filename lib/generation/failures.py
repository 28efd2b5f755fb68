"""What went wrong with a model server, in words: the SDK's exceptions -> the errors a person sees."""

import re
import ssl
from dataclasses import dataclass

from lib.errors import (
    ModelBrokeOff,
    ModelFailed,
    ModelNonsense,
    ModelRefused,
    ModelTimeout,
    ModelUnreachable,
)
from lib.generation.endpoint import Endpoint

_AT_MODELS = "Check the address, key and model name under Models."
_SMALLER = "Try again, take a smaller model, or choose the built-in model under Models."
_LOCAL = (
    "Ask again: the built-in model restarts by itself. Another server on this machine may have to be started again."
)
_SHOWN_CHARACTERS = 300
_KEY_LIKE = re.compile(r"\b(?:sk|pk|key)-[\w*.-]{6,}")
_STATUS_HINTS = {
    400: "Look at the exact prompt and settings of this request; a shorter prompt may be what it needs.",
    401: "Check the key under Models.",
    402: "The account behind the key has no credit left.",
    403: "The key is not allowed to use this model: choose another under Models.",
    404: _AT_MODELS,
    413: "Send less: fewer passages, or a shorter attached text.",
    429: "Wait a little and ask again, or look at the account's quota.",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Of whom the message speaks."""

    model_id: str
    endpoint: Endpoint

    @property
    def named(self) -> str:
        """The model and where it is."""
        return f"{self.model_id!r} at {self.endpoint.base_url}"


@dataclass(frozen=True, slots=True)
class Failure:
    """The error to show; `again` says whether another try may help, `pause_s` how long the server asked to wait."""

    error: ModelFailed
    again: bool = False
    pause_s: float | None = None
    status: int | None = None


def clean(text: str, subject: Subject) -> str:
    """A server's own words in one short line, without the key."""
    key = subject.endpoint.key
    if key:
        text = text.replace(key, "[key]")
    text = _KEY_LIKE.sub("[key]", " ".join(text.split()))
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def from_exception(error: Exception, subject: Subject, *, begun: bool) -> Failure:
    """The failure that an exception of the SDK or of its HTTP library means; other exceptions are raised again.

    `begun` tells whether text had already come.
    """
    import httpx2
    import openai

    if isinstance(error, openai.APIStatusError):
        return _refused(error, subject)
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return _timed_out(error, subject)
    if isinstance(error, openai.APIConnectionError | httpx2.TransportError | OSError):
        return _disconnected(error, subject, begun=begun)
    if isinstance(error, openai.APIResponseValidationError | ValueError | TypeError | AttributeError | KeyError):
        return Failure(nonsense(subject, clean(f"{type(error).__name__}: {error}", subject)))
    if isinstance(error, openai.APIError):
        return _told_in_stream(error, subject, begun=begun)
    raise error


def nonsense(subject: Subject, what: str) -> ModelNonsense:
    """The reply is not in the chat protocol."""
    return ModelNonsense(
        f"{subject.named} sent a reply that is not in the OpenAI chat protocol ({what}).",
        hint="Check that the address ends where the protocol starts, which is /v1 with most servers.",
    )


def silent(subject: Subject, waited_s: float, *, begun: bool) -> ModelTimeout:
    """Nothing came for as long as the limit allows."""
    what = "stopped in the middle of its answer and sent nothing" if begun else "sent nothing"
    return ModelTimeout(f"{subject.named} {what} for {waited_s:g} s.", hint=_once_more(subject))


def too_long(subject: Subject, total_s: float) -> ModelTimeout:
    """The whole answer took longer than the limit."""
    return ModelTimeout(
        f"{subject.named} had not finished its answer after {total_s:g} s.",
        hint="Ask for a shorter answer, or take a faster model under Models.",
    )


def broke_off(subject: Subject, *, begun: bool, why: str = "") -> ModelBrokeOff:
    """The connection ended before the answer did."""
    when = "in the middle of its answer" if begun else "before it answered"
    detail = f" ({why})" if why else ""
    return ModelBrokeOff(f"{subject.named} broke off {when}{detail}.", hint=_once_more(subject))


def _refused(error: object, subject: Subject) -> Failure:
    import openai

    assert isinstance(error, openai.APIStatusError)
    status = error.status_code
    if status < 400:
        target = clean(error.response.headers.get("location", "elsewhere"), subject)
        return Failure(
            ModelRefused(f"{subject.named} redirects to {target}; the lab goes nowhere else.", hint=_AT_MODELS)
        )
    said = clean(error.message, subject)
    hint = _STATUS_HINTS.get(status, _once_more(subject) if status >= 500 else _AT_MODELS)
    again = status in {408, 409, 429} or status >= 500
    if getattr(error, "code", None) == "insufficient_quota":
        again, hint = False, _STATUS_HINTS[402]
    pause = _seconds(error.response.headers.get("retry-after"))
    return Failure(
        ModelRefused(f"{subject.named} refused with status {status}: {said}", hint=hint), again, pause, status
    )


def _timed_out(error: Exception, subject: Subject) -> Failure:
    import httpx2

    cause = error.__cause__ if error.__cause__ is not None else error
    if isinstance(cause, httpx2.ConnectTimeout):
        return Failure(
            ModelUnreachable(f"Nothing answers at {subject.endpoint.base_url} in time.", hint=_start(subject))
        )
    return Failure(ModelTimeout(f"{subject.named} took too long to answer.", hint=_once_more(subject)))


def _disconnected(error: Exception, subject: Subject, *, begun: bool) -> Failure:
    import httpx2

    cause = error.__cause__ if error.__cause__ is not None else error
    why = clean(str(cause) or type(cause).__name__, subject)
    if isinstance(cause, httpx2.LocalProtocolError | httpx2.UnsupportedProtocol | httpx2.DecodingError):
        return Failure(nonsense(subject, why))
    if isinstance(cause, httpx2.ConnectError) or _is_certificate(cause):
        return Failure(
            ModelUnreachable(f"Nothing answers at {subject.endpoint.base_url}: {why}.", hint=_start(subject)),
            again=not _is_certificate(cause),
        )
    return Failure(broke_off(subject, begun=begun, why=why), again=not begun)


def _told_in_stream(error: Exception, subject: Subject, *, begun: bool) -> Failure:
    said = clean(str(error), subject)
    if begun:
        return Failure(broke_off(subject, begun=True, why=said))
    return Failure(ModelRefused(f"{subject.named} refused: {said}", hint=_AT_MODELS))


def _is_certificate(cause: BaseException | None) -> bool:
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _once_more(subject: Subject) -> str:
    return _LOCAL if subject.endpoint.is_local else _SMALLER


def _start(subject: Subject) -> str:
    if subject.endpoint.is_local:
        return "Start the server on this machine, or check the port under Models."
    return "Check the address and the network, or choose the built-in model under Models."


def _seconds(header: str | None) -> float | None:
    try:
        return max(float(header), 0.0) if header else None
    except ValueError:
        return None
