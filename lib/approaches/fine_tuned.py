"""Fine-tuned: the base with an adapter, and nothing but what the adapter was trained on: its form, the question."""

from collections.abc import Iterator
from dataclasses import replace

from lib.approaches.abstaining import says_it_has_none
from lib.approaches.answering import Stopwatch, write
from lib.approaches.prompting import Task, build_prompt
from lib.approaches.questions import checked_question
from lib.domain import AdapterFile, Answer, Answered, AnswerEvent, ApproachName, Prompt, Prompted
from lib.protocols import Generator
from lib.settings import PromptSettings


class FineTunedApproach:
    """Studying before the exam: nothing is searched and no worked examples are sent, they are in the weights.

    `generator` answers with the adapter. Of `settings` only the temperature and the answer's length count: another
    instruction than the one trained with would be another task.
    """

    def __init__(self, generator: Generator, adapter: AdapterFile, settings: PromptSettings) -> None:
        self._generator, self._adapter = generator, adapter
        self._settings = replace(settings, instruction=adapter.instruction, examples=())

    @property
    def name(self) -> ApproachName:
        """Fine-tuned."""
        return ApproachName.FINE_TUNED

    def answer(self, question: str) -> Iterator[AnswerEvent]:
        """Prompted, pieces of text, then Answered."""
        watch = Stopwatch()
        asked = checked_question(question)
        prompt = trained_form(self._adapter, asked, self._settings, self._generator)
        yield Prompted(prompt)
        written = yield from write(self._generator, prompt, self._settings, watch)
        yield Answered(
            Answer(
                question=asked,
                approach=self.name,
                model=self._generator.model_id,
                text=written.text,
                abstained=says_it_has_none(written.text),
                prompt=prompt,
                prompt_version=self._settings.name,
                usage=written.usage,
                timings=written.timings,
                cost_usd=written.cost_usd,
                adapter=self._adapter.name,
            )
        )


def trained_form(adapter: AdapterFile, question: str, settings: PromptSettings, generator: Generator) -> Prompt:
    """The messages of one training example before its answer: the adapter's instruction if it has one, the question.

    Raises BadInput for a question that does not fit.
    """
    return without_empty_instruction(build_prompt(Task(adapter.instruction, question, settings), generator))


def without_empty_instruction(prompt: Prompt) -> Prompt:
    """The prompt without a system message that says nothing: to a chat template an empty one is not none."""
    if any(message.role == "system" and message.content.strip() for message in prompt.messages):
        return prompt
    messages = tuple(message for message in prompt.messages if message.role != "system")
    segments = tuple(segment for segment in prompt.segments if segment.kind != "instruction")
    return replace(prompt, messages=messages, segments=segments)
