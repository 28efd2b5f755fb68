"""Gold-context: the passages that hold the answer are handed over, and nothing is searched.

A diagnostic arm, not a way to answer: where it is wrong, better retrieval would not have helped.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from lib.domain import Answered, AnswerEvent, ApproachName, Chunk, Passage
from lib.protocols import Approach, Retriever


class GivenPassages:
    """A `Retriever` that finds what it was given, whatever is asked, in the order given."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._passages = tuple(Passage(chunk, rank, 1.0) for rank, chunk in enumerate(chunks, start=1))

    def retrieve(self, query: str, *, top_k: int) -> tuple[Passage, ...]:  # noqa: ARG002  - the protocol's shape
        """The first top_k of them."""
        return self._passages[:top_k]


class GoldContextApproach:
    """RAG on the passages given: the same prompt, model and citations."""

    def __init__(self, chunks: Sequence[Chunk], rag: Callable[[Retriever], Approach]) -> None:
        """`rag` makes the approach that answers from a retriever."""
        self._answering = rag(GivenPassages(chunks))

    @property
    def name(self) -> ApproachName:
        """Gold-context."""
        return ApproachName.GOLD_CONTEXT

    def answer(self, question: str) -> Iterator[AnswerEvent]:
        """As RAG answers, under this approach's name."""
        for event in self._answering.answer(question):
            yield Answered(replace(event.answer, approach=self.name)) if isinstance(event, Answered) else event
