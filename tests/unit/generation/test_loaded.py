from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lib.domain import AdapterFile
from lib.generation.loaded import MOST_ADAPTERS, with_adapter


def adapter(number: int) -> AdapterFile:
    return AdapterFile(f"adapter {number}", Path(f"{number}.gguf"), str(number), "base")


def test_the_least_recently_used_makes_room_and_the_others_keep_their_order() -> None:
    loaded = tuple(adapter(number) for number in range(8))
    used = {str(number): number for number in (7, 6, 5, 4, 3, 1, 2)} | {"0": 9}
    assert [one.sha256 for one in with_adapter(loaded, adapter(8), last_used=used)] == list("02345678")


def test_one_that_is_there_under_another_name_is_not_loaded_twice() -> None:
    again = AdapterFile("a copy", Path("copy.gguf"), "1", "base")
    assert with_adapter((adapter(1), adapter(2)), again, last_used={}) == (adapter(2), again)


@given(
    st.lists(st.integers(0, 30), unique=True, max_size=MOST_ADAPTERS),
    st.none() | st.integers(0, 30),
    st.dictionaries(st.integers(0, 30).map(str), st.integers(0, 100)),
)
def test_the_wanted_one_is_loaded_and_never_more_than_eight(
    before: list[int], wanted: int | None, used: dict[str, int]
) -> None:
    loaded = tuple(adapter(number) for number in before)
    now = with_adapter(loaded, None if wanted is None else adapter(wanted), last_used=used)
    assert len(now) <= MOST_ADAPTERS
    assert len({one.sha256 for one in now}) == len(now)
    if wanted is not None:
        assert now[-1] == adapter(wanted)
    missing = [one for one in loaded if one not in now]
    assert len(missing) <= 1
    assert all(used.get(gone.sha256, 0) <= used.get(one.sha256, 0) for gone in missing for one in now if one in loaded)
