"""The two sides of a changed fact: what each says, the clock since the change, and what it cost."""

from datetime import UTC, datetime

import streamlit as st

from lib.domain import Answer
from lib.errors import LabError
from lib.evaluation.answer_metrics import gold_contained
from lib.evaluation.fact_change import FactChanged, KeptOriginal, replaced_words
from lib.settings import Workspace
from pages.ui import markup, parts, services, tune_experiments_fact_retrain
from pages.ui import tune_experiments_fact_work as work

_POLL_S = 0.5
_CLOCK_S = 1.0


def draw(workspace: Workspace, adapter: str, kept: KeptOriginal | None) -> None:
    """Both sides; drawn anew while something runs, so that the clock and the meters go on."""
    running = work.job(workspace.id)
    if running is None:
        if kept is not None:
            st.caption("Ask both again to see where they stand now.")
        return
    asked = work.asked_in(running)
    lags = kept is not None and asked is not None and asked.tuned is not None and _says(asked.tuned, kept) == "old"
    every = _POLL_S if running.running else _CLOCK_S if lags else None
    st.fragment(_sides, run_every=every)(workspace, adapter, kept, running.running)


def _sides(workspace: Workspace, adapter: str, kept: KeptOriginal | None, was_running: bool) -> None:
    running = work.job(workspace.id)
    if running is None:
        return
    if was_running and not running.running:
        st.rerun()
    changed, asked = work.changed_in(running), work.asked_in(running)
    left, right = st.columns(2)
    with left, st.container(border=True, key="tune.fact.rag"):
        st.markdown("**RAG** :gray[reads the documents]")
        _reindexed(changed, busy=running.running)
        _answer(asked.rag if asked else None, kept)
        _rag_meter(changed, asked.rag if asked else None)
    with right, st.container(border=True, key="tune.fact.tuned"):
        st.markdown(f"**Fine-tuned** :gray[{markup.plain(adapter) or 'no adapter'}]")
        if not adapter:
            st.caption("Nothing to ask. The facts lesson of Style or facts trains one in about a minute and a half.")
            return
        _clock(kept, asked)
        _answer(asked.tuned if asked else None, kept)
        _tuned_meter(workspace, adapter, asked.tuned if asked else None)
        if kept is not None:
            tune_experiments_fact_retrain.draw(workspace, adapter, kept)


def _reindexed(changed: FactChanged | None, *, busy: bool) -> None:
    if changed is not None:
        st.metric("Until it could be found", f"{changed.ms:,.0f} ms", border=False)
    else:
        st.caption("Read, cut, embedded and indexed …" if busy else "Nothing was re-indexed for this answer.")


def _answer(answer: Answer | None, kept: KeptOriginal | None) -> None:
    if answer is None:
        st.caption("Answering …")
        return
    parts.safe_text(answer.text)
    if kept is None:
        return
    words = {
        "new": ":green[:material/check: the new fact]",
        "old": ":red[:material/history: still the old fact]",
        "neither": ":gray[:material/help: neither the old nor the new words]",
    }
    st.markdown(words[_says(answer, kept)])


def _says(answer: Answer, kept: KeptOriginal) -> str:
    old, new = replaced_words(kept.edit)
    if new and gold_contained(answer.text, new):
        return "new"
    return "old" if old and gold_contained(answer.text, old) else "neither"


def _clock(kept: KeptOriginal | None, asked: work.Asked | None) -> None:
    """How long the tuned model has been behind; it stops when it says the new fact."""
    if kept is None or asked is None or asked.tuned is None:
        st.metric("Behind the document", "0 s", border=False)
        return
    if _says(asked.tuned, kept) == "new":
        st.metric("Behind the document", "up to date again", border=False)
        return
    behind = (datetime.now(UTC) - kept.at).total_seconds()
    st.metric("Behind the document", f"{behind:,.0f} s and counting", border=False)


def _rag_meter(changed: FactChanged | None, answer: Answer | None) -> None:
    said = []
    if changed is not None:
        said.append(
            f"re-indexing: {changed.ms / 1000:.2f} s of work, {changed.embedded} of {changed.chunks} chunks new"
        )
    if answer is not None:
        said.append(_answering(answer))
    if said:
        st.caption(":material/payments: " + "  \n".join(said))


def _tuned_meter(workspace: Workspace, adapter: str, answer: Answer | None) -> None:
    said = [_answering(answer)] if answer is not None else []
    try:
        trained = services.lab().tuning.adapters.load(workspace.id, adapter)
    except LabError:
        return
    tokens = work.tokens_trained(workspace.id, adapter)
    read = f", {tokens:,} tokens read" if tokens else ""
    said.append(
        f"its last training: {trained.seconds:.0f} s of work, {trained.steps} steps{read}; again for each change"
    )
    st.caption(":material/payments: " + "  \n".join(said))


def _answering(answer: Answer) -> str:
    usage, cost = answer.usage, answer.cost_usd
    price = "" if cost is None else f", ${cost:.4f} to a provider"
    return (
        f"answering: {answer.timings.total / 1000:.1f} s, {usage.input_tokens:,} tokens read, "
        f"{usage.output_tokens:,} written{price}"
    )
