"""A model as judge: both orders are asked, replies of many forms are read, and an unsteady opinion shows as one."""

from collections.abc import Iterator, Sequence

import pytest

from lib.domain import Answer, ApproachName, Chunk, Generated, GenerationEvent, Message, Passage, TextPiece, Usage
from lib.errors import ModelFailed
from lib.evaluation.judge import PROMPT_VERSION, judge_answer
from lib.records import Support
from lib.settings import GenerationOptions


class Scripted:
    """A model that gives these replies in turn and keeps what it was asked; a word is a token."""

    model_id = "scripted (fake)"
    base_url = ""

    def __init__(self, *replies: str, context_tokens: int = 4_000) -> None:
        self.replies, self.asked, self.options = list(replies), [], []
        self.context_tokens = context_tokens

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def stream(self, messages: Sequence[Message], options: GenerationOptions) -> Iterator[GenerationEvent]:
        self.asked.append(messages[-1].content)
        self.options.append(options)
        for piece in self.replies.pop(0).split(" "):
            yield TextPiece(f"{piece} ")
        yield Generated(Usage(1, 1), "stop")


def answer(*texts: str) -> Answer:
    passages = tuple(
        Passage(Chunk("d", "leave.md", 0, len(text), text, 9), rank, 1.0) for rank, text in enumerate(texts, start=1)
    )
    return Answer("How long is leave?", ApproachName.RAG, "m", "Leave is 18 weeks.", False, passages=passages)


LEAVE = answer("Parental leave is 18 weeks.")


def test_both_orders_are_asked_and_the_same_meaning_under_other_letters_agrees():
    model = Scripted("Verdict: A\nReason: Passage 1 says 18 weeks.", "Verdict: D\nReason: It stands there.")
    verdict = judge_answer(LEAVE, model)
    assert (verdict.support, verdict.score, verdict.agreed) == (Support.SUPPORTED, 1.0, True)
    assert verdict.reason == "Passage 1 says 18 weeks."
    assert (verdict.model, verdict.prompt_version) == ("scripted (fake)", PROMPT_VERSION)
    first, second = model.asked
    assert "A. the passages say all of it" in first
    assert "D. the passages say all of it" in second
    assert all("[1] Parental leave is 18 weeks." in asked and "Leave is 18 weeks." in asked for asked in model.asked)
    assert all(options.temperature == 0.0 for options in model.options)


def test_a_model_that_always_takes_the_first_letter_is_seen_not_to_agree():
    verdict = judge_answer(LEAVE, Scripted("A", "A"))
    assert (verdict.support, verdict.score, verdict.agreed) == (Support.UNSUPPORTED, 0.5, False)


def test_the_less_favourable_of_two_verdicts_is_given_and_a_contradiction_is_named():
    verdict = judge_answer(LEAVE, Scripted("Verdict: C\nReason: It says 12.", "Verdict: A"))
    assert (verdict.support, verdict.agreed, verdict.reason) == (Support.CONTRADICTED, False, "It says 12.")


@pytest.mark.parametrize(
    ("reply", "support"),
    [
        ("B", Support.PARTLY),
        ("**Verdict:** C", Support.CONTRADICTED),
        ("(d) because nothing is said", Support.UNSUPPORTED),
        ("Verdict is A.", Support.SUPPORTED),
        ("The right option is: B", Support.PARTLY),
        ("I think that it is only partially supported.", Support.PARTLY),
        ("The answer is not supported by the passages.", Support.UNSUPPORTED),
        ("It is fully supported.", Support.SUPPORTED),
        ("This contradicts the first passage.", Support.CONTRADICTED),
    ],
)
def test_replies_of_many_forms_are_read(reply, support):
    mirrored = {Support.SUPPORTED: "D", Support.PARTLY: "C", Support.CONTRADICTED: "B", Support.UNSUPPORTED: "A"}
    verdict = judge_answer(LEAVE, Scripted(reply, mirrored[support]))
    assert (verdict.support, verdict.agreed) == (support, True)


def test_a_reply_without_a_verdict_is_the_models_failure_and_says_what_it_wrote():
    with pytest.raises(ModelFailed, match="What a lovely day"):
        judge_answer(LEAVE, Scripted("What a lovely day", "What a lovely day"))


def test_an_answer_without_passages_cannot_be_judged():
    with pytest.raises(ModelFailed, match="no passages"):
        judge_answer(answer(), Scripted())


def test_passages_that_do_not_fit_the_judges_window_are_left_out_from_the_end():
    model = Scripted("A", "D", context_tokens=500)
    judge_answer(answer("first short", "second " * 50, "third " * 400), model)
    assert "second" in model.asked[0]
    assert "third" not in model.asked[0]
