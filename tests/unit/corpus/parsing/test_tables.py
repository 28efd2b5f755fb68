"""Workbooks, delimited files and JSON: every row or item readable alone, with its number in the file."""

from datetime import date, datetime, time, timedelta

import pytest

from lib.corpus.parsing import Parsed, parse
from lib.corpus.parsing.cells import shown
from lib.domain import Part, PartKind
from tests.unit.corpus.parsing import made


def rows(parsed: Parsed) -> list[tuple[int | None, str]]:
    return [
        (part.number, parsed.text[part.start :].split("\n")[0]) for part in parsed.parts if part.kind is PartKind.ROW
    ]


def test_workbook_rows_carry_their_header_sheet_and_number() -> None:
    content = made.xlsx(
        {
            "Prices": [["Price list 2026"], [], ["Product", "Price"], ["Lamp", 19.9], ["Desk", 240]],
            "Sheet2": [["Town", "Opened"], ["Bath", date(2024, 3, 1)]],
        }
    )
    parsed = parse("a.xlsx", content)
    assert parsed.text == (
        "Prices\n\nPrice list 2026\n\nProduct: Lamp | Price: 19.9\nProduct: Desk | Price: 240\n\n"
        "Town: Bath | Opened: 2024-03-01"
    )
    assert rows(parsed) == [
        (1, "Price list 2026"),
        (4, "Product: Lamp | Price: 19.9"),
        (5, "Product: Desk | Price: 240"),
        (2, "Town: Bath | Opened: 2024-03-01"),
    ]
    sheets = [part for part in parsed.parts if part.kind is PartKind.SHEET]
    assert sheets == [Part(PartKind.SHEET, 0, "Prices"), Part(PartKind.SHEET, parsed.text.index("Town"), "Sheet2")]
    assert parsed.warnings == ()


def test_formulas_without_a_stored_result_are_warned_about() -> None:
    parsed = parse("a.xlsx", made.xlsx({"S": [["Sum", "Of"], ["=1+1", 3], ["=2+2", 4]]}))
    assert parsed.warnings == ("2 formulas without a stored result left out; open it in Excel and save it",)
    assert parsed.text == "S\n\nOf: 3\nOf: 4"


def test_a_second_table_below_a_gap_has_its_own_header() -> None:
    content = made.xlsx({"S": [["Name", "Age"], ["Ann", 3], [], ["City", "Zip"], ["Bath", 111]]})
    assert parse("a.xlsx", content).text == "S\n\nName: Ann | Age: 3\n\nCity: Bath | Zip: 111"


def test_a_table_goes_on_with_its_header_below_a_gap() -> None:
    content = made.xlsx({"S": [["Name", "Age"], ["Ann", 3], [], ["Bob", 4]]})
    assert parse("a.xlsx", content).text == "S\n\nName: Ann | Age: 3\n\nName: Bob | Age: 4"


def test_numbers_without_any_header_are_kept_as_they_are() -> None:
    assert parse("a.csv", b"1,2\n3,4\n").text == "1 | 2\n3 | 4"


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1.0000000001, "General", "1"),
        (0.1 + 0.2, "General", "0.3"),
        (1234567, "General", "1234567"),
        (0.0000001, "General", "1e-07"),
        (1234.5, "#,##0.00", "1,234.50"),
        (0.155, "0.0%", "15.5%"),
        (0.15, "0%", "15%"),
        (1290, '"$"#,##0', "$1,290"),
        (1290, "[$€-407] #,##0.00", "€1,290.00"),
        (1290, "#,##0.00\\ [$€-407]", "1,290.00 €"),
        (-5, "$#,##0", "-$5"),
        (2.675, "0.00", "2.68"),
        (datetime(2024, 3, 1), "yyyy", "2024-03-01"),
        (datetime(2024, 3, 1, 14, 29, 59, 999_900), "yyyy", "2024-03-01 14:30"),
        (time(8, 5), "hh:mm", "08:05"),
        (timedelta(hours=30), "[h]:mm", "30:00"),
        (True, "General", "TRUE"),
        ("07", "General", "07"),
    ],
)
def test_cells_read_as_a_person_would_write_them(value: object, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_and_encoding_of_a_table_are_found_out(delimiter: str, encoding: str) -> None:
    lines = [["Straße", "Größe", "Note"], ["Köln, Süd", "12,5", "a"], ["Börse", "7,0", "b"]]
    content = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines).encode(encoding)
    assert rows(parse("a.csv", content)) == [
        (2, "Straße: Köln, Süd | Größe: 12,5 | Note: a"),
        (3, "Straße: Börse | Größe: 7,0 | Note: b"),
    ]


def test_a_quoted_cell_with_a_line_break_stays_one_row() -> None:
    assert rows(parse("a.csv", b'Name,Age\n"Ann\nLee",3\nBob,4\n')) == [
        (2, "Name: Ann Lee | Age: 3"),
        (3, "Name: Bob | Age: 4"),
    ]


def test_a_json_list_is_a_block_an_item_named_by_its_name() -> None:
    content = b'[{"name": "Lamp", "price": 1.10, "tags": ["a", "b"]}, {"size": {"w": 3}, "parts": [{"n": null}]}]'
    parsed = parse("a.json", content)
    assert parsed.text == "name: Lamp\nprice: 1.10\ntags: a, b\n\nsize.w: 3\nparts[1].n: null"
    assert parsed.parts == (Part(PartKind.ROW, 0, "Lamp", 1), Part(PartKind.ROW, 35, "", 2))


def test_a_list_inside_a_json_object_is_read_item_by_item_under_its_key() -> None:
    parsed = parse("a.json", b'{"shop": "Bath", "items": [{"id": "A1", "ok": true}, {"id": "A2", "ok": false}]}')
    assert parsed.text == "shop: Bath\n\nitems\n\nid: A1\nok: true\n\nid: A2\nok: false"
    assert [(part.kind, part.label, part.number) for part in parsed.parts] == [
        (PartKind.HEADING, "items", None),
        (PartKind.ROW, "A1", 1),
        (PartKind.ROW, "A2", 2),
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_json_lines_are_read_under_either_name(name: str) -> None:
    parsed = parse(name, b'{"id": "x", "q": 1}\n{"id": "y", "q": 2}\n')
    assert parsed.text == "id: x\nq: 1\n\nid: y\nq: 2"
    assert [(part.number, part.label) for part in parsed.parts] == [(1, "x"), (2, "y")]


def test_lone_surrogates_in_json_are_left_out() -> None:
    assert parse("a.json", b'{"a": "x\\ud800y \\ud83d\\ude00"}').text == "a: xy 😀"
