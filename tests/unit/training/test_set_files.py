import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain import Message
from lib.errors import BadInput, LimitExceeded, NotFound, TrainingFileRejected
from lib.settings import LIMITS
from lib.training.set_files import (
    read_training_file,
    read_training_path,
    read_training_set,
    write_training_csv,
    write_training_set,
)
from lib.training.set_rows import Part, pair
from lib.training.values import TrainingExample, TrainingSet

GOOD = {"input": "Where is it?", "output": "Here."}
ASK, TELL, BE = ({"role": role, "content": role} for role in ("user", "assistant", "system"))


def lines(*forms: object) -> bytes:
    return "".join((form if isinstance(form, str) else json.dumps(form)) + "\n" for form in forms).encode()


def wrong_in(content: bytes, name: str = "mine.jsonl") -> list[tuple[int, str]]:
    with pytest.raises(TrainingFileRejected) as raised:
        read_training_set(name, content)
    return [(problem.line, problem.what) for problem in raised.value.problems]


def test_pairs_and_messages_are_read_from_one_file() -> None:
    found = read_training_set("mine.jsonl", lines(GOOD, {"messages": [BE, ASK, TELL, ASK, TELL]}))
    assert found[0] == TrainingExample("row-0001", pair("Where is it?", "Here."))
    assert [message.role for message in found[1].messages] == ["system", "user", "assistant", "user", "assistant"]
    assert found[1].output == "assistant"


def test_a_byte_order_mark_and_blank_lines_do_not_disturb() -> None:
    content = b"\xef\xbb\xbf\n" + lines(GOOD).replace(b"\n", b"\r\n") + b"\n"
    assert [example.output for example in read_training_set("mine.jsonl", content)] == ["Here."]


@pytest.mark.parametrize(
    ("form", "what"),
    [
        ({"input": "Q", "output": " "}, "the answer is empty"),
        ({"input": "", "output": "A"}, "the input is empty"),
        ({"input": "Q", "output": 3}, "output is a number, not a text"),
        ({"question": "Q"}, "has neither messages nor input and output"),
        ({"messages": [ASK, TELL], "input": "Q"}, "has both messages and input or output; one of them is enough"),
        ({"messages": "hello"}, "messages is a text, not a list of messages"),
        ({"messages": []}, "there is no message to learn from"),
        ({"messages": [ASK]}, "the last message is the user's; it must be the assistant's, which is what is learnt"),
        ({"messages": [TELL]}, "no message of the user comes before the answer"),
        ({"messages": [ASK, ASK, TELL]}, "user and assistant do not take turns: user, user, assistant"),
        ({"messages": [ASK, BE, TELL]}, "a system message stands behind another message; it can only be the first"),
        (
            {"messages": [{"role": "tool", "content": "x"}, TELL]},
            "messages has the role 'tool' in message 1; roles are system, user and assistant",
        ),
        ({"messages": [ASK, {"role": "assistant"}]}, "messages has a content in message 2 that is null, not a text"),
        ({**GOOD, "part": "exam"}, "part is 'exam', not train, validation or held-out"),
        ("nonsense", "is not JSON: expecting value at character 1"),
        ('{"input": "a", "input": "b"}', "cannot be read: the field 'input' stands twice"),
        ('{"input": NaN}', "cannot be read: NaN is no value that JSON knows; use null or a text in quotes"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_nothing_is_imported(form: object, what: str) -> None:
    assert wrong_in(lines(GOOD, form, GOOD)) == [(2, what)]


def test_calls_of_tools_are_refused() -> None:
    calling = {"role": "assistant", "content": "x", "tool_calls": [{"id": "1"}]}
    assert wrong_in(lines({"messages": [ASK, calling]})) == [
        (1, "messages has tool_calls in message 2: calls of tools cannot be learnt here")
    ]


def test_an_id_that_stands_twice_names_both_lines() -> None:
    assert wrong_in(lines({**GOOD, "id": "a"}, {**GOOD, "id": "a"})) == [(2, "the id 'a' stands in line 1 already")]


def test_twenty_problems_are_told_and_the_others_counted() -> None:
    with pytest.raises(TrainingFileRejected, match="was not imported: 30 things are wrong") as raised:
        read_training_set("mine.jsonl", lines(*["{"] * 30))
    assert (len(raised.value.problems), raised.value.more) == (20, 10)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b'[{"input": "a", "output": "b"}]', "is one JSON list"),
        (b"PK\x03\x04rest", "is a workbook or an archive"),
        (b'{"input": "\xff"}', "is not a text in UTF-8"),
        (b"input,output\n", "holds no example"),
        (b"\x00\x01\x02", "holds null bytes"),
        (b"question,answer\na,b\n", "the columns input, output are missing"),
    ],
)
def test_a_file_that_is_no_training_set_is_refused_with_a_reason(content: bytes, said: str) -> None:
    with pytest.raises(TrainingFileRejected, match=said):
        read_training_set("mine.txt", content)


