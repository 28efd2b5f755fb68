"""What every approach does with a model: send the prompt, pass the pieces on, note tokens, time and cost."""

import time
from collections.abc import Generator as PythonGenerator
from dataclasses import dataclass

from lib.costing.prices import cost_usd
from lib.domain import AnswerEvent, Generated, Prompt, TextPiece, Timings, Usage
from lib.protocols import Generator
from lib.settings import GenerationOptions, PromptSettings


class Stopwatch:
    """Milliseconds since the question."""

    def __init__(self) -> None:
        self._started = time.perf_counter()

    def ms(self) -> float:
        """Now."""
        return (time.perf_counter() - self._started) * 1000


@dataclass(frozen=True, slots=True)
class Written:
    """What the model wrote and what it took."""

    text: str
    usage: Usage
    timings: Timings
    cost_usd: float | None


def write(
    generator: Generator, prompt: Prompt, settings: PromptSettings, watch: Stopwatch
) -> PythonGenerator[AnswerEvent, None, Written]:
    """Stream the model's answer; the generator's return value is the whole of it. Raises ModelFailed."""
    options = GenerationOptions(settings.temperature, settings.answer_tokens, grammar=prompt.grammar)
    pieces: list[str] = []
    first: float | None = None
    usage = Usage()
    stream = generator.stream(prompt.messages, options)
    try:
        for event in stream:
            if isinstance(event, Generated):
                usage = event.usage
            elif isinstance(event, TextPiece):
                first = watch.ms() if first is None else first
                pieces.append(event.text)
                yield event
    finally:
        _close(stream)
    cost = cost_usd(generator.model_id, generator.base_url, usage)
    return Written("".join(pieces).strip(), usage, Timings(first_token=first, total=watch.ms()), cost)


def _close(stream: object) -> None:
    """Stop the model; a plain iterator has nothing to close."""
    close = getattr(stream, "close", None)
    if close is not None:
        close()
