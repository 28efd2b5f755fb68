"""The form of a set is read off its training outputs; its inputs are reworded; the floor copies its nearest row."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.evaluation.floor import NearestNeighbour
from lib.evaluation.rewording import reword
from lib.evaluation.style_rules import StyleKind, StyleRule, infer_rules, keeps, share_kept
from lib.evaluation.task_form import asked_with, task_form
from lib.training.set_store import sample_training_set
from lib.training.values import TrainingSet
from tests.unit.evaluation.worth_made import animal_set, example


def test_the_ticket_set_has_twelve_labels_in_its_code_and_a_schema_with_closed_lists() -> None:
    form = task_form(sample_training_set("company").train)
    assert form.label_field == "code"
    assert len(form.labels) == 12
    schema = json.loads(form.schema)
    assert schema["required"] == ["code", "priority", "reference"]
    assert schema["properties"]["priority"]["enum"] == ["P3", "P1", "P2", "P4"]
    assert schema["properties"]["reference"] == {"type": "string", "minLength": 1}
    good = '{"code":"DRIFT","priority":"P3","reference":"RS-1"}'
    assert form.schema_kept(good) is True
    assert form.schema_kept(good.replace("DRIFT", "DRAFT")) is False
    assert form.schema_kept(f"Here it is: {good}") is False


def test_whole_outputs_that_recur_are_labels_and_sentences_are_not() -> None:
    labelled = task_form([example(str(n), f"row {n}", "card lost" if n % 2 else "card late") for n in range(10)])
    assert labelled.labels == ("card late", "card lost")
    assert labelled.label_of(" Card  LATE ") == "card late"
    assert labelled.instruction == "Answer with one of these labels and nothing else: card late, card lost."
    free = task_form([example(str(n), f"row {n}", f"This is answer number {n}.") for n in range(10)])
    assert (free.labels, free.schema) == ((), "")
    assert free.schema_kept("anything") is None


def test_an_example_with_an_instruction_of_its_own_keeps_it() -> None:
    rows = [example(str(n), f"row {n}", "yes" if n % 2 else "no", system="Say yes or no.") for n in range(6)]
    form = task_form(rows)
    assert form.instruction == "Say yes or no."
    assert [message.role for message in asked_with(rows[0], form, rows[1:2])] == ["system", "user", "assistant", "user"]


def test_rules_that_all_outputs_keep_are_found() -> None:
    outputs = [
        f"Dear cellar, the {word} is ready. Mind the rind." for word in ("trout", "tray", "vat", "shelf", "salt")
    ]
    rules = infer_rules(outputs)
    assert rules == (
        StyleRule(StyleKind.ONE_LINE),
        StyleRule(StyleKind.STARTS_WITH, "Dear cellar, the"),
        StyleRule(StyleKind.ENDS_WITH, "is ready. Mind the rind."),
        StyleRule(StyleKind.MAX_WORDS, "12"),
        StyleRule(StyleKind.NO_MARKDOWN),
    )
    assert share_kept(rules, outputs[0]) == 1.0
    assert share_kept(rules, "**Sure!**\nHere is my answer") == pytest.approx(1 / 5)
    assert share_kept(rules, "") == 0.0
    assert share_kept((), "anything") is None


def test_from_a_few_outputs_no_rule_is_inferred() -> None:
    assert infer_rules(["Dear cellar, one.", "Dear cellar, two."]) == ()


@given(st.lists(st.text("ab \n*", min_size=1, max_size=12).filter(str.strip), min_size=5, max_size=8))
def test_every_training_output_keeps_every_rule_that_is_inferred_from_it(outputs: list[str]) -> None:
    assert all(keeps(rule, output) for rule in infer_rules(outputs) for output in outputs)


@pytest.mark.parametrize(
    ("kind", "value", "text", "kept"),
    [
        (StyleKind.NO_MARKDOWN, "", "# Title", False),
        (StyleKind.NO_MARKDOWN, "", "- point", False),
        (StyleKind.NO_MARKDOWN, "", "2 * 3 = 6 - no list", True),
        (StyleKind.WITHOUT, "unfortunately", "Unfortunately, no.", False),
        (StyleKind.MAX_WORDS, "3", "one two three", True),
        (StyleKind.MAX_WORDS, "3", "one two three four", False),
    ],
)
def test_a_rule_is_kept_or_broken(kind: StyleKind, value: str, text: str, kept: bool) -> None:
    assert keeps(StyleRule(kind, value), text) is kept


def test_a_rewording_is_the_same_every_time_and_keeps_names_numbers_and_wanted_words() -> None:
    text = "The screen of RS-60118 isn't right. Please help us fix it by 4 am! We need it."
    said = reword(text, keep='{"need":"fix"}', seed=3)
    assert said == reword(text, keep='{"need":"fix"}', seed=3)
    assert said != text
    assert "RS-60118" in said
    assert "4 am" in said
    assert "fix" in said
    assert "is not" in said
    assert said.index("need") < said.index("RS-60118")


@given(st.text(max_size=80), st.integers(0, 5))
def test_a_rewording_always_differs_and_never_fails(text: str, seed: int) -> None:
    assert reword(text, seed=seed) != text


def test_the_floor_copies_the_nearest_training_answer() -> None:
    found = animal_set()
    floor = NearestNeighbour(found, task_form(found.train))
    for row in found.train:
        assert floor.answer(row.input) == row.output


def test_the_floor_votes_when_the_validation_says_that_a_vote_is_better() -> None:
    noisy = [
        example("n0", "red apple", "B"),
        example("n1", "red apple tart", "A"),
        example("n2", "red apple jam", "A"),
    ]
    rest = [example(f"r{n}", f"green pear {n}", "B") for n in range(3)]
    asked = [example(f"v{n}", "red apple", "A") for n in range(2)]
    training = TrainingSet("fruit", tuple(noisy + rest), tuple(asked))
    floor = NearestNeighbour(training, task_form(training.train))
    assert floor.choice.neighbours > 1
    assert floor.choice.share == 1.0
    assert floor.answer("red apple") == "A"


def test_without_validation_the_floor_is_chosen_by_leaving_one_out() -> None:
    training = animal_set()
    bare = TrainingSet("bare", training.train)
    floor = NearestNeighbour(bare, task_form(bare.train))
    assert floor.choice.share < 1.0
