"""What every approach promises, over all of them: the order of its events, one end, and nothing asked of nonsense."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from lib.approaches.extractive import ExtractiveApproach
from lib.approaches.fine_tuned import FineTunedApproach
from lib.approaches.gold_context import GoldContextApproach
from lib.approaches.hybrid import HybridApproach, HybridFlow
from lib.approaches.prompt_only import PromptOnlyApproach
from lib.approaches.rag import RagApproach
from lib.approaches.reader_rag import ReaderRagApproach
from lib.domain import (
    AdapterFile,
    Answered,
    AnswerEvent,
    ApproachName,
    Checked,
    GenerationEvent,
    Message,
    Prompted,
    Retrieved,
    TextPiece,
)
from lib.embedding.hashing import HashingEmbedder
from lib.errors import BadInput
from lib.evaluation.faithfulness import check_answer
from lib.generation.fakes import EchoGenerator
from lib.protocols import Approach, Generator
from lib.settings import BUILT_IN_READER, DEFAULT_RULES, GenerationOptions, PromptSettings, RuleKind, ValidatorRule
from tests.unit.approaches.made import LEAVE, TRAVEL, FoundByHand

QUESTION = "How many weeks of paid leave do parents take?"
EMBEDDER = HashingEmbedder()
FOUND = FoundByHand(LEAVE, TRAVEL)
SETTINGS = PromptSettings(sentences=1)
ADAPTER = AdapterFile("voice", Path("voice.gguf"), "a", "b")
READER = AdapterFile(BUILT_IN_READER, Path("reader.gguf"), "a", "b", "Read.")
NEVER = ValidatorRule("Never weeks", RuleKind.FORBIDDEN, "weeks")


class Watched(EchoGenerator):
    """An echo that notes whether it was stopped, and how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.stopped = False

    def stream(self, messages: Sequence[Message], options: GenerationOptions) -> Iterator[GenerationEvent]:
        self.asked += 1
        try:
            yield from super().stream(messages, options)
        except GeneratorExit:
            self.stopped = True
            raise


def _rag(model: Generator) -> Approach:
    return RagApproach(FOUND, EMBEDDER, model, SETTINGS, top_k=5)


def _hybrid(*rules: ValidatorRule, adapter: AdapterFile | None = None) -> Callable[[Generator], Approach]:
    def made(model: Generator) -> Approach:
        def supports(answer):  # type: ignore[no-untyped-def]
            return check_answer(answer, EMBEDDER).citations

        return HybridApproach(FOUND, EMBEDDER, model, HybridFlow(SETTINGS, 5, supports, rules, adapter))

    return made


MAKERS: dict[str, Callable[[Generator], Approach]] = {
    "prompt-only": lambda model: PromptOnlyApproach(model, SETTINGS),
    "rag": _rag,
    "rag by the reader": lambda model: ReaderRagApproach(FOUND, EMBEDDER, model, SETTINGS, top_k=5),
    "extractive": lambda _model: ExtractiveApproach(FOUND, EMBEDDER, SETTINGS, top_k=5),
    "fine-tuned": lambda model: FineTunedApproach(model, ADAPTER, SETTINGS),
    "hybrid": _hybrid(*DEFAULT_RULES),
    "hybrid with an adapter": _hybrid(*DEFAULT_RULES, adapter=ADAPTER),
    "hybrid by the reader": _hybrid(*DEFAULT_RULES, adapter=READER),
    "hybrid that is held": _hybrid(NEVER),
    "gold-context": lambda model: GoldContextApproach(
        [LEAVE.chunk], lambda retriever: RagApproach(retriever, EMBEDDER, model, SETTINGS, top_k=5)
    ),
}
SEARCHING = (ApproachName.RAG, ApproachName.HYBRID, ApproachName.GOLD_CONTEXT)


@pytest.fixture
def model() -> Watched:
    return Watched()


