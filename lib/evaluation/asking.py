"""One question to a generator, waited for: its words, its time and its tokens."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from lib.domain import Generated, Message, TextPiece, Usage
from lib.errors import ModelFailed
from lib.protocols import Generator
from lib.settings import GenerationOptions


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; `error` is the message of a model that failed, and `text` is empty then."""

    text: str
    ms: float
    usage: Usage
    error: str = ""


def ask(model: Generator, messages: Sequence[Message], options: GenerationOptions) -> Reply:
    """The whole reply. A model that fails is a value here, so that one failure does not end a long comparison."""
    began = time.perf_counter()
    pieces: list[str] = []
    usage = Usage()
    try:
        for event in model.stream(messages, options):
            if isinstance(event, TextPiece):
                pieces.append(event.text)
            elif isinstance(event, Generated):
                usage = event.usage
    except ModelFailed as failure:
        return Reply("", (time.perf_counter() - began) * 1000, usage, failure.message)
    return Reply("".join(pieces).strip(), (time.perf_counter() - began) * 1000, usage)
