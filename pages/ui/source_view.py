"""Passages read where they stand: the source around the span, and the way to the next and the previous passage."""

from collections.abc import Sequence

import streamlit as st

from lib.domain import Passage
from pages.ui import eval_set_case, markup, services, source, state

_AT = "source_view.at"


def open_at(passages: Sequence[Passage], rank: int, question: str) -> None:
    """Open the dialog at the passage of that rank."""
    state.remember(_AT, rank)
    _walk(tuple(passages), question)


@st.dialog("In its source", width="large")
def _walk(passages: tuple[Passage, ...], question: str) -> None:
    rank = min(max(1, state.recall(_AT, 1)), len(passages))
    passage = passages[rank - 1]
    chunk = passage.chunk
    document = services.document(state.workspace().id, chunk.document)
    earlier, where, later = st.columns([1, 3, 1], vertical_alignment="center")
    earlier.button(
        "Previous",
        icon=":material/arrow_back:",
        key="source_view.earlier",
        disabled=rank == 1,
        on_click=state.remember,
        args=(_AT, rank - 1),
        width="stretch",
    )
    place = f" · {markup.plain(chunk.place.label)}" if chunk.place.label else ""
    where.markdown(f"**Passage {rank} of {len(passages)}** · {markup.plain(chunk.document)}{place}")
    later.button(
        "Next",
        icon=":material/arrow_forward:",
        icon_position="right",
        key="source_view.later",
        disabled=rank == len(passages),
        on_click=state.remember,
        args=(_AT, rank + 1),
        width="stretch",
    )
    st.caption(f"Characters {chunk.start:,} to {chunk.end:,} of {len(document.text):,}; the passage is highlighted.")
    st.html(source.excerpt(document, chunk.start, chunk.end, question))
    with st.expander(eval_set_case.LABEL, icon=eval_set_case.ICON):
        eval_set_case.form(chunk.document, chunk.start, chunk.end, question)
