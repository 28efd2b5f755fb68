import pytest

from lib.domain import Chunk, Passage
from lib.evaluation.versions import are_versions, repeated_version

EVIDENCE = (("leave-2026.md", "A doctor's note is due from the eleventh day of absence."),)
OLD = "Tell your manager before ten. A doctor's note is due from the eighth day of absence."


def passage(document: str, text: str) -> Passage:
    return Passage(Chunk("id", document, 0, len(text), text, 9), 1, 1.0)


@pytest.mark.parametrize(
    ("one", "other", "versions"),
    [
        ("leave-policy-2024.md", "leave-policy-2026.md", True),
        ("leave-policy-2024.md", "Leave-Policy-2026.pdf", True),
        ("2024/leave.md", "2026/leave.md", True),
        ("manual-v2.pdf", "manual-v3.1.pdf", True),
        ("manual.pdf", "manual-v3.pdf", True),
        ("notes-2026-03-01.txt", "notes-2026-04-01.txt", True),
        ("leave-policy-2026.md", "leave-policy-2026.pdf", False),
        ("chapter-1.md", "chapter-2.md", False),
        ("leave-policy-2024.md", "travel-policy-2026.md", False),
        ("2024.md", "2026.md", False),
    ],
)
def test_names_that_differ_in_year_or_release_are_versions(one: str, other: str, versions: bool) -> None:
    assert are_versions(one, other) is versions


def test_the_sentence_that_the_answer_repeats_is_found_with_its_passage() -> None:
    old = passage("leave-2024.md", OLD)
    found = repeated_version(["the eighth day"], "When is a doctor's note due?", EVIDENCE, [old])
    assert found is not None
    assert found.passage == old
    assert found.sentence == "A doctor's note is due from the eighth day of absence."


@pytest.mark.parametrize("said", ["", "before ten", "the day of absence", "The eighth room needs salt and rind."])
def test_an_answer_that_takes_over_nothing_of_the_old_fact_is_not_stale(said: str) -> None:
    assert repeated_version([said], "When?", EVIDENCE, [passage("leave-2024.md", OLD)]) is None


def test_the_same_words_in_an_unrelated_document_are_no_version() -> None:
    assert repeated_version(["the eighth day"], "When?", EVIDENCE, [passage("handbook.md", OLD)]) is None
