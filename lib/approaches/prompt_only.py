"""Prompt-only: the model with the question alone, or with one attached text that fits its window."""

from collections.abc import Iterator

from lib.approaches.abstaining import says_it_has_none
from lib.approaches.answering import Stopwatch, write
from lib.approaches.prompting import INSTRUCTIONS, Reading, Task, build_prompt
from lib.approaches.questions import checked_question
from lib.domain import Answer, Answered, AnswerEvent, ApproachName, Prompted
from lib.protocols import Generator
from lib.settings import PromptSettings


class PromptOnlyApproach:
    """The simplest alternative to RAG: nothing is searched. `attached` goes along whole or not at all."""

    def __init__(self, generator: Generator, settings: PromptSettings, *, attached: str = "") -> None:
        self._generator, self._settings, self._attached = generator, settings, attached.strip()

    @property
    def name(self) -> ApproachName:
        """Prompt-only."""
        return ApproachName.PROMPT_ONLY

    def answer(self, question: str) -> Iterator[AnswerEvent]:
        """Prompted, pieces of text, then Answered. Raises BadInput when the attached text does not fit the window."""
        watch = Stopwatch()
        asked = checked_question(question)
        prompt = build_prompt(self._task(asked), self._generator)
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
            )
        )

    def _task(self, question: str) -> Task:
        instruction = self._settings.instruction.strip() or INSTRUCTIONS[self.name]
        readings = (Reading("document", "attached text", self._attached),) if self._attached else ()
        return Task(instruction, question, self._settings, readings, must_fit=True)