@pytest.fixture(params=MAKERS.values(), ids=MAKERS.keys())
def approach(request: pytest.FixtureRequest, model: Watched) -> Approach:
    make: Callable[[Generator], Approach] = request.param
    return make(model)


def _events(approach: Approach) -> list[AnswerEvent]:
    return list(approach.answer(QUESTION))


def test_one_answer_comes_last_and_carries_the_question_and_its_approach(approach: Approach) -> None:
    *before, last = _events(approach)
    assert isinstance(last, Answered)
    assert not any(isinstance(event, Answered) for event in before)
    answer = last.answer
    assert (answer.question, answer.approach) == (QUESTION, approach.name)
    assert answer.text
    assert answer.model
    assert answer.timings.total > 0


def test_what_was_retrieved_comes_first_and_stands_in_the_answer(approach: Approach) -> None:
    events = _events(approach)
    retrieved = [event for event in events if isinstance(event, Retrieved)]
    last = events[-1]
    assert isinstance(last, Answered)
    assert len(retrieved) == (1 if approach.name in SEARCHING else 0)
    if retrieved:
        assert events[0] is retrieved[0]
        assert last.answer.passages == retrieved[0].passages
    else:
        assert last.answer.passages == ()


def test_a_model_is_sent_a_prompt_before_any_of_its_words_and_the_last_one_stands_in_the_answer(
    approach: Approach, model: Watched
) -> None:
    events = _events(approach)
    prompts = [event.prompt for event in events if isinstance(event, Prompted)]
    last = events[-1]
    assert isinstance(last, Answered)
    assert len(prompts) == model.asked
    if prompts:
        kinds = [type(event) for event in events]
        assert kinds.index(Prompted) < kinds.index(TextPiece)
        assert last.answer.prompt == prompts[-1]
    else:
        assert last.answer.prompt is None


def test_rules_are_tried_after_each_attempt_and_their_last_word_stands_in_the_answer(approach: Approach) -> None:
    events = _events(approach)
    checked = [event for event in events if isinstance(event, Checked)]
    last = events[-1]
    assert isinstance(last, Answered)
    answer = last.answer
    if approach.name is not ApproachName.HYBRID:
        assert checked == []
        assert (answer.verdicts, answer.repaired, answer.held) == ((), False, False)
        return
    assert [one.again for one in checked] == ([True, False] if answer.repaired else [False])
    assert (checked[-1].text, checked[-1].verdicts) == (answer.text, answer.verdicts)
    assert answer.held == any(not verdict.kept for verdict in answer.verdicts)


def test_markers_span_what_they_say_they_span(approach: Approach) -> None:
    last = _events(approach)[-1]
    assert isinstance(last, Answered)
    answer = last.answer
    for cited in answer.citations:
        assert answer.text[cited.answer_start : cited.answer_end] == f"[{cited.marker}]"
        assert cited.passage in answer.passages
        start = cited.start - cited.passage.chunk.start
        assert cited.passage.chunk.text[start : start + cited.end - cited.start].strip()


def test_the_same_question_gets_the_same_answer(approach: Approach) -> None:
    first, second = (_events(approach)[-1] for _ in range(2))
    assert isinstance(first, Answered)
    assert isinstance(second, Answered)
    assert (first.answer.text, first.answer.citations) == (second.answer.text, second.answer.citations)


@pytest.mark.parametrize("question", ["", "  \x00 ", "?", "a" * 5_000])
def test_a_question_that_is_none_is_refused_before_a_model_is_asked(
    approach: Approach, model: Watched, question: str
) -> None:
    with pytest.raises(BadInput):
        list(approach.answer(question))
    assert model.asked == 0


def test_closing_it_early_stops_the_model(approach: Approach, model: Watched) -> None:
    stream = approach.answer(QUESTION)
    for event in stream:
        if isinstance(event, TextPiece):
            break
    stream.close()  # type: ignore[attr-defined]
    assert model.stopped == (model.asked > 0)
