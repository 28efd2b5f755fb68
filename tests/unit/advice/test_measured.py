"""Each of the four choices shows what was measured of it, and speaks only where the figures tell things apart."""

from dataclasses import replace
from datetime import UTC, datetime

from lib.advice.evidence import WorkspaceFacts, evidence
from lib.advice.measured import Measured, measured_lines
from lib.advice.recommend import advise
from lib.advice.record import decision_record
from lib.advice.situation import Examples, Failure, PromptEffort, Situation
from lib.domain import ApproachName, RuleVerdict
from lib.evaluation.results import Results, results_of
from lib.evaluation.style_or_facts import FactAnswer, Learner, StyleAnswer, StyleOrFacts
from lib.evaluation.worth_records import Familiarity
from lib.records import SetUp
from lib.settings import Workspace
from tests.support.evaluations import CASES, GOLD, PROMPT, RAG, evaluation_of, record_of
from tests.support.worths import worth

TUNED = SetUp("Fine-tuned", ApproachName.FINE_TUNED, Workspace(adapter="tickets"))
HYBRID = SetUp("Hybrid", ApproachName.HYBRID, Workspace(adapter="tickets"))
NOW = datetime(2026, 11, 21, tzinfo=UTC)
MANY = tuple(replace(case, id=f"{case.id}-{turn}") for turn in range(5) for case in CASES)


def results(**right: int) -> Results:
    """Forty cases; each arm has so many right."""
    arms = {"prompt": PROMPT, "rag": RAG, "tuned": TUNED, "hybrid": HYBRID}
    setups = tuple(arms[name] for name in right)
    evaluation = evaluation_of(*setups, cases=MANY)
    records = []
    for name, count in right.items():
        for place, case in enumerate(MANY):
            made = record_of(evaluation, arms[name], CASES[place % 8], "right" if place < count else "wrong")
            records.append(replace(made, case_id=case.id, id=f"{name}-{place}"))
    return results_of(evaluation, records, {case.id: GOLD[case.id.split("-")[0]] for case in MANY})


def lines(found: Measured) -> dict[ApproachName, list]:
    said: dict[ApproachName, list] = {}
    for line in measured_lines(found):
        said.setdefault(line.approach, []).append(line)
    return said


def test_what_was_not_measured_says_what_to_measure_next_for_each_choice() -> None:
    said = lines(Measured())
    assert list(said) == [
        ApproachName.PROMPT_ONLY, ApproachName.RAG, ApproachName.FINE_TUNED, ApproachName.HYBRID,
    ]  # fmt: skip
    assert all(line.text.startswith("Not measured") and not line.measured for [line] in said.values())
    assert all(line.speaks_for is None for [line] in said.values())
    assert said[ApproachName.FINE_TUNED][0].screen == "fine_tune"
    assert said[ApproachName.HYBRID][0].screen == "evaluate"


def test_four_arms_of_one_evaluation_speak_for_and_against_each_choice() -> None:
    said = lines(Measured(results(prompt=4, rag=30, tuned=6, hybrid=38)))
    assert [line.speaks_for for line in said[ApproachName.PROMPT_ONLY]] == [False]
    assert [line.speaks_for for line in said[ApproachName.RAG]] == [True]
    assert "RAG is better by 65 points" in said[ApproachName.RAG][0].text
    correct, against_rag = said[ApproachName.FINE_TUNED]
    assert (correct.speaks_for, against_rag.speaks_for) == (None, False)
    assert "Of 34 wrong answers of Fine-tuned, 34 sound sure of themselves." in against_rag.text
    assert said[ApproachName.HYBRID][0].speaks_for is True


def test_a_difference_that_luck_could_make_speaks_for_nothing() -> None:
    said = lines(Measured(results(rag=30, hybrid=31)))
    assert said[ApproachName.HYBRID][0].speaks_for is None
    assert "Evaluate prompt-only beside it" in said[ApproachName.RAG][0].text


def test_answers_that_are_held_are_told_of_hybrid() -> None:
    found = results(rag=30, hybrid=38)
    verdicts = (RuleVerdict("Cites a passage", True, ""),)
    records = [
        replace(one.record, answer=replace(one.record.answer, verdicts=verdicts, held=place < 3, repaired=place < 5))
        if one.record.setup == "Hybrid"
        else one.record
        for setup in found.setups
        for place, one in enumerate(setup.asked)
    ]
    held = lines(Measured(results_of(found.evaluation, records, {})))[ApproachName.HYBRID][-1]
    assert held.text.startswith("Hybrid keeps every rule in 92 %")
    assert "3 are held for a person" in held.text


def test_a_training_that_beats_few_shot_speaks_for_fine_tuning_and_one_that_does_not_is_open() -> None:
    [told] = lines(Measured(worths=(worth("tickets", base=0, few_shot=8, tuned=38),)))[ApproachName.FINE_TUNED]
    assert told.speaks_for is True
    assert told.screen == "fine_tune"
    assert "few-shot" in told.text
    [level] = lines(Measured(worths=(worth("tickets", base=0, few_shot=37, tuned=38),)))[ApproachName.FINE_TUNED]
    assert level.speaks_for is None


def test_invented_facts_speak_against_training_and_a_voice_that_was_learnt_for_it() -> None:
    style = tuple(
        StyleAnswer(who, f"m{row}", "Noted.", () if who is Learner.TUNED else ("one line",))
        for who in (Learner.TUNED, Learner.BASE)
        for row in range(20)
    )
    facts = tuple(
        FactAnswer(Learner.TUNED, Familiarity.UNSEEN, f"f{row}", "?", "nine", "d.md", "Two.", row < 1, False)
        for row in range(20)
    )
    voice, invented = lines(Measured(experiment=StyleOrFacts(NOW, style, facts)))[ApproachName.FINE_TUNED]
    assert (voice.speaks_for, invented.speaks_for) == (True, False)
    assert "invents an answer in 95 %" in invented.text


def test_questions_are_answered_from_held_out_rows_where_no_evaluation_was_made() -> None:
    facts = WorkspaceFacts(1_000, 4_096, 0, (worth("tickets", base=2, few_shot=8, tuned=38),))
    beside = {each.field: each for each in evidence(results(prompt=4), facts)}
    assert beside["prompt_effort"].suggests == (PromptEffort.STILL_FAILS,), "one answer, and examples were tried"
    said = {each.field: each for each in evidence(None, facts)}
    assert set(said) == {"failures", "prompt_effort", "examples", "volume"}
    assert said["failures"].suggests == (Failure.WRONG_CATEGORY,)
    assert said["prompt_effort"].suggests == (PromptEffort.STILL_FAILS,)
    assert "With 12 worked examples in the prompt" in said["prompt_effort"].text
    assert said["examples"].suggests == (Examples.HUNDREDS,)
    assert "900 tokens with worked examples, 60 after training" in said["volume"].text


def test_the_decision_record_holds_the_measured_lines_of_each_choice() -> None:
    measured = measured_lines(Measured(results(prompt=4, rag=30)))
    text = decision_record(advise(Situation()), today=NOW.date(), measured=measured)
    assert "- Measured, for it: Correct: RAG is better by 65 points" in text
    assert "- Not measured: train an adapter" in text
