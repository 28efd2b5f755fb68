"""Trying a model before relying on it: what it said, how fast, and which models its server offers."""

from dataclasses import replace

import streamlit as st

from lib.errors import LabError
from lib.settings import ModelChoice
from pages.ui import answer, frame, markup, services, state


def test_panel(choice: ModelChoice) -> None:
    """A button that tries the model, and what came of it the last time for this very choice."""
    if st.button("Test connection", icon=":material/electrical_services:", key="models.test"):
        with st.spinner("Asking the model for one word"):
            _try(choice)
    _list(choice)
    tried = state.recall("models.tried", None)
    if not isinstance(tried, services.Trial) or tried.choice != choice:
        return
    if isinstance(tried.failure, LabError):
        frame.show_failure(tried.failure)
    else:
        st.success(
            f"It answers: first word after {answer.milliseconds(tried.first_token_ms)}, "
            f"“{markup.plain(tried.said[:80]) or 'no words'}”.",
            icon=":material/check_circle:",
        )


def _try(choice: ModelChoice) -> None:
    state.remember("models.offered", ())
    if choice.kind == "endpoint":
        try:
            offered = services.offered_models(choice.base_url, state.key())
        except LabError:
            offered = ()  # many servers answer without listing; the trial below says what matters
        state.remember("models.offered", offered)
    state.remember("models.tried", services.try_model(choice, state.key()))


def _list(choice: ModelChoice) -> None:
    offered = state.recall("models.offered", ())
    if choice.kind != "endpoint" or not offered:
        return

    def take() -> None:
        state.put("models.model", state.typed("models.pick", choice.model))
        state.keep(replace(state.workspace(), model=replace(choice, model=state.typed("models.pick", choice.model))))

    st.selectbox(
        f"The server offers {len(offered)} models",
        offered,
        index=offered.index(choice.model) if choice.model in offered else None,
        placeholder="Choose one",
        key="models.pick",
        on_change=take,
    )
