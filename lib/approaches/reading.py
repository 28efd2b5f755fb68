"""The built-in reader's form: numbered texts and a question in, one clause with its number out, or that none holds it.

The adapter was trained on exactly these words (benchmarks/reader_training.py), so they are one with its weights.
"""

from collections.abc import Sequence

from lib.approaches.abstaining import says_it_has_none
from lib.approaches.copying import copy_grammar
from lib.approaches.prompting import Reading, Task
from lib.approaches.ranking import Ranking
from lib.domain import Passage, Sentence
from lib.generation.reader_adapter import NO_ANSWER, READER_INSTRUCTION
from lib.settings import READER_SENTENCES, PromptSettings

MIN_SCORE = 0.54
"""Below this score of the best sentence the reader is not asked; chosen on its training questions.

It keeps 94 to 99 of 100 whose answer is among the sentences read, and half to two thirds of those whose passage is
taken away fall below it. The reader itself says of the others whether they hold the answer.
"""
_NONE = NO_ANSWER.partition(" holds")[0].lower()


def is_too_far_to_read(ranking: Ranking) -> bool:
    """Whether even the best sentence answers the question so little that the reader would only guess."""
    return not ranking.sentences or ranking.sentences[0].score < MIN_SCORE


def sentences_read(settings: PromptSettings) -> int:
    """How many of the best sentences the reader is handed; 0 is whole passages."""
    return READER_SENTENCES if settings.sentences is None else settings.sentences


def reader_task(question: str, ranking: Ranking, passages: Sequence[Passage], settings: PromptSettings) -> Task:
    """What the reader is asked: the best sentences (`settings.sentences`, None is `READER_SENTENCES`), best first.

    Whole passages with 0. Its reply can only copy from them. A person's own instruction takes the place of the one it
    was trained with; with it, or with examples, the reply is free.
    """
    few = sentences_read(settings)
    names = {passage.rank: passage.chunk.document for passage in passages}
    readings = (
        numbered_sentences(ranking.sentences[:few], names) if few else tuple(numbered_passage(one) for one in passages)
    )
    own = settings.instruction.strip()
    bound = _copying if not own and not settings.examples else None
    return Task(own or READER_INSTRUCTION, question, settings, readings, grammar=bound)


def numbered_sentences(sentences: Sequence[Sentence], names: dict[int, str]) -> tuple[Reading, ...]:
    """Each sentence behind the rank of its passage, whose document `names` has, in the order given."""
    return tuple(
        Reading(
            "passage",
            f"sentence of [{sentence.passage_rank}] {names[sentence.passage_rank]}",
            numbered(sentence.passage_rank, sentence.text),
        )
        for sentence in sentences
    )


def numbered_passage(passage: Passage) -> Reading:
    """A whole passage behind its rank."""
    return Reading("passage", f"[{passage.rank}] {passage.chunk.document}", numbered(passage.rank, passage.chunk.text))


def numbered(rank: int, text: str) -> str:
    """One text as the reader sees it: its number and its words on one line."""
    return f"[{rank}] {' '.join(text.split())}"


def _copying(texts: Sequence[str]) -> str:
    """The grammar of replies to texts as `numbered` makes them."""
    split = [text.removeprefix("[").partition("] ") for text in texts]
    return copy_grammar([(int(number), words) for number, _, words in split], NO_ANSWER)


def reader_answer(answer: str, rank: int) -> str:
    """An answer as the reader gives it."""
    return f"{answer} [{rank}]"


def says_none(text: str) -> bool:
    """Whether the reply is the reader's own sentence that the texts hold no answer, or says so in other words."""
    return text.strip().lower().startswith(_NONE) or says_it_has_none(text)
