"""The fragment of the Chunks screen: sliders, costs, the cuts on the text, what a question finds, chunk lengths."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from lib.charts.chunk_sizes import chunk_sizes
from lib.domain import Chunk
from lib.settings import ChunkSettings, Strategy, Workspace
from pages.ui import apply_view, chunk_view, frame, live_panel, markup, services, state, theme
from pages.ui.live_slider import Scale, live_slider

STRATEGIES = {
    Strategy.RECURSIVE: ("Recursive", "Fills a chunk and ends it at a paragraph, else a line, else a sentence."),
    Strategy.MARKDOWN: ("By headings", "Like recursive, but first at a heading, slide or sheet where one is near."),
    Strategy.SENTENCE: ("By sentence", "Whole sentences, as many as fit; paragraphs do not count."),
    Strategy.FIXED: ("Fixed length", "As many whole words as fit, wherever that falls: the baseline to beat."),
}
BEST = "(follow the best passage)"

# The bar with the size stays in sight; Streamlit's own header lies over the page's top unless the sidebar is open.
_STICKY = """<style>
[data-testid="stLayoutWrapper"]:has(> .st-key-chunks-size-bar) { position: sticky; top: 3.75rem; z-index: 50; }
.st-key-chunks-size-bar { --ob-pinned: 0.6rem; padding-top: 0.4rem;
  border-bottom: 1px solid rgba(128, 118, 105, 0.3); }
@media (min-width: 769px) {
  .stApp:has([data-testid="stSidebar"][data-collapsed="false"])
    [data-testid="stLayoutWrapper"]:has(> .st-key-chunks-size-bar) { top: 0; }
}
</style>"""


@st.fragment
def draw(question: str) -> None:
    """Everything that follows the sliders; reruns alone while they are dragged."""
    workspace = state.workspace()
    st.html(_STICKY)
    with frame.failures_shown():
        draft = _sliders(workspace.chunking)
        now = live_panel.step(workspace, question, draft) if question and live_panel.ready(workspace) else None
        chunks = now.chunks if now else services.chunks(workspace.id, draft)
        apply_view.draw(workspace, draft, _facts(chunks))
        left, right = st.columns([1, 1] if now else [1.7, 1], gap="medium")
        ranks = {passage.chunk.id: passage.rank for passage in now.passages} if now else {}
        with left:
            if now:
                st.subheader("What it finds at this size", anchor=False)
                live_panel.found(workspace, question, now)
            else:
                _cuts(workspace, chunks, ranks)
        with left if now else right:
            _histogram(chunks, draft)
        if now:
            with right:
                _cuts(workspace, chunks, ranks)


def _sliders(chunking: ChunkSettings) -> ChunkSettings:
    """Strategy, overlap, and the size in a bar that stays in sight while the results below are read."""
    left, right = st.columns([1.4, 1], gap="large")
    with left:
        strategy = _strategy(chunking)
    with st.container(key="chunks-size-bar"):
        size = live_slider(live_panel.size_scale(chunking), value=chunking.size, key="chunks.size")
    with right:
        scale = Scale("Overlap between neighbours", 0, size // 2, marked=chunking.overlap)
        overlap = live_slider(scale, value=chunking.overlap, key="chunks.overlap")
    return replace(chunking, strategy=strategy, size=size, overlap=overlap)


def _strategy(chunking: ChunkSettings) -> Strategy:
    state.seed("chunks.strategy", chunking.strategy)
    chosen = st.segmented_control(
        "How to cut",
        list(STRATEGIES),
        format_func=lambda one: STRATEGIES[one][0],
        key="chunks.strategy",
        required=True,
    )
    strategy = chosen or chunking.strategy
    st.caption(STRATEGIES[strategy][1])
    return strategy


def _facts(chunks: Sequence[Chunk]) -> str:
    """Counts and sizes in one line; over the window is said in so many words."""
    window = services.window_tokens()
    tokens = [chunk.tokens for chunk in chunks] or [0]
    over = sum(count > window for count in tokens)
    mean = sum(tokens) / len(tokens)
    said = f"**{len(chunks):,} chunks**, {mean:.0f} tokens on average, {min(tokens)} to {max(tokens)}."
    if over:
        return (
            f"{said} :red[**{over:,} exceed the model's window of {window} tokens: the rest of them cannot be found.**]"
        )
    return said


def _cuts(workspace: Workspace, chunks: tuple[Chunk, ...], ranks: dict[str, int]) -> None:
    """The chosen document with its boundaries; long ones a page at a time."""
    st.subheader("The cuts, on the text", anchor=False)
    names = [entry.name for entry in services.documents(workspace.id) if entry.status != "rejected"]
    options = [BEST, *names] if ranks else names
    chosen = st.selectbox("Document", options, key=f"chunks.document.{'found' if ranks else 'all'}")
    best = next((chunk for chunk in chunks if ranks.get(chunk.id) == 1), None)
    follow = chosen == BEST and best is not None
    name = best.document if best and follow else chosen
    document = services.document(workspace.id, name)
    cut = chunk_view.Cut(document.text, chunk_view.chunks_of(chunks, name), services.window_tokens(), ranks)
    shown = chunk_view.around(document.text, best) if best and follow else _page(document.text, name)
    st.html(chunk_view.STYLE + chunk_view.heading(cut, name) + chunk_view.boundaries(cut, shown=shown))


def _page(text: str, name: str) -> markup.Span:
    count = chunk_view.pages(text)
    page = st.pagination(count, key=f"chunks.page.{name}") if count > 1 else 1
    return chunk_view.on_page(text, int(page or 1))


def _histogram(chunks: tuple[Chunk, ...], draft: ChunkSettings) -> None:
    picture = chunk_sizes([chunk.tokens for chunk in chunks], size=draft.size, window=services.window_tokens())
    picture.figure.update_layout(template=theme.TEMPLATE)
    st.plotly_chart(picture.figure, alt=picture.alt, key="chunks.sizes", config={"displayModeBar": False})
