import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.corpus.samples import sample_corpora
from lib.errors import BadInput, EvalFileRejected, LimitExceeded
from lib.evaluation.eval_files import read_eval_file, read_eval_set, write_eval_csv, write_eval_set
from lib.records import AnswerFormat, EvalCase, EvalSet, GoldEvidence
from lib.sets.names import set_name
from lib.settings import LIMITS

GOOD = '{"id": "q1", "question": "How long?", "answer": "18 weeks", "evidence": [{"document": "a.md", "quote": "18"}]}'
HEADER = "question,answer,document,quote\n"


def lines(*forms: object) -> bytes:
    return "".join((form if isinstance(form, str) else json.dumps(form)) + "\n" for form in forms).encode()


def wrong_in(content: bytes, name: str = "mine.jsonl") -> list[tuple[int, str]]:
    with pytest.raises(EvalFileRejected) as raised:
        read_eval_set(name, content)
    return [(problem.line, problem.what) for problem in raised.value.problems]


@pytest.mark.parametrize("corpus", [corpus.id for corpus in sample_corpora()])
def test_the_sample_sets_are_read_whole_and_come_out_as_they_went_in(corpus: str) -> None:
    content = (
        next(found.folder for found in sample_corpora() if found.id == corpus).joinpath("evalset.jsonl").read_bytes()
    )
    found = read_eval_set("evalset.jsonl", content)
    assert write_eval_set(found) == content
    assert read_eval_set("evalset.csv", write_eval_csv(found)) == found
    assert any(len(case.evidence) == 2 for case in found.cases)


def test_a_case_in_the_documented_form_is_read_with_all_its_fields() -> None:
    form = {
        "id": 7,
        "question": " How long? ",
        "answer": "18 weeks",
        "evidence": [{"document": "a.md", "quote": "18 weeks"}, {"document": "b.md", "start": 3, "end": 9}],
        "answerable": True,
        "tags": ["leave", "leave", "number"],
        "reviewed": False,
        "format": {"pattern": r"\d+ weeks"},
    }
    assert read_eval_set("mine.jsonl", lines(form)) == EvalSet(
        "mine",
        (
            EvalCase(
                "7",
                "How long?",
                "18 weeks",
                (GoldEvidence("a.md", "18 weeks"), GoldEvidence("b.md", "", 3, 9)),
                tags=("leave", "number"),
                reviewed=False,
                format=AnswerFormat.PATTERN,
                format_spec=r"\d+ weeks",
            ),
        ),
    )


def test_cases_without_an_id_get_numbers_that_nobody_has() -> None:
    form = {"question": "Why?", "answer": "So."}
    found = read_eval_set("x", lines({**form, "id": "case-001"}, form, form))
    assert [case.id for case in found.cases] == ["case-001", "case-002", "case-003"]


def test_an_answer_that_is_a_number_keeps_its_digits() -> None:
    found = read_eval_set("x", b'{"question": "How much?", "answer": 18.50}\n{"question": "How many?", "answer": 3}\n')
    assert [case.answer for case in found.cases] == ["18.50", "3"]


