"""Fine-tuned sends exactly what a training example began with, and nothing that was retrieved."""

from pathlib import Path

import pytest

from lib.approaches.fine_tuned import FineTunedApproach
from lib.domain import AdapterFile, Answer, Answered
from lib.errors import BadInput
from lib.settings import Example, PromptSettings
from tests.unit.approaches.replying import Replying

QUESTION = "Our fogger BR-14982 whistles like a kettle."


def adapter(instruction: str = "") -> AdapterFile:
    return AdapterFile("tickets", Path("tickets.gguf"), "a" * 64, "b" * 64, instruction)


def answered(model: Replying, instruction: str = "", settings: PromptSettings | None = None) -> Answer:
    approach = FineTunedApproach(model, adapter(instruction), settings or PromptSettings())
    last = list(approach.answer(QUESTION))[-1]
    assert isinstance(last, Answered)
    return last.answer


def test_without_an_instruction_the_question_is_all_that_is_sent() -> None:
    model = Replying('{"code":"HOWL"}')
    answer = answered(model)
    assert [(message.role, message.content) for message in model.asked[0]] == [("user", QUESTION)]
    assert answer.prompt is not None
    assert [segment.kind for segment in answer.prompt.segments] == ["question"]
    assert answer.prompt.messages == model.asked[0]


def test_an_instruction_trained_with_stands_before_it() -> None:
    model = Replying("x")
    answered(model, "Sort the ticket.")
    assert [(message.role, message.content) for message in model.asked[0]] == [
        ("system", "Sort the ticket."),
        ("user", QUESTION),
    ]


def test_a_prompt_of_the_workspace_changes_neither_instruction_nor_examples() -> None:
    model = Replying("x")
    answered(
        model,
        settings=PromptSettings("loud", "Shout.", (Example("Q", "A"),), temperature=0.5, answer_tokens=9),
    )
    assert [message.content for message in model.asked[0]] == [QUESTION]
    assert (model.options[0].temperature, model.options[0].max_tokens) == (0.5, 9)


def test_the_answer_names_its_adapter_and_rests_on_nothing() -> None:
    answer = answered(Replying('{"code":"HOWL"}'))
    assert (answer.text, answer.adapter, answer.approach) == ('{"code":"HOWL"}', "tickets", "fine-tuned")
    assert (answer.passages, answer.citations, answer.verdicts, answer.held) == ((), (), (), False)
    assert answer.timings.retrieve is None


def test_a_question_that_does_not_fit_the_window_says_by_how_much() -> None:
    with pytest.raises(BadInput, match="the window leaves 20"):
        answered(Replying("x", context_tokens=20))
