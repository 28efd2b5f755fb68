from dataclasses import replace

import pytest

from lib.corpus.samples import sample_corpora
from lib.errors import EvalFileRejected
from lib.evaluation.case_table import CaseRow, cases_from, merged, rows_of
from lib.evaluation.eval_files import read_eval_set
from lib.records import AnswerFormat, EvalCase, GoldEvidence

TWO = EvalCase(
    "q1",
    "How long?",
    "18 weeks",
    (GoldEvidence("a.md", "18 weeks", 4, 12), GoldEvidence("b.md", "eighteen"), GoldEvidence("c.md", "", 3, 9)),
    tags=("leave", "number"),
    reviewed=False,
    format=AnswerFormat.PATTERN,
    format_spec=r"\d+ weeks",
)
NONE = EvalCase("q2", "Who rules?", None, answerable=False)


def test_every_piece_of_evidence_has_a_row_and_comes_back_with_all_that_is_not_shown() -> None:
    rows = rows_of((TWO, NONE))
    assert [(row.id, row.question, row.document) for row in rows] == [
        ("q1", "How long?", "a.md"),
        ("q1", "", "b.md"),
        ("q1", "", "c.md"),
        ("q2", "Who rules?", ""),
    ]
    assert cases_from(rows) == (TWO, NONE)


@pytest.mark.parametrize("corpus", sample_corpora(), ids=lambda corpus: corpus.id)
def test_the_sample_sets_come_back_unchanged(corpus) -> None:  # type: ignore[no-untyped-def]
    cases = read_eval_set("x", (corpus.folder / "evalset.jsonl").read_bytes()).cases
    assert cases_from(rows_of(cases)) == cases


def test_an_edited_cell_changes_its_case_alone() -> None:
    first, second, *others = rows_of((TWO, NONE))
    changed = cases_from((first, replace(second, quote="18"), *others))
    assert changed[0].evidence[1] == GoldEvidence("b.md", "18")
    assert changed[0].evidence[0] == TWO.evidence[0]
    assert changed[1] == NONE


def test_a_row_that_was_added_with_a_question_and_an_answer_is_a_case() -> None:
    new = CaseRow(question="Why?", answer="So.")
    assert cases_from((*rows_of((NONE,)), new, CaseRow()))[1] == EvalCase("case-001", "Why?", "So.")


def test_a_row_with_the_id_above_it_adds_evidence() -> None:
    (case,) = cases_from((CaseRow("a", "Q?", "A", "x.md", "A"), CaseRow("a", document="y.md", quote="A too")))
    assert [evidence.document for evidence in case.evidence] == ["x.md", "y.md"]


def test_what_is_wrong_is_told_by_row_and_all_at_once() -> None:
    rows = (CaseRow(answer="A"), CaseRow("q", "Q?", "A"), CaseRow("q", "R?", "B"), CaseRow("r", "S?", "A", quote="A"))
    with pytest.raises(EvalFileRejected) as raised:
        cases_from(rows)
    assert [(problem.line, problem.what) for problem in raised.value.problems] == [
        (1, "the question is missing"),
        (3, "the id 'q' stands in line 2 already"),
        (4, "evidence names no document"),
    ]


def test_offsets_go_with_the_document_and_the_quote_that_were_cleared() -> None:
    (row,) = rows_of((EvalCase("q", "Q?", "A", (GoldEvidence("a", "A", 3, 4),)),))
    assert cases_from((replace(row, document="", quote=""),))[0].evidence == ()


def test_a_formula_in_a_cell_stays_as_it_is_written() -> None:
    (case,) = cases_from((CaseRow(question="'=1+1?", answer="=2"),))
    assert (case.question, case.answer) == ("'=1+1?", "=2")


def test_an_empty_table_is_an_empty_set() -> None:
    assert cases_from(()) == ()


def test_edits_keep_what_came_changed_or_went_elsewhere_meanwhile() -> None:
    a, b, c, d = (EvalCase(name, f"{name}?", name) for name in "abcd")
    edited_a, changed_b, new = replace(a, answer="mine"), replace(b, answer="theirs"), EvalCase("d", "new?", "new")
    assert merged((a, b, c), (edited_a, b, c, new), (a, changed_b, d)) == (
        edited_a,
        changed_b,
        new,
        replace(d, id="case-004"),
    )
    assert merged((a, b), (a,), (a, b)) == (a,)
    assert merged((a,), (edited_a,), (replace(a, answer="theirs"),)) == (edited_a,)
