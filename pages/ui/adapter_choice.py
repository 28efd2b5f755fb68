"""Which adapter answers: the workspace's choice, as a compact control for Ask, Compare and Evaluate."""

from dataclasses import replace

import streamlit as st

from lib.settings import BUILT_IN_READER, Workspace
from pages.ui import markup, state

_NONE = ""


def draw(workspace: Workspace, key: str, *, reader: bool = False) -> str:
    """The chooser; returns the adapter's name, or "" for none, and keeps it in the workspace.

    `reader` offers the built-in reader as well, for where passages are read.
    """
    offered = options(workspace, reader=reader)
    current = workspace.adapter if workspace.adapter in offered else _NONE
    widget = f"{key}.adapter"
    chosen = st.selectbox(
        "Adapter",
        offered,
        index=offered.index(state.first(widget, current)) if state.first(widget, current) in offered else 0,
        format_func=label,
        key=widget,
        help="What was learnt from examples, put on the built-in model for this question alone.",
    )
    name = chosen or _NONE
    if name != current:
        state.keep(replace(state.workspace(), adapter=name))
    return name


def options(workspace: Workspace, *, reader: bool = False) -> list[str]:
    """What can be chosen: none, the built-in reader where it fits, the workspace's own."""
    return [_NONE, *([BUILT_IN_READER] if reader else []), *_own(workspace)]


def label(name: str) -> str:
    """An adapter as it is offered."""
    if not name:
        return "No adapter"
    return "Built-in reader" if name == BUILT_IN_READER else markup.plain(name)


def _own(workspace: Workspace) -> tuple[str, ...]:
    folder = workspace.adapter
    return (folder,) if folder and folder != BUILT_IN_READER else ()
