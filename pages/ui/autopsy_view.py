"""Chunk autopsy on the text: the evidence, the chunks that cut it, and the cut that would have kept it together."""

import streamlit as st

from lib.evaluation.autopsy import autopsy
from lib.evaluation.spans import Span
from lib.settings import ChunkSettings
from pages.ui import chunk_view, markup, services

AROUND = 350
"""Characters shown before and after the evidence."""


def draw(workspace_id: str, span: Span, chunking: ChunkSettings) -> None:
    """The autopsy of one piece of evidence under these chunk settings; raises NotFound for a document that is gone."""
    document = services.document(workspace_id, span.document)
    cut = services.lab().searching.cut
    found = autopsy(document, span, chunking, cut, most=services.window_tokens())
    st.markdown(f":material/content_cut: {markup.plain(found.sentence)}")
    drawn = chunk_view.Cut(
        document.text, cut(document, chunking), services.window_tokens(), {}, evidence=((span.start, span.end),)
    )
    shown = (max(0, span.start - AROUND), min(len(document.text), span.end + AROUND))
    st.html(chunk_view.STYLE + chunk_view.heading(drawn, span.document) + chunk_view.boundaries(drawn, shown=shown))
