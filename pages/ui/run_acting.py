"""What a person does to a run: under which name, and what came of it."""

from collections.abc import Callable

import streamlit as st

from lib.errors import LabError
from pages.ui import frame, state

WHO = "runs.who"


def who(key: str) -> str:
    """The name under which this person speaks, typed once a session."""
    state.seed(key, state.recall(WHO, ""))
    name = st.text_input("Your name", key=key, max_chars=80, placeholder="Who says so")
    state.remember(WHO, name or "")
    return name or ""


def attempt(change: Callable[[], None], key: str) -> None:
    """Do it in a callback; a failure is shown when the page is drawn again."""
    try:
        change()
        state.remember(f"{key}.done", True)
    except LabError as error:
        state.remember(f"{key}.failed", error)


def outcome(key: str, done: str) -> None:
    """What came of the last attempt under that key, said once."""
    failed: LabError | None = state.take(f"{key}.failed", None)
    if failed is not None:
        frame.show_failure(failed)
    elif state.take(f"{key}.done", False):
        st.success(done, icon=":material/check:")
