"""Exports hold everything, and no cell of theirs does anything in a spreadsheet."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain import Answer, ApproachName
from lib.records import Rating, Remarks, Review, ReviewState, RunRecord
from lib.runs.export import CSV_COLUMNS, csv_of, harmless, jsonl_of
from lib.runs.query import RunQuery
from lib.runs.rows import KeptRun, from_json
from lib.runs.store import RunStore

Made = Callable[..., RunRecord]


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_line_of_jsonl_holds_the_whole_record_and_its_remarks(rich: RunRecord) -> None:
    remarks = Remarks(Rating(5, "good", "Ada", rich.at))
    [line] = jsonl_of([KeptRun(rich, remarks)])
    assert "\n" not in line
    held = json.loads(line)
    assert from_json(Remarks, json.dumps(held.pop("remarks"))) == remarks
    assert from_json(RunRecord, json.dumps(held)) == rich


def test_a_row_of_csv_names_its_columns_and_keeps_what_the_answer_says(rich: RunRecord) -> None:
    said = Remarks(Rating(2, "wrong", "Ada", rich.at), Review("legal", ReviewState.REJECTED, "", "no", "Bo", rich.at))
    content = csv_of([KeptRun(rich, said)])
    assert content.startswith(b"\xef\xbb\xbf")
    [row] = table(content)
    assert tuple(row) == CSV_COLUMNS
    assert row["question"] == 'How many weeks, "exactly"?'
    assert (row["answer"], row["correct"], row["abstained"]) == ("18 weeks [1].", "no", "no")
    assert (row["label"], row["faithfulness"], row["passages"].split("; ")[0]) == (
        "not retrieved", "0.5", "Handbuch – ü.pdf 10-60",
    )  # fmt: skip
    assert (row["stars"], row["rated_by"], row["review_state"], row["reviewed_by"]) == ("2", "Ada", "rejected", "Bo")
    assert (row["chunk_strategy"], row["chunk_tokens"], row["top_k"], row["temperature"]) == (
        "sentence",
        "150",
        "5",
        "0.5",
    )
    assert (row["input_tokens"], row["output_tokens"], row["cost_usd"]) == ("321", "12", "1.5e-07")
    assert row["first_token_ms"] == ""
    assert (row["adapter"], row["rules_broken"], row["held"]) == ("voice", "Cites a passage", "yes")


def test_lines_inside_an_answer_stay_in_their_cell(made: Made) -> None:
    [first, second] = table(csv_of([KeptRun(made("a", text='one\r\ntwo,"three"\n')), KeptRun(made("b"))]))
    assert first["answer"] == 'one\r\ntwo,"three"\n'
    assert second["id"] == "b"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_text_that_begins_like_a_formula_is_text(made: Made, begin: str) -> None:
    attack = f'{begin}cmd|" /C calc"!A0'
    answer = Answer(attack, ApproachName.RAG, attack, attack, abstained=False)
    [row] = table(csv_of([KeptRun(made("a", answer=answer, tags=(attack,), error=attack, setup=attack))]))
    for column in ("question", "answer", "model", "tags", "error", "setup"):
        assert row[column] == f"'{attack}"


@given(st.text())
def test_no_cell_begins_like_a_formula_and_others_stay_as_they_are(text: str) -> None:
    cell = str(harmless(text))
    assert cell.lstrip(" \u00a0")[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"} or not cell
    assert cell in (text, f"'{text}")


def test_numbers_stay_numbers() -> None:
    assert harmless(-1.5) == -1.5


def test_an_export_takes_what_was_searched_for(store: RunStore, made: Made) -> None:
    store.add(made("a", question="When is lunch?"))
    store.add(made("b", question="When is leave?"))
    store.remark("default", "a", Remarks(Rating(3, "", "Ada", made().at)))
    [run] = store.kept("default", RunQuery(text="lunch"))
    assert run == KeptRun(store.get("default", "a"), store.remarks("default", "a"))
    assert [one.record.id for one in store.kept("default", RunQuery(limit=1))] == ["b"]
