"""Choosing a GGUF file of one's own from the models folder."""

from dataclasses import replace

import streamlit as st

from lib.generation.local_models import own_models
from lib.settings import ModelChoice
from lib.weights import models_dir
from pages.ui import markup, state


def draw(choice: ModelChoice) -> ModelChoice:
    """The file chosen among those that are there; without any, how to bring one, and no model."""
    offered = own_models()
    if not offered:
        st.info(
            f"No file yet. Put a GGUF file of a chat model into {markup.plain(str(models_dir()))} on the machine that "
            "runs the app, then look again.",
            icon=":material/folder_open:",
        )
        st.button("Look again", icon=":material/refresh:", key="models.look")
        return replace(choice, model="")
    state.seed("models.gguf", choice.model if choice.model in offered else offered[0])
    file = st.selectbox("Model file", offered, key="models.gguf")
    st.caption(
        "Runs on this machine, in a process of its own. The built-in reader fits the built-in model alone; adapters "
        "trained on this file answer with it."
    )
    return replace(choice, model=file)
