"""RAG with the built-in reader: found and ranked as ever, then read in the form that the adapter has learnt."""

from dataclasses import replace

from lib.approaches.prompting import Task
from lib.approaches.rag import RagApproach, RagFound
from lib.approaches.ranking import Ranking
from lib.approaches.reading import is_too_far_to_read, reader_task, says_none, sentences_read
from lib.domain import Answer
from lib.protocols import Embedder, Generator, Retriever
from lib.settings import BUILT_IN_READER, PromptSettings


class ReaderRagApproach(RagApproach):
    """RAG whose `generator` carries the built-in reader: numbered sentences in, one clause with its number out."""

    def __init__(
        self,
        retriever: Retriever,
        embedder: Embedder,
        generator: Generator,
        settings: PromptSettings,
        *,
        top_k: int,
    ) -> None:
        """`settings.sentences` of None takes what the reader is best at, 0 hands over whole passages."""
        asked = replace(settings, sentences=sentences_read(settings))
        super().__init__(retriever, embedder, generator, asked, top_k=top_k)

    def _task(self, found: RagFound) -> Task:
        return reader_task(found.question, found.ranking, found.passages, self._settings)

    def _is_too_far(self, ranking: Ranking) -> bool:
        return super()._is_too_far(ranking) or is_too_far_to_read(ranking)

    def _has_none(self, text: str) -> bool:
        return says_none(text)

    def _blank(self, found: RagFound) -> Answer:
        return replace(super()._blank(found), adapter=BUILT_IN_READER)
