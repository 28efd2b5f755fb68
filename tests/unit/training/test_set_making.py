from datetime import UTC, datetime

import pytest

from lib.domain import Answer, ApproachName, Message, Prompt
from lib.errors import BadInput
from lib.records import EvalCase, EvalSet, GoldEvidence, Origin, Remarks, Review, ReviewState, RunRecord
from lib.settings import Workspace
from lib.training.overlap import find_overlap, refuse_overlap, taken_tag, without_overlap
from lib.training.set_making import (
    ReadCase,
    divide,
    examples_from_cases,
    examples_from_runs,
    examples_with_passages,
    renumbered,
    without_judging,
)
from lib.training.set_rows import pair
from lib.training.values import TrainingExample, TrainingSet

PROMPT = (Message("system", "Cite."), Message("user", "[1] Nine hours.\n\nQuestion: How long?"))


def run(id: str, question: str, text: str, *, evaluation: str = "") -> RunRecord:
    prompt = Prompt(PROMPT, (), 4096, 128)
    answer = Answer(question, ApproachName.RAG, "m", text, abstained=False, prompt=prompt)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return RunRecord(id, at, Origin.ASK, Workspace(), answer, evaluation=evaluation, tags=("fee",))


def decided(state: ReviewState, text: str = "") -> Remarks:
    return Remarks(review=Review("money", state, text))


def test_only_what_people_approved_is_learnt_and_as_they_mended_it() -> None:
    runs = [
        (run("a", "How long?", "Nine hours [1]."), decided(ReviewState.APPROVED)),
        (run("b", "How much?", "Nine."), decided(ReviewState.EDITED, "Nine pounds [2].")),
        (run("c", "Where?", "Here."), decided(ReviewState.REJECTED)),
        (run("d", "When?", "Now."), decided(ReviewState.OPEN)),
        (run("e", "Who?", "Ann."), Remarks()),
        (run("f", "Why?", "So.", evaluation="x"), decided(ReviewState.APPROVED)),
        (run("g", "how LONG", "An older answer."), decided(ReviewState.APPROVED)),
    ]
    assert examples_from_runs(runs, instruction="Be brief.") == (
        TrainingExample("run-a", pair("How long?", "Nine hours.", "Be brief."), ("fee",)),
        TrainingExample("run-b", pair("How much?", "Nine pounds.", "Be brief."), ("fee",)),
    )


def test_with_passages_the_example_is_what_was_sent_markers_and_all() -> None:
    [example] = examples_from_runs(
        [(run("a", "How long?", "Nine hours [1]."), decided(ReviewState.APPROVED))], with_passages=True
    )
    assert example.messages == (*PROMPT, Message("assistant", "Nine hours [1]."))


def cases(count: int = 12) -> tuple[EvalCase, ...]:
    return tuple(
        EvalCase(f"q{n}", f"Subject {n * 31} of chapter {n * 17}?", f"a{n}", (GoldEvidence("d.md", f"fact {n}"),))
        for n in range(count)
    )


def test_an_eval_set_is_divided_by_seed_with_no_case_on_both_sides() -> None:
    divided = divide(EvalSet("Quiz", cases()), seed=0)
    assert divided.held_out.name == "Quiz (held out)"
    assert len(divided.learnt) == 6
    assert {case.id for case in divided.learnt} | {case.id for case in divided.held_out.cases} == {
        case.id for case in cases()
    }
    assert divide(EvalSet("Quiz", cases()), seed=0) == divided
    assert divide(EvalSet("Quiz", cases()), seed=1) != divided


def test_cases_on_the_same_words_and_paraphrases_stay_on_one_side() -> None:
    near = (
        EvalCase("p1", "How long is parental leave?", "18 weeks", (GoldEvidence("l.md", "18 weeks of leave"),)),
        EvalCase("p2", "How long is the parental leave?", "18 weeks"),
        EvalCase("p3", "What does a new mother get?", "18 weeks", (GoldEvidence("l.md", "18  weeks of leave"),)),
    )
    for seed in range(20):
        divided = divide(EvalSet("Quiz", (*cases(6), *near)), seed=seed)
        sides = {"p1", "p2", "p3"} & {case.id for case in divided.learnt}
        assert sides in (set(), {"p1", "p2", "p3"})


