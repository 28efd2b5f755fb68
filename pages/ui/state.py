"""The session: the only module that touches `st.session_state`.

What must outlive the session is in the `Workspace`, which goes to disk through the Lab; the rest dies with the tab.
"""

from typing import TypeVar, cast

import streamlit as st

from lib.settings import Workspace
from pages.ui import services

Value = TypeVar("Value")

_DOOR = "frame.door"
_WORKSPACE = "session.workspace"
_KEY = "session.key"
DEFAULT_WORKSPACE = "default"


def mark_entered() -> None:
    """Note that this session came in through app.py."""
    st.session_state[_DOOR] = True


def entered() -> bool:
    """Whether this session came in through app.py; a cold deep link did not."""
    return _DOOR in st.session_state


def workspace() -> Workspace:
    """This session's workspace, as last kept."""
    if _WORKSPACE not in st.session_state:
        st.session_state[_WORKSPACE] = services.lab().workspace(DEFAULT_WORKSPACE)
    return cast("Workspace", st.session_state[_WORKSPACE])


def keep(workspace: Workspace) -> None:
    """Make this the session's workspace and write it to disk; nothing happens when nothing changed."""
    if st.session_state.get(_WORKSPACE) != workspace:
        st.session_state[_WORKSPACE] = workspace
        services.lab().keep(workspace)


def key() -> str:
    """The endpoint's key, or nothing. It is never written anywhere."""
    return cast("str", st.session_state.get(_KEY, ""))


def keep_key(key: str) -> None:
    """Hold the endpoint's key for this session only."""
    st.session_state[_KEY] = key


def remember(name: str, value: object) -> None:
    """Hold something for this session that is not a setting: a running answer, a message to show once."""
    st.session_state[f"held.{name}"] = value


def recall(name: str, default: Value) -> Value:
    """What was remembered under that name, or `default`."""
    return cast("Value", st.session_state.get(f"held.{name}", default))


def take(name: str, default: Value) -> Value:
    """What was remembered, forgotten at once: for things that happen once."""
    return cast("Value", st.session_state.pop(f"held.{name}", default))


def put(widget_key: str, value: object) -> None:
    """Set a widget before it is drawn, or in a callback; Streamlit refuses it later in the same run."""
    st.session_state[widget_key] = value


def typed(widget_key: str, default: Value) -> Value:
    """What a widget holds now; for callbacks, which run before the widgets are drawn."""
    return cast("Value", st.session_state.get(widget_key, default))


def seed(widget_key: str, value: object) -> None:
    """Give a widget its value unless it has one: the way back from the workspace after another page was visited."""
    if widget_key not in st.session_state:
        st.session_state[widget_key] = value


def first(widget_key: str, value: Value) -> Value:
    """The value that a widget begins with on this visit of its page, to be given as the widget's own default.

    For what is written back to the workspace: when a click breaks off the page's first run, the browser draws a seeded
    widget at its default and reports that as chosen.
    """
    name = f"first.{widget_key}"
    if widget_key not in st.session_state:
        st.session_state[name] = value
    return cast("Value", st.session_state.get(name, value))


def forget(prefix: str) -> None:
    """Drop the widgets whose key starts so, to have them seeded anew."""
    for name in [name for name in st.session_state if str(name).startswith(prefix)]:
        del st.session_state[name]
