"""Every token is read once, with as much context as the windows allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.embedding.windows import windows_of


@given(tokens=st.integers(1, 3_000), size=st.integers(2, 300))
def test_every_token_is_kept_once_from_a_window_that_holds_it(tokens: int, size: int) -> None:
    windows = windows_of(tokens, size=size)
    assert [at for w in windows for at in range(w.keep_from, w.keep_to)] == list(range(tokens))
    assert all(w.start <= w.keep_from <= w.keep_to <= w.end for w in windows)
    assert {w.end - w.start for w in windows} == {min(size, tokens)}


def test_tokens_inside_have_a_quarter_window_of_context_on_both_sides() -> None:
    for window in windows_of(1_000, size=254):
        assert window.start == 0 or window.keep_from - window.start >= 63
        assert window.end == 1_000 or window.end - window.keep_to >= 63


@pytest.mark.parametrize(("tokens", "count"), [(0, 0), (1, 1), (254, 1), (255, 2), (381, 2), (382, 3)])
def test_no_more_windows_than_needed(tokens: int, count: int) -> None:
    assert len(windows_of(tokens, size=254)) == count
