"""The framework's content is whole: four choices in order, both flows, six mistakes, links that can be followed."""

from pathlib import Path
from typing import get_args

import pytest

from lib.advice.cautions import ASKED_QUESTIONS, MISTAKES, SOURCES, TEST_PLANS
from lib.advice.flows import HYBRID_FLOW, RAG_FLOW
from lib.advice.framework import CHOICES, FACTORS, TYPICAL_USES, Screen, choice
from lib.domain import ApproachName

PAGES = Path(__file__).resolve().parents[3] / "pages"
FOUR = (ApproachName.PROMPT_ONLY, ApproachName.RAG, ApproachName.FINE_TUNED, ApproachName.HYBRID)


def test_the_four_choices_stand_in_their_one_order_with_both_sides_said():
    assert tuple(line.approach for line in CHOICES) == FOUR
    assert all(line.take_when and line.leave_when for line in CHOICES)
    assert tuple(use.approach for use in TYPICAL_USES) == FOUR
    assert choice(ApproachName.RAG).title.startswith("RAG")


def test_the_factor_table_has_nine_lines_that_differ_between_the_sides():
    assert len(FACTORS) == 9
    assert all(factor.rag != factor.fine_tuning for factor in FACTORS)


@pytest.mark.parametrize(("flow", "steps"), [(RAG_FLOW, 7), (HYBRID_FLOW, 5)])
def test_a_flow_counts_its_steps_from_one(flow, steps):
    assert [step.number for step in flow] == list(range(1, steps + 1))


def test_every_step_and_mistake_leads_to_a_page_of_the_app():
    named = {step.screen for step in (*RAG_FLOW, *HYBRID_FLOW)} | {mistake.screen for mistake in MISTAKES}
    assert named <= set(get_args(Screen))
    assert all((PAGES / f"{screen}.py").is_file() for screen in named)


def test_six_mistakes_say_why_and_how_to_see_them():
    assert len(MISTAKES) == 6
    assert all(mistake.why and mistake.see_it for mistake in MISTAKES)


def test_questions_cite_listed_sources_and_the_papers_have_their_numbers():
    assert all(source in SOURCES for asked in ASKED_QUESTIONS for source in asked.sources)
    assert all(source.url.startswith("https://") for source in SOURCES)
    for number in ("2005.11401", "2106.09685", "2312.05934", "2401.08406"):
        assert any(number in source.url for source in SOURCES)


def test_what_to_test_covers_rag_fine_tuning_and_the_hybrid():
    assert [plan.title for plan in TEST_PLANS] == ["Before anything", "For RAG", "For fine-tuning", "For the hybrid"]
