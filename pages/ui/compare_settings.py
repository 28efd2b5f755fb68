"""What may be changed on Compare: how the workspace searches and cuts, and the variation that stands beside it."""

from dataclasses import replace

import streamlit as st

from lib.settings import ChunkSettings, RetrievalSettings, Strategy, Workspace
from pages.ui import apply_view, chunk_lab, frame, live_panel, parts, services, state
from pages.ui.live_slider import live_slider

_VARIATION = "compare.variation"
_STARTED = "compare.b.started"
_LIVE_HEIGHT = 380
"""Pixels: what is found stays near the slider, and the answers near both."""


def search_controls() -> Workspace:
    """How RAG searches, and in which documents; kept in the workspace, so that Retrieve and Ask search so too."""
    workspace = state.workspace()
    chosen = parts.retrieval_controls(workspace.retrieval, "compare")
    names = [entry.name for entry in services.documents(workspace.id)]
    state.seed("compare.documents", [name for name in workspace.retrieval.documents if name in names])
    only = st.multiselect(
        "Only in these documents", names, key="compare.documents", placeholder="All documents are searched"
    )
    changed = replace(workspace, retrieval=replace(chosen, documents=tuple(only)))
    state.keep(changed)
    return changed


@st.fragment
def chunk_size(question: str) -> None:
    """The size slider: what RAG would read at each size, what applying it costs, and the button that does."""
    workspace = state.workspace()
    size = live_slider(live_panel.size_scale(workspace.chunking), value=workspace.chunking.size, key="compare.size")
    draft = live_panel.fitting(replace(workspace.chunking, size=size))
    with frame.failures_shown():
        apply_view.draw(workspace, draft, f"**{len(services.chunks(workspace.id, draft)):,} chunks.**")
        if not question:
            st.caption("Ask a question first: then the passages follow the chunk size while you drag it.")
        elif live_panel.ready(workspace):
            with st.container(height=_LIVE_HEIGHT, border=False, key="compare-live"):
                live_panel.found(workspace, question, live_panel.step(workspace, question, draft))


def variation(workspace: Workspace) -> Workspace:
    """The workspace under the settings of B, as last chosen in this session."""
    chunking, retrieval = _chosen(workspace)
    return replace(workspace, chunking=chunking, retrieval=replace(retrieval, documents=workspace.retrieval.documents))


@st.fragment
def variation_controls(question: str) -> None:
    """Everything that B may do otherwise, what its index costs, and what it would read, live against A."""
    workspace = state.workspace()
    st.markdown("**B** is the workspace with these settings instead. They are for this comparison only.")
    with frame.failures_shown():
        chunking, retrieval = _chosen(workspace)
        retrieval = parts.retrieval_controls(retrieval, "compare.b")
        chunking = _cut_controls(chunking)
        state.remember(_VARIATION, (chunking, retrieval))
        other = variation(workspace)
        if same(workspace, other):
            st.info("B is the same as A so far. Change something above, for instance the search or the chunk size.")
            return
        plan = services.plan(workspace.id, chunking)
        if plan.applied:
            st.caption(f"B's index is there: {plan.chunks:,} chunks, no waiting.")
        else:
            st.caption(f"{apply_view.cost_words(plan)} Compare does it in the background.")
        _live(workspace, other, question)


def same(workspace: Workspace, other: Workspace) -> bool:
    """Whether both would search the same chunks in the same way."""
    return (workspace.chunking, workspace.retrieval) == (other.chunking, other.retrieval)


def _live(workspace: Workspace, other: Workspace, question: str) -> None:
    """What B would read, against A, before anything is applied or asked."""
    live = st.expander("What B would read, live", icon=":material/bolt:", on_change="rerun", key="compare.b.live")
    if not live.open:
        return
    with live:
        if not question:
            st.caption("Ask a question first: then the passages follow the settings.")
        elif live_panel.ready(workspace):
            with st.container(height=_LIVE_HEIGHT, border=False, key="compare-live-b"):
                live_panel.found(workspace, question, live_panel.step(other, question, other.chunking))


def _chosen(workspace: Workspace) -> tuple[ChunkSettings, RetrievalSettings]:
    """B's settings; at first it searches by words alone, or by meaning where that is what the workspace does."""
    other = "dense" if workspace.retrieval.retriever == "lexical" else "lexical"
    first: RetrievalSettings = replace(workspace.retrieval, retriever=other, documents=())  # type: ignore[arg-type]
    return state.recall(_VARIATION, (workspace.chunking, first))


def _cut_controls(chunking: ChunkSettings) -> ChunkSettings:
    # The slider's seed holds for one visit: its own echo would pull the thumb from under the finger.
    if state.typed("compare.b.strategy", None) is None:
        state.remember(_STARTED, chunking.size)
    state.seed("compare.b.strategy", chunking.strategy)
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    strategy = left.selectbox(
        "How to cut",
        list(chunk_lab.STRATEGIES),
        format_func=lambda one: chunk_lab.STRATEGIES[one][0],
        key="compare.b.strategy",
    )
    with right:
        scale = live_panel.size_scale(state.workspace().chunking)
        size = live_slider(scale, value=state.recall(_STARTED, chunking.size), key="compare.b.size")
    return live_panel.fitting(replace(chunking, strategy=Strategy(strategy or chunking.strategy), size=size))
