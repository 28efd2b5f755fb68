"""Style or facts: the same recipe twice; the class sees the voice learnt and the facts invented."""

import streamlit as st

from lib.charts.picture import Picture
from lib.charts.style_or_facts import fact_bars, voice_bars
from lib.evaluation.experiment_material import facts_material, style_material
from lib.evaluation.style_or_facts import (
    RECIPE,
    StyleOrFacts,
)
from lib.evaluation.style_or_facts_words import closing_line
from lib.settings import Workspace
from pages.ui import (
    frame,
    markup,
    progress,
    state,
    theme,
    tune_experiments_answers,
    tune_experiments_documents,
    tune_experiments_job,
    tune_experiments_watch,
)

_SECONDS = (20, 40, 60, 90, 120, 180)
_QUESTIONS = (6, 12, 24)


def draw(workspace: Workspace) -> None:
    """The two lessons, the dials and the button; the experiment that runs; what the last one found."""
    st.markdown(
        "Fine-tuning changes how a model **behaves**. Does it change what it **knows**? Train the same recipe once on "
        "a voice and once on product facts, then ask both what they have not seen."
    )
    running = tune_experiments_job.job(workspace.id)
    if running is not None and running.running:
        tune_experiments_watch.watch(running, workspace.id)
        return
    if running is not None:
        if failure := progress.failure_of(running):
            frame.show_failure(failure)
        progress.raise_bug(running)
    _lessons()
    _prepare(workspace)
    with frame.failures_shown():
        found = tune_experiments_job.kept().load(workspace.id)
        if found is not None:
            results(found)


def results(found: StyleOrFacts) -> None:
    """The closing line first, then both pictures and the answers behind them."""
    st.divider()
    if not found.finished:
        st.warning("Stopped early: the figures are of the answers that are there.", icon=":material/pause_circle:")
    if not found.is_fair:
        st.warning(
            "The two trainings had unequal numbers of steps, because one ran out of time: allow more seconds and train "
            "again.",
            icon=":material/warning:",
        )
    if said := closing_line(found):
        st.info(f"**{markup.plain(said)}**", icon=":material/lightbulb:")
    left, right = st.columns(2)
    with left:
        _picture(voice_bars(found), "tune.experiments.voice")
    with right:
        _picture(fact_bars(found), "tune.experiments.facts")
    words = tune_experiments_watch.WORDS
    took = "; ".join(f"{words[one.lesson]} {one.seconds:.0f} s, {one.steps} steps" for one in found.trained)
    st.caption(
        f"Trained: {took}. Brackets and thin lines are 95 % intervals. Invented: a statement without the fact that the "
        f"documents give, from a model that does not say that it does not know."
    )
    tune_experiments_answers.draw(found)


def _lessons() -> None:
    columns = st.columns(2)
    style, facts = style_material(), facts_material()
    for column, title, material, what in (
        (columns[0], "Lesson 1: a voice", style, f"{len(style.messages)} messages that it never sees"),
        (columns[1], "Lesson 2: product facts", facts, "facts it never sees, and trained ones in other words"),
    ):
        rows = material.training_set.train
        with column, st.container(border=True):
            st.markdown(f"**{title}**")
            st.caption(f"{len(rows)} rows to train; judged by {what}. For instance:")
            st.markdown(f"{markup.plain(rows[0].input)}  \n:gray[{markup.plain(rows[0].output)}]")


def _prepare(workspace: Workspace) -> None:
    if not tune_experiments_job.has_documents(workspace):
        tune_experiments_documents.offer(
            workspace,
            "The facts are from the sample company's documents. With them here, RAG answers the same questions beside "
            "the trained model; without them it is left out.",
            key="tune.experiments.style",
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state.seed("tune.experiments.seconds", round(RECIPE.time_budget_s))
        seconds = st.selectbox(
            "Most seconds for each training", _SECONDS, key="tune.experiments.seconds", width=220,
            help="Both lessons get the same. A training that runs out of time keeps its best step.",
        )  # fmt: skip
        state.seed("tune.experiments.questions", _QUESTIONS[1])
        questions = st.selectbox(
            "Questions of each kind", _QUESTIONS, key="tune.experiments.questions", width=180,
            help="More questions take longer and give narrower intervals.",
        )  # fmt: skip
        there = tune_experiments_job.ready(workspace)
        anew = bool(there) and st.checkbox("Train again", key="tune.experiments.anew")
        if st.button("Run the experiment", type="primary", icon=":material/science:", key="tune.experiments.start"):
            tune_experiments_job.start(workspace, seconds=seconds or 120, questions=questions or 12, anew=anew)
            st.rerun()
    st.caption(
        f"Both trainings: at most {2 * (seconds or 120) // 60 + 1} minutes, then one to three for the questions. A "
        "lesson already trained so is not trained again."
    )


def _picture(picture: Picture, key: str) -> None:
    picture.figure.update_layout(template=theme.TEMPLATE)
    st.plotly_chart(picture.figure, key=key, alt=picture.alt, config={"displayModeBar": False})
