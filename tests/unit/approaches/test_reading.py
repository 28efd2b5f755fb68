"""The reader's form: what it is handed, what it says, and what an answer of RAG makes of it."""

from collections.abc import Iterator, Sequence

import pytest

from lib.approaches.abstaining import ABSTAINED_TEXT
from lib.approaches.ranking import Ranking
from lib.approaches.reader_rag import ReaderRagApproach
from lib.approaches.reading import MIN_SCORE, is_too_far_to_read, reader_answer, says_none, sentences_read
from lib.domain import Answer, Answered, Generated, GenerationEvent, Message, Prompted, Sentence, TextPiece, Usage
from lib.embedding.hashing import HashingEmbedder
from lib.generation.fakes import EchoGenerator
from lib.generation.reader_adapter import NO_ANSWER, READER_INSTRUCTION
from lib.settings import READER_SENTENCES, Example, GenerationOptions, PromptSettings
from tests.unit.approaches.made import LEAVE, TRAVEL, FoundByHand

QUESTION = "How many weeks of paid leave do parents take?"


class Replying(EchoGenerator):
    """Says one thing; notes what it was asked."""

    def __init__(self, reply: str) -> None:
        super().__init__()
        self._reply = reply
        self.asked: tuple[Message, ...] = ()
        self.grammar = ""

    def stream(self, messages: Sequence[Message], options: GenerationOptions) -> Iterator[GenerationEvent]:
        self.asked, self.grammar = tuple(messages), options.grammar
        yield TextPiece(self._reply)
        yield Generated(Usage(40, 4), "stop")


def answered(model: Replying, settings: PromptSettings | None = None) -> Answer:
    asked = settings or PromptSettings()
    approach = ReaderRagApproach(FoundByHand(LEAVE, TRAVEL), HashingEmbedder(), model, asked, top_k=5)
    last = list(approach.answer(QUESTION))[-1]
    assert isinstance(last, Answered)
    return last.answer


def lines_read(model: Replying) -> list[str]:
    return model.asked[-1].content.split("\n\nQuestion:")[0].split("\n")


def test_it_reads_the_best_sentences_each_behind_the_rank_of_its_passage() -> None:
    model = Replying("x")
    answered(model, PromptSettings(sentences=3))
    lines = lines_read(model)
    assert len(lines) == 3
    assert lines[0] == "[1] Parents take eighteen weeks of paid leave."
    assert all(line.startswith(("[1] ", "[2] ")) for line in lines)
    assert model.asked[0] == Message("system", READER_INSTRUCTION)
    assert model.asked[-1].content.endswith(f"\n\nQuestion: {QUESTION}")


def test_its_reply_can_only_copy_what_it_was_handed() -> None:
    model = Replying("x")
    answered(model, PromptSettings(sentences=1))
    assert NO_ANSWER in model.grammar
    assert '"eighteen"' in model.grammar
    assert len(lines_read(model)) == 1
    assert model.grammar.count('" [') == 1


@pytest.mark.parametrize(
    "own", [PromptSettings(instruction="Answer in German."), PromptSettings(examples=(Example("Q?", '{"a": 1}'),))]
)
def test_a_persons_own_instruction_or_examples_free_the_reply(own: PromptSettings) -> None:
    model = Replying("x")
    answered(model, own)
    assert model.grammar == ""


def test_how_many_sentences_it_reads_is_its_own_default_and_the_persons_choice() -> None:
    assert sentences_read(PromptSettings()) == READER_SENTENCES
    assert sentences_read(PromptSettings(sentences=2)) == 2
    model = Replying("x")
    answered(model)
    assert len(lines_read(model)) == min(READER_SENTENCES, 4)


def test_with_no_sentences_it_reads_whole_passages_on_one_line_each() -> None:
    model = Replying("x")
    answered(model, PromptSettings(sentences=0))
    lines = lines_read(model)
    assert [line[:4] for line in lines] == ["[1] ", "[2] "]
    assert "eighteen weeks" in lines[0]


def test_a_persons_own_instruction_takes_the_place_of_the_readers() -> None:
    model = Replying("x")
    answered(model, PromptSettings(instruction="Answer like a pirate."))
    assert model.asked[0].content == "Answer like a pirate."


def test_its_marker_becomes_the_citation_and_its_name_stands_in_the_answer() -> None:
    answer = answered(Replying(reader_answer("eighteen weeks", 1)))
    assert (answer.text, answer.abstained, answer.adapter) == ("eighteen weeks [1]", False, "reader")
    assert [citation.passage.rank for citation in answer.citations] == [1]
    cited = answer.citations[0]
    assert answer.text[cited.answer_start : cited.answer_end] == "[1]"


def test_a_marker_of_a_passage_that_it_did_not_read_is_replaced_by_one_that_the_words_show() -> None:
    answer = answered(Replying("eighteen weeks of paid leave [9]"))
    assert [citation.passage.rank for citation in answer.citations] == [1]
    assert "[9]" not in answer.text


def test_its_sentence_that_nothing_holds_the_answer_is_an_abstention() -> None:
    answer = answered(Replying(NO_ANSWER))
    assert (answer.text, answer.abstained, answer.citations) == (ABSTAINED_TEXT, True, ())


@pytest.mark.parametrize("reply", [NO_ANSWER, "None of these holds the answer", " none of these hold it.\n"])
def test_saying_none_is_recognised_however_it_ends(reply: str) -> None:
    assert says_none(reply)


@pytest.mark.parametrize("reply", ["none [1]", "None of the staff [2]", "no later than Friday [1]"])
def test_an_answer_that_begins_with_none_is_an_answer(reply: str) -> None:
    assert not says_none(reply)


def test_the_prompt_says_which_sentences_it_holds() -> None:
    approach = ReaderRagApproach(
        FoundByHand(LEAVE, TRAVEL), HashingEmbedder(), Replying("x"), PromptSettings(sentences=2), top_k=5
    )
    prompt = next(event.prompt for event in approach.answer(QUESTION) if isinstance(event, Prompted))
    labels = [segment.label for segment in prompt.segments if segment.kind == "passage"]
    assert len(labels) == 2
    assert labels[0].startswith("sentence of [1] ")


def test_where_even_the_best_sentence_is_far_from_the_question_the_reader_is_not_asked() -> None:
    model = Replying("Postgres [1]")
    approach = ReaderRagApproach(FoundByHand(LEAVE, TRAVEL), HashingEmbedder(), model, PromptSettings(), top_k=5)
    last = list(approach.answer("Which database does the billing service use?"))[-1]
    assert isinstance(last, Answered)
    assert (last.answer.text, last.answer.abstained, last.answer.adapter) == (ABSTAINED_TEXT, True, "reader")
    assert model.asked == ()


@pytest.mark.parametrize(("score", "far"), [(MIN_SCORE - 0.01, True), (MIN_SCORE, False), (1.1, False)])
def test_how_far_is_too_far_depends_on_the_best_sentence_alone(score: float, *, far: bool) -> None:
    best, next_best = (Sentence(1, 0, 4, "Yes.", points) for points in (score, 0.1))
    assert is_too_far_to_read(Ranking((best, next_best), strength=1.0)) is far
    assert is_too_far_to_read(Ranking())
