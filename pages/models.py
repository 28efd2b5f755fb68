"""Models: which model answers, where it runs, whether it can be reached."""

from dataclasses import replace

import streamlit as st

from lib.settings import ModelChoice, ModelKind, Workspace
from pages.ui import connection, frame, limits_table, own_model, parts, presets, reader_switch, services, state

LEAD = "Choose which model answers. The built-in one and the extractive one need no key and no network."
KINDS: tuple[ModelKind, ...] = ("built-in", "extractive", "gguf", "endpoint")
LABELS = {
    "built-in": "Built-in: SmolLM2, 135 million parameters",
    "extractive": "Extractive: quotes the best sentences",
    "gguf": "A GGUF file on this machine",
    "endpoint": "An endpoint: OpenAI, Anthropic, Ollama, vLLM, LM Studio …",
}
CAPTIONS = {
    "built-in": "Runs here, answers in a second or two. About a thousandth the size of a big model: it often misreads, "
    "and alone it knows little. Good for seeing what retrieval changes; check every answer against its quote.",
    "extractive": "No language model at all: it quotes the sentences that fit the question best and invents nothing. "
    "The safe choice where the words of the source matter.",
    "gguf": "A model of your own choice from the models folder. The bigger, the better it reads, and the slower.",
    "endpoint": "A bigger model reads and writes far better. What is sent there: the question and the passages found.",
}


def choose_kind(workspace: Workspace) -> Workspace:
    """Built-in, extractive or an endpoint."""
    kinds: tuple[ModelKind, ...] = (*KINDS, "echo") if services.fake_models() else KINDS
    state.seed("models.kind", workspace.model.kind if workspace.model.kind in kinds else kinds[0])
    kind = st.radio(
        "Which model answers?",
        kinds,
        format_func=lambda name: LABELS.get(name, "Echo: a stand-in for tests"),
        captions=[CAPTIONS.get(name, "Repeats what it is given.") for name in kinds],
        key="models.kind",
    )
    # A file's name says nothing to an endpoint, nor the other way round.
    other = kind != workspace.model.kind and "gguf" in (kind, workspace.model.kind)
    model = "" if other else workspace.model.model
    return replace(workspace, model=replace(workspace.model, kind=kind, model=model))


def fill_preset() -> None:
    """Put the chosen preset's address, model and window into the fields."""
    preset = presets.preset_named(state.typed("models.preset", ""))
    state.put("models.base_url", preset.base_url)
    state.put("models.model", preset.example)
    state.put("models.context", preset.context_tokens)


def hold_key() -> None:
    """Take the key out of its field, so that it is never shown again."""
    if typed := state.typed("models.key", "").strip():
        state.keep_key(typed)
    state.put("models.key", "")


def endpoint_fields(choice: ModelChoice) -> ModelChoice:
    """Address, model, context window and key of an endpoint."""
    state.seed("models.preset", presets.preset_of(choice.base_url).name)
    state.seed("models.base_url", choice.base_url)
    state.seed("models.model", choice.model)
    state.seed("models.context", choice.context_tokens)
    preset = st.selectbox("Server", [one.name for one in presets.PRESETS], key="models.preset", on_change=fill_preset)
    st.caption(presets.preset_named(preset).note)
    base_url = st.text_input("Address", key="models.base_url", placeholder="http://localhost:11434/v1")
    model = st.text_input("Model", key="models.model", placeholder="the name that the server gives it")
    context = st.number_input(
        "Context window in tokens",
        256,
        2_000_000,
        step=1024,
        key="models.context",
        help="What one request may hold, prompt and answer together. Too large a figure makes the server refuse.",
    )
    st.text_input(
        "Key",
        type="password",
        key="models.key",
        on_change=hold_key,
        autocomplete="new-password",
        placeholder="held for this session only, never written, never shown again",
    )
    if state.key():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge("A key is held for this session", icon=":material/key:", color="green")
            st.button("Forget it", type="tertiary", key="models.forget", on_click=state.keep_key, args=("",))
    return replace(choice, base_url=base_url.strip(), model=model.strip(), context_tokens=int(context))


frame.begin_page("pages/models.py", "Models", LEAD)
workspace = choose_kind(state.workspace())
if workspace.model.kind == "endpoint":
    with st.container(border=True):
        workspace = replace(workspace, model=endpoint_fields(workspace.model))
        state.keep(workspace)
        connection.test_panel(workspace.model)
elif workspace.model.kind == "gguf":
    with st.container(border=True):
        workspace = replace(workspace, model=own_model.draw(workspace.model))
        state.keep(workspace)
        if workspace.model.model:
            connection.test_panel(workspace.model)
else:
    state.keep(workspace)
    st.success(f"{parts.model_words(workspace.model)} answers from now on.", icon=":material/check:")
    if workspace.model.kind == "built-in":
        reader_switch.draw(workspace, "models")
        connection.test_panel(workspace.model)

st.header("Limits", anchor=False)
st.caption("What the lab takes on at once, so that one large file or a silent server cannot stop a room.")
st.table(
    {"What": [what for what, _ in limits_table.rows()], "At most": [most for _, most in limits_table.rows()]},
    border="horizontal",
)
