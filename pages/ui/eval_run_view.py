"""Choose what is asked of whom, see what it will take, and watch the cases come in."""

import streamlit as st

from lib.settings import Workspace


def draw(workspace: Workspace) -> None:
    """The set-ups, the estimate, the button, and the evaluation that runs."""
    st.caption(f"{workspace.id}")
