"""What varies: each protocol has at least two implementations and one contract suite in tests/contracts."""

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from lib.domain import (
    AnswerEvent,
    ApproachName,
    GenerationEvent,
    Message,
    Passage,
    VectorBatch,
    Vectors,
)
from lib.settings import GenerationOptions


class Tokenizer(Protocol):
    """Splits text into an embedder's own tokens, special tokens not counted."""

    def spans(self, text: str) -> NDArray[np.int64]:
        """Character spans of the tokens, shape (n, 2), in order of the text; never truncated."""
        ...

    def count(self, text: str) -> int:
        """How many tokens the text has."""
        ...


class Embedder(Protocol):
    """Texts -> vectors of unit length."""

    @property
    def model_id(self) -> str:
        """Names the weights: vectors of different ids are never mixed."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of one vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """The longest text that is embedded whole, special tokens not counted."""
        ...

    @property
    def tokenizer(self) -> Tokenizer:
        """The model's own tokenizer, in which chunk sizes are measured."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in order; shape (0, dimensions) for none. Texts over `max_tokens` are cut at it."""
        ...


class VectorSource(Protocol):
    """Vectors of texts, computed once and kept."""

    def missing(self, texts: Sequence[str]) -> int:
        """How many different texts among these have never been embedded."""
        ...

    def batches(self, texts: Sequence[str]) -> Iterator[VectorBatch]:
        """Vectors of all the texts, in batches of any order; what is new is kept before its batch is given."""
        ...


@runtime_checkable
class TokenEmbedder(Protocol):
    """An embedder that can also give a vector for each token, for live chunking (mean-pooled models only)."""

    def embed_tokens(self, text: str) -> tuple[NDArray[np.int64], Vectors]:
        """Character spans of the tokens, shape (n, 2), and their contextual vectors, shape (n, d), not unit length."""
        ...


class VectorStore(Protocol):
    """One index: the vectors of one workspace under one set of index settings, searched by cosine."""

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace; `ids[i]` belongs to `vectors[i]`."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Remove these; unknown ids are ignored."""
        ...

    def query(self, vector: NDArray[np.float32], *, top_k: int) -> tuple[tuple[str, float], ...]:
        """The nearest ids with their cosine, best first, ties by id; fewer than top_k when there are fewer."""
        ...

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The stored vectors of these ids, in order; an unknown id raises StoreDamaged."""
        ...

    def ids(self) -> frozenset[str]:
        """All ids stored."""
        ...


class Retriever(Protocol):
    """Query -> passages, best first."""

    def retrieve(self, query: str, *, top_k: int) -> tuple[Passage, ...]:
        """At most top_k passages, ranks 1, 2, 3 ...; an empty index gives none."""
        ...


class Reranker(Protocol):
    """Passages in a better order."""

    def rerank(self, query: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
        """The same passages with new ranks and a "rerank" leg."""
        ...


class Generator(Protocol):
    """Messages -> a stream of text."""

    @property
    def model_id(self) -> str:
        """The model's name as shown and recorded."""
        ...

    @property
    def base_url(self) -> str:
        """Where it answers, which decides what it costs; empty for one that runs in this process or beside it."""
        ...

    @property
    def context_tokens(self) -> int:
        """What one request may hold, prompt and answer together."""
        ...

    def count_tokens(self, text: str) -> int:
        """How many tokens the text takes; an estimate where the provider has no counter (never too low by design)."""
        ...

    def stream(self, messages: Sequence[Message], options: GenerationOptions) -> Iterator[GenerationEvent]:
        """Pieces of text as they come, then one `Generated`; closing the iterator stops the model.

        Raises ModelFailed.
        """
        ...


class Approach(Protocol):
    """Question -> answer."""

    @property
    def name(self) -> ApproachName:
        """Which of the approaches this is."""
        ...

    def answer(self, question: str) -> Iterator[AnswerEvent]:
        """Retrieved (if it retrieves), Prompted (if a model is asked), pieces of text, then one Answered.

        Raises BadInput for an empty or overlong question and ModelFailed when the model does. Closing the iterator
        stops the model.
        """
        ...
