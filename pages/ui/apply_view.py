"""Putting chunk settings to use: what it would cost, the button, progress, stop."""

from dataclasses import replace

import streamlit as st

from lib.corpus.outcomes import ApplyPlan
from lib.settings import ChunkSettings, Workspace
from pages.ui import frame, progress, services, state

INSTANT_S = 1.5
"""A change that takes no longer is waited for, instead of drawing a bar that flashes."""

_APPLYING = "chunks.applying"


def draw(workspace: Workspace, draft: ChunkSettings, facts: str) -> None:
    """What the draft gives (`facts`, Markdown), what it costs, and the way to apply it; call it within a fragment."""
    job = services.apply_job(workspace.id)
    if job is not None and job.running:
        progress.watch(job, key="chunks")
        return
    if state.recall(_APPLYING, None) is not None:
        _finish(workspace)
    plan = services.plan(workspace.id, draft)
    words, button = st.columns([3, 1.2], vertical_alignment="center")
    in_use = draft == workspace.chunking and plan.applied
    words.markdown(f"{facts} {'In use now.' if in_use else cost_words(plan)}")
    if not in_use and button.button(f"Apply {draft.size} tokens", type="primary", key="chunks.apply", width="stretch"):
        _start(workspace, draft)


def cost_words(plan: ApplyPlan) -> str:
    """What applying would cost, for a person: "214 of 530 chunks to embed, about 9 s"."""
    if plan.applied or plan.to_embed == 0:
        return f"All {plan.chunks:,} chunks are embedded already: applying is instant."
    seconds = "less than a second" if plan.seconds < 1 else f"about {plan.seconds:.0f} s"
    return f"To apply: {plan.to_embed:,} of {plan.chunks:,} chunks to embed, {seconds}."


def _start(workspace: Workspace, draft: ChunkSettings) -> None:
    state.remember(_APPLYING, draft)
    job = services.start_apply(workspace.id, draft)
    job.wait(INSTANT_S)
    st.rerun()


def _finish(workspace: Workspace) -> None:
    """The job is over: switch to its settings, unless it was stopped or failed."""
    draft: ChunkSettings | None = state.take(_APPLYING, None)
    job = services.apply_job(workspace.id)
    if draft is None or job is None:
        return
    ended = progress.ended(job)
    if failure := progress.failure_of(job):
        frame.show_failure(failure)
        return
    if ended is None or ended.stopped:
        st.info("Stopped. The chunks that were embedded are kept, so going on starts from there.")
        return
    state.keep(replace(workspace, chunking=draft))
    seconds = sum(spent for _, spent in ended.seconds)
    st.toast(f"{ended.embedded:,} chunks embedded, {ended.reused:,} taken from before, {seconds:.1f} s.")
    st.rerun()
