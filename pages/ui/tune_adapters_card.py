"""Everything that produced an adapter: set, settings, base, versions, hashes and how the loss fell."""

from collections.abc import Iterator

import streamlit as st

from lib.training.overfitting import overfits_from
from lib.training.values import Adapter
from pages.ui import markup, parts, tune_adapters, tune_train_watch
from pages.ui.eval_run_watch import time_words


def draw(adapter: Adapter, *, key: str) -> None:
    """The card: facts as a table, the instruction of its examples, the curve."""
    rows = list(_rows(adapter))
    st.table(
        {"What": [what for what, _ in rows], "Value": [markup.plain(value) for _, value in rows]}, border="horizontal"
    )
    if adapter.instruction:
        st.caption("The instruction of its examples, which every question to it carries:")
        parts.safe_text(adapter.instruction, small=True)
    if adapter.curve.training:
        tune_train_watch.picture(adapter.curve, steps=adapter.steps, key=key)


def _rows(adapter: Adapter) -> Iterator[tuple[str, str]]:
    settings = adapter.settings
    lowest = dict(adapter.curve.validation).get(adapter.kept_step)
    yield "Training set", f"{adapter.trainset} ({adapter.examples:,} examples, sha256 {adapter.trainset_sha256[:12]}…)"
    yield "Base", f"{tune_adapters.base_words(adapter)} (sha256 {adapter.base_sha256[:12]}…)"
    yield "Trained", f"{adapter.steps:,} steps in {time_words(adapter.seconds)}, {_ended(adapter.ended)}"
    yield (
        "Kept",
        f"step {adapter.kept_step:,}" + (f", validation loss {lowest:.3f} (lower is better)" if lowest else ""),
    )
    if (begins := overfits_from(adapter.curve)) is not None:
        yield "Overfitting", f"from step {begins:,} on; the weights of before it were kept"
    yield "Epochs, rank, alpha", f"{settings.epochs}, {settings.rank}, {settings.alpha}"
    yield "Learning rate, batch", f"{settings.learning_rate:g}, {settings.batch_size} examples"
    yield "Time budget", f"{settings.time_budget_s:g} s" if settings.time_budget_s else "none"
    yield "Longest example, seed", f"{settings.window_tokens:,} tokens, {settings.seed}"
    yield "GGUF", f"sha256 {adapter.gguf_sha256}"
    if adapter.versions:
        yield "Versions", ", ".join(f"{name} {version}" for name, version in adapter.versions)


def _ended(why: str) -> str:
    return {"finished": "to the end", "stopped": "stopped by hand", "time budget": "ended by its time budget"}.get(
        why, why
    )
