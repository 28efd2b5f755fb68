"""A model that must write JSON of one schema: its server allows no other token while decoding."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lib.domain import GenerationEvent, Message
from lib.protocols import Generator
from lib.settings import GenerationOptions


class SchemaBound:
    """A `Generator` that asks every reply of another one to be JSON of `schema`, given as JSON text."""

    def __init__(self, generator: Generator, schema: str) -> None:
        self._generator, self._schema = generator, schema

    @property
    def model_id(self) -> str:
        """The model's own."""
        return self._generator.model_id

    @property
    def base_url(self) -> str:
        """The model's own."""
        return self._generator.base_url

    @property
    def context_tokens(self) -> int:
        """The model's own."""
        return self._generator.context_tokens

    def count_tokens(self, text: str) -> int:
        """The model's own count."""
        return self._generator.count_tokens(text)

    def stream(self, messages: Sequence[Message], options: GenerationOptions) -> Iterator[GenerationEvent]:
        """As the model does, in the form of the schema."""
        return self._generator.stream(messages, replace(options, json_schema=self._schema))
