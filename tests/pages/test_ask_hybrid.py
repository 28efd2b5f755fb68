"""Ask with all four approaches: a way out of what is missing; hybrid's steps, its rules, and what they hold."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.records import ReviewState
from lib.runs.query import RunQuery
from lib.settings import DEFAULT_RULES, ModelChoice, RuleKind, ValidatorRule
from pages.ui import services

Open = Callable[[str], AppTest]
Wait = Callable[[AppTest], AppTest]

LEAVE = "# Leave\n\nParents receive eighteen weeks of paid leave. The canteen opens at noon on working days."
QUESTION = "How many weeks of paid leave do parents receive?"
NEVER = ValidatorRule("Never weeks", RuleKind.FORBIDDEN, "weeks")


@pytest.fixture
def hybrid(open_page: Open, indexed: Callable[..., None], request: pytest.FixtureRequest) -> AppTest:
    """Ask with a document, set to hybrid, with the rules that the test names in place of the usual ones."""
    indexed(leave=LEAVE)
    if rules := getattr(request, "param", ()):
        house = services.lab()
        house.keep(replace(house.workspace("default"), rules=rules))
    app = open_page("ask")
    return app.segmented_control(key="ask.approach").set_value("hybrid").run()


def ruled(*rules: ValidatorRule) -> pytest.MarkDecorator:
    """The rules of the workspace in this test."""
    return pytest.mark.parametrize("hybrid", [rules], indirect=True, ids=["ruled"])


def shown(app: AppTest) -> str:
    elements = (*app.markdown, *app.caption, *app.html, *app.error, *app.warning, *app.success, *app.info)
    return " ".join(element.value for element in elements).replace("\\", "")


def ask(app: AppTest, question: str = QUESTION) -> None:
    app.text_input(key="ask.question").set_value(question)
    next(button for button in app.button if button.label == "Ask").click().run()


def review() -> tuple[ReviewState, str, str]:
    runs = services.lab().measuring.runs
    [row] = runs.find("default", RunQuery()).rows
    found = runs.remarks("default", row.id).review
    assert found is not None
    return found.state, found.text, found.by


def test_the_four_approaches_stand_in_their_order_and_rag_is_chosen(open_page: Open) -> None:
    chooser = open_page("ask").segmented_control(key="ask.approach")
    assert [str(option).split()[-1] for option in chooser.options] == ["Prompt-only", "RAG", "Fine-tuned", "Hybrid"]
    assert chooser.value == "rag"


def test_without_an_adapter_fine_tuned_leads_to_where_one_is_trained(open_page: Open) -> None:
    app = open_page("ask")
    app.segmented_control(key="ask.approach").set_value("fine-tuned").run()
    assert any(button.label == "Train an adapter" for button in app.button)
    assert not any(box.key == "ask.question" for box in app.text_input)


@pytest.mark.parametrize("approach", ["fine-tuned", "hybrid"])
def test_a_model_that_cannot_be_tuned_is_one_click_from_the_one_that_can(
    open_page: Open, indexed: Callable[..., None], approach: str
) -> None:
    indexed(leave=LEAVE)
    house = services.lab()
    house.keep(replace(house.workspace("default"), model=ModelChoice(kind="extractive")))
    app = open_page("ask")
    app.segmented_control(key="ask.approach").set_value(approach).run()
    app.button(key="ask.use-built-in").click().run()
    assert services.lab().workspace("default").model.kind == "built-in"
    assert not any(button.key == "ask.use-built-in" for button in app.button)


def test_hybrid_without_documents_says_the_next_step(open_page: Open) -> None:
    app = open_page("ask")
    app.segmented_control(key="ask.approach").set_value("hybrid").run()
    assert any(button.label == "Load a sample corpus" for button in app.button)


def test_a_hybrid_answer_shows_its_five_steps_and_each_rules_verdict(hybrid: AppTest, until_answered: Wait) -> None:
    ask(hybrid)
    until_answered(hybrid)
    drawn = shown(hybrid)
    for step in ("1. Retrieve", "2. Instruct", "3. Answer and cite", "4. Validate", "5. Log"):
        assert step in drawn
    assert "3 of 3 kept" in drawn
    assert "kept under Runs" in drawn
    assert any(box.label == "3 of 3 rules kept" for box in hybrid.expander)
    assert "At most 80 words" in drawn
    assert "Held for review" not in drawn


@ruled(NEVER)
def test_an_answer_that_breaks_a_rule_is_held_and_the_reviewer_approves_it_right_there(
    hybrid: AppTest, until_answered: Wait
) -> None:
    ask(hybrid)
    until_answered(hybrid)
    drawn = shown(hybrid)
    assert "Held for review" in drawn
    assert "It says “weeks”." in drawn
    assert "in the review queue" in drawn
    assert not any("cite" in str(button.key) for button in hybrid.button)
    assert review() == (ReviewState.OPEN, "", "")
    run_id = services.lab().measuring.runs.find("default", RunQuery()).rows[0].id
    hybrid.text_input(key="runs.review.who").set_value("Ada").run()
    hybrid.button(key=f"runs.review.{run_id}.approve").click().run()
    assert not hybrid.exception
    assert review() == (ReviewState.APPROVED, "", "Ada")
    assert "approved by Ada" in shown(hybrid)
    assert any("cite" in str(button.key) for button in hybrid.button)


@ruled(NEVER)
def test_a_reviewer_changes_the_text_and_only_that_goes_out(hybrid: AppTest, until_answered: Wait) -> None:
    ask(hybrid)
    until_answered(hybrid)
    run_id = services.lab().measuring.runs.find("default", RunQuery()).rows[0].id
    hybrid.text_input(key="runs.review.who").set_value("Ada").run()
    hybrid.text_area(key=f"runs.review.{run_id}.text").set_value("Four and a half months.").run()
    hybrid.button(key=f"runs.review.{run_id}.approve").click().run()
    assert review() == (ReviewState.EDITED, "Four and a half months.", "Ada")
    assert "Four and a half months." in shown(hybrid)
    assert "Held for review" not in shown(hybrid)


@ruled(NEVER)
def test_an_answer_that_is_rejected_is_not_shown(hybrid: AppTest, until_answered: Wait) -> None:
    ask(hybrid)
    until_answered(hybrid)
    run_id = services.lab().measuring.runs.find("default", RunQuery()).rows[0].id
    hybrid.text_input(key="runs.review.who").set_value("Ada").run()
    hybrid.button(key=f"runs.review.{run_id}.reject").click().run()
    assert review()[0] is ReviewState.REJECTED
    assert "rejected by Ada" in shown(hybrid)
    assert "Nothing of it goes out." in shown(hybrid)


@ruled(NEVER)
def test_the_repair_stands_beside_the_first_attempt(hybrid: AppTest, until_answered: Wait) -> None:
    ask(hybrid)
    until_answered(hybrid)
    drawn = shown(hybrid)
    assert "First attempt" in drawn
    assert "After the repair" in drawn
    assert "question and what to mend" in drawn


@ruled(NEVER)
def test_a_held_answer_waits_on_runs_with_the_rule_that_holds_it(hybrid: AppTest, until_answered: Wait) -> None:
    ask(hybrid)
    until_answered(hybrid)
    hybrid.switch_page("pages/runs.py").run()
    hybrid.segmented_control(key="runs.view").set_value("Review queue").run()
    assert any(box.label.startswith("Held by a rule") for box in hybrid.expander)
    assert "It says “weeks”." in shown(hybrid)


def test_a_rule_is_added_changed_and_removed(hybrid: AppTest) -> None:
    hybrid.selectbox(key="hybrid.rule.kind").set_value(RuleKind.FORBIDDEN).run()
    hybrid.text_input(key="hybrid.rule.name").set_value("No promises")
    hybrid.text_area(key="hybrid.rule.spec").set_value("guarantee").run()
    hybrid.button(key="hybrid.save").click().run()
    rule = ValidatorRule("No promises", RuleKind.FORBIDDEN, "guarantee")
    assert services.lab().workspace("default").rules == (*DEFAULT_RULES, rule)
    hybrid.button(key="hybrid.change.No promises").click().run()
    assert hybrid.text_area(key="hybrid.rule.spec").value == "guarantee"
    hybrid.text_area(key="hybrid.rule.spec").set_value("guarantee\npromise").run()
    hybrid.button(key="hybrid.save").click().run()
    assert services.lab().workspace("default").rules[-1].spec == "guarantee\npromise"
    hybrid.button(key="hybrid.remove.No promises").click().run()
    assert services.lab().workspace("default").rules == DEFAULT_RULES
    assert not hybrid.exception


def test_an_invalid_rule_is_refused_with_its_reason_and_not_kept(hybrid: AppTest) -> None:
    hybrid.selectbox(key="hybrid.rule.kind").set_value(RuleKind.POLICY).run()
    hybrid.text_input(key="hybrid.rule.name").set_value("Deadline")
    hybrid.text_area(key="hybrid.rule.spec").set_value("refund within 30 days").run()
    hybrid.button(key="hybrid.save").click().run()
    assert any("Deadline" in error.value and "line 1" in error.value for error in hybrid.error)
    assert hybrid.text_area(key="hybrid.rule.spec").value == "refund within 30 days"
    assert services.lab().workspace("default").rules == DEFAULT_RULES


def test_each_kind_has_an_example_that_is_itself_valid(hybrid: AppTest) -> None:
    for kind in RuleKind:
        hybrid.selectbox(key="hybrid.rule.kind").set_value(kind).run()
        hybrid.button(key="hybrid.example").click().run()
        hybrid.text_input(key="hybrid.rule.name").set_value(f"Example of {kind}").run()
        hybrid.button(key="hybrid.save").click().run()
        assert not hybrid.error, kind
    assert len(services.lab().workspace("default").rules) == len(DEFAULT_RULES) + len(RuleKind)


@ruled(*DEFAULT_RULES, NEVER)
def test_rules_are_tried_on_a_text_before_anything_is_asked(hybrid: AppTest) -> None:
    hybrid.text_area(key="hybrid.try").set_value("Eighteen weeks.").run()
    drawn = shown(hybrid)
    assert "It says “weeks”." in drawn
    assert "It has 2 words; at most 80 are allowed." in drawn
    assert "rules about citations need passages" in drawn


@ruled(ValidatorRule("Form", RuleKind.JSON_SCHEMA, '{"type": "object"}'))
def test_a_schema_is_enforced_when_that_is_switched_on(hybrid: AppTest) -> None:
    hybrid.toggle(key="hybrid.enforce").set_value(True).run()
    assert services.lab().workspace("default").enforce_schema


@ruled(ValidatorRule("Broken", RuleKind.PATTERN, "(open"))
def test_an_invalid_rule_in_kept_settings_is_one_message_at_the_question(hybrid: AppTest, until_answered: Wait) -> None:
    ask(hybrid)
    until_answered(hybrid)
    assert any("Broken" in error.value for error in hybrid.error)


def test_without_a_schema_there_is_nothing_to_enforce(hybrid: AppTest) -> None:
    assert hybrid.toggle(key="hybrid.enforce").disabled
    assert "It needs a rule with a JSON schema." in shown(hybrid)
