"""The text that prompt-only may carry: the simplest alternative to retrieval, while it fits."""

from dataclasses import replace

import streamlit as st

from lib.domain import PromptSegment
from pages.ui import context_bar, frame, services, state

_PASTE, _WHOLE = "Paste a text", "A whole document"


def draw() -> None:
    """Nothing, a pasted text or a document; a bar says whether it fits the model's window."""
    workspace = state.workspace()
    names = [entry.name for entry in services.documents(workspace.id) if entry.status != "rejected"]
    way = st.segmented_control("Carry along", [_PASTE, _WHOLE], default=_PASTE, key="ask.carry")
    if way == _WHOLE and names:
        name = st.selectbox("Document", names, index=None, key="ask.carry.document", placeholder="Choose one")
        if name and st.button("Carry it", key="ask.carry.take"):
            _carry(services.document(workspace.id, name).text)
            st.rerun()
    else:
        state.seed("ask.carry.text", workspace.attached)
        st.text_area("Text", key="ask.carry.text", height=120, on_change=_pasted)
    if workspace.attached:
        st.button("Carry nothing", icon=":material/close:", key="ask.carry.none", on_click=_carry, args=("",))
        with frame.failures_shown():
            _fit()


def _fit() -> None:
    workspace = state.workspace()
    tokens, window = services.attached_tokens(workspace, state.key())
    room = window - workspace.prompt_only.answer_tokens
    segment = PromptSegment("document", "Carried text", tokens, dropped=tokens > room)
    st.html(context_bar.bar_html((segment,), window, workspace.prompt_only.answer_tokens))
    if tokens > room:
        st.warning(
            f"It no longer fits: {tokens:,} tokens, and the window has room for {room:,}. What is too long "
            "is left out. This is where retrieval begins to pay.",
            icon=":material/content_cut:",
        )
    else:
        st.caption(
            f"It fits: {tokens:,} of {room:,} tokens. Every question pays for all of them; retrieval sends a few."
        )


def _pasted() -> None:
    _carry(state.typed("ask.carry.text", ""))


def _carry(text: str) -> None:
    state.keep(replace(state.workspace(), attached=text))
    state.forget("ask.carry.text")
