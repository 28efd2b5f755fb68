"""A document's text with a span highlighted, in a drawer beside the page."""

import streamlit as st

from lib.domain import Document
from pages.ui import eval_set_case, markup, services, state

BEFORE, AFTER = 500, 1_500
"""Characters shown around the span: few enough before it that it is seen without scrolling."""


@st.dialog("In its source", width="medium", position="right")
def show_span(name: str, start: int, end: int, question: str = "") -> None:
    """Open the document `name` at the span `[start, end)`, highlighted, with the question's words marked."""
    document = services.document(state.workspace().id, name)
    left, right = max(0, start - BEFORE), min(len(document.text), end + AFTER)
    st.markdown(f"**{markup.plain(document.name)}**")
    st.caption(f"Characters {start:,} to {end:,} of {len(document.text):,}; the highlighted words are the passage.")
    st.html(excerpt(document, start, end, question))
    if left > 0 or right < len(document.text):
        st.page_link("pages/documents.py", label="Read the whole document", icon=":material/folder_open:")
    with st.expander(eval_set_case.LABEL, icon=eval_set_case.ICON):
        eval_set_case.form(name, start, end, question)


def excerpt(document: Document, start: int, end: int, question: str) -> str:
    """The span with its surroundings as safe HTML."""
    left, right = max(0, start - BEFORE), min(len(document.text), end + AFTER)
    before = "…" if left > 0 else ""
    after = "…" if right < len(document.text) else ""
    marked = markup.safe_html(
        document.text[left:right], words=markup.question_words(question), spans=((start - left, end - left),)
    )
    return markup.block(f"{before}{marked}{after}", "ob-source")
