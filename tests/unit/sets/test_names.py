import pytest

from lib.errors import BadInput
from lib.sets.names import LONGEST_NAME, checked_name, file_stem, free_name, name_in, set_name


@pytest.mark.parametrize(
    "name", ["../../outside", ".hidden", "CON", "con.backup", "a/b:c*", "100 %", "%2e", "x.", "🧀" * 60]
)
def test_any_name_has_a_safe_file_and_comes_back_from_it(name: str) -> None:
    stem = file_stem(name)
    assert "/" not in stem
    assert not stem.startswith(".")
    assert name_in(f"{stem}.jsonl") == name


def test_a_taken_name_gets_the_first_free_number_in_any_case() -> None:
    assert free_name("Mine", []) == "Mine"
    assert free_name("Mine", ["MINE", "mine 2"]) == "Mine 3"
    assert len(free_name("n" * 70, ["n" * 55])) <= LONGEST_NAME


def test_a_set_is_named_after_its_file_without_folders_and_ending() -> None:
    assert set_name("C:\\data\\my  team.v2.JSONL") == "my team.v2"
    assert set_name(".csv") == "Untitled"


@pytest.mark.parametrize("name", ["", "   ", "n" * 61, "\ud800"])
def test_names_that_cannot_be_kept_are_refused(name: str) -> None:
    with pytest.raises(BadInput):
        checked_name(name)
