"""The sample corpus's ready questions as pills, grouped by what each one shows; one click compares."""

import textwrap
from dataclasses import replace

import streamlit as st

from lib.corpus.samples import ReadyQuestion
from pages.ui import markup, services, state

_LONGEST = 84
_BOX = "compare.ready"


def offer(question_key: str, *, go: str, expanded: bool) -> None:
    """Pills that put their question into the box of `question_key` and remember `go`; nothing without a sample."""
    corpus = services.ready_corpus(state.workspace().corpus)
    if corpus is None:
        return
    state.seed(_BOX, expanded)
    with st.expander("Ready questions, each shows one thing", icon=":material/lightbulb:", on_change="rerun", key=_BOX):
        for shows, group in grouped(corpus.questions).items():
            st.pills(
                shows.capitalize(),
                [ready.question for ready in group],
                format_func=lambda question: markup.plain(textwrap.shorten(question, _LONGEST, placeholder=" …")),
                key=(key := f"compare.ready.{shows.replace(' ', '-')}"),
                on_change=_take,
                args=(key, question_key, go),
                wrap=True,
            )


def close() -> None:
    """Fold the questions up, to leave the room to the answers; call it before they are drawn."""
    state.put(_BOX, False)


def grouped(questions: tuple[ReadyQuestion, ...]) -> dict[str, list[ReadyQuestion]]:
    """The questions by what they show, groups in order of their first question."""
    groups: dict[str, list[ReadyQuestion]] = {}
    for ready in questions:
        groups.setdefault(ready.shows, []).append(ready)
    return groups


def _take(key: str, question_key: str, go: str) -> None:
    chosen = state.typed(key, "")
    if chosen:
        state.put(question_key, chosen)
        state.put(key, None)
        state.keep(replace(state.workspace(), question=chosen))
        state.remember(go, True)
