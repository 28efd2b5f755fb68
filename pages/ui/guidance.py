"""The framework's content on the screen: choices, factors, mistakes, tests, questions with their sources."""

import streamlit as st

from lib.advice.cautions import ASKED_QUESTIONS, MISTAKES, TEST_PLANS, Source
from lib.advice.framework import CHOICES, FACTORS, TYPICAL_USES
from pages.ui import flows, theme


def choices() -> None:
    """The four choices in their order: take it when, leave it when, typical uses."""
    uses = {use.approach: use.examples for use in TYPICAL_USES}
    with st.grid(2, min_column_width=340, gap=("medium", "large")) as grid:
        for line in CHOICES:
            look = theme.look(line.approach)
            with grid.cell():
                st.markdown(f"{look.icon} **{line.title}**")
                st.markdown(f"*Take it when* {'; or '.join(line.take_when)}.")
                st.markdown(f"*Leave it when* {'; or '.join(line.leave_when)}.")
                st.caption(f"Typical: {', '.join(uses[line.approach])}.")


def factors() -> None:
    """RAG and fine-tuning side by side, factor by factor."""
    rows = "\n".join(f"| **{factor.name}** | {factor.rag} | {factor.fine_tuning} |" for factor in FACTORS)
    st.markdown(f"| Factor | RAG | Fine-tuning |\n|---|---|---|\n{rows}")


def mistakes() -> None:
    """The six mistakes, each with how to watch it happen and the way there."""
    with st.grid(2, min_column_width=340, gap=("medium", "large")) as grid:
        for number, mistake in enumerate(MISTAKES, start=1):
            with grid.cell():
                st.markdown(f"**{number}. {mistake.title}.** {mistake.why}")
                st.markdown(f"*See it happen:* {mistake.see_it}")
                flows.way_to(mistake.screen)


def tests() -> None:
    """What to test before committing, technique by technique."""
    with st.grid(2, min_column_width=340, gap=("small", "large")) as grid:
        for plan in TEST_PLANS:
            grid.markdown(f"**{plan.title}**\n" + "\n".join(f"- {check}" for check in plan.checks))


def asked_questions() -> None:
    """The questions people ask, answered in a few lines, with where it is written."""
    with st.grid(2, min_column_width=340, gap=("medium", "large")) as grid:
        for asked in ASKED_QUESTIONS:
            with grid.cell():
                st.markdown(f"**{asked.question}** {asked.answer}")
                st.markdown(" · ".join(f":small[{_link(source)}]" for source in asked.sources))


def _link(source: Source) -> str:
    return f"[{source.title}]({source.url})"
