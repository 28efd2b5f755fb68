"""The map of all chunks by meaning; a point that is clicked is a chunk to read."""

from collections.abc import Sequence

import streamlit as st

from lib.charts.embedding_map import MapContent, embedding_map
from lib.domain import Chunk, Passage
from lib.settings import Workspace
from pages.ui import markup, parts, services, source, theme


def draw(workspace: Workspace, question: str, passages: Sequence[Passage]) -> None:
    """The map, how far it can be trusted, and the chunk that was clicked."""
    drawn = services.embedding_map(workspace.id, workspace.chunking)
    content = MapContent(
        points=drawn.points,
        chunks=drawn.chunks,
        explained=drawn.explained,
        question=services.question_on_map(drawn, question) if question else None,
        ranks={passage.chunk.id: passage.rank for passage in passages},
    )
    picture = embedding_map(content, colours=theme.CATEGORIES)
    picture.figure.update_layout(template=theme.TEMPLATE)
    st.caption(
        f"Each point is a chunk. This flat map keeps {sum(drawn.explained):.0%} of the differences between vectors, "
        "so points that look near can be far apart; the search itself uses all dimensions. Click a point to read it."
    )
    event = st.plotly_chart(
        picture.figure,
        key="retrieve.map",
        on_select="rerun",
        selection_mode="points",
        alt=picture.alt,
        config={"displayModeBar": False, "scrollZoom": True},
    )
    chosen = _clicked(event.selection.points, drawn.chunks)
    if chosen is not None:
        _read(chosen, question)


def _clicked(points: Sequence[dict[str, object]], chunks: Sequence[Chunk]) -> Chunk | None:
    """The chunk of the first selected point that has one; the question's star has none."""
    for point in points:
        index = point.get("customdata")
        index = index[0] if isinstance(index, list) else index
        if isinstance(index, int) and index < len(chunks):
            return chunks[index]
    return None


def _read(chunk: Chunk, question: str) -> None:
    with st.container(border=True, key="retrieve.clicked"):
        place = f" · {markup.plain(chunk.place.label)}" if chunk.place.label else ""
        st.markdown(f"**{markup.plain(chunk.document)}**{place} · {chunk.tokens} tokens")
        parts.safe_text(chunk.text, words=markup.question_words(question))
        if st.button("Open in its source", key="retrieve.clicked.open", icon=":material/menu_book:", type="tertiary"):
            source.show_span(chunk.document, chunk.start, chunk.end, question)
