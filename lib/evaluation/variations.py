"""Set-ups that differ from a workspace's settings in one thing: what an evaluation compares."""

from collections.abc import Iterator
from dataclasses import replace

from lib.domain import ApproachName
from lib.records import SetUp
from lib.settings import ChunkSettings, RetrievalSettings, Workspace

SIZES = (60, 100, 150, 200, 250)
"""Chunk sizes offered, in tokens; those over the embedder's window are left out."""
TOP_KS = (1, 3, 5, 10)
SENTENCES = (1, 3)
"""How many best sentences the model reads; 0 is whole passages."""

NAMES = {
    ApproachName.PROMPT_ONLY: "Prompt-only",
    ApproachName.RAG: "RAG",
    ApproachName.FINE_TUNED: "Fine-tuned",
    ApproachName.HYBRID: "Hybrid",
    ApproachName.GOLD_CONTEXT: "Gold context",
}


def set_up(approach: ApproachName, workspace: Workspace) -> SetUp:
    """The approach under the workspace's settings as they are."""
    return SetUp(NAMES[approach], approach, workspace)


def variations(workspace: Workspace, *, window: int) -> tuple[SetUp, ...]:
    """RAG with one setting changed at a time: chunk size, search, top-k, what the model reads, whether the reader does.

    What the workspace does already is left out, and so are chunks over `window` tokens.
    """
    return tuple(SetUp(f"RAG, {words}", ApproachName.RAG, changed) for words, changed in _changes(workspace, window))


def with_settings(name: str, workspace: Workspace, chunking: ChunkSettings, retrieval: RetrievalSettings) -> SetUp:
    """RAG under settings of one's own, called `name`."""
    return SetUp(name, ApproachName.RAG, replace(workspace, chunking=chunking, retrieval=retrieval))


def _changes(workspace: Workspace, window: int) -> Iterator[tuple[str, Workspace]]:
    chunking, retrieval = workspace.chunking, workspace.retrieval
    for size in SIZES:
        if size != chunking.size and size <= window and chunking.overlap < size:
            yield f"{size}-token chunks", replace(workspace, chunking=replace(chunking, size=size))
    for changed, words in _searches(retrieval):
        yield words, replace(workspace, retrieval=changed)
    for top_k in TOP_KS:
        if top_k != retrieval.top_k:
            yield f"top {top_k}", replace(workspace, retrieval=replace(retrieval, top_k=top_k))
    if workspace.model.kind != "extractive":
        yield from _readings(workspace)
    if workspace.model.kind == "built-in":
        yield f"{'without' if workspace.reader else 'with'} the reader", replace(workspace, reader=not workspace.reader)


def _searches(retrieval: RetrievalSettings) -> Iterator[tuple[RetrievalSettings, str]]:
    hybrid = retrieval.retriever == "hybrid"
    if not (hybrid and retrieval.fusion == "convex"):
        yield replace(retrieval, retriever="hybrid", fusion="convex"), "hybrid search"
    if not (hybrid and retrieval.fusion == "rrf"):
        yield replace(retrieval, retriever="hybrid", fusion="rrf"), "reciprocal ranks"
    if retrieval.retriever != "dense":
        yield replace(retrieval, retriever="dense"), "by meaning only"
    if retrieval.retriever != "lexical":
        yield replace(retrieval, retriever="lexical"), "by words only"


def _readings(workspace: Workspace) -> Iterator[tuple[str, Workspace]]:
    now = workspace.sentences_read(ApproachName.RAG)
    for count in SENTENCES:
        if count != now:
            words = f"reads {count} sentence{'s' if count > 1 else ''}"
            yield words, replace(workspace, rag=replace(workspace.rag, sentences=count))
    if now != 0:
        yield "reads whole passages", replace(workspace, rag=replace(workspace.rag, sentences=0))
