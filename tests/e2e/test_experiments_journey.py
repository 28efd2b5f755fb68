"""The two experiments in a browser, with real trainings that are cut short: what was measured is on the screen."""

import re

ANSWER_MS = 180_000
TRAINING_MS = 600_000
"""Two trainings of 20 s, each after loading its base, and the answers: minutes on a busy machine."""


def experiments(screen, server, which: str) -> None:
    """Open the experiment; the sample company is loaded if it is not there."""
    screen.open(server, "fine_tune")
    step(screen.page, "Experiments")
    screen.page.get_by_text("Experiment", exact=True).first.wait_for(timeout=ANSWER_MS)
    step(screen.page, which)
    screen.settle()
    load = screen.page.get_by_role("button", name="Load the sample company")
    if load.count():
        load.click()
        load.wait_for(state="detached", timeout=ANSWER_MS)
        screen.page.get_by_role("button", name=re.compile("Run the experiment|Save the change")).wait_for(
            timeout=ANSWER_MS
        )
        screen.settle()


def step(page, name: str) -> None:
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name)).first.click()


def choose(page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=re.compile(label)).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_a_changed_fact_is_in_the_next_answer_and_can_be_put_back(app_server, screen) -> None:
    page = screen.page
    experiments(screen, app_server, "Change a fact")
    assert "at least 120 centimetres below the ceiling" in page.get_by_label("New text of the line").input_value()
    page.get_by_role("button", name="Save the change").click()
    page.get_by_text("the new fact").wait_for(timeout=ANSWER_MS)
    text = screen.text()
    assert re.search(r"Until it could be found\s+[\d,]+ ms", text)
    assert "120 centimetres" in text
    assert "Nothing to ask. The facts lesson" in text
    page.get_by_role("button", name="Put the old text back").click()
    page.get_by_role("button", name="Save the change").wait_for(timeout=ANSWER_MS)
    page.get_by_text("answering:").wait_for(timeout=ANSWER_MS)
    assert "90 centimetres" in page.locator(".st-key-tune-fact-rag").inner_text()


def test_the_same_recipe_is_trained_on_a_voice_and_on_facts(app_server, screen) -> None:
    page = screen.page
    experiments(screen, app_server, "Style or facts")
    choose(page, "Most seconds for each training", "20")
    choose(page, "Questions of each kind", "6")
    screen.settle()
    page.get_by_role("button", name="Run the experiment").click()
    page.get_by_text(re.compile("Training the voice: step")).wait_for(timeout=TRAINING_MS)
    page.get_by_text(re.compile("Training the facts: step")).wait_for(timeout=TRAINING_MS)
    page.get_by_text(re.compile("Voice: all rules kept in")).wait_for(timeout=TRAINING_MS)
    screen.settle()
    text = screen.text()
    assert re.search(r"Voice: all rules kept in \d+ % \(\d+–\d+\) of 6 answers to unseen messages", text)
    assert re.search(r"of 6 that were not trained \d+ % \(\d+–\d+\) right and \d+ % \(\d+–\d+\) invented", text)
    assert re.search(r"RAG on the same: \d+ %", text)
    assert "The documents say: 11.9 kg" in text
    page.reload()
    screen.settle()
    experiments(screen, app_server, "Style or facts")
    page.get_by_text(re.compile("Voice: all rules kept in")).wait_for(timeout=ANSWER_MS)
