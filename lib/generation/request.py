"""The request as each server wants it: the protocol's optional parts are left out where one objects to them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lib.domain import Message
from lib.settings import GenerationOptions


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which optional parts this server takes; learnt from its refusals."""

    usage: bool = True
    seed: bool = True
    temperature: bool = True
    stop: bool = True
    json_schema: bool = True
    grammar: bool = True
    max_tokens: str = "max_tokens"

    def without_what(self, complaint: str) -> "Dialect | None":
        """The dialect without the part that the complaint names; None if it names none that can go."""
        if self.usage and ("stream_options" in complaint or "include_usage" in complaint):
            return replace(self, usage=False)
        if self.max_tokens == "max_tokens" and "max_completion_tokens" in complaint:
            return replace(self, max_tokens="max_completion_tokens")
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        if self.seed and "seed" in complaint:
            return replace(self, seed=False)
        if self.stop and "'stop'" in complaint:
            return replace(self, stop=False)
        if self.json_schema and ("response_format" in complaint or "json_schema" in complaint):
            return replace(self, json_schema=False)
        if self.grammar and "grammar" in complaint:
            return replace(self, grammar=False)
        return None


def request_body(
    model_id: str,
    messages: Sequence[Message],
    options: GenerationOptions,
    dialect: Dialect,
    scales: Sequence[float] = (),
) -> dict[str, Any]:
    """The keyword arguments of the SDK's chat call; `scales` are those of the server's adapters, all of them."""
    body: dict[str, Any] = {
        "model": model_id,
        "messages": [{"role": message.role, "content": message.content} for message in messages],
        "stream": True,
        dialect.max_tokens: options.max_tokens,
    }
    if dialect.usage:
        body["stream_options"] = {"include_usage": True}
    if dialect.temperature:
        body["temperature"] = options.temperature
    if dialect.seed:
        body["seed"] = options.seed
    if dialect.stop and options.stop:
        body["stop"] = list(options.stop)
    if dialect.json_schema and options.json_schema:
        form = {"name": "reply", "strict": True, "schema": json.loads(options.json_schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": form}
    if beyond := _beyond_the_protocol(options, dialect, scales):
        body["extra_body"] = beyond
    return body


def _beyond_the_protocol(options: GenerationOptions, dialect: Dialect, scales: Sequence[float]) -> dict[str, Any]:
    """What llama.cpp's server reads besides."""
    beyond: dict[str, Any] = {}
    if scales:
        beyond["lora"] = [{"id": position, "scale": scale} for position, scale in enumerate(scales)]
    if dialect.grammar and options.grammar and not options.json_schema:
        beyond["grammar"] = options.grammar
    return beyond
