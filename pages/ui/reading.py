"""A whole document to read, page by page of the screen, with its parts as an outline to jump to."""

import streamlit as st

from lib.domain import Document, Part, PartKind
from pages.ui import markup, state

WINDOW = 6_000
"""Characters shown at once: a book of five million would choke the browser."""
_MAX_OUTLINE = 400


def draw(document: Document) -> None:
    """The outline, the window of text and the way back and forth."""
    key = f"documents.at.{document.id[:12]}"
    outline = outline_of(document)
    left, right = st.columns([1, 2.6])
    with left:
        _outline(document, outline, key)
    with right:
        _window(document, key)


def outline_of(document: Document) -> tuple[Part, ...]:
    """The parts worth jumping to: rows only where there is nothing else, and not more than people scroll through."""
    parts = tuple(part for part in document.parts if part.kind is not PartKind.ROW) or document.parts
    return parts[:_MAX_OUTLINE]


def part_label(part: Part) -> str:
    """A part as the outline names it, indented by a heading's depth."""
    indent = "\u2003" * max(0, part.level - 1)
    return f"{indent}{part.label or f'{part.kind} {part.number or 0}'}"


def _outline(document: Document, outline: tuple[Part, ...], key: str) -> None:
    for warning in document.warnings:
        st.warning(markup.plain(warning))
    if not outline:
        st.caption("This document has no pages, slides, sheets or headings of its own.")
        return

    def jump() -> None:
        chosen = state.typed(f"{key}.part", 0)
        state.remember(key, outline[chosen].start)

    st.selectbox(
        f"Jump to ({len(outline)} parts)",
        range(len(outline)),
        format_func=lambda index: part_label(outline[index]),
        key=f"{key}.part",
        on_change=jump,
    )


def _window(document: Document, key: str) -> None:
    at = min(state.recall(key, 0), max(0, len(document.text) - 1))
    end = min(len(document.text), at + WINDOW)
    st.caption(f"Characters {at:,} to {end:,} of {len(document.text):,}")
    st.html(markup.block(markup.safe_html(document.text[at:end]), "ob-source"))
    with st.container(horizontal=True):
        st.button(
            "Earlier",
            icon=":material/arrow_upward:",
            key=f"{key}.earlier",
            disabled=at == 0,
            on_click=state.remember,
            args=(key, max(0, at - WINDOW)),
        )
        st.button(
            "Later",
            icon=":material/arrow_downward:",
            key=f"{key}.later",
            disabled=end >= len(document.text),
            on_click=state.remember,
            args=(key, end),
        )
