"""The answers beside each other: each streams in its own column, then stands whole with one table of figures."""

import streamlit as st

from lib.domain import ApproachName
from pages.ui import compare_answer, compare_figures, markup, progress, theme
from pages.ui.compare_run import Comparison, Kind, Side

_POLL_S, _WAITING_S = 0.2, 1.0
_NARROWEST = {2: 300, 3: 250, 4: 340}
"""Pixels of a column, by how many there are: four stand two by two, so that each can still be read."""

_STYLE = """<style>
[class*="st-key-compare-side-"] { border-top: 4px solid var(--ob-side) !important; }
.ob-time { height: 0.7rem; margin-top: 0.3rem; }
.ob-times { display: flex; flex-wrap: wrap; gap: 0.1rem 0.9rem; font-size: 0.8rem; opacity: 0.85;
  margin-top: 0.25rem; }
.ob-times i { display: inline-block; width: 0.7em; height: 0.7em; border-radius: 2px; margin-right: 0.35em; }
.ob-clamp { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden;
  font-size: 0.88rem; opacity: 0.88; }
.ob-clamp mark { background: rgba(226, 172, 58, 0.38); color: inherit; border-radius: 3px; padding: 0 1px; }
@media (max-width: 640px) { :has(> .st-key-compare-figures) { order: -1; } }
</style>"""


def draw(compared: Comparison) -> None:
    """All answers, with one Stop while any still comes; the figures of what came stand under them, first on a phone."""
    st.html(_STYLE + _colours(compared))
    with st.container(key="compare-whole"):
        with st.container(key="compare-answers"):
            _columns(compared)
        if compared.live:
            st.button("Stop", icon=":material/stop_circle:", key="compare.stop", on_click=compared.stop)
        elif any(side.whole for side in compared.sides):
            with st.container(key="compare-figures", gap="xsmall"):
                compare_figures.draw(compared)


def _columns(compared: Comparison) -> None:
    count = len(compared.sides)
    with st.grid(min(count, 3) if count != 4 else 2, min_column_width=_NARROWEST[count], gap="medium") as grid:
        for side in compared.sides:
            with grid.cell():
                if side.live:
                    # When an earlier side ends, the whole page runs again and this one's turn is polled faster.
                    every = _WAITING_S if _waits(compared, side) else _POLL_S
                    st.fragment(_streaming, run_every=every)(compared, side)
                else:
                    with st.container(border=True, key=f"compare-side-{side.name}", height="stretch"):
                        compare_answer.draw(compared, side)


def _streaming(compared: Comparison, side: Side) -> None:
    if not side.live or side.asked is None:
        st.rerun()
        return
    with st.container(border=True, key=f"compare-side-{side.name}"):
        compare_answer.header(compared, side)
        st.html(markup.block(f"{markup.safe_html(side.asked.text)}<span class='ob-note'>▍</span>", "ob-answer"))
        st.caption(_doing(compared, side))


def _doing(compared: Comparison, side: Side) -> str:
    asked = side.asked
    if asked is None or asked.text:
        return "answering"
    if asked.passages is not None:
        return f"{len(asked.passages)} passages found, the model reads"
    if side.indexing is not None:
        return f"making its index first · {progress.line(side.indexing)}"
    if any(other.indexing is not None for other in compared.sides):
        return "waiting for the index, so that every time is the answer's own"
    if _waits(compared, side):
        return "next in turn: on this machine one answers after the other"
    return "the model reads" if side.approach is ApproachName.PROMPT_ONLY else "at work"


def _waits(compared: Comparison, side: Side) -> bool:
    """Whether another side answers first."""
    earlier = compared.sides[: compared.sides.index(side)]
    return side.workspace.model.kind != "endpoint" and any(one.live for one in earlier)


def _colours(compared: Comparison) -> str:
    """Each column wears its approach's colour; the variation's line is dashed, as both are RAG."""
    rules = "".join(
        f".st-key-compare-side-{side.name} {{ --ob-side: {theme.look(side.approach).colour}; }}"
        for side in compared.sides
    )
    dashed = ".st-key-compare-side-b { border-top-style: dashed !important; }"
    return f"<style>{rules}{dashed if compared.kind is Kind.SETTINGS else ''}</style>"
