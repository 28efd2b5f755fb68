"""Passages and a search made by hand."""

from lib.domain import Chunk, Passage


def passage(
    rank: int, text: str, *, document: str = "handbook.md", start: int = 100, score: float | None = None
) -> Passage:
    chunk = Chunk(f"id-{document}", document, start, start + len(text), text, len(text.split()))
    return Passage(chunk, rank, 1.0 / rank if score is None else score)


class FoundByHand:
    """A retriever that always finds these."""

    def __init__(self, *passages: Passage) -> None:
        self._passages = passages

    def retrieve(self, query: str, *, top_k: int) -> tuple[Passage, ...]:
        return self._passages[:top_k]


LEAVE = passage(1, "Parents take eighteen weeks of paid leave. Ask your lead a month before.")
TRAVEL = passage(2, "Trains are booked in second class. Flights need approval.", document="travel.md", start=0)