def test_a_file_with_a_row_too_many_is_refused_as_soon_as_that_row_comes() -> None:
    content = lines(*[GOOD] * LIMITS.training_rows) + b'{"input": "one more", "output": "x"}\nnonsense\n'
    with pytest.raises(LimitExceeded, match="more than 5,000 examples"):
        read_training_set("many.jsonl", content)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.jsonl"
    with path.open("wb") as file:
        file.truncate(LIMITS.training_file_bytes + 1)
    with pytest.raises(LimitExceeded, match=r"'huge.jsonl' has 10.5 MB"):
        read_training_path(path)
    with pytest.raises(NotFound):
        read_training_path(tmp_path / "nowhere.jsonl")
    with pytest.raises(BadInput, match="cannot be read"):
        read_training_path(tmp_path)


def test_unknown_fields_are_passed_over_with_a_remark() -> None:
    file = read_training_file("mine.jsonl", lines({**GOOD, "weight": 3}))
    assert file.remarks == ("'weight' means nothing here and was passed over (first in line 1)",)


def test_csv_is_read_with_system_tags_and_parts() -> None:
    content = 'input,output,system,tags,part\n"one, two",yes,Be brief.,a; b,held-out\nthree,no,,,train\n'
    file = read_training_file("mine.csv", content.encode())
    assert file.parted
    assert file.as_set() == TrainingSet(
        "mine",
        (TrainingExample("row-0002", pair("three", "no")),),
        (),
        (TrainingExample("row-0001", pair("one, two", "yes", "Be brief."), ("a", "b")),),
    )


def test_a_wrong_row_of_csv_names_the_line_where_it_starts() -> None:
    assert wrong_in(b'input,output\n"two\nlines",ok\nalone\n"x",\n', "mine.csv") == [
        (4, "has 1 cells, the header has 2 (is a cell with commas not in quotes?)"),
        (5, "the answer is empty"),
    ]


def test_csv_that_is_written_holds_no_formula_and_no_conversation() -> None:
    made = TrainingSet("x", (TrainingExample("a", pair("=1+1", "-2")),))
    assert b"'=1+1,'-2" in write_training_csv(made)
    assert read_training_file("x.csv", write_training_csv(made)).as_set() == made
    turns = tuple(Message(role, "x") for role in ("user", "assistant", "user", "assistant"))  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="more than one turn"):
        write_training_csv(replace(made, train=(TrainingExample("a", turns),)))


texts = st.text(min_size=1, max_size=30).map(str.strip).filter(bool).filter(lambda text: "\0" not in text)
tags = st.lists(texts.filter(lambda text: ";" not in text), max_size=2, unique=True).map(tuple)
instructions = st.one_of(st.just(""), texts)


@given(st.lists(st.tuples(texts, texts, instructions, tags, st.sampled_from(Part)), max_size=6))
def test_any_set_comes_back_from_jsonl_as_it_was(rows: list[tuple[str, str, str, tuple[str, ...], Part]]) -> None:
    made = [
        (TrainingExample(f"r{n}", pair(asked, told, system), tagged), part)
        for n, (asked, told, system, tagged, part) in enumerate(rows)
    ]
    whole = TrainingSet("any", *(tuple(one for one, part in made if part is chosen) for chosen in Part))
    if whole.examples:
        assert read_training_file("any.jsonl", write_training_set(whole)).as_set() == whole