def test_cases_that_judge_are_never_divided_and_drafts_do_not_count() -> None:
    with pytest.raises(BadInput, match="holds cases that judge"):
        divide(EvalSet("Quiz (held out)", cases()), seed=0)
    with pytest.raises(BadInput, match="has 1 case that can be told apart"):
        divide(EvalSet("Quiz", (cases()[0], EvalCase("d", "Draft?", "x", reviewed=False))), seed=0)


def test_cases_become_examples_that_say_where_they_are_from() -> None:
    none = EvalCase("n", "Who owns the moon?", None, answerable=False)
    retrieval_only = EvalCase("r", "Where?", None, (GoldEvidence("d.md", "here"),))
    assert [one.output for one in examples_from_cases("Quiz", (*cases(1), none, retrieval_only))] == ["a0"]
    made = examples_from_cases("Quiz", (*cases(1), none), instruction="Be brief.", no_answer="I do not know.")
    assert made[1] == TrainingExample(
        "case-n", pair("Who owns the moon?", "I do not know.", "Be brief."), (taken_tag("Quiz", "n"),)
    )


def test_with_passages_the_answer_cites_or_says_that_none_holds_it() -> None:
    answered, missed, moon = (
        ReadCase(cases(1)[0], PROMPT, 2),
        ReadCase(cases(1)[0], PROMPT, 0),
        ReadCase(EvalCase("n", "Who owns the moon?", None, answerable=False), PROMPT, 0),
    )
    made = examples_with_passages("Quiz", [answered, missed, moon], no_answer="None of these.")
    assert [one.output for one in made] == ["a0 [2]", "None of these.", "None of these."]
    assert made[0].prompt == PROMPT


def test_examples_that_ask_what_a_held_out_set_asks_are_dropped() -> None:
    held = EvalSet("Quiz (held out)", (EvalCase("q", "How long does the lamp burn?", "9 h"),))
    made = (
        TrainingExample("a", pair("How long does the big lamp burn?", "x")),
        TrainingExample("b", pair("Who?", "x")),
    )
    assert [one.id for one in without_judging(made, [held])] == ["b"]
    assert without_judging(made, [EvalSet("Quiz", held.cases)]) == made


def test_ids_that_are_taken_get_a_number() -> None:
    one = TrainingExample("a", pair("Q", "A"))
    assert [found.id for found in renumbered((one, one), ["a"])] == ["a-2", "a-3"]


QUIZ = EvalSet("Quiz", (EvalCase("q1", "How long does the lamp burn?", "9 h"), EvalCase("q2", "Who rows?", "Ann")))


def learning(*questions: str, held_out: tuple[str, ...] = ()) -> TrainingSet:
    train = tuple(TrainingExample(f"t{n}", pair(one, "x")) for n, one in enumerate(questions))
    return TrainingSet(
        "Mine", train, (), tuple(TrainingExample(f"h{n}", pair(one, "x")) for n, one in enumerate(held_out))
    )


def test_overlap_names_the_case_that_is_most_like_the_example() -> None:
    [overlap] = find_overlap(learning("How long does the big lamp burn?", "Who swims?"), [QUIZ])
    assert (overlap.example, overlap.eval_set, overlap.case) == ("t0", "Quiz", "q1")
    assert 0.6 <= overlap.likeness < 1


def test_held_out_examples_may_be_eval_cases_for_nothing_is_learnt_from_them() -> None:
    assert find_overlap(learning("Who swims?", held_out=("Who rows?",)), [QUIZ]) == ()


def test_a_question_behind_passages_is_found_too() -> None:
    assert find_overlap(learning("[1] Ann rows the boat.\n\nQuestion: Who rows?"), [QUIZ])


def test_overlap_is_refused_with_figures_and_a_set_that_is_the_eval_set_is_called_that() -> None:
    with pytest.raises(BadInput, match=r"1 of 2 examples of 'Mine' ask what the eval set 'Quiz' asks \(t1 is q2, 100%"):
        refuse_overlap(learning("Who swims?", "Who rows?"), [QUIZ])
    with pytest.raises(BadInput, match="The training set 'Mine' is the eval set 'Quiz'"):
        refuse_overlap(learning("who rows", "How long does the lamp burn"), [QUIZ])
    refuse_overlap(without_overlap(learning("Who swims?", "Who rows?"), [QUIZ]), [QUIZ])
    refuse_overlap(learning("Who rows?"), [])
