"""How the lab looks: the approaches' colours in their one order, the shared style sheet, the charts' template.

The colours follow Okabe and Ito's palette for the colour-blind, at lightnesses that read on paper and on dark.
"""

from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from lib.charts.arms import APPROACH_COLOURS
from lib.domain import ApproachName


@dataclass(frozen=True, slots=True)
class Look:
    """One approach's colour, icon and name on the screen."""

    colour: str
    icon: str
    label: str


APPROACHES: dict[ApproachName, Look] = {
    ApproachName.PROMPT_ONLY: Look(APPROACH_COLOURS[ApproachName.PROMPT_ONLY], ":material/edit_note:", "Prompt-only"),
    ApproachName.RAG: Look(APPROACH_COLOURS[ApproachName.RAG], ":material/menu_book:", "RAG"),
    ApproachName.FINE_TUNED: Look(APPROACH_COLOURS[ApproachName.FINE_TUNED], ":material/model_training:", "Fine-tuned"),
    ApproachName.HYBRID: Look(APPROACH_COLOURS[ApproachName.HYBRID], ":material/merge_type:", "Hybrid"),
}

CATEGORIES = ("#2F7FC1", "#D9730D", "#12946A", "#A85FA3", "#7A6A58", "#C2A33A", "#5BA7B0", "#B5505F")
"""Colours for things that have no colour of their own: documents, segments, strategies."""

SEGMENT_COLOURS = {
    "instruction": "#7A6A58",
    "example": "#A85FA3",
    "document": "#2F7FC1",
    "passage": "#D9730D",
    "question": "#12946A",
}
"""What fills the context window, by kind."""

TEMPLATE = go.layout.Template(
    layout={
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": list(CATEGORIES),
        "margin": {"l": 8, "r": 8, "t": 44, "b": 8},
        "xaxis": {"automargin": True, "gridcolor": "rgba(128,118,105,0.22)", "zeroline": False},
        "yaxis": {"automargin": True, "gridcolor": "rgba(128,118,105,0.22)", "zeroline": False},
        "hoverlabel": {"namelength": -1},
    }
)
"""For every figure: transparent, so that it reads in light and in dark; text colours come from the app's theme."""

_STYLE = """<style>
[data-testid="stMainBlockContainer"] { max-width: 1120px; }
.ob-text { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.6; }
.ob-text mark, .ob-mark { background: rgba(226, 172, 58, 0.38); color: inherit; border-radius: 3px; padding: 0 1px; }
.ob-text mark.ob-span { background: rgba(217, 115, 13, 0.24); box-shadow: inset 0 -2px 0 rgba(217, 115, 13, 0.75); }
.ob-answer { font-size: 1.12rem; font-family: Charter, "Iowan Old Style", Palatino, Georgia, Cambria, serif; }
.ob-quote { border-left: 3px solid rgba(217, 115, 13, 0.7); padding: 0.1rem 0 0.1rem 0.8rem; margin: 0; }
.ob-note { opacity: 0.78; font-size: 0.88rem; }
.ob-source { max-height: 60vh; overflow-y: auto; padding: 0.2rem 0.6rem 0.2rem 0; }
.ob-cite { font-size: 0.78em; font-weight: 600; vertical-align: super; line-height: 0; }
.ob-prompt { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 0.84rem; }
.ob-bar { display: flex; width: 100%; height: 1.5rem; border-radius: 5px; overflow: hidden;
  background: rgba(128, 118, 105, 0.18); }
.ob-bar > span { height: 100%; min-width: 2px; border-right: 1px solid rgba(255, 255, 255, 0.35); }
.ob-bar > span.ob-dropped { opacity: 0.35; background-image: repeating-linear-gradient(45deg, transparent 0 4px,
  rgba(0, 0, 0, 0.35) 4px 8px); }
.ob-key { display: inline-flex; flex-wrap: wrap; gap: 0.2rem 0.9rem; font-size: 0.86rem; margin-top: 0.35rem; }
.ob-key i { display: inline-block; width: 0.7em; height: 0.7em; border-radius: 2px; margin-right: 0.35em; }
@media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding-left: 1rem; padding-right: 1rem; } }
</style>"""


def apply_style() -> None:
    """Put the shared style sheet on the page."""
    st.html(_STYLE)


def look(approach: ApproachName) -> Look:
    """The approach's look; the diagnostic arm wears RAG's colour."""
    return APPROACHES.get(
        approach, Look(APPROACH_COLOURS[ApproachName.GOLD_CONTEXT], ":material/science:", "Gold context")
    )
