from collections.abc import Callable

import pytest

from lib.corpus.samples import sample_corpora
from lib.domain import Document
from lib.errors import NotFound
from lib.evaluation.eval_files import read_eval_set
from lib.evaluation.locating import Located, ProblemKind, closest_sentence, documents_named, locate
from lib.evaluation.spans import Span
from lib.records import EvalCase, GoldEvidence

TEXT = "Parental leave lasts\n  18 weeks. Sick leave lasts ten days. Parental leave lasts 18 weeks, they say."
TEXTS = {
    "leave.md": TEXT,
    "a/rules.md": "No dogs in the office.",
    "b/rules.md": "No cats in the office.",
    "deep/down/only.md": "The lift stops at nine.",
}


def documents() -> Callable[[str], Document | None]:
    return documents_named(TEXTS, lambda name: Document(name, name, TEXTS[name], "md"))


def located(*evidence: GoldEvidence) -> Located:
    return locate(EvalCase("q", "Q?", "A", evidence), documents())


def test_a_quote_is_found_with_its_exact_characters() -> None:
    found = located(GoldEvidence("leave.md", "Sick leave lasts ten days."))
    (span,) = found.spans
    assert TEXT[span.start : span.end] == "Sick leave lasts ten days."
    assert found.problems == ()
    assert not found.stale


def test_white_space_capitals_and_curved_marks_make_no_difference() -> None:
    text = "He said “never”\nagain – not even on Mondays."
    one = documents_named(["a"], lambda name: Document(name, name, text, "md"))
    (span,) = locate(EvalCase("q", "Q?", "A", (GoldEvidence("a", 'he said "never" again - not'),)), one).spans
    assert text[span.start : span.end] == "He said “never”\nagain – not"


def test_a_quote_that_stands_twice_counts_in_both_places_and_is_flagged() -> None:
    found = located(GoldEvidence("leave.md", "Parental leave lasts 18 weeks"))
    assert [TEXT[span.start : span.end] for span in found.spans] == [
        "Parental leave lasts\n  18 weeks",
        "Parental leave lasts 18 weeks",
    ]
    assert [problem.kind for problem in found.problems] == [ProblemKind.SEVERAL]
    assert "stands 2 times in 'leave.md'" in found.problems[0].message
    assert not found.stale


def test_offsets_beside_a_quote_tell_which_of_its_places_is_meant_even_when_the_text_has_shifted() -> None:
    at = TEXT.rindex("Parental")
    for off in (0, 6, -6):
        found = located(GoldEvidence("leave.md", "Parental leave lasts 18 weeks", at + off, at + off + 29))
        assert found == Located((Span("leave.md", at, at + 29),))


def test_a_quote_that_no_longer_stands_makes_the_case_stale_and_the_closest_sentence_is_given() -> None:
    found = located(GoldEvidence("leave.md", "Sick leave lasts twelve days."))
    assert found.spans == ()
    assert found.stale
    (problem,) = found.problems
    assert (problem.kind, problem.closest) == (ProblemKind.NOWHERE, "Sick leave lasts ten days.")
    assert "“Sick leave lasts twelve days.” stands nowhere in 'leave.md'." in problem.message


def test_nothing_is_called_close_that_shares_less_than_half_of_the_words() -> None:
    assert closest_sentence(TEXT, "Sick people of the town complain every single morning") == ""
    assert closest_sentence("", "anything") == ""


def test_an_unknown_document_makes_the_case_stale() -> None:
    found = located(GoldEvidence("gone.md", "words"), GoldEvidence("leave.md", "ten days"))
    assert [problem.kind for problem in found.problems] == [ProblemKind.UNKNOWN_DOCUMENT]
    assert len(found.spans) == 1
    assert found.stale


def test_offsets_alone_are_taken_as_they_are_or_refused_outside_the_text() -> None:
    assert located(GoldEvidence("leave.md", start=0, end=8)).spans == (Span("leave.md", 0, 8),)
    found = located(GoldEvidence("leave.md", start=90, end=len(TEXT) + 1))
    assert found.spans == ()
    assert [problem.kind for problem in found.problems] == [ProblemKind.OUTSIDE]


def test_a_name_without_its_folder_is_found_where_only_one_document_has_it() -> None:
    assert located(GoldEvidence("only.md", "nine")).spans[0].document == "deep/down/only.md"
    assert located(GoldEvidence("elsewhere/only.md", "nine")).spans[0].document == "deep/down/only.md"
    assert located(GoldEvidence("a/rules.md", "dogs")).spans[0].document == "a/rules.md"
    assert located(GoldEvidence("rules.md", "No")).problems[0].kind is ProblemKind.UNKNOWN_DOCUMENT


def test_two_pieces_of_evidence_keep_their_order_and_one_place_is_named_once() -> None:
    found = located(
        GoldEvidence("leave.md", "ten days"), GoldEvidence("b/rules.md", "cats"), GoldEvidence("leave.md", "ten  days")
    )
    assert [span.document for span in found.spans] == ["leave.md", "b/rules.md"]


def test_a_case_without_evidence_has_no_spans_and_no_problem() -> None:
    assert located() == Located()


def test_each_document_is_read_once() -> None:
    read: list[str] = []

    def reading(name: str) -> Document:
        read.append(name)
        return Document(name, name, TEXTS[name], "md")

    known = documents_named(TEXTS, reading)
    for _ in range(3):
        locate(EvalCase("q", "Q?", "A", (GoldEvidence("leave.md", "ten days"),)), known)
    assert read == ["leave.md"]


def test_failures_of_reading_are_not_swallowed() -> None:
    def broken(name: str) -> Document:
        raise NotFound("gone")

    with pytest.raises(NotFound):
        locate(EvalCase("q", "Q?", "A", (GoldEvidence("a", "x"),)), documents_named(["a"], broken))


@pytest.mark.parametrize("corpus", [corpus.id for corpus in sample_corpora()])
def test_plain_text_evidence_of_the_sample_sets_stands_in_its_documents(corpus: str) -> None:
    folder = next(found.folder for found in sample_corpora() if found.id == corpus)
    plain = {path.name: path.read_text("utf-8") for path in (folder / "docs").glob("*.md")}
    find = documents_named(plain, lambda name: Document(name, name, plain[name], "md"))
    eval_set = read_eval_set(corpus, (folder / "evalset.jsonl").read_bytes())
    ours = [case for case in eval_set.cases if case.evidence and all(e.document in plain for e in case.evidence)]
    assert len(ours) > 20
    assert [case.id for case in ours if locate(case, find).stale] == []
