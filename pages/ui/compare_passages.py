"""What was read: the passages of each search in a comparison, compact, each with the way to its source."""

import textwrap

import streamlit as st

from lib.domain import Passage
from pages.ui import compare_answer, markup, source_view, theme
from pages.ui.compare_run import Comparison, Kind, Side

_LONGEST_PLACE = 56


def draw(compared: Comparison) -> None:
    """The passages; once where several approaches read the same."""
    if compared.kind is Kind.SETTINGS:
        st.subheader("What each one read", anchor=False)
        for column, side in zip(st.columns(2, gap="medium"), compared.sides, strict=True):
            with column:
                st.markdown(f"**{compare_answer.head(side)}**")
                _passages(side)
        return
    searching = [side for side in compared.sides if side.searches and side.asked is not None]
    if not searching:
        return
    carried = " and the text that it carries along" if compared.asked_of.attached.strip() else ""
    names = " and ".join(theme.look(side.approach).label for side in searching)
    st.subheader(f"What {names} read", anchor=False)
    if len(searching) < len(compared.sides):
        st.caption(f"The others read nothing but the question{carried}; the rest comes from the model's weights.")
    _passages(next((side for side in searching if side.asked and side.asked.passages), searching[0]))


def _passages(side: Side) -> None:
    found = (side.asked.passages if side.asked else None) or ()
    if side.asked is None or not found:
        st.caption("No passages.")
        return
    tokens = sum(passage.chunk.tokens for passage in found)
    st.caption(f"{len(found)} passages with {tokens:,} tokens were found; a click opens one in its source.")
    words = markup.question_words(side.asked.question)
    for passage in found:
        text = markup.safe_html(" ".join(passage.chunk.text.split()), words=words)
        with st.container(gap=None):
            if st.button(
                f"**{passage.rank}.** {_where(passage)}",
                key=f"compare.{side.name}.open.{passage.chunk.id}",
                type="tertiary",
                help="Open in its source",
            ):
                source_view.open_at(found, passage.rank, side.asked.question)
            st.html(f'<div class="ob-clamp">{text}</div>')


def _where(passage: Passage) -> str:
    place = f" · {passage.chunk.place.label}" if passage.chunk.place.label else ""
    return markup.plain(textwrap.shorten(f"{passage.chunk.document}{place}", _LONGEST_PLACE, placeholder=" …"))
