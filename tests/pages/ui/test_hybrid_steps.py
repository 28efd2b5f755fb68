"""The five steps follow the events of an answer, forwards only, and stop where it stops."""

from dataclasses import replace

from lib.domain import (
    Answer,
    Answered,
    ApproachName,
    Checked,
    Citation,
    Message,
    Prompt,
    Prompted,
    PromptSegment,
    Retrieved,
    RuleVerdict,
    TextPiece,
)
from lib.errors import NotKept
from pages.ui.hybrid_steps import StepState, flow_states
from pages.ui.recording import NotRecorded
from tests.unit.approaches.made import LEAVE

PROMPT = Prompt((Message("user", "Q"),), (PromptSegment("question", "question", 12),), 4096, 128)
KEPT, BROKEN = RuleVerdict("a", True, "yes"), RuleVerdict("b", False, "no")
FOUND, ASKED, WORDS = Retrieved((LEAVE,), 12.4), Prompted(PROMPT), TextPiece("Eighteen weeks.")
ANSWER = Answer(
    "Q", ApproachName.HYBRID, "m", "Eighteen weeks. [1]", False, citations=(Citation(1, 16, 19, LEAVE, 100, 110),)
)


def told(*events: object, live: bool = True) -> list[tuple[StepState, str]]:
    return [(step.state, step.said) for step in flow_states(events, live=live)]


def states(*events: object, live: bool = True) -> str:
    """One letter a step: w(aiting), a(ctive), d(one), b(roken), s(kipped)."""
    return "".join(state.value[0] for state, _ in told(*events, live=live))


def test_steps_follow_each_other_as_the_answer_comes() -> None:
    good = Checked(ANSWER.text, (KEPT,), again=False)
    assert states() == "awwww"
    assert states(FOUND) == "dawww"
    assert states(FOUND, ASKED) == "ddaww"
    assert states(FOUND, ASKED, WORDS) == "ddaww"
    assert states(FOUND, ASKED, WORDS, good) == "ddddw"
    assert states(FOUND, ASKED, WORDS, good, Answered(ANSWER)) == "dddda"


def test_each_step_says_what_it_found() -> None:
    good = Checked(ANSWER.text, (KEPT, KEPT), again=False)
    assert [said for _, said in told(FOUND, ASKED, WORDS, good, Answered(ANSWER))] == [
        "1 passage in 12 ms", "12 tokens", "2 words, cites 1", "2 of 2 kept", "writing",
    ]  # fmt: skip


def test_a_repair_goes_back_to_the_answer_and_then_to_the_rules() -> None:
    first = Checked("x", (KEPT, BROKEN), again=True)
    mending = told(FOUND, ASKED, WORDS, first, ASKED, TextPiece("Better."))
    assert mending[1][1] == "12 tokens, with what to mend"
    assert mending[2] == (StepState.ACTIVE, "second attempt: 1 word")
    assert mending[3] == (StepState.ACTIVE, "1 of 2 broken, one repair")
    good = Checked("y", (KEPT, KEPT), again=False)
    assert told(FOUND, ASKED, WORDS, first, ASKED, WORDS, good)[3] == (StepState.DONE, "2 of 2 kept after one repair")
    held = told(FOUND, ASKED, WORDS, first, ASKED, WORDS, replace(first, again=False))[3]
    assert held == (StepState.BROKEN, "1 of 2 broken after one repair: held")


def test_an_answer_that_abstains_is_not_validated() -> None:
    nothing = Answered(replace(ANSWER, abstained=True, citations=()))
    assert states(FOUND, WORDS, nothing, live=False) == "dssss"
    assert states(FOUND, ASKED, WORDS, nothing, live=False) == "dddss"


def test_what_a_stopped_answer_did_not_reach_is_skipped() -> None:
    assert states(FOUND, ASKED, WORDS, live=False) == "ddsss"
    assert states(live=False) == "sssss"


def test_a_log_that_takes_nothing_is_said() -> None:
    good = Checked(ANSWER.text, (KEPT,), again=False)
    assert told(FOUND, ASKED, WORDS, good, NotRecorded(NotKept("full")), Answered(ANSWER))[4] == (
        StepState.BROKEN,
        "not kept",
    )
