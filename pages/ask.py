"""Ask: a streamed answer by any of the four approaches, with what it rests on and what the model saw."""

from dataclasses import replace

import streamlit as st

from lib.domain import ApproachName
from lib.settings import Workspace
from pages.ui import (
    asking,
    asking_choice,
    attachment,
    frame,
    hybrid_rules,
    markup,
    parts,
    prompt_editor,
    reader_switch,
    services,
    state,
    theme,
)

LEAD = "Ask the documents. The answer shows its sources, the exact prompt, and what it took."
RUN = "ask.run"


def use_extractive() -> None:
    """Let the answerer quote instead of write."""
    workspace = state.workspace()
    state.keep(replace(workspace, model=replace(workspace.model, kind="extractive")))


def model_line(workspace: Workspace, approach: ApproachName) -> None:
    """Who answers, how far to trust it, and the better choices one click away where others can answer."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(
            "pages/models.py", label=markup.plain(parts.model_words(workspace.model)), icon=":material/memory:"
        )
        if workspace.model.kind == "built-in" and approach is not ApproachName.FINE_TUNED:
            st.caption("small and often wrong: check its quote", width="content")
            st.button("Quote only instead", type="tertiary", key="ask.extractive", on_click=use_extractive)
            st.page_link("pages/models.py", label="Use a bigger model", icon=":material/bolt:")


def take_ready() -> None:
    """Ask the ready question that was clicked."""
    if chosen := state.typed("ask.ready", ""):
        state.put("ask.question", chosen)
        state.put("ask.ready", None)
        state.keep(replace(state.workspace(), question=chosen))
        state.remember("ask.go", True)


def ready_pills(workspace: Workspace) -> None:
    """The loaded sample corpus's questions, each chosen to show one thing."""
    corpus = services.ready_corpus(workspace.corpus)
    if corpus is None:
        return
    shows = {ready.question: ready.shows for ready in corpus.questions}
    with st.expander("Ready questions, each shows one thing", icon=":material/lightbulb:"):
        st.pills(
            "Click one to ask it",
            list(shows),
            format_func=lambda question: f"{markup.plain(question)} :small[{shows[question]}]",
            key="ask.ready",
            on_change=take_ready,
            wrap=True,
        )


frame.begin_page("pages/ask.py", "Ask", LEAD)
workspace = state.workspace()
entries = services.documents(workspace.id)
approach = asking_choice.approach()
model_line(workspace, approach)
reader_switch.draw_for(workspace, approach, "ask")
workspace = asking_choice.adapter(workspace, approach)
if not asking_choice.ready(workspace, approach, documents=len(entries)):
    st.stop()
parts.question_box("ask.question")
ready_pills(workspace)
settings = prompt_editor.settings_of(workspace, approach)
with st.expander(f"A strong prompt: {markup.plain(settings.name)}", icon=":material/tune:"):
    prompt_editor.draw(approach)
if approach is ApproachName.HYBRID:
    with st.expander(hybrid_rules.title(workspace), icon=":material/rule:", key="ask.rules"):
        hybrid_rules.draw(workspace)
if approach is ApproachName.PROMPT_ONLY:
    with st.expander("Carry a text or a whole document along", icon=":material/attach_file:"):
        attachment.draw()

if parts.question_sent("ask.question") or state.take("ask.go", False):
    asking.ask(RUN, state.workspace(), approach, parts.model_words(workspace.model))
if asked := asking.current(RUN):
    with st.container(border=True, key="ask.answer"):
        st.caption(
            f"{theme.look(asked.approach).icon} {theme.look(asked.approach).label}: {markup.plain(asked.question)}"
        )
        asking.draw(asked, key="ask")
    if not asked.live:
        state.remember("ask.answered", asked.answer is not None or state.recall("ask.answered", False))
        asking.details(asked, key="ask")
