import json
from dataclasses import replace

import pytest

from lib.domain import Message
from lib.errors import TrainingFileRejected
from lib.training.mending import with_instruction
from lib.training.set_export import hosted_files
from lib.training.set_rows import pair
from lib.training.set_table import SetRow, merged, rows_of, set_from
from lib.training.values import TrainingExample, TrainingSet

TURNS = tuple(Message(role, f"{role} {n}") for n in (1, 2) for role in ("user", "assistant"))  # type: ignore[arg-type]
ONE = TrainingExample("a", pair("May I?", "No.", "Be brief."), ("modal", "short"))
TALK = TrainingExample("t", (Message("system", "Be brief."), *TURNS))
MINE = TrainingSet("Mine", (ONE,), (), (TALK,))


def test_rows_show_the_last_turn_and_an_unchanged_table_is_the_same_set() -> None:
    assert rows_of(MINE) == (
        SetRow("a", "train", "May I?", "No.", "modal; short"),
        SetRow("t", "held-out", "user 2", "assistant 2"),
    )
    assert set_from(rows_of(MINE), MINE) == MINE


def test_an_edited_row_keeps_the_turns_before_it() -> None:
    first, talk = rows_of(MINE)
    edited = set_from([first, replace(talk, output="better", part="train")], MINE)
    assert edited.held_out == ()
    assert edited.train[1].messages == (*TALK.messages[:-1], Message("assistant", "better"))


def test_new_rows_get_an_id_and_the_instruction_and_blank_and_deleted_ones_are_gone() -> None:
    edited = set_from([SetRow("", "", " Must I? ", "Yes."), SetRow("", "train", "", " ")], MINE)
    assert edited == TrainingSet("Mine", (TrainingExample("row-0001", pair("Must I?", "Yes.", "Be brief.")),))


def test_what_is_wrong_is_told_by_row_and_nothing_is_made() -> None:
    rows = [SetRow("", "train", "Q", ""), SetRow("", "train", "", "A"), *rows_of(MINE), rows_of(MINE)[0]]
    with pytest.raises(TrainingFileRejected) as raised:
        set_from(rows, MINE)
    assert [(one.line, one.what) for one in raised.value.problems] == [
        (1, "the answer is empty"),
        (2, "the input is empty"),
        (5, "the id 'a' stands twice"),
    ]


def test_examples_that_came_while_the_table_was_edited_are_not_lost() -> None:
    new = TrainingExample("new", pair("Now?", "Now."))
    edited = set_from(rows_of(MINE)[1:], MINE)
    assert merged(MINE, edited, replace(MINE, validation=(new,))) == TrainingSet("Mine", (), (new,), (TALK,))


def test_one_instruction_takes_the_place_of_what_stood_there() -> None:
    assert with_instruction(MINE, " Cite. ").instruction == "Cite."
    bare = with_instruction(MINE, "")
    assert bare.held_out[0].messages == TURNS


def test_hosted_files_are_messages_alone_and_keep_what_is_held_out() -> None:
    [train] = hosted_files(MINE)
    assert (train.name, train.rows) == ("Mine-train.jsonl", 1)
    assert json.loads(train.content) == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "May I?"},
            {"role": "assistant", "content": "No."},
        ]
    }
    assert [file.name for file in hosted_files(replace(MINE, validation=(ONE,)))] == [
        "Mine-train.jsonl",
        "Mine-validation.jsonl",
    ]