def test_a_case_without_answer_and_evidence_cannot_be_answered() -> None:
    (case,) = read_eval_set("x", b'{"question": "Who?", "answer": null}').cases
    assert not case.answerable


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ('"text"', "holds a text"),
        ('{"question": "Q", "answer": NaN}', "NaN"),
        ('{"question": "Q", "answer": Infinity}', "Infinity"),
        ('{"question": "Q", "answer": 1e999}', "too large"),
        ('{"question": "Q", "answer": true}', "answer is true"),
        ('{"question": "Q", "answer": ["a"]}', "answer is a list"),
        ('{"answer": "A"}', "question is missing"),
        ('{"question": "  ", "answer": "A"}', "question is missing"),
        ('{"question": 3, "answer": "A"}', "question is a number"),
        ('{"question": "Q", "question": "R", "answer": "A"}', "'question' stands twice"),
        ('{"question": "Q", "answer": "A", "answerable": "yes"}', "answerable is a text"),
        ('{"question": "Q", "answer": "A", "answerable": false}', "not answerable, but has an answer"),
        ('{"question": "Q", "answerable": true}', "neither an answer nor evidence"),
        ('{"question": "Q", "answer": "A", "tags": "x"}', "tags is a text"),
        ('{"question": "Q", "answer": "A", "tags": ["a;b"]}', "semicolon"),
        ('{"question": "Q", "answer": "A", "evidence": {"document": "a"}}', "evidence is an object"),
        ('{"question": "Q", "answer": "A", "evidence": [{"quote": "q"}]}', "names no document"),
        ('{"question": "Q", "answer": "A", "evidence": [{"document": "a"}]}', "neither a quote nor"),
        ('{"question": "Q", "answer": "A", "evidence": [{"document": "a", "start": 4, "end": 4}]}', "4 and 4"),
        ('{"question": "Q", "answer": "A", "evidence": [{"document": "a", "start": 4}]}', "4 and None"),
        ('{"question": "Q", "answer": "A", "evidence": [{"document": "a", "start": -1, "end": 4}]}', "from 0"),
        ('{"question": "Q", "answer": "A", "evidence": [{"document": "a", "start": 1.5, "end": 4}]}', "whole"),
        ('{"question": "Q", "answer": "A", "format": {"pattern": "("}}', "regular expression"),
        ('{"question": "Q", "answer": "A", "format": "json"}', "format is not"),
        ('{"question": "\\ud800", "answer": "A"}', "half of a character"),
        ("[" * 100_000, "nested"),
        ('{"question": ' + "[" * 100_000, "nested"),
        (f'{{"question": "{"x" * 5000}", "answer": "A"}}', "5,000 characters"),
        (f'{{"question": "Q", "answer": {"9" * 5000}}}', "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_number(line: str, said: str) -> None:
    ((number, what),) = wrong_in(lines(GOOD, line))
    assert number == 2
    assert said in what


def test_every_wrong_line_is_told_at_once_and_nothing_is_imported() -> None:
    assert [line for line, _ in wrong_in(lines("{", GOOD, '{"answer": 1}', "", GOOD))] == [1, 3, 5]


def test_two_cases_with_one_id_are_told_with_both_lines() -> None:
    assert wrong_in(lines(GOOD, GOOD)) == [(2, "the id 'q1' stands in line 1 already")]


def test_of_many_problems_the_first_are_listed_and_the_rest_counted() -> None:
    with pytest.raises(EvalFileRejected) as raised:
        read_eval_set("bad.jsonl", lines(*["{"] * 500))
    assert len(raised.value.problems) == 20
    assert raised.value.more == 480
    assert "'bad.jsonl' was not imported: 500 things" in raised.value.summary
    assert "Line 20:" in raised.value.message
    assert "And 480 more." in raised.value.message


def test_a_hundred_thousand_rows_are_refused_with_the_limit() -> None:
    for content in (
        lines(*[GOOD.replace("q1", f"q{n}") for n in range(100_000)])[: LIMITS.eval_file_bytes - 1],
        (HEADER + "Q,A,a.md,q\n" * 100_000).encode(),
    ):
        with pytest.raises(LimitExceeded, match="more than 5,000 cases"):
            read_eval_set("big", content)


def test_a_file_of_too_many_bytes_is_refused_before_it_is_read() -> None:
    with pytest.raises(LimitExceeded, match=r"10\.5 MB"):
        read_eval_set("big.jsonl", b"\xff" * (LIMITS.eval_file_bytes + 1))


def test_fields_that_mean_nothing_are_passed_over_with_a_remark() -> None:
    form = {"question": "Q", "answer": "A", "author": "me", "evidence": [{"document": "a", "quote": "q", "page": 4}]}
    found = read_eval_file("x", lines(GOOD, form))
    assert len(found.eval_set.cases) == 2
    assert [remark.split(" means")[0] for remark in found.remarks] == ["'author'", "'evidence.page'"]
    assert "line 2" in found.remarks[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n\n", "empty"),
        (b"question,answer,document,quote\n", "no case"),
        (b'[{"question": "Q"}]', "one JSON list"),
        ("question,answer,document,quote\nQ,A,a,q\n".encode("utf-16"), "UTF-8"),
        ("question,answer,document,quote\nHöhe,A,a,q\n".encode("latin-1"), "UTF-8"),
        ("question,answer,document,quote\nQ,A,a,q\n".encode("utf-16-le"), "null bytes"),
        (b"PK\x03\x04rest", "workbook"),
        (b"\x89PNG\r\n\x1a\n\x00", "UTF-8"),
    ],
)
def test_a_file_that_is_no_eval_set_is_refused_by_name(content: bytes, said: str) -> None:
    with pytest.raises(EvalFileRejected, match="'it' ") as raised:
        read_eval_set("it", content)
    assert said in f"{raised.value.message} {raised.value.hint}"


