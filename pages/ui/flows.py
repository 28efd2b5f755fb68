"""The RAG flow and the hybrid flow as pictures, each step with the page where it can be tried."""

from collections.abc import Sequence

import streamlit as st

from lib.advice.flows import FlowStep
from lib.advice.framework import Screen
from lib.settings import Workspace
from pages.ui import parts, screens

_INK = "#94806A"
"""Reads on paper and on dark: a picture cannot take the theme's own text colour."""

# Strokes on a field of 48 x 48.
_DRAWINGS = {
    "folder_open": '<path d="M8 14h11l4 4h17v20H8z"/><path d="M14 26h20M14 31h13"/>',
    "content_cut": '<path d="M10 8h28v32H10z"/><path d="M5 19h38M5 29h38" stroke-dasharray="4 3"/>',
    "scatter_plot": '<path d="M9 6v33h33"/><circle cx="18" cy="29" r="2.5"/><circle cx="22" cy="24" r="2.5"/>'
    '<circle cx="33" cy="14" r="2.5"/><circle cx="36" cy="20" r="2.5"/><circle cx="27" cy="32" r="2.5"/>',
    "database": '<path d="M8 10h32M8 24h32M8 38h32"/><path d="M12 10v-4M18 10v-4M24 10v-4M31 10v-4M12 24v-9M17 24v-9'
    'M23 24v-9M36 24v-9M14 38v-9M25 38v-9M30 38v-9"/>',
    "search": '<circle cx="21" cy="20" r="12"/><path d="M30 29l11 11"/><path d="M15 18h12M15 23h8"/>',
    "chat": '<path d="M7 9h34v23H22l-9 8v-8H7z"/><path d="M14 17h20M14 24h13"/>',
    "format_quote": '<path d="M9 8h22v32H9z"/><path d="M14 16h12M14 22h12M14 28h7"/><circle cx="36" cy="31" r="7"/>'
    '<path d="M33 31l2.5 2.5 4-5"/>',
    "edit_note": '<path d="M8 12h22M8 20h22M8 28h12"/><path d="M24 37l2-7 13-13 5 5-13 13z"/>',
    "fact_check": '<path d="M8 8h32v32H8z"/><path d="M14 18l3 3 5-6M14 30l3 3 5-6"/><path d="M27 19h8M27 31h8"/>',
    "history": '<circle cx="24" cy="24" r="16"/><path d="M24 14v10l7 5"/>',
}


def draw(steps: Sequence[FlowStep], *, key: str) -> None:
    """The steps in order, wrapping where the room ends; each leads to the page where it can be tried."""
    # Seven as four and three, five in one row: no step is left alone on a line.
    with st.grid(4 if len(steps) > 5 else 5, min_column_width=130, gap=("medium", "small"), key=f"flows.{key}") as grid:
        for step in steps:
            with grid.cell():
                st.image(_drawing(step, last=step.number == len(steps)), alt=f"Step {step.number}: {step.title}")
                way_to(step.screen, label=f"{step.number}. {step.title}")
                st.caption(step.what)


def way_to(name: Screen, *, label: str = "") -> None:
    """A link to a screen, under its own title unless another is given; plain words where it is not there."""
    screen = screens.screen(name)
    if screen.there:
        st.page_link(screen.file, label=label or screen.title, icon=screen.icon, help=screen.answers)
    else:
        st.markdown(label or screen.title)


def hybrid_in_code(workspace: Workspace, documents: int) -> None:
    """The hybrid's two steps, in a sketch with this workspace's own names."""
    model = parts.model_words(workspace.model)
    st.code(
        f"# 1. once: train the form that is wanted into the base\n"
        f'adapter = train(base="{model}", examples="{workspace.id}/trainsets/wanted-form.jsonl")\n\n'
        f"# 2. for each question: retrieve, and let the tuned model answer from that\n"
        f'passages = retrieve(question, workspace="{workspace.id}", top_k={workspace.retrieval.top_k})'
        f"  # {documents} documents, {parts.cut_words(workspace.chunking)}\n"
        f"answer = generate(question, passages, adapter=adapter)",
        language="python",
        wrap_lines=True,
    )


def _drawing(step: FlowStep, *, last: bool) -> str:
    """The step's picture on the line that joins the steps."""
    line = "" if last else '<path d="M62 24h70M125 17l7 7-7 7" opacity="0.5"/>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="138" height="52" viewBox="0 -2 138 52" fill="none" '
        f'stroke="{_INK}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
        f"{_DRAWINGS[step.icon]}{line}</svg>"
    )
