import json
import random

import pytest

from lib.errors import BadInput
from lib.sets.names import LONGEST_NAME
from lib.training.labels import json_object
from lib.training.set_rows import pair
from lib.training.set_store import sample_training_set
from lib.training.spoiling import DOUBLED, FORM, WRONG, other_form, spoil, spoiled_examples, spoiled_name
from lib.training.values import TrainingExample, TrainingSet

GOOD = sample_training_set("company")


def test_a_third_of_the_share_is_spoiled_each_way_and_tagged() -> None:
    spoiled = spoil(GOOD, seed=0, share=0.3)
    ways = [example.tags[-1] for example in spoiled_examples(spoiled)]
    assert {way: ways.count(way) for way in ways} == {WRONG: 12, FORM: 12, DOUBLED: 12}
    assert len(spoiled.train) == len(GOOD.train) + 12
    assert spoiled.name == "company (spoiled 30%)"


def test_wrong_answers_have_another_label_and_are_right_in_the_rest() -> None:
    before = {example.id: json.loads(example.output) for example in GOOD.train}
    for example in spoiled_examples(spoil(GOOD, seed=0)):
        if WRONG in example.tags:
            found, was = json.loads(example.output), before[example.id]
            assert found.pop("code") != was.pop("code")
            assert found == was


def test_what_judges_stays_good_and_so_do_the_other_rows() -> None:
    spoiled = spoil(GOOD, seed=0)
    assert (spoiled.validation, spoiled.held_out) == (GOOD.validation, GOOD.held_out)
    touched = {example.id.removesuffix("-again") for example in spoiled_examples(spoiled)}
    assert [one for one in spoiled.train if one.id not in touched and not one.tags] == [
        one for one in GOOD.train if one.id not in touched
    ]


def test_the_same_seed_spoils_alike_and_another_otherwise() -> None:
    assert spoil(GOOD, seed=1) == spoil(GOOD, seed=1)
    assert spoil(GOOD, seed=1) != spoil(GOOD, seed=2)


def test_labels_that_are_no_text_stay_what_they_are() -> None:
    rows = tuple(TrainingExample(f"r{n}", pair(f"q{n}", json.dumps({"ok": n % 2 == 0}))) for n in range(12))
    for example in spoiled_examples(spoil(TrainingSet("x", rows), seed=0, share=0.9)):
        if WRONG in example.tags:
            assert (json_object(example.output) or {})["ok"] in (True, False)


def test_free_text_is_answered_by_another_rows_answer() -> None:
    rows = tuple(TrainingExample(f"r{n}", pair(f"q{n}", f"answer {n}")) for n in range(12))
    wrong = [one for one in spoiled_examples(spoil(TrainingSet("x", rows), seed=0)) if WRONG in one.tags]
    assert wrong
    assert all(one.output != f"answer {one.id[1:]}" for one in wrong)


@pytest.mark.parametrize("output", ['{"code": "A", "to": "B"}', "plain"])
def test_another_form_is_never_the_same_text(output: str) -> None:
    assert all(other_form(output, random.Random(seed)) != output for seed in range(20))


def test_too_little_to_spoil_is_refused_and_long_names_are_cut() -> None:
    with pytest.raises(BadInput, match="too few to spoil"):
        spoil(TrainingSet("x", GOOD.train[:1]), seed=0)
    assert len(spoiled_name("n" * 60, 0.3)) == LONGEST_NAME
