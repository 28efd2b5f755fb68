"""A model that is none, for tests and for looking at screens; its name says that it is fake."""

from collections.abc import Iterator, Sequence

from lib.domain import Generated, GenerationEvent, Message, TextPiece, Usage
from lib.settings import GenerationOptions


class EchoGenerator:
    """Answers with the last message's own words, one by one, the same every time; a word is a token.

    With an adapter's name, that and a colon come first.
    """

    def __init__(self, context_tokens: int = 4_096, *, adapter: str = "") -> None:
        self._context_tokens, self._adapter = context_tokens, adapter

    @property
    def model_id(self) -> str:
        """Labelled as what it is."""
        return "echo (fake)"

    @property
    def base_url(self) -> str:
        """It runs in this process."""
        return ""

    @property
    def context_tokens(self) -> int:
        """What one request may hold, prompt and answer together."""
        return self._context_tokens

    def count_tokens(self, text: str) -> int:
        """One a word."""
        return len(text.split())

    def stream(self, messages: Sequence[Message], options: GenerationOptions) -> Iterator[GenerationEvent]:
        """The last message again, cut at `options.max_tokens` words."""
        named = [f"{self._adapter}:"] if self._adapter else []
        words = [*named, *messages[-1].content.split()]
        said = words[: options.max_tokens]
        for position, word in enumerate(said):
            yield TextPiece(word if position == 0 else f" {word}")
        sent = sum(self.count_tokens(message.content) for message in messages)
        yield Generated(Usage(sent, len(said)), "length" if len(said) < len(words) else "stop")
