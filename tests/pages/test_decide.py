"""Decide: answers become ranked advice at once, are kept, and every step of the flows leads somewhere."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.advice.cautions import ASKED_QUESTIONS, MISTAKES, SOURCES
from lib.advice.flows import HYBRID_FLOW, RAG_FLOW
from lib.advice.framework import FACTORS
from lib.advice.questionnaire import QUESTIONS, from_kept
from lib.advice.situation import Dependence, Examples, Failure, Form, Material, PromptEffort, Risk
from lib.domain import ApproachName
from lib.evaluation.variations import set_up
from lib.evaluation.worth_store import WorthStore
from lib.records import EvalCase, EvalSet
from lib.settings import ModelChoice
from pages.ui import services
from tests.support.kept_adapters import keep_adapter
from tests.support.worths import worth

Open = Callable[[str], AppTest]


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption))


def verdict(app: AppTest) -> str:
    return next(each.value for each in app.markdown if "This points to" in each.value)


def answer(app: AppTest, field: str, *values: object) -> AppTest:
    several = field in ("failures", "risks")
    group = app.button_group(key=f"decide.answer.{field}")
    return group.set_value(list(values) if several else values[0]).run()


@pytest.fixture
def decide(open_page: Open) -> AppTest:
    return open_page("decide")


def test_every_question_is_asked_with_its_default_and_the_simplest_choice_comes_first(decide: AppTest) -> None:
    asked = {group.key for group in decide.button_group}
    assert asked == {f"decide.answer.{question.field}" for question in QUESTIONS}
    assert "This points to Prompt-only" in verdict(decide)
    assert "Nothing chosen: nothing measured yet." in words(decide)


def test_stale_facts_in_a_large_set_of_documents_point_to_rag_at_once(decide: AppTest) -> None:
    answer(decide, "failures", Failure.FACTS_STALE)
    answer(decide, "dependence", Dependence.DOCUMENTS)
    answer(decide, "material", Material.LARGER)
    assert "This points to RAG" in verdict(decide)
    assert "a document can be replaced today, weights cannot" in words(decide)


def test_a_form_failure_that_a_strong_prompt_left_points_to_fine_tuning_and_says_what_flips_it(decide: AppTest) -> None:
    answer(decide, "failures", Failure.WRONG_FORM)
    answer(decide, "prompt_effort", PromptEffort.STILL_FAILS)
    answer(decide, "form", Form.FIXED)
    answer(decide, "examples", Examples.HUNDREDS)
    assert "This points to Fine-tuned" in verdict(decide)
    assert "Has a strong prompt been tried? *not yet*" in words(decide)


def test_a_risk_named_brings_its_place_for_human_approval(decide: AppTest) -> None:
    assert "Before a payment" not in words(decide)
    answer(decide, "risks", Risk.MONEY)
    assert "Before a payment, a refund" in words(decide)


def test_answers_are_kept_for_the_next_visit_and_start_over_forgets_them(decide: AppTest, open_page: Open) -> None:
    answer(decide, "failures", Failure.FACTS_STALE, Failure.WRONG_FORM)
    answer(decide, "dependence", Dependence.DOCUMENTS)
    kept = from_kept(services.lab().workspace("default").decision)
    assert (kept.failures, kept.dependence) == ((Failure.FACTS_STALE, Failure.WRONG_FORM), Dependence.DOCUMENTS)
    again = open_page("decide")
    assert again.button_group(key="decide.answer.failures").value == [Failure.FACTS_STALE, Failure.WRONG_FORM]
    again.button(key="decide.reset").click().run()
    assert again.button_group(key="decide.answer.failures").value == []
    assert services.lab().workspace("default").decision == ()


def test_the_framework_is_on_the_page_whole(decide: AppTest) -> None:
    text = words(decide)
    assert all(f"| **{factor.name}** |" in text for factor in FACTORS)
    assert all(step.what in text for step in (*RAG_FLOW, *HYBRID_FLOW))
    assert all(mistake.title in text and mistake.see_it in text for mistake in MISTAKES)
    assert all(asked.question in text for asked in ASKED_QUESTIONS)
    assert all(source.url in text for source in SOURCES)


def test_each_step_of_both_flows_leads_to_a_page(decide: AppTest) -> None:
    links = {link.proto.label: link.proto.page for link in decide.get("page_link")}
    for step in (*RAG_FLOW, *HYBRID_FLOW):
        assert links[f"{step.number}. {step.title}"].rpartition("/")[2] == step.screen


def test_the_figure_says_in_words_what_it_shows(decide: AppTest) -> None:
    (figure,) = decide.get("plotly_chart")
    assert "Points for each choice, best first: Prompt-only" in figure.proto.alt


def test_the_decision_record_can_be_taken_away(decide: AppTest) -> None:
    (record,) = [button for button in decide.get("download_button") if button.proto.label == "Decision record"]
    assert record.proto.url.endswith(".md")


def test_without_an_evaluation_the_way_to_one_is_offered(decide: AppTest) -> None:
    assert "Nothing is measured yet" in words(decide)
    assert "Evaluate first" in {link.proto.label for link in decide.get("page_link")}


def test_the_last_evaluation_speaks_beside_each_question_and_its_answer_can_be_taken(
    open_page: Open, indexed: Callable[..., None]
) -> None:
    indexed(manual="Probes are compared with a reference every nine months. The reference is kept in the office.")
    house = services.lab()
    workspace = replace(house.workspace("default"), model=ModelChoice("echo"))
    cases = tuple(
        EvalCase(f"c{number}", f"How often are probes compared? ({number})", "nine months") for number in range(6)
    )
    setups = [set_up(name, workspace) for name in (ApproachName.PROMPT_ONLY, ApproachName.RAG)]
    evaluation = house.measuring.plan("default", EvalSet("Probes", cases), setups)
    assert len(list(house.measuring.evaluate(evaluation, stopped=lambda: False))) == 12
    app = open_page("decide")
    text = words(app).replace("\\", "")
    assert "Probes, 6 cases" in text
    assert "Prompt-only failed in 6 of 6: nothing was looked up (6)." in text
    measured = [caption.value for caption in app.caption if caption.value.startswith(":material/monitoring:")]
    assert len(measured) == 1 + len(QUESTIONS)
    assert "Prompt-only was right in 0 %" in text
    assert "Not measured: train an adapter and ask on held-out rows" in text
    assert "Not measured: evaluate hybrid beside RAG" in text
    titles = [each.proto.label for each in app.expander]
    assert any("Prompt-only" in title and "measured, open" in title for title in titles)
    assert any("Hybrid" in title and "not measured" in title for title in titles)
    app.button(key="decide.take.failures").click().run()
    assert Failure.FACTS_MISSING in app.button_group(key="decide.answer.failures").value
    assert not [button for button in app.button if button.key == "decide.take.failures"]


def test_a_comparison_of_an_adapter_speaks_for_training_without_any_evaluation(open_page: Open, tmp_path: Path) -> None:
    keep_adapter(tmp_path / "data", "tickets")
    WorthStore(services.lab().store.folder).keep("default", worth("tickets", base=0, few_shot=8, tuned=38))
    app = open_page("decide")
    text = words(app).replace("\\", "")
    assert "Adapter tickets: It was worth it. Label right: 95 % of 40 held-out rows" in text
    assert "speaks for it" in text
    assert "On held-out rows of tickets the base alone has label right in 0 %" in text
    app.button(key="decide.take.failures").click().run()
    assert Failure.WRONG_CATEGORY in app.button_group(key="decide.answer.failures").value
