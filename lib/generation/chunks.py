"""One chunk of a streamed reply -> what the lab needs of it. Servers differ; whatever is missing is None."""

from dataclasses import dataclass
from typing import Any

from lib.domain import Usage

_CUT = "length"


@dataclass(frozen=True, slots=True)
class Piece:
    """`thought` marks a reasoning model's thinking, which is not shown but shows that it is alive."""

    text: str = ""
    thought: bool = False
    finish: str | None = None
    usage: Usage | None = None
    tokens_per_s: float | None = None


def read_chunk(chunk: Any) -> Piece:
    """The SDK does not validate what it parses, so a chunk of another shape raises AttributeError or TypeError here."""
    choices = chunk.choices or ()
    delta = choices[0].delta if choices else None
    text = getattr(delta, "content", None) or ""
    if not isinstance(text, str):
        raise TypeError(f"content is {type(text).__name__}")
    thought = bool(getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None))
    finish = choices[0].finish_reason if choices else None
    return Piece(text, thought, _finish(finish), _usage(chunk), _tokens_per_s(chunk))


def _finish(reason: str | None) -> str | None:
    if reason is None:
        return None
    return _CUT if reason in {"length", "max_tokens"} else "stop"


def _usage(chunk: Any) -> Usage | None:
    usage = getattr(chunk, "usage", None)
    if usage is None:
        return None
    return Usage(int(usage.prompt_tokens or 0), int(usage.completion_tokens or 0))


def _tokens_per_s(chunk: Any) -> float | None:
    """llama.cpp reports its own timings with the last chunk."""
    timings = getattr(chunk, "timings", None)
    speed = timings.get("predicted_per_second") if isinstance(timings, dict) else None
    return float(speed) if speed else None