def test_the_line_that_is_not_utf8_is_named() -> None:
    assert wrong_in("question,answer,document,quote\nQ,A,a,q\nHöhe,A,a,q\n".encode("latin-1"))[0][0] == 3


# CSV


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_csv_is_read_with_any_separator_line_end_and_byte_order_mark(bom: bytes, separator: str, ending: str) -> None:
    rows = [["Question", " ANSWER", "document", "quote"], ["How long?", "18 weeks", "a.md", "18 weeks"]]
    content = bom + "".join(separator.join(row) + ending for row in rows).encode()
    (case,) = read_eval_set("mine.csv", content).cases
    assert case == EvalCase("case-001", "How long?", "18 weeks", (GoldEvidence("a.md", "18 weeks"),))


def test_a_row_without_evidence_and_answer_is_an_unanswerable_case() -> None:
    (case,) = read_eval_set("x", (HEADER + "Who rules?,,,\n,,,\n").encode()).cases
    assert case == EvalCase("case-001", "Who rules?", None, answerable=False)


def test_the_optional_columns_are_read() -> None:
    content = "id,question,answer,document,quote,tags,answerable,reviewed,format\n" + (
        'q9,Q?,A,a.md,"says ""A"", twice",x; y,yes,no,"{""json_schema"": {""type"": ""object"", ""maximum"": 1.5}}"\n'
    )
    (case,) = read_eval_set("x", content.encode()).cases
    assert case.evidence[0].quote == 'says "A", twice'
    assert (case.id, case.tags, case.answerable, case.reviewed) == ("q9", ("x", "y"), True, False)
    assert json.loads(case.format_spec) == {"type": "object", "maximum": 1.5}


def test_lines_of_csv_are_those_an_editor_shows_even_after_cells_of_several_lines() -> None:
    content = HEADER + '"What\nis\nit?",A,a.md,q\n,A,a.md,q\n"x\ny",A,,q\n'
    assert wrong_in(content.encode()) == [(5, "the question is missing"), (6, "evidence names no document")]


def test_missing_columns_are_named_with_those_that_are_there() -> None:
    assert wrong_in(b"question,respuesta\nQ,A\n") == [
        (1, "the columns answer, document, quote are missing; there are: question, respuesta")
    ]
    assert "the column 'quote' is missing" in wrong_in(b"question,answer,document\nQ,A,a\n")[0][1]


def test_extra_columns_are_passed_over_with_a_remark() -> None:
    found = read_eval_file("x", (b"question,answer,document,quote,owner\nQ,A,a.md,q,me\n"))
    assert found.remarks == ("'owner' means nothing here and was passed over (first in line 2)",)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Q,A,a.md,q,more", "5 cells, the header has 4"),
        ("Q,A", "2 cells, the header has 4"),
        ("Q,nan,a.md,q", "answer is NaN"),
        ("NaN,A,a.md,q", "question is NaN"),
        ('"Q,A,a.md,q', "never closed"),
        ('"Q"x,A,a.md,q', "no CSV"),
        ("Q,A,a.md,", "neither a quote nor"),
    ],
)
def test_a_row_that_does_not_fit_is_told_with_its_line(row: str, said: str) -> None:
    ((line, what),) = wrong_in((HEADER + "Q,A,a.md,q\n" + row + "\n").encode())
    assert line == 3
    assert said in what


def test_a_column_that_stands_twice_is_refused() -> None:
    assert wrong_in(b"question,answer,document,quote,Quote\nQ,A,a,q,r\n") == [(1, "the column 'quote' stands twice")]


def test_further_evidence_stands_in_rows_with_the_same_id_and_no_question() -> None:
    content = "id,question,answer,document,quote\nq1,Q,A,a.md,one\nq1,,,b.md,two\nq2,R,B,c.md,three\n"
    first, second = read_eval_set("x", content.encode()).cases
    assert [evidence.document for evidence in first.evidence] == ["a.md", "b.md"]
    assert [evidence.document for evidence in second.evidence] == ["c.md"]


