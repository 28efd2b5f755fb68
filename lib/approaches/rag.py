"""RAG: find passages, let the model answer from them, tie its statements to what it read."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lib.approaches.abstaining import ABSTAINED_TEXT, is_too_weak, says_it_has_none
from lib.approaches.answering import Stopwatch, Written, write
from lib.approaches.citing import cite
from lib.approaches.prompting import (
    INSTRUCTIONS,
    SENTENCES_INSTRUCTION,
    Task,
    build_prompt,
    passage_readings,
    sentence_readings,
)
from lib.approaches.questions import checked_question
from lib.approaches.ranking import Ranking, rank_sentences
from lib.domain import (
    Answer,
    Answered,
    AnswerEvent,
    ApproachName,
    Passage,
    Prompt,
    Prompted,
    Retrieved,
    Sentence,
    TextPiece,
)
from lib.protocols import Embedder, Generator, Retriever
from lib.settings import PromptSettings

_QUOTES = 2


@dataclass(frozen=True, slots=True)
class RagFound:
    """What the search gave for one question, and how many milliseconds it took."""

    question: str
    passages: tuple[Passage, ...]
    ranking: Ranking
    ms: float


class RagApproach:
    """Small models read the best sentences (`settings.sentences`, None is one), large ones whole passages (0)."""

    def __init__(
        self,
        retriever: Retriever,
        embedder: Embedder,
        generator: Generator,
        settings: PromptSettings,
        *,
        top_k: int,
    ) -> None:
        self._retriever, self._embedder, self._generator = retriever, embedder, generator
        self._settings, self._top_k = settings, top_k
        self._few = settings.sentences_read("built-in")

    @property
    def name(self) -> ApproachName:
        """RAG."""
        return ApproachName.RAG

    def answer(self, question: str) -> Iterator[AnswerEvent]:
        """Retrieved, then Prompted and pieces of text unless the passages are too far off, then Answered."""
        watch = Stopwatch()
        asked = checked_question(question)
        passages = self._retriever.retrieve(asked, top_k=self._top_k)
        found_ms = watch.ms()
        yield Retrieved(passages, found_ms)
        found = RagFound(asked, passages, rank_sentences(asked, passages, self._embedder), found_ms)
        if self._is_too_far(found.ranking):
            yield TextPiece(ABSTAINED_TEXT)
            yield Answered(self._abstained(found, watch))
            return
        prompt = build_prompt(self._task(found), self._generator)
        yield Prompted(prompt)
        written = yield from write(self._generator, prompt, self._settings, watch)
        yield Answered(self._answered(found, prompt, written))

    def _task(self, found: RagFound) -> Task:
        few = self._few
        default = SENTENCES_INSTRUCTION if few else INSTRUCTIONS[self.name]
        readings = (
            sentence_readings(found.ranking.sentences[:few], found.passages)
            if few
            else passage_readings(found.passages)
        )
        return Task(self._settings.instruction.strip() or default, found.question, self._settings, readings)

    def _abstained(self, found: RagFound, watch: Stopwatch) -> Answer:
        answer = self._blank(found)
        timings = replace(answer.timings, retrieve=found.ms, total=watch.ms())
        return replace(answer, text=ABSTAINED_TEXT, abstained=True, timings=timings, cost_usd=0.0)

    def _answered(self, found: RagFound, prompt: Prompt, written: Written) -> Answer:
        answer = replace(
            self._blank(found),
            prompt=prompt,
            usage=written.usage,
            timings=replace(written.timings, retrieve=found.ms),
            cost_usd=written.cost_usd,
        )
        if not written.text or self._has_none(written.text):
            return replace(answer, text=ABSTAINED_TEXT, abstained=True)
        read = self._read(found, prompt)
        ranks = {sentence.passage_rank for sentence in read}
        cited = cite(written.text, [p for p in found.passages if p.rank in ranks], read, question=found.question)
        return replace(answer, text=cited.text, citations=cited.citations)

    def _is_too_far(self, ranking: Ranking) -> bool:
        """Whether the model need not even be asked."""
        return is_too_weak(ranking.strength)

    def _has_none(self, text: str) -> bool:
        """Whether the reply says that the passages hold no answer."""
        return says_it_has_none(text)

    def _read(self, found: RagFound, prompt: Prompt) -> tuple[Sentence, ...]:
        """The sentences that stood in the prompt, best first."""
        kept = sum(1 for segment in prompt.segments if segment.kind == "passage" and not segment.dropped)
        if self._few:
            return found.ranking.sentences[:kept]
        ranks = {passage.rank for passage in found.passages[:kept]}
        return tuple(sentence for sentence in found.ranking.sentences if sentence.passage_rank in ranks)

    def _blank(self, found: RagFound) -> Answer:
        return Answer(
            question=found.question,
            approach=self.name,
            model=self._generator.model_id,
            text="",
            abstained=False,
            passages=found.passages,
            quotes=found.ranking.sentences[:_QUOTES],
            prompt_version=self._settings.name,
        )
