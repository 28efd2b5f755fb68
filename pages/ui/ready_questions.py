"""The ready questions of the sample corpus that is loaded, each chosen to show one thing."""

from dataclasses import replace

import streamlit as st

from pages.ui import services, state


def offer(question_key: str) -> None:
    """A list to choose from, which fills the question box of that key; nothing when no sample corpus is loaded."""
    corpus = services.ready_corpus(state.workspace().corpus)
    if corpus is None:
        return
    shows = {ready.question: ready.shows for ready in corpus.questions}

    def take() -> None:
        chosen = state.typed(f"{question_key}.ready", "")
        if chosen:
            state.put(question_key, chosen)
            state.keep(replace(state.workspace(), question=chosen))
            state.put(f"{question_key}.ready", None)

    st.selectbox(
        "Or a ready question",
        list(shows),
        index=None,
        format_func=lambda question: f"{question}  ({shows[question]})",
        placeholder="Choose one: each shows one thing",
        key=f"{question_key}.ready",
        on_change=take,
    )
