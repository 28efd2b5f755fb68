from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.errors import BadInput
from lib.training.labels import Labelling, labelling_of
from lib.training.likeness import LikenessIndex, asked
from lib.training.set_rows import pair
from lib.training.set_store import sample_training_set
from lib.training.splitting import Shares, split, split_again
from lib.training.values import TrainingExample, TrainingSet


def rows(*outputs: str) -> tuple[TrainingExample, ...]:
    return tuple(TrainingExample(f"r{n}", pair(f"thing {n} of lot {n * 13}", out)) for n, out in enumerate(outputs))


def sizes(found: TrainingSet) -> tuple[int, int, int]:
    return len(found.train), len(found.validation), len(found.held_out)


def test_every_label_has_its_share_of_each_part() -> None:
    found = split(sample_training_set("company").examples, seed=0)
    labelling = Labelling("code")
    assert sizes(found) == (137, 31, 42)
    for part, (low, high) in {found.train: (11, 12), found.validation: (2, 3), found.held_out: (3, 4)}.items():
        counts = Counter(labelling.label_of(example.output) for example in part)
        assert len(counts) == 12
        assert low <= min(counts.values()) <= max(counts.values()) <= high


@pytest.mark.parametrize(("count", "expected"), [(1, (1, 0, 0)), (2, (1, 0, 1)), (5, (3, 1, 1)), (10, (7, 1, 2))])
def test_too_few_examples_are_trained_on_first(count: int, expected: tuple[int, int, int]) -> None:
    assert sizes(split(rows(*"abcdefghij"[:count]), seed=0)) == expected


def test_the_same_seed_gives_the_same_parts_and_another_deals_anew() -> None:
    examples = sample_training_set("company").examples
    assert split(examples, seed=1) == split(examples, seed=1)
    assert split(examples, seed=1).held_out != split(examples, seed=2).held_out


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from(["red fox", "red fox runs", "blue whale", "x", "y", "z"]), max_size=30), st.integers(0, 99)
)
def test_nothing_is_lost_and_near_duplicates_stay_on_one_side(texts: list[str], seed: int) -> None:
    examples = tuple(TrainingExample(f"r{n}", pair(text, str(n % 3))) for n, text in enumerate(texts))
    found = split(examples, seed=seed)
    assert sorted(example.id for example in found.examples) == sorted(example.id for example in examples)
    part_of = {one.id: n for n, part in enumerate((found.train, found.validation, found.held_out)) for one in part}
    for group in LikenessIndex([asked(one) for one in examples]).groups():
        assert len({part_of[examples[number].id] for number in group}) == 1


def test_a_share_of_nothing_leaves_a_part_empty_and_nothing_to_train_on_is_refused() -> None:
    found = split(rows(*["a", "b"] * 10), seed=0, shares=Shares(0.0, 0.5))
    assert sizes(found) == (10, 0, 10)
    with pytest.raises(BadInput, match="leave 0% to train on"):
        split(rows("a"), seed=0, shares=Shares(0.5, 0.5))
    with pytest.raises(BadInput):
        split(rows("a"), seed=0, shares=Shares(-0.1, 0.5))


def test_splitting_again_takes_all_parts_together_and_keeps_the_name() -> None:
    again = split_again(TrainingSet("Mine", (), rows("a"), rows("b", "c")[1:]), seed=0)
    assert again.name == "Mine"
    assert len(again.examples) == 2


def json_rows(*outputs: str) -> Labelling | None:
    return labelling_of(rows(*outputs))


def test_the_field_with_most_recurring_values_is_the_label() -> None:
    found = json_rows(*(f'{{"id": {n}, "kind": "{"ab"[n % 2]}", "code": "{"xyz"[n % 3]}"}}' for n in range(12)))
    assert found == Labelling("code")
    assert found.label_of('{"code": "x"}') == "x"
    assert found.label_of("broken") == ""


def test_few_whole_answers_are_labels_and_free_text_has_none() -> None:
    assert json_rows(*["yes", "no"] * 3) == Labelling("")
    assert json_rows(*(f"answer {n}" for n in range(20))) is None
    assert json_rows(*["same"] * 9) is None
    assert labelling_of(()) is None
