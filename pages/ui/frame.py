"""The frame around every screen: navigation, title, the workspace's status beside it, failures in plain words."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from lib.errors import LabError
from pages.ui import markup, parts, screens, services, state, theme, weights_offer

# A file of ours, set before the navigation: for a screen's Material icon in the browser's tab Streamlit would ask a
# font server on the internet.
_ICON = str(Path(__file__).with_name("icon.svg"))


def open_door() -> None:
    """Run the screen that was asked for; called by app.py alone."""
    _configure("Openbook")
    page = screens.navigation()
    state.mark_entered()
    page.run()


def begin_page(file: str, title: str, lead: str = "") -> None:
    """Enter a screen: its first call. `file` is the screen's, for instance "pages/ask.py".

    On a fresh server the first visitor who opens `/ask` runs the page without app.py; then this registers the
    navigation, which makes Streamlit take the door from now on, and starts over through it.
    """
    if not state.entered():
        _configure(title)
        screens.navigation()
        state.mark_entered()
        st.switch_page(file)
    _configure(f"{title} · Openbook")
    theme.apply_style()
    st.title(title, anchor=False)
    if lead:
        st.markdown(lead)
    if weights_offer.drawn():
        st.stop()
    with failures_shown(stop=True), st.sidebar:
        parts.workspace_status(state.workspace())
        if services.documents(state.workspace().id):
            services.warm_up()


@contextmanager
def failures_shown(*, stop: bool = False) -> Iterator[None]:
    """Draw a LabError raised inside as a message with its way out; anything else is a bug and stays a traceback.

    With `stop`, the page ends there: for what nothing on the page works without.
    """
    try:
        yield
    except LabError as error:
        show_failure(error)
        if stop:
            st.stop()


def show_failure(error: LabError) -> None:
    """The message and the hint of a failure, as text that cannot be anything else."""
    hint = f"\n\n{markup.plain(error.hint)}" if error.hint else ""
    st.error(f"**{markup.plain(error.message)}**{hint}", icon=":material/error:")


def _configure(title: str) -> None:
    st.set_page_config(page_title=title, page_icon=_ICON, layout="wide")
