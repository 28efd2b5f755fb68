"""The seven steps of the RAG flow as a strip that shows how far a workspace is."""

import streamlit as st

from lib.advice.flows import RAG_FLOW
from lib.corpus.outcomes import DocumentEntry
from pages.ui import screens

_INDEXED = 4
"""The steps that are over as soon as a document is indexed: collect, split, embed, index."""


def steps_done(entries: tuple[DocumentEntry, ...], *, asked: bool, answered: bool) -> int:
    """How many of the seven steps this workspace has behind it."""
    if not any(entry.status != "rejected" for entry in entries):
        return 0
    if answered:
        return len(RAG_FLOW)
    return _INDEXED + 1 if asked else _INDEXED


def strip(done: int) -> None:
    """Draw the steps in order; each leads to the screen where it can be tried."""
    st.caption(f"The RAG flow: {done} of {len(RAG_FLOW)} steps behind you")
    with st.grid(7, min_column_width=104, gap="xsmall", key="flow"):
        for step in RAG_FLOW:
            screen = screens.screen(step.screen)
            icon = ":material/check_circle:" if step.number <= done else ":material/radio_button_unchecked:"
            if screen.there:
                st.page_link(screen.file, label=f"{step.number} {step.title}", icon=icon, help=step.what)
            else:
                st.markdown(f"{icon} {step.number} {step.title}", help=step.what)
