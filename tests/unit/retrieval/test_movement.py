from lib.domain import Chunk, Passage
from lib.retrieval.movement import covered, gone, movements


def passage(rank: int, start: int, end: int, document: str = "a.md") -> Passage:
    text = "x" * (end - start)
    return Passage(Chunk(f"id-{document}", document, start, end, text, tokens=10), rank=rank, score=1 / rank)


def test_a_place_that_was_found_lower_before_has_risen() -> None:
    before = (passage(1, 500, 600), passage(2, 0, 100))
    now = (passage(1, 0, 120), passage(2, 480, 600))
    assert [movement.ranks_gained for movement in movements(before, now)] == [1, -1]


def test_a_place_not_found_before_is_new_and_a_lost_one_is_gone() -> None:
    before = (passage(1, 0, 100), passage(2, 900, 1000))
    now = (passage(1, 0, 100), passage(2, 300, 400))
    assert [movement.before for movement in movements(before, now)] == [1, None]
    assert [lost.chunk.start for lost in gone(before, now)] == [900]


def test_a_touching_chunk_is_another_place_and_half_of_the_shorter_one_is_the_same() -> None:
    before = (passage(1, 100, 200),)
    assert movements(before, (passage(1, 200, 300),))[0].before is None
    assert movements(before, (passage(1, 151, 400),))[0].before is None
    assert movements(before, (passage(1, 150, 400),))[0].before == 1


def test_the_same_offsets_in_another_document_are_another_place() -> None:
    assert movements((passage(1, 0, 100, "b.md"),), (passage(1, 0, 100),))[0].before is None


def test_a_split_chunk_leaves_both_halves_with_its_rank() -> None:
    now = (passage(1, 0, 50), passage(2, 50, 100))
    assert [movement.before for movement in movements((passage(3, 0, 100),), now)] == [3, 3]


def test_coverage_joins_overlapping_spans_and_keeps_documents_in_order_of_rank() -> None:
    found = (passage(1, 50, 120, "b.md"), passage(2, 0, 10), passage(3, 0, 60, "b.md"))
    b, a = covered(found)
    assert (b.document, b.spans, b.characters) == ("b.md", ((0, 120),), 120)
    assert (a.document, a.spans) == ("a.md", ((0, 10),))
    assert covered(()) == ()
