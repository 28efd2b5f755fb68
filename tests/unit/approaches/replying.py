"""A model that replies as it is told, one reply a request, and notes what it was asked."""

from collections.abc import Iterator, Sequence

from lib.domain import Generated, GenerationEvent, Message, TextPiece, Usage
from lib.generation.fakes import EchoGenerator
from lib.settings import GenerationOptions


class Replying(EchoGenerator):
    """Its last reply is repeated when it is asked more often."""

    def __init__(self, *replies: str, context_tokens: int = 4_096) -> None:
        super().__init__(context_tokens)
        self._replies = replies
        self.asked: list[tuple[Message, ...]] = []
        self.options: list[GenerationOptions] = []

    def stream(self, messages: Sequence[Message], options: GenerationOptions) -> Iterator[GenerationEvent]:
        reply = self._replies[min(len(self.asked), len(self._replies) - 1)]
        self.asked.append(tuple(messages))
        self.options.append(options)
        if reply:
            yield TextPiece(reply)
        yield Generated(Usage(40, 5), "stop")
