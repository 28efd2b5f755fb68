"""The few dials of a training, each with its default and what it does in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from lib.generation.local_models import own_model_path, own_models
from lib.training.values import TrainingSettings
from pages.ui import state

HELD = "tune.settings"
"""The settings last dialled, for the session."""


@dataclass(frozen=True, slots=True)
class Dial:
    """One setting: its field, its name on the screen, what is offered and what turning it does."""

    field: str
    label: str
    offered: Sequence[float]
    tells: str


DIALS = (
    Dial(
        "epochs",
        "Epochs",
        (1, 2, 3, 4, 5, 6, 8, 10),
        "How often every example is shown. More learns more and takes longer; too many learn the examples by heart.",
    ),
    Dial(
        "rank",
        "Rank",
        (2, 4, 8, 16, 32, 64),
        "How much the adapter can hold. Small is enough for a form of answer, and answers faster.",
    ),
    Dial(
        "learning_rate",
        "Learning rate",
        (1e-4, 2e-4, 5e-4, 1e-3, 1.5e-3, 2e-3, 3e-3),
        "How far each step goes. Too high and the loss jumps or breaks off; too low and nothing is learnt in time.",
    ),
    Dial(
        "time_budget_s",
        "Time budget",
        (0, 60, 120, 180, 300, 600, 1200, 1800, 3600),
        "Training ends after this time, loading aside, and keeps the best it had. The epochs may end it sooner.",
    ),
)
_WINDOW = Dial(
    "window_tokens",
    "Longest example",
    (256, 512, 1024, 2048),
    "Tokens of question and answer together; longer examples are refused. A longer one takes more memory.",
)
_LAYERS = Dial(
    "upper_share",
    "Layers that learn",
    (0.25, 0.5, 0.75, 1.0),
    "Counted from the top. Those below stay as they are and are computed once for each example: fewer layers take "
    "less time.",
)


def draw() -> TrainingSettings:
    """The settings as dialled, kept for the session; the defaults at first."""
    settings: TrainingSettings = state.recall(HELD, TrainingSettings())
    for start in range(0, len(DIALS), 2):
        for column, dial in zip(st.columns(2, gap="medium"), DIALS[start : start + 2], strict=True):
            with column:
                settings = _dialled(dial, settings)
    with st.expander("More: layers, window and base model", icon=":material/tune:"):
        settings = _base(_dialled(_WINDOW, _dialled(_LAYERS, settings)))
    # The update counts alpha / rank times: kept at two, so that the rank alone does not change the step's size.
    settings = replace(settings, alpha=2 * settings.rank)
    state.remember(HELD, settings)
    if settings != TrainingSettings():
        st.button("Back to the defaults", type="tertiary", icon=":material/undo:", key="tune.defaults", on_click=_reset)
    return settings


def shown(dial: Dial, value: float) -> str:
    """A dial's value as it is offered."""
    if dial.field == "time_budget_s":
        return f"{value / 60:g} min" if value else "none"
    if dial.field == "learning_rate":
        return f"{value:.5f}".rstrip("0")
    if dial.field == "upper_share":
        return f"{value:.0%}"
    return f"{value:,} tokens" if dial.field == "window_tokens" else f"{value:g}"


def _dialled(dial: Dial, settings: TrainingSettings) -> TrainingSettings:
    key = f"tune.dial.{dial.field}"
    default = getattr(TrainingSettings(), dial.field)
    chosen = st.select_slider(
        f"{dial.label} (default {shown(dial, default)})",
        dial.offered,
        value=state.first(key, _nearest(dial, getattr(settings, dial.field))),
        format_func=lambda value: shown(dial, value),
        key=key,
    )
    st.caption(dial.tells)
    return replace(settings, **{dial.field: type(default)(chosen)})


def _base(settings: TrainingSettings) -> TrainingSettings:
    """The built-in model, or another GGUF from the models folder where there is one."""
    offered = ["", *other_bases()]
    if len(offered) == 1:
        st.caption("Base: the built-in model. Other GGUFs in the models folder would be offered here.")
        return replace(settings, base="")
    chosen = st.selectbox(
        "Base model",
        offered,
        index=offered.index(state.first("tune.dial.base", settings.base if settings.base in offered else "")),
        format_func=lambda path: Path(path).name if path else "Built-in SmolLM2 135M",
        key="tune.dial.base",
    )
    st.caption("What the adapter sits on: it fits this model alone. Models takes the same file to answer.")
    return replace(settings, base=chosen or "")


def other_bases() -> tuple[str, ...]:
    """Paths of the GGUF files in the models folder that are not the built-in model, in order."""
    return tuple(str(own_model_path(name)) for name in own_models())


def _nearest(dial: Dial, value: float) -> float:
    return min(dial.offered, key=lambda offered: abs(offered - value))


def _reset() -> None:
    state.remember(HELD, TrainingSettings())
    state.forget("tune.dial.")
