"""An answer against all documents: each statement is searched for by its own words, with the passages it asks for."""

from lib.domain import Chunk, Passage
from lib.embedding.hashing import HashingEmbedder
from lib.evaluation.against_documents import check_against_documents

LEAVE = "Employees receive eighteen weeks of paid parental leave."
PROBES = "Compare each probe with a reference every nine months."


class WordRetriever:
    """Finds the one text that shares a word of substance; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def retrieve(self, query: str, *, top_k: int) -> tuple[Passage, ...]:
        self.asked.append((query, top_k))
        text = LEAVE if "leave" in query else PROBES if "probe" in query else ""
        return (Passage(Chunk("d", "handbook.md", 0, len(text), text, 9), 1, 1.0),) if text else ()


def test_each_statement_is_searched_for_on_its_own_and_judged_by_what_that_finds():
    retriever = WordRetriever()
    text = f"{LEAVE} {PROBES} The moon orbits Venus twice."
    checks = check_against_documents(text, retriever, HashingEmbedder(), top_k=3)
    assert [(check.text, check.supported) for check in checks] == [
        (LEAVE, True),
        (PROBES, True),
        ("The moon orbits Venus twice.", False),
    ]
    assert retriever.asked == [(LEAVE, 3), (PROBES, 3), ("The moon orbits Venus twice.", 3)]
    assert all(text[check.start : check.end] == check.text for check in checks)


def test_a_text_that_states_nothing_is_not_searched_for():
    retriever = WordRetriever()
    assert check_against_documents("What do you think?", retriever, HashingEmbedder()) == ()
    assert retriever.asked == []
