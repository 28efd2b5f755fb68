"""Retrieval that follows a slider: token vectors prepared once in the background, then every size in milliseconds."""

from dataclasses import dataclass, replace

import streamlit as st

from lib.domain import Chunk, Passage
from lib.settings import MIN_CHUNK_TOKENS, ChunkSettings, Workspace
from pages.ui import frame, live_results, parts, progress, services, state
from pages.ui.jobs import Job
from pages.ui.live_slider import Scale, live_slider

AUTOMATIC_CHARACTERS = 500_000
"""Up to about 100,000 tokens are prepared without asking: a minute of work on two cores."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one position of the slider gives: all chunks, the passages found, how long the lab took."""

    size: int
    chunks: tuple[Chunk, ...]
    passages: tuple[Passage, ...]
    ms: float


def size_scale(chunking: ChunkSettings) -> Scale:
    """Every size that the embedder can read whole; the one in use is marked."""
    return Scale(
        f"Chunk size (the embedding model reads at most {services.window_tokens()} tokens at a time)",
        MIN_CHUNK_TOKENS,
        services.window_tokens(),
        marked=chunking.size,
    )


def fitting(chunking: ChunkSettings) -> ChunkSettings:
    """The same settings with an overlap that the size can hold."""
    return replace(chunking, overlap=min(chunking.overlap, chunking.size // 2))


def step(workspace: Workspace, question: str, draft: ChunkSettings) -> Step:
    """What the question finds when everything is cut so; the live index must be ready."""
    found = services.live(workspace.id).passages(question, draft, workspace.retrieval)
    return Step(draft.size, found.chunks, found.passages, found.ms)


def ready(workspace: Workspace) -> bool:
    """Whether a step can be asked for; otherwise draws what is going on, and the way there."""
    if services.live(workspace.id).ready:
        return True
    job = services.live_job(workspace.id)
    if job is not None and job.running:
        _watch(job)
        return False
    if job is not None and job.failure is not None:
        with frame.failures_shown():
            raise job.failure
    characters = sum(entry.characters for entry in services.documents(workspace.id))
    small = characters <= AUTOMATIC_CHARACTERS
    asked = small and job is None
    if not asked:
        st.caption("Live search reads every document once and keeps a vector for each token. Then any size is instant.")
        asked = st.button("Prepare live search", icon=":material/bolt:", key="live.prepare")
    if asked:
        _watch(services.start_live(workspace.id))
    return False


def found(workspace: Workspace, question: str, now: Step) -> None:
    """The passages of one step against those of the settings in use, in one block."""
    before = services.live_passages(workspace, question)
    lengths = {entry.name: entry.characters for entry in services.documents(workspace.id)}
    body = "".join(
        (
            live_results.STYLE,
            f'<div class="ob-note" data-live-size="{now.size}">{live_results.summary(now.passages)}; ',
            f"cut and searched in {now.ms:.0f} ms</div>",
            live_results.coverage(before, now.passages, lengths=lengths),
            live_results.passages(before, now.passages, question=question),
        )
    )
    st.html(body)


@st.fragment
def size_explorer(question: str, *, key: str) -> None:
    """The size slider and what the question finds, for screens that are about something else."""
    workspace = state.workspace()
    size = live_slider(size_scale(workspace.chunking), value=workspace.chunking.size, key=f"{key}.size")
    if not ready(workspace):
        return
    draft = fitting(replace(workspace.chunking, size=size))
    with frame.failures_shown():
        found(workspace, question, step(workspace, question, draft))
    st.caption(
        f"In use: {parts.cut_words(workspace.chunking)}. ▲ and ▼ say how far a place moved against it. "
        "Live search pools each chunk's vector from token vectors; applied chunks are embedded one by one, "
        "so ranks can differ slightly."
    )
    st.page_link("pages/chunks.py", label="Apply a size under Chunks", icon=":material/content_cut:")


def _watch(job: Job[object]) -> None:
    st.caption("Preparing live search: every document is read once. The cuts follow the slider already.")
    progress.watch(job, key="live")
