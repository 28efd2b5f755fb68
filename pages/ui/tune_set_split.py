"""Split a set by a seed, and make a spoiled copy of it."""

import streamlit as st

from lib.settings import Workspace
from lib.training.set_rows import Part
from lib.training.splitting import Shares, split_again
from lib.training.spoiling import spoil, spoiled_name
from lib.training.values import TrainingSet
from pages.ui import markup, state, tune_sets

_SEED = "tune.split.seed"


def draw(workspace: Workspace, training_set: TrainingSet) -> None:
    """What each part is for, the split with its counts before it is made, and the spoiled copy."""
    st.subheader("Split", anchor=False)
    st.markdown(
        "**Train** is learnt from. **Validation** says which step is best, and where the model begins to learn by "
        "heart. **Held out** is seen by nobody until the end: it says whether it was worth it."
    )
    _split(workspace, training_set)
    st.subheader("Garbage amplified", anchor=False)
    _spoil(workspace, training_set)


def _split(workspace: Workspace, training_set: TrainingSet) -> None:
    left, middle, right = st.columns(3)
    state.seed("tune.split.validation", state.recall("tune.split.validation", 15))
    state.seed("tune.split.held_out", state.recall("tune.split.held_out", 20))
    state.seed(_SEED, state.recall(_SEED, 0))
    validation = left.slider("Validation, %", 0, 40, key="tune.split.validation", step=5)
    held_out = middle.slider("Held out, %", 0, 50, key="tune.split.held_out", step=5)
    seed = right.number_input(
        "Seed", 0, 9_999, key=_SEED, step=1, help="The same seed gives the same parts; another one deals anew."
    )
    for key, value in (("tune.split.validation", validation), ("tune.split.held_out", held_out), (_SEED, seed)):
        state.remember(key, value)
    shares = Shares(validation / 100, held_out / 100)
    planned = split_again(training_set, seed=int(seed), shares=shares)
    _counts(training_set, planned)
    st.button(
        "Split it this way",
        type="primary",
        key="tune.split.go",
        icon=":material/call_split:",
        disabled=planned == training_set,
        on_click=_keep_split,
        args=(workspace, training_set.name, int(seed), shares),
    )
    st.caption("Every kind of answer gets its share of each part. Near-duplicates stay on one side.")


def _counts(now: TrainingSet, planned: TrainingSet) -> None:
    """How many examples each part has, and would have."""
    for column, part, before, after in zip(
        st.columns(3),
        Part,
        (now.train, now.validation, now.held_out),
        (planned.train, planned.validation, planned.held_out),
        strict=True,
    ):
        column.metric(
            part.value.capitalize(),
            f"{len(after):,}",
            delta=f"{len(after) - len(before):+,} against now" if len(after) != len(before) else "as now",
            delta_color="off",
            border=True,
        )


def _keep_split(workspace: Workspace, name: str, seed: int, shares: Shares) -> None:
    tune_sets.change(
        workspace,
        name,
        lambda now: split_again(now, seed=seed, shares=shares),
        f"Split with seed {seed}.",
    )


def _spoil(workspace: Workspace, training_set: TrainingSet) -> None:
    st.markdown(
        "A model learns bad examples as faithfully as good ones. Make a copy in which a share of the examples has a "
        "wrong answer, another form, or stands twice; train on both, and see what comes out."
    )
    state.seed("tune.spoil.share", state.recall("tune.spoil.share", 30))
    share = st.slider("Spoil so many of the training examples, %", 10, 60, key="tune.spoil.share", step=10)
    state.remember("tune.spoil.share", share)
    st.button(
        f"Make “{markup.plain(spoiled_name(training_set.name, share / 100))}”",
        key="tune.spoil.go",
        icon=":material/delete_sweep:",
        on_click=_keep_spoiled,
        args=(workspace, training_set, share / 100),
    )
    st.caption("Validation and held-out examples stay good, so that both models are judged alike. Your set stays.")


def _keep_spoiled(workspace: Workspace, training_set: TrainingSet, share: float) -> None:
    def work() -> None:
        made = spoil(training_set, seed=0, share=share)
        name = tune_sets.free_name(workspace, made.name)
        said = f"You now work with **{markup.plain(name)}**. Its health check shows what was done to it."
        tune_sets.keep(workspace, made, name, said)

    tune_sets.attempt(work)
