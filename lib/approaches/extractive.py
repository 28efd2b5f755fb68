"""The extractive answerer: quotes the best-supported sentences, cites them, invents nothing. No language model."""

from collections.abc import Iterator
from dataclasses import replace

from lib.approaches.abstaining import ABSTAINED_TEXT, is_too_weak
from lib.approaches.answering import Stopwatch
from lib.approaches.citing import Cited, quoted
from lib.approaches.questions import checked_question
from lib.approaches.ranking import Ranking, rank_sentences
from lib.domain import Answer, Answered, AnswerEvent, ApproachName, Passage, Retrieved, Sentence, TextPiece, Timings
from lib.protocols import Embedder, Retriever
from lib.settings import PromptSettings

EXTRACTIVE_MODEL_ID = "extractive (quotes only)"
MOST_QUOTES = 2
_SECOND_SHARE = 0.75
"""A second sentence is quoted when it scores at least this share of the best one."""


class ExtractiveApproach:
    """RAG whose last step is quoting: the best sentence, and the next one when it comes close."""

    def __init__(
        self,
        retriever: Retriever,
        embedder: Embedder,
        settings: PromptSettings,
        *,
        top_k: int,
        quotes: int | None = None,
    ) -> None:
        """`quotes` fixes the number of sentences; None quotes one or two, as they deserve."""
        self._retriever, self._embedder, self._settings = retriever, embedder, settings
        self._top_k, self._quotes = top_k, quotes

    @property
    def name(self) -> ApproachName:
        """It takes the place of the model in RAG."""
        return ApproachName.RAG

    def answer(self, question: str) -> Iterator[AnswerEvent]:
        """Retrieved, one piece of text, Answered."""
        watch = Stopwatch()
        asked = checked_question(question)
        passages = self._retriever.retrieve(asked, top_k=self._top_k)
        retrieved_ms = watch.ms()
        yield Retrieved(passages, retrieved_ms)
        ranking = rank_sentences(asked, passages, self._embedder)
        answer = replace(self._answer(asked, passages, ranking), passages=passages)
        first_ms = watch.ms()
        yield TextPiece(answer.text)
        yield Answered(replace(answer, timings=Timings(retrieved_ms, first_ms, watch.ms())))

    def _answer(self, question: str, passages: tuple[Passage, ...], ranking: Ranking) -> Answer:
        abstained = is_too_weak(ranking.strength)
        chosen = self._chosen(ranking)
        cited = Cited(ABSTAINED_TEXT, ()) if abstained else quoted(chosen, passages)
        return Answer(
            question=question,
            approach=self.name,
            model=EXTRACTIVE_MODEL_ID,
            text=cited.text,
            abstained=abstained,
            citations=cited.citations,
            quotes=chosen,
            prompt_version=self._settings.name,
            cost_usd=0.0,
        )

    def _chosen(self, ranking: Ranking) -> tuple[Sentence, ...]:
        best = ranking.sentences[: self._quotes or MOST_QUOTES]
        if self._quotes is not None or len(best) < MOST_QUOTES:
            return best
        return best if best[1].score >= _SECOND_SHARE * best[0].score else best[:1]
