"""Which adapter answers: the workspace's choice, as a compact control for Ask, Compare and Evaluate."""

from dataclasses import replace

import streamlit as st

from lib.settings import BUILT_IN_READER, Workspace
from pages.ui import state, tune_adapters


def draw(workspace: Workspace, key: str, *, reader: bool = False) -> str:
    """The chooser; returns the adapter's name, or "" for none. What is chosen is kept in the workspace at once.

    With `reader` (hybrid), no adapter of one's own means the built-in reader where it is on, and is called so.
    Adapters that do not fit the workspace's model are not offered; with none to choose, it leads to where they come
    from.
    """
    offered = options(workspace, reader=reader)
    if len(offered) == 1:
        way = f"{label(workspace, '', reader=reader)}: train one of your own"
        st.page_link("pages/fine_tune.py", label=way, icon=":material/model_training:")
        return offered[0]
    # A list that has grown is another widget: a browser that still shows the old one would choose by its place.
    widget = f"{key}.adapter.{len(offered)}"
    current = workspace.adapter if workspace.adapter in offered else offered[0]
    chosen = st.selectbox(
        "Adapter",
        offered,
        index=offered.index(state.first(widget, current)),
        format_func=lambda name: label(workspace, name, reader=reader),
        key=widget,
        on_change=_keep,
        args=(widget,),
        help="What was learnt from examples, put on the built-in model for each question. A choice holds from the next "
        "question on; others who use the base or another adapter are not touched.",
    )
    return chosen or ""


def options(workspace: Workspace, *, reader: bool = False) -> list[str]:
    """What can be chosen: none first, then the workspace's own that fit its model."""
    own = [one.name for one in tune_adapters.listed(workspace) if tune_adapters.fits(workspace, one)]
    named = [BUILT_IN_READER] if reader and workspace.adapter == BUILT_IN_READER else []
    return ["", *named, *own]


def label(workspace: Workspace, name: str, *, reader: bool = False) -> str:
    """An adapter as it is offered."""
    if name:
        return "Built-in reader" if name == BUILT_IN_READER else name
    reads = reader and workspace.reader and workspace.model.kind in ("built-in", "echo")
    return "Built-in reader" if reads else "No adapter"


def _keep(widget: str) -> None:
    state.keep(replace(state.workspace(), adapter=state.typed(widget, "")))
