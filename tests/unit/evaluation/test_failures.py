"""Each rule on a realistic case of the company corpus, with the values that its sentence must name."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from lib.domain import Answer, ApproachName, Chunk, Message, Passage, Prompt
from lib.evaluation.failure_words import ordinal
from lib.evaluation.failures import CaseFacts, failure_of, says_the_fact
from lib.evaluation.spans import Span
from lib.records import (
    AnswerFormat,
    EvalCase,
    FailureLabel,
    GoldEvidence,
    StatementCheck,
    Support,
    Verdicts,
)
from lib.settings import RetrievalSettings

NEW = "leave-policy-2026.md"
OLD = "leave-policy-2024.md"
NEW_TEXT = "The birth parent takes 26 weeks at full pay. The second parent receives 10 weeks at full pay."
OLD_TEXT = "The birth parent takes 26 weeks at full pay. The second parent receives 4 weeks at full pay."
QUOTE = "The second parent receives 10 weeks at full pay."
QUESTION = "How many weeks does the second parent get?"


def chunk(document: str, text: str, *, start: int = 0) -> Chunk:
    return Chunk(f"id-{document}", document, start, start + len(text), text, len(text.split()))


def passages(*chunks: Chunk) -> tuple[Passage, ...]:
    return tuple(Passage(one, rank, 1 / rank) for rank, one in enumerate(chunks, start=1))


GOLD_CHUNK = chunk(NEW, NEW_TEXT)
OLD_CHUNK = chunk(OLD, OLD_TEXT)
OTHERS = tuple(chunk(f"other-{number}.md", f"Paragraph {number} on cheese rooms.") for number in range(20))
CASE = EvalCase("c1", QUESTION, "10 weeks", (GoldEvidence(NEW, QUOTE),))
GOLD = (Span(NEW, NEW_TEXT.index(QUOTE), NEW_TEXT.index(QUOTE) + len(QUOTE)),)


def answer(
    text: str,
    found: Sequence[Chunk],
    *,
    approach: ApproachName = ApproachName.RAG,
    abstained: bool = False,
    sent: str | None = None,
) -> Answer:
    prompt = None if sent is None else Prompt((Message("user", sent),), (), 8_192, 128)
    return Answer(QUESTION, approach, "a model", text, abstained, passages=passages(*found), prompt=prompt)


def facts(given: Answer, *, case: EvalCase = CASE, gold: tuple[Span, ...] = GOLD) -> CaseFacts:
    return CaseFacts(case, gold, (), given, Verdicts(), correct=False, chunks=(GOLD_CHUNK, OLD_CHUNK, *OTHERS))


def checked(text: str, support: Support, reason: str = "", passage: Passage | None = None) -> Verdicts:
    return Verdicts((StatementCheck(text, 0, len(text), support, reason=reason, passage=passage),))


def label_and_evidence(known: CaseFacts) -> tuple[FailureLabel, str]:
    failure = failure_of(known)
    assert failure is not None
    return failure.label, failure.evidence


def test_a_right_answer_has_no_failure() -> None:
    assert failure_of(replace(facts(answer("10 weeks", [GOLD_CHUNK])), correct=True)) is None


def test_abstaining_from_what_has_no_answer_is_no_failure() -> None:
    case = EvalCase("c2", "Do employees get share options?", None, answerable=False)
    assert failure_of(facts(answer("There is none.", [OTHERS[0]], abstained=True), case=case, gold=())) is None


def test_a_model_that_failed_is_named_with_its_message_before_anything_else() -> None:
    known = replace(facts(answer("", [])), error="The model sent nothing for 20 s")
    label, evidence = label_and_evidence(known)
    assert label is FailureLabel.MODEL_FAILED
    assert "The model sent nothing for 20 s" in evidence


def test_an_answer_to_what_the_documents_do_not_hold_should_have_abstained() -> None:
    case = EvalCase("c3", "How much does the company pay into my pension?", None, answerable=False)
    text = "The company pays 8 percent into your pension."
    known = replace(facts(answer(text, [OTHERS[0]]), case=case, gold=()), verdicts=checked(text, Support.UNSUPPORTED))
    label, evidence = label_and_evidence(known)
    assert label is FailureLabel.SHOULD_HAVE_ABSTAINED
    assert f"No source says “{text}”" in evidence


def test_the_right_fact_that_breaks_the_format_is_a_matter_of_format() -> None:
    case = replace(CASE, format=AnswerFormat.PATTERN, format_spec=r"\d+ weeks")
    label, evidence = label_and_evidence(facts(answer("They get 10 weeks at full pay.", []), case=case))
    assert label is FailureLabel.WRONG_FORMAT
    assert r"\d+ weeks" in evidence
    assert "They get 10 weeks at full pay." in evidence


def test_a_form_that_was_missed_where_no_document_was_needed_is_a_matter_of_behaviour() -> None:
    case = replace(CASE, evidence=(), answer="E40", format=AnswerFormat.PATTERN, format_spec=r"E\d\d")
    given = answer("It may be the pump.", [], approach=ApproachName.PROMPT_ONLY)
    label, evidence = label_and_evidence(replace(facts(given, case=case, gold=()), chunks=()))
    assert label is FailureLabel.FORM_MISSED
    assert evidence == "The case asks for an answer of the form E\\d\\d, and “It may be the pump.” is something else."


def test_a_wrong_answer_in_the_right_form_is_no_matter_of_form() -> None:
    case = replace(CASE, evidence=(), answer="E40", format=AnswerFormat.PATTERN, format_spec=r"E\d\d")
    given = replace(answer("E17", [], approach=ApproachName.FINE_TUNED), adapter="tickets")
    label, evidence = label_and_evidence(replace(facts(given, case=case, gold=()), chunks=()))
    assert label is FailureLabel.NO_KNOWLEDGE
    assert evidence.startswith("fine-tuned looks nothing up")
    assert "what it was trained on, examples of tickets included, and said “E17”" in evidence


def test_the_same_number_spelt_out_is_the_right_fact() -> None:
    label, evidence = label_and_evidence(facts(answer("Ten weeks", [GOLD_CHUNK])))
    assert label is FailureLabel.WRONG_FORMAT
    assert "“Ten weeks” says it" in evidence
    assert "“10 weeks”" in evidence


@pytest.mark.parametrize(
    ("text", "fact", "same"),
    [
        ("June 30", "30 June", True),
        ("1900 calories a day", "1,900 calories", True),
        ("about 2 years", "about two years", True),
        ("not 10 weeks", "10 weeks", False),
        ("10 days", "10 weeks", False),
        ("4 weeks", "10 weeks", False),
        ("10 weeks at full pay, taken within 6 months, in blocks of whole weeks", "6 weeks", False),
        ("anything", "", False),
    ],
)
def test_a_fact_is_known_again_by_its_words_numbers_and_polarity(text: str, fact: str, same: bool) -> None:
    assert says_the_fact(text, fact) is same


@pytest.mark.parametrize(
    ("text", "abstained", "said"),
    [("Two weeks.", False, "said “Two weeks.”"), ("I do not know.", True, "said that it does not know")],
)
def test_prompt_only_is_wrong_because_nothing_was_looked_up(text: str, abstained: bool, said: str) -> None:
    given = answer(text, [], approach=ApproachName.PROMPT_ONLY, abstained=abstained, sent=QUESTION)
    label, evidence = label_and_evidence(replace(facts(given), chunks=()))
    assert label is FailureLabel.NO_KNOWLEDGE
    assert said in evidence


def test_prompt_only_that_carried_the_text_is_judged_by_what_it_did_with_it() -> None:
    given = answer("Two weeks.", [], approach=ApproachName.PROMPT_ONLY, sent=f"{NEW_TEXT}\n{QUESTION}")
    label, evidence = label_and_evidence(replace(facts(given), chunks=()))
    assert label is FailureLabel.IGNORED
    assert "The text carried with the question holds the evidence" in evidence


def test_evidence_that_could_not_be_located_is_not_in_the_corpus() -> None:
    problem = f"{NEW} is not among the documents."
    known = replace(facts(answer("4 weeks", [OTHERS[0]]), gold=()), problems=(problem,))
    assert label_and_evidence(known) == (FailureLabel.NOT_IN_CORPUS, problem)


def test_one_of_two_pieces_of_evidence_missing_is_not_in_the_corpus() -> None:
    case = replace(CASE, evidence=(*CASE.evidence, GoldEvidence("gone.md", "It is 4 weeks.")))
    known = replace(facts(answer("3 weeks", [GOLD_CHUNK]), case=case), problems=("gone.md is not here.",))
    assert label_and_evidence(known)[0] is FailureLabel.NOT_IN_CORPUS


def test_the_old_policys_number_is_stale_and_both_numbers_are_named() -> None:
    known = facts(answer("The second parent gets 4 weeks.", [OLD_CHUNK, GOLD_CHUNK]))
    failure = failure_of(known)
    assert failure is not None
    assert failure.label is FailureLabel.STALE
    assert failure.passage is not None
    assert failure.passage.chunk.document == OLD
    assert "receives 4 weeks" in failure.evidence
    assert "receives 10 weeks" in failure.evidence


def test_another_sentence_of_the_old_policy_is_not_the_stale_fact() -> None:
    known = facts(answer("The birth parent takes 26 weeks at full pay.", [OLD_CHUNK, GOLD_CHUNK]))
    assert label_and_evidence(known)[0] is FailureLabel.IGNORED


def test_evidence_that_no_chunk_holds_whole_is_split_with_its_borders() -> None:
    at = NEW_TEXT.index("receives")
    first, second = chunk(NEW, NEW_TEXT[:at].rstrip()), chunk(NEW, NEW_TEXT[at:], start=at)
    known = replace(facts(answer("26 weeks", [first, OTHERS[0]])), chunks=(first, second, *OTHERS))
    label, evidence = label_and_evidence(known)
    assert label is FailureLabel.SPLIT
    assert f"0 to {len(first.text)} ({first.tokens} tokens)" in evidence
    assert f"{at} to {len(NEW_TEXT)}" in evidence
    assert "1 of them came among the passages" in evidence


def test_pieces_that_were_all_handed_on_hide_nothing() -> None:
    at = NEW_TEXT.index("10 weeks")
    first, second = chunk(NEW, NEW_TEXT[:at]), chunk(NEW, NEW_TEXT[at:], start=at)
    known = replace(facts(answer("26 weeks", [first, second])), chunks=(first, second))
    assert label_and_evidence(known)[0] is FailureLabel.IGNORED


def test_a_chunk_that_came_too_late_is_not_retrieved_with_its_rank() -> None:
    ranking = passages(*OTHERS[:16], GOLD_CHUNK, *OTHERS[16:])
    known = replace(
        facts(answer("Two weeks.", OTHERS[:5])), ranking=lambda: ranking, retrieval=RetrievalSettings(top_k=5)
    )
    failure = failure_of(known)
    assert failure is not None
    assert (failure.label, failure.rank) == (FailureLabel.NOT_RETRIEVED, 17)
    assert failure.passage == ranking[16]
    assert "came 17th of 21; top-k is 5" in failure.evidence


def test_a_chunk_that_the_ranking_does_not_hold_has_no_rank() -> None:
    known = replace(facts(answer("Two weeks.", OTHERS[:5])), ranking=lambda: passages(*OTHERS))
    failure = failure_of(known)
    assert failure is not None
    assert (failure.label, failure.rank) == (FailureLabel.NOT_RETRIEVED, None)
    assert "not among the 20" in failure.evidence


def test_a_document_filter_that_leaves_the_evidence_out_is_named() -> None:
    retrieval = RetrievalSettings(documents=("other-0.md",))
    known = replace(facts(answer("Two weeks.", OTHERS[:1])), retrieval=retrieval)
    label, evidence = label_and_evidence(known)
    assert label is FailureLabel.NOT_RETRIEVED
    assert evidence == f"Only other-0.md is searched, and the evidence stands in {NEW}."


def test_a_quote_that_stands_twice_need_be_retrieved_once_only() -> None:
    twice = (*GOLD, Span(NEW, 900, 900 + GOLD[0].length))
    assert label_and_evidence(facts(answer("Two weeks.", [GOLD_CHUNK]), gold=twice))[0] is FailureLabel.IGNORED


def test_one_of_two_documents_missing_is_not_in_the_corpus_even_if_the_other_quote_stands_twice() -> None:
    case = replace(CASE, evidence=(*CASE.evidence, GoldEvidence("gone.md", "It is 4 weeks.")))
    twice = (*GOLD, Span(NEW, 900, 900 + GOLD[0].length))
    known = replace(facts(answer("3 weeks", [GOLD_CHUNK]), case=case, gold=twice), problems=("gone.md is not here.",))
    assert label_and_evidence(known)[0] is FailureLabel.NOT_IN_CORPUS


def test_the_ranking_is_not_asked_for_what_was_handed_on() -> None:
    def never() -> Sequence[Passage]:
        raise AssertionError

    known = replace(facts(answer("Two weeks.", [OTHERS[0], GOLD_CHUNK])), ranking=never)
    assert label_and_evidence(known)[0] is FailureLabel.IGNORED


def test_abstaining_with_the_passage_at_hand_is_wrong() -> None:
    given = answer("The passages do not say.", [OTHERS[0], GOLD_CHUNK], abstained=True)
    label, evidence = label_and_evidence(facts(given))
    assert label is FailureLabel.ABSTAINED_WRONGLY
    assert "came 2nd of the 2 handed on" in evidence


def test_a_statement_that_no_passage_carries_is_an_unsupported_claim() -> None:
    text = "The second parent receives 12 weeks at half pay."
    verdicts = checked(text, Support.UNSUPPORTED, "The number 12 stands in no passage.")
    label, evidence = label_and_evidence(replace(facts(answer(text, [GOLD_CHUNK])), verdicts=verdicts))
    assert label is FailureLabel.UNSUPPORTED_CLAIM
    assert "do not say “The second parent receives 12 weeks at half pay.”" in evidence
    assert "the number 12 stands in no passage" in evidence


def test_a_contradicted_statement_comes_before_an_unsupported_one() -> None:
    one = StatementCheck("It is generous.", 0, 15, Support.UNSUPPORTED)
    other = StatementCheck("It is 12 weeks.", 16, 31, Support.CONTRADICTED)
    known = replace(facts(answer("It is generous. It is 12 weeks.", [GOLD_CHUNK])), verdicts=Verdicts((one, other)))
    assert "contradict “It is 12 weeks.”" in label_and_evidence(known)[1]


def test_another_sentence_of_the_passages_means_that_the_evidence_was_ignored() -> None:
    text = "The birth parent takes 26 weeks at full pay."
    known = replace(facts(answer(text, [OTHERS[0], GOLD_CHUNK])), verdicts=checked(text, Support.SUPPORTED))
    failure = failure_of(known)
    assert failure is not None
    assert failure.label is FailureLabel.IGNORED
    assert failure.passage is not None
    assert failure.passage.rank == 2
    assert "26 weeks" in failure.evidence
    assert "instead of “10 weeks”" in failure.evidence


def test_it_is_said_when_the_model_never_read_the_sentence_of_the_passage() -> None:
    given = answer("26 weeks", [GOLD_CHUNK], sent="The birth parent takes 26 weeks at full pay.")
    assert "not among the sentences that the model read" in label_and_evidence(facts(given))[1]


def test_gold_context_never_blames_the_search() -> None:
    given = answer("26 weeks", [GOLD_CHUNK], approach=ApproachName.GOLD_CONTEXT)
    label, evidence = label_and_evidence(replace(facts(given), chunks=()))
    assert label is FailureLabel.IGNORED
    assert "was handed over" in evidence


def test_without_named_evidence_the_expected_words_are_looked_for() -> None:
    case = replace(CASE, evidence=())
    label, evidence = label_and_evidence(facts(answer("Two.", OTHERS[:3]), case=case, gold=()))
    assert label is FailureLabel.NOT_RETRIEVED
    assert "“10 weeks” stands in none of the 3 passages" in evidence
    there = facts(answer("Two.", [GOLD_CHUNK]), case=case, gold=())
    assert label_and_evidence(there)[0] is FailureLabel.IGNORED


def test_every_wrong_answer_gets_a_label() -> None:
    for approach in ApproachName:
        for abstained in (False, True):
            for gold in (GOLD, ()):
                given = answer("Something else", OTHERS[:2], approach=approach, abstained=abstained)
                assert failure_of(facts(given, gold=gold)) is not None


def test_ranks_are_said_as_people_say_them() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th",
    ]  # fmt: skip
