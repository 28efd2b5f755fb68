"""The hybrid flow step by step: what is sent, what is checked, one repair, and what is held."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from lib.approaches.abstaining import ABSTAINED_TEXT
from lib.approaches.hybrid import HybridApproach, HybridFlow
from lib.domain import AdapterFile, Answer, Answered, AnswerEvent, Checked, Usage
from lib.embedding.hashing import HashingEmbedder
from lib.errors import BadInput
from lib.generation.reader_adapter import NO_ANSWER, READER_INSTRUCTION
from lib.records import CitationCheck, StatementCheck, Support
from lib.settings import BUILT_IN_READER, DEFAULT_RULES, Example, PromptSettings, RuleKind, ValidatorRule
from tests.unit.approaches.made import LEAVE, TRAVEL, FoundByHand
from tests.unit.approaches.replying import Replying

QUESTION = "How many weeks of paid leave do parents take?"
UNRELATED = "Which database does the billing service use?"
GOOD, BAD = "Eighteen weeks of paid leave.", "Second class flights forever."
SCHEMA = '{"type": "object", "required": ["weeks"], "properties": {"weeks": {"type": "string"}}}'
FORM = ValidatorRule("Form", RuleKind.JSON_SCHEMA, SCHEMA)


def supports(judged: Answer) -> Sequence[CitationCheck]:
    """What speaks of weeks is carried."""
    kind = Support.SUPPORTED if "weeks" in judged.text else Support.UNSUPPORTED
    return [CitationCheck(cited, StatementCheck(judged.text, 0, 1, kind)) for cited in judged.citations]


def hybrid(model: Replying, **changed: object) -> HybridApproach:
    set_up: dict[str, object] = {
        "prompt": PromptSettings(sentences=1),
        "top_k": 5,
        "supports": supports,
        "rules": DEFAULT_RULES,
        **changed,
    }
    return HybridApproach(FoundByHand(LEAVE, TRAVEL), HashingEmbedder(), model, HybridFlow(**set_up))  # type: ignore[arg-type]


def events(model: Replying, question: str = QUESTION, **changed: object) -> list[AnswerEvent]:
    return list(hybrid(model, **changed).answer(question))


def kinds(found: list[AnswerEvent]) -> list[str]:
    return [type(event).__name__ for event in found]


def answered(found: list[AnswerEvent]) -> Answer:
    last = found[-1]
    assert isinstance(last, Answered)
    return last.answer


def checked(found: list[AnswerEvent]) -> list[Checked]:
    return [event for event in found if isinstance(event, Checked)]


def test_an_answer_that_keeps_the_rules_goes_through_the_steps_once() -> None:
    found = events(Replying(GOOD))
    assert kinds(found) == ["Retrieved", "Prompted", "TextPiece", "Checked", "Answered"]
    answer = answered(found)
    assert answer.text == "Eighteen weeks of paid leave. [1]"
    assert [(verdict.rule, verdict.kept) for verdict in answer.verdicts] == [
        (rule.name, True) for rule in DEFAULT_RULES
    ]
    assert (answer.repaired, answer.held, answer.first_text) == (False, False, "")
    assert [cited.supported for cited in answer.citations] == [True]
    assert checked(found) == [Checked(answer.text, answer.verdicts, again=False)]


def test_a_broken_rule_is_told_to_the_model_once_and_a_second_answer_that_keeps_it_goes_out() -> None:
    model = Replying(BAD, GOOD)
    found = events(model)
    assert kinds(found) == [
        "Retrieved", "Prompted", "TextPiece", "Checked", "Prompted", "TextPiece", "Checked", "Answered",
    ]  # fmt: skip
    assert [one.again for one in checked(found)] == [True, False]
    asked = model.asked[1][-1].content
    assert BAD in asked
    assert "It cites no passage." in asked
    assert "At most 80 words" not in asked
    assert "Parents take eighteen weeks" in asked
    answer = answered(found)
    assert (answer.text, answer.repaired, answer.held) == ("Eighteen weeks of paid leave. [1]", True, False)
    assert answer.first_text == BAD
    assert [verdict.kept for verdict in answer.first_verdicts] == [False, False, True]
    assert all(verdict.kept for verdict in answer.verdicts)
    assert answer.usage == Usage(80, 10)
    assert answer.prompt is not None
    assert answer.prompt.messages == model.asked[1]


def test_an_answer_that_breaks_a_rule_twice_is_held() -> None:
    model = Replying(BAD)
    answer = answered(events(model))
    assert len(model.asked) == 2
    assert (answer.held, answer.repaired, answer.abstained) == (True, True, False)
    assert [verdict.rule for verdict in answer.verdicts if not verdict.kept] == [
        "Cites a passage",
        "Its passage carries it",
    ]


def test_without_rules_every_answer_goes_out() -> None:
    found = events(Replying(BAD), rules=())
    assert checked(found) == [Checked(BAD, (), again=False)]
    assert answered(found).held is False


def test_passages_too_far_off_ask_no_model_and_check_nothing() -> None:
    model = Replying(GOOD)
    found = events(model, UNRELATED)
    assert kinds(found) == ["Retrieved", "TextPiece", "Answered"]
    answer = answered(found)
    assert (answer.text, answer.abstained, answer.held, answer.verdicts) == (ABSTAINED_TEXT, True, False, ())
    assert model.asked == []


@pytest.mark.parametrize("said", ["", "The passages do not say."])
def test_an_answer_that_abstains_is_not_checked(said: str) -> None:
    found = events(Replying(said))
    assert checked(found) == []
    assert answered(found).abstained


def test_a_repair_may_end_in_abstaining_and_is_not_held_then() -> None:
    found = events(Replying(BAD, "The passages do not say."))
    answer = answered(found)
    assert (answer.abstained, answer.repaired, answer.held, answer.verdicts) == (True, True, False, ())
    assert answer.first_text == BAD


def test_an_adapter_is_asked_in_the_form_it_was_trained_with_and_named() -> None:
    model = Replying(GOOD)
    adapter = AdapterFile("voice", Path("voice.gguf"), "a", "b", "Answer in our voice.")
    settings = PromptSettings(sentences=1, examples=(Example("Q", "A"),))
    answer = answered(events(model, adapter=adapter, prompt=settings))
    assert [message.role for message in model.asked[0]] == ["system", "user"]
    assert model.asked[0][0].content == "Answer in our voice."
    assert model.asked[0][1].content == (f"Parents take eighteen weeks of paid leave.\n\nQuestion: {QUESTION}")
    assert answer.adapter == "voice"


def test_an_adapter_without_an_instruction_gets_none() -> None:
    model = Replying(GOOD)
    answered(events(model, adapter=AdapterFile("voice", Path("voice.gguf"), "a", "b")))
    assert [message.role for message in model.asked[0]] == ["user"]


def test_the_built_in_reader_is_asked_in_its_own_form_and_may_say_that_there_is_no_answer() -> None:
    reader = AdapterFile(BUILT_IN_READER, Path("reader.gguf"), "a", "b", READER_INSTRUCTION)
    model = Replying("Eighteen weeks of paid leave [1]")
    answer = answered(events(model, adapter=reader, prompt=PromptSettings()))
    assert model.asked[0][0].content == READER_INSTRUCTION
    sent = model.asked[0][1].content
    assert sent.startswith("[1] Parents take eighteen weeks of paid leave.\n[2] Trains are booked in second class.")
    assert (answer.adapter, answer.held, [cited.marker for cited in answer.citations]) == ("reader", False, [1])
    assert answered(events(Replying(NO_ANSWER), adapter=reader, prompt=PromptSettings())).abstained


def test_a_large_model_is_told_the_rules_beforehand() -> None:
    model = Replying(GOOD)
    answered(events(model, prompt=PromptSettings(sentences=0)))
    assert "Use at most 80 words." in model.asked[0][0].content
    assert "<passage" in model.asked[0][1].content


def test_a_schema_is_enforced_only_where_that_was_chosen() -> None:
    free, bound = Replying('{"weeks": "eighteen weeks"}'), Replying('{"weeks": "eighteen weeks"}')
    answered(events(free, rules=(FORM,)))
    answered(events(bound, rules=(FORM,), enforce_schema=True))
    assert (free.options[0].json_schema, bound.options[0].json_schema) == ("", SCHEMA)


def test_an_answer_of_json_stays_json_and_is_cited_behind_it() -> None:
    answer = answered(events(Replying('{"weeks": "eighteen weeks of paid leave"}'), rules=(FORM, *DEFAULT_RULES)))
    assert answer.text == '{"weeks": "eighteen weeks of paid leave"} [1]'
    assert not answer.held
    cited = answer.citations[0]
    assert answer.text[cited.answer_start : cited.answer_end] == "[1]"


def test_a_marker_inside_the_json_is_the_citation() -> None:
    text = '{"weeks": "eighteen [1]", "list": [1]}'
    answer = answered(events(Replying(text), rules=(FORM,)))
    assert answer.text == text
    assert [(one.marker, answer.text[one.answer_start - 1]) for one in answer.citations] == [(1, " ")]


def test_an_invalid_rule_stops_it_before_anything_is_asked() -> None:
    with pytest.raises(BadInput, match="Broken"):
        hybrid(Replying(GOOD), rules=(ValidatorRule("Broken", RuleKind.LENGTH, "many"),))


def test_closing_an_answer_during_the_repair_asks_no_more() -> None:
    model = Replying(BAD)
    stream = hybrid(model).answer(QUESTION)
    for event in stream:
        if isinstance(event, Checked):
            break
    stream.close()  # type: ignore[attr-defined]
    assert len(model.asked) == 1
