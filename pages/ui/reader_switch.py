"""The switch of the built-in reader, with what it does in a line, and what is wrong where it cannot be used."""

from dataclasses import replace

import streamlit as st

from lib.domain import ApproachName
from lib.settings import Workspace
from pages.ui import services, state

HELP = (
    "A small adapter that comes with the app. It was trained to use what retrieval finds: it reads the best sentences, "
    "answers in one clause with the passage's number, and says when they hold no answer. It is held to words of those "
    "sentences while it writes, so it can pick the wrong ones and invent none; an instruction of your own lifts that. "
    "Switch it off to see how the same model reads without it."
)
ON = "tuned to read passages: copied words, cited, says when they hold no answer"
OFF = "off: the same model without its training to read passages"


def draw(workspace: Workspace, key: str) -> None:
    """The switch; what it says is kept in the workspace at once. Where the reader is not there, it says so."""
    trouble = services.lab().reader_trouble(workspace)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        on = st.toggle(
            "Built-in reader",
            value=state.first(f"{key}.reader", workspace.reader),
            key=f"{key}.reader",
            on_change=_keep,
            args=(f"{key}.reader",),
            help=HELP,
        )
        if trouble is None or not on:
            st.caption(ON if on else OFF, width="content")
    if trouble is not None and on:
        st.warning(f"{trouble.message} Answers come without it. {trouble.hint}", icon=":material/warning:")


def draw_for(workspace: Workspace, approach: ApproachName, key: str) -> None:
    """The switch where it decides something: approaches that retrieve, with a model that the reader fits."""
    if replace(workspace, reader=True).has_reader(approach):
        draw(workspace, key)


def _keep(widget: str) -> None:
    # The prompt's form shows how many sentences are read, which is another number now.
    for approach in (ApproachName.RAG, ApproachName.HYBRID):
        state.forget(f"prompt.{approach}.sentences")
    state.keep(replace(state.workspace(), reader=state.typed(widget, True)))
