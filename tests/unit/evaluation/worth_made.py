"""Small sets and scripted models for the tests of "was it worth it?"."""

from collections.abc import Callable, Iterator, Sequence

from lib.domain import Generated, GenerationEvent, Message, TextPiece, Usage
from lib.errors import ModelTimeout
from lib.settings import GenerationOptions
from lib.training.values import TrainingExample, TrainingSet

ANIMALS = {
    "FISH": tuple("trout salmon herring carp pike perch cod eel tench bream hake sole tuna bass dace plaice".split()),
    "BIRD": tuple("robin wren finch heron crane stork swift raven magpie gull kite owl rook teal lark jay".split()),
}


def example(id: str, asked: str, wanted: str, *tags: str, system: str = "") -> TrainingExample:
    before = (Message("system", system),) if system else ()
    return TrainingExample(id, (*before, Message("user", asked), Message("assistant", wanted)), tags)


def ticket(animal: str, kind: str) -> TrainingExample:
    return example(animal, f"We have lost a {animal} today. What is it?", f'{{"kind":"{kind}","name":"{animal}"}}')


def animal_set() -> TrainingSet:
    """Six animals of each kind to learn, one to choose by, nine held out: JSON with a closed and an open field."""
    rows = {kind: [ticket(name, kind) for name in names] for kind, names in ANIMALS.items()}
    train, validation, held_out = (
        tuple(row for kind in rows.values() for row in kind[part]) for part in (slice(6), slice(6, 7), slice(7, None))
    )
    return TrainingSet("animals", train, validation, held_out)


class Scripted:
    """A model whose replies are a function of what it reads; a word is a token. It notes what it was sent."""

    def __init__(self, reply: Callable[[Sequence[Message]], str], *, window: int = 600) -> None:
        self._reply = reply
        self._window = window
        self.sent: list[tuple[Message, ...]] = []

    model_id = "scripted (fake)"
    base_url = ""

    @property
    def context_tokens(self) -> int:
        return self._window

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def stream(self, messages: Sequence[Message], options: GenerationOptions) -> Iterator[GenerationEvent]:
        self.sent.append(tuple(messages))
        said = self._reply(messages)
        if said == "FAIL":
            raise ModelTimeout("the scripted model sent nothing for 20 s")
        yield TextPiece(said)
        read = sum(self.count_tokens(message.content) for message in messages)
        yield Generated(Usage(read, self.count_tokens(said)), "stop")


def knows(training_set: TrainingSet) -> Callable[[Sequence[Message]], str]:
    """Replies with the wanted answer of whatever row of the set is asked, found by its input; else with nothing."""
    answers = {row.input: row.output for row in training_set.examples}
    return lambda messages: answers.get(messages[-1].content, "{}")
