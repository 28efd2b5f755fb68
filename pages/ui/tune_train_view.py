"""The Train step of Fine-tune: dials, what the training will take, the training as it runs, what was made."""

import streamlit as st

from lib.settings import Workspace
from pages.ui import markup


def draw(workspace: Workspace) -> None:
    """The dials and the button; or the training that runs."""
    st.caption(f"Nothing is in training in this workspace ({markup.plain(workspace.id)}).")