def test_an_id_that_comes_again_with_a_question_is_a_doubled_id() -> None:
    content = "id,question,answer,document,quote\nq1,Q,A,a.md,one\nq1,R,A,a.md,one\n"
    assert wrong_in(content.encode()) == [(3, "the id 'q1' stands in line 2 already")]


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "'=1+1", "=cmd|' /C calc'!A0")


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_text_and_leaves_as_text_that_no_spreadsheet_works_out(formula: str) -> None:
    case = EvalCase(formula, formula, formula, (GoldEvidence(formula, formula),), tags=(formula,))
    written = write_eval_csv(EvalSet("f", (case,)))
    cells = written.decode("utf-8-sig").split("\r\n")[1].split(",")
    assert not any(cell.lstrip('"').startswith(("=", "+", "-", "@")) for cell in cells)
    assert read_eval_set("f", written).cases == (case,)


def test_a_cell_that_is_a_formula_is_kept_as_it_is_written() -> None:
    (case,) = read_eval_set("x", (HEADER + "What is =1+1?,=1+1,a.md,=1+1\n").encode()).cases
    assert (case.answer, case.evidence[0].quote) == ("=1+1", "=1+1")


def test_an_empty_set_leaves_an_empty_file_or_a_header_alone() -> None:
    assert write_eval_set(EvalSet("x", ())) == b""
    assert write_eval_csv(EvalSet("x", ())).startswith(b"\xef\xbb\xbfid,question")


@pytest.mark.parametrize(
    ("file", "name"),
    [("a/b/Leave 2026.jsonl", "Leave 2026"), ("C:\\x\\q.CSV", "q"), (".jsonl", "Untitled"), ("v1.2.csv", "v1.2")],
)
def test_a_set_is_named_after_its_file(file: str, name: str) -> None:
    assert set_name(file) == name


# There and back

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0;"), max_size=30)
WORDS = TEXTS.map(str.strip).filter(lambda text: bool(text) and text.lower() != "nan")
EVIDENCE = st.one_of(
    st.builds(GoldEvidence, WORDS, WORDS),
    st.builds(
        lambda d, q, s, n: GoldEvidence(d, q, s, s + n),
        WORDS,
        WORDS | st.just(""),
        st.integers(0, 99),
        st.integers(1, 9),
    ),
)
FORMATS = st.one_of(
    st.just((AnswerFormat.NONE, "")),
    st.sampled_from([r"\d+", "[a-z]*", "a,b"]).map(lambda pattern: (AnswerFormat.PATTERN, pattern)),
    # Keywords of no meaning: "not" or "items" with a number would be no schema.
    st.dictionaries(
        WORDS.map("x-{}".format), st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS, max_size=3
    ).map(lambda schema: (AnswerFormat.JSON_SCHEMA, json.dumps(schema, ensure_ascii=False))),
)


@st.composite
def cases(draw: st.DrawFn) -> EvalCase:
    evidence = tuple(draw(st.lists(EVIDENCE, max_size=3)))
    answer = draw(st.none() | WORDS)
    kind, spec = draw(FORMATS)
    identity = draw(WORDS.map(lambda text: " ".join(text.split())).filter(bool))
    return EvalCase(
        id=identity,
        question=draw(WORDS),
        answer=answer,
        evidence=evidence,
        answerable=answer is not None or bool(evidence),
        tags=tuple(dict.fromkeys(draw(st.lists(WORDS, max_size=3)))),
        reviewed=draw(st.booleans()),
        format=kind,
        format_spec=spec,
    )


SETS = st.lists(cases(), min_size=1, max_size=6, unique_by=lambda case: case.id).map(
    lambda found: EvalSet("any", tuple(found))
)


@given(SETS)
def test_any_set_comes_back_from_jsonl_as_it_was(eval_set: EvalSet) -> None:
    assert read_eval_set("any.jsonl", write_eval_set(eval_set)) == eval_set


@given(SETS)
def test_any_set_comes_back_from_csv_as_it_was(eval_set: EvalSet) -> None:
    assert read_eval_set("any.csv", write_eval_csv(eval_set)) == eval_set


@given(st.binary(max_size=200) | st.text(alphabet=string.printable, max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    try:
        found = read_eval_set("any", content)
    except BadInput:
        return
    assert found.cases
