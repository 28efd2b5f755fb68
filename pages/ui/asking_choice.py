"""How a question is to be answered: the approach, the adapter it needs, and what is still missing, with the way out."""

from dataclasses import replace

import streamlit as st

from lib.domain import ApproachName
from lib.settings import Workspace
from pages.ui import adapter_choice, parts, state, theme

OFFERED = (ApproachName.PROMPT_ONLY, ApproachName.RAG, ApproachName.FINE_TUNED, ApproachName.HYBRID)
"""In their one order."""
SEARCHING = (ApproachName.RAG, ApproachName.HYBRID)
TUNED = (ApproachName.FINE_TUNED, ApproachName.HYBRID)
ON_THIS_MACHINE = ("built-in", "gguf")
"""The kinds of model that an adapter can be put on."""


def approach() -> ApproachName:
    """One of the four; RAG unless another was chosen in this session."""
    state.seed("ask.approach", state.recall("ask.approach", ApproachName.RAG))
    chosen = st.segmented_control(
        "Approach",
        OFFERED,
        format_func=lambda name: f"{theme.look(name).icon} {theme.look(name).label}",
        key="ask.approach",
        required=True,
        help="Prompt-only asks the model alone. RAG looks the answer up in the documents first. Fine-tuned asks a "
        "model that was trained on examples, and looks nothing up. Hybrid looks up, lets the tuned model answer, and "
        "holds the answer to your rules.",
    )
    found = ApproachName(chosen or ApproachName.RAG)
    state.remember("ask.approach", found)
    return found


def adapter(workspace: Workspace, chosen: ApproachName) -> Workspace:
    """The chooser, where the approach answers with an adapter; the workspace with what it says now."""
    if chosen not in TUNED or workspace.model.kind not in ON_THIS_MACHINE:
        return workspace
    if chosen is ApproachName.FINE_TUNED and len(adapter_choice.options(workspace)) == 1:
        return workspace
    name = adapter_choice.draw(workspace, "ask", reader=chosen is ApproachName.HYBRID)
    # One that is gone or damaged is not offered: what is shown is what answers.
    chosen_now = replace(workspace, adapter=name)
    state.keep(chosen_now)
    return chosen_now


def ready(workspace: Workspace, chosen: ApproachName, *, documents: int) -> bool:
    """Whether a question can be asked; else what is missing is drawn, with the button that leads there."""
    if chosen in SEARCHING and not documents:
        parts.empty_state(
            "No documents yet",
            f"{theme.look(chosen).label} answers from documents. Load a sample corpus with one click, or bring your "
            "own.",
            "pages/start.py",
            "Load a sample corpus",
        )
        return False
    if chosen in TUNED and not _can_be_tuned(workspace, chosen):
        return False
    if chosen is ApproachName.FINE_TUNED and not workspace.adapter:
        _no_adapter(workspace)
        return False
    return True


def _can_be_tuned(workspace: Workspace, chosen: ApproachName) -> bool:
    """An adapter sits inside a model on this machine; hybrid can do without one, but not without a model."""
    kind = workspace.model.kind
    if kind in ON_THIS_MACHINE or (chosen is ApproachName.HYBRID and kind != "extractive"):
        return True
    why = (
        "The quoting answerer writes nothing, so there is nothing to tune or to check."
        if kind == "extractive"
        else "An adapter works inside the model that it was trained on, and this one runs elsewhere."
    )
    with st.container(border=True, key="ask.needs-built-in"):
        st.subheader(f"{theme.look(chosen).label} needs the built-in model", anchor=False)
        st.markdown(why)
        st.button("Use the built-in model", type="primary", key="ask.use-built-in", on_click=_use_built_in)
    return False


def _no_adapter(workspace: Workspace) -> None:
    if len(adapter_choice.options(workspace)) > 1:
        st.info("Choose an adapter: it is what fine-tuned answers with.", icon=":material/model_training:")
        return
    parts.empty_state(
        "No adapter yet",
        "Fine-tuned answers with an adapter: what the built-in model learnt from your examples. Training one takes "
        "minutes, and a sample set of support tickets is there to try it.",
        "pages/fine_tune.py",
        "Train an adapter",
    )


def _use_built_in() -> None:
    workspace = state.workspace()
    state.keep(replace(workspace, model=replace(workspace.model, kind="built-in")))
