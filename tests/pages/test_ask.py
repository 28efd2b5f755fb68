"""Ask: an answer with its sources, abstention as a result, prompts that are kept, a text that is carried along."""

from collections.abc import Callable
from dataclasses import replace

from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.settings import ModelChoice, PromptSettings, Workspace
from pages.ui import services

Open = Callable[[str], AppTest]
Wait = Callable[[AppTest], AppTest]

LEAVE = "# Leave\n\nParents receive eighteen weeks of paid leave. The canteen opens at noon on working days."


def shown(app: AppTest) -> str:
    elements = (*app.markdown, *app.caption, *app.html, *app.error, *app.warning, *app.success)
    return " ".join(element.value for element in elements).replace("\\", "")


def ask(app: AppTest, question: str) -> None:
    app.text_input(key="ask.question").set_value(question)
    next(button for button in app.button if button.label == "Ask").click().run()


def extractive(workspace: Workspace) -> Workspace:
    return replace(workspace, model=ModelChoice(kind="extractive"))


def test_without_documents_the_next_step_is_offered(open_page: Open) -> None:
    app = open_page("ask")
    assert any(button.label == "Load a sample corpus" for button in app.button)


def test_a_quoted_answer_opens_its_source(open_page: Open, indexed: Callable[..., None], until_answered: Wait) -> None:
    services.lab().keep(extractive(services.lab().workspace("default")))
    indexed(leave=LEAVE)
    app = open_page("ask")
    ask(app, "How many weeks of paid leave do parents receive?")
    until_answered(app)
    assert "eighteen weeks of paid leave" in shown(app)
    cited = next(button for button in app.button if button.key == "ask.cite.1")
    assert "leave.md" in cited.label.replace("\\", "")
    cited.click().run()
    assert '<mark class="ob-span">' in shown(app)


def test_each_statement_and_each_citation_of_the_answer_is_checked(
    open_page: Open, indexed: Callable[..., None], until_answered: Wait
) -> None:
    services.lab().keep(extractive(services.lab().workspace("default")))
    indexed(leave=LEAVE)
    app = open_page("ask")
    ask(app, "How many weeks of paid leave do parents receive?")
    until_answered(app)
    checked = next(box for box in app.expander if "statement" in box.label)
    assert checked.label == "1 of 1 statement supported"
    assert "**supported**] · Parents receive eighteen weeks of paid leave" in shown(app)
    assert "The documents say: “Parents receive eighteen weeks of paid leave.”" in shown(app)
    assert "✓ carries it" in next(button.label for button in app.button if button.key == "ask.cite.1")
    app.button(key="ask.statement.1").click().run()
    assert '<mark class="ob-span">' in shown(app)


def test_a_prompt_only_answer_says_where_its_sentences_can_be_checked(open_page: Open, until_answered: Wait) -> None:
    app = open_page("ask")
    app.button_group(key="ask.approach").set_value("prompt-only").run()
    ask(app, "How long is leave?")
    until_answered(app)
    assert "It read nothing, so no source can carry its sentences." in shown(app)
    assert any(link.proto.label == "Hold them against the documents" for link in app.get("page_link"))


def test_the_exact_prompt_and_what_filled_the_window_are_shown(
    open_page: Open, indexed: Callable[..., None], until_answered: Wait
) -> None:
    indexed(leave=LEAVE)
    app = open_page("ask")
    ask(app, "How many weeks of paid leave?")
    until_answered(app)
    drawn = shown(app)
    assert "tokens are filled" in drawn
    assert 'class="ob-bar"' in drawn
    assert "ob-prompt" in drawn
    assert "How many weeks of paid leave?" in drawn


def test_an_empty_question_is_one_clear_message(
    open_page: Open, indexed: Callable[..., None], until_answered: Wait
) -> None:
    indexed(leave=LEAVE)
    app = open_page("ask")
    ask(app, "   ")
    until_answered(app)
    assert any("no question" in error.value for error in app.error)


def test_a_question_full_of_markup_is_shown_as_text(
    open_page: Open, indexed: Callable[..., None], until_answered: Wait
) -> None:
    indexed(leave=LEAVE)
    app = open_page("ask")
    ask(app, "<img src=x onerror=alert(1)> ![p](https://evil.example/p.png)")
    until_answered(app)
    drawn = " ".join(element.value for element in app.html)
    assert "<img" not in drawn


def test_the_answer_is_still_there_after_a_visit_to_another_screen(
    open_page: Open, indexed: Callable[..., None], until_answered: Wait
) -> None:
    indexed(leave=LEAVE)
    app = open_page("ask")
    ask(app, "How many weeks of paid leave?")
    until_answered(app)
    app.switch_page("pages/models.py").run()
    app.switch_page("pages/ask.py").run()
    assert app.text_input(key="ask.question").value == "How many weeks of paid leave?"
    assert "tokens are filled" in shown(app)


def test_a_strong_prompt_is_used_kept_under_its_name_and_reset_in_one_click(
    open_page: Open, indexed: Callable[..., None]
) -> None:
    indexed(leave=LEAVE)
    app = open_page("ask")
    app.text_area(key="prompt.rag.instruction").set_value("Answer in one word.")
    app.text_area(key="prompt.rag.examples").set_value("Q: When?\nA: Noon [1].")
    app.text_input(key="prompt.rag.name").set_value("terse")
    next(button for button in app.button if button.label == "Use this prompt").click().run()
    kept = services.lab().workspace("default")
    assert kept.rag.instruction == "Answer in one word."
    assert kept.rag.examples[0].answer == "Noon [1]."
    assert [(approach, version.name) for approach, version in kept.prompt_versions] == [("rag", "terse")]
    app.button(key="prompt.rag.reset").click().run()
    assert services.lab().workspace("default").rag == PromptSettings()
    assert app.text_area(key="prompt.rag.instruction").value == ""
    app.selectbox(key="prompt.rag.version").select("terse").run()
    assert app.text_area(key="prompt.rag.instruction").value == "Answer in one word."
    assert services.lab().workspace("default").rag.name == "terse"


def test_prompt_only_carries_a_text_and_says_whether_it_fits(open_page: Open) -> None:
    app = open_page("ask")
    app.segmented_control(key="ask.approach").set_value("prompt-only").run()
    app.text_area(key="ask.carry.text").set_value("The office closes at six.").run()
    assert services.lab().workspace("default").attached == "The office closes at six."
    assert "It fits" in shown(app)
    app.text_area(key="ask.carry.text").set_value("word " * 9000).run()
    assert "no longer fits" in shown(app)
    app.button(key="ask.carry.none").click().run()
    assert services.lab().workspace("default").attached == ""


def test_stand_in_models_are_labelled_on_the_screen(open_page: Open) -> None:
    assert "Stand-in models" in shown(open_page("ask"))
