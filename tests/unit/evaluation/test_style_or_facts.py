"""The experiment trains both lessons, asks the right questions of each learner, and says no more than was measured."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from lib.domain import Answer, ApproachName
from lib.evaluation.experiment_material import facts_material, some, style_material
from lib.evaluation.style_or_facts import (
    STYLE_RULES,
    ExperimentTools,
    FactAnswer,
    Learner,
    Lesson,
    LessonBegun,
    LessonTrained,
    ScoringBegun,
    StyleAnswer,
    StyleOrFacts,
    style_or_facts,
)
from lib.evaluation.style_or_facts_words import answers_of, closing_line, fact_figures, rules_kept
from lib.evaluation.style_rules import keeps
from lib.evaluation.worth_records import Familiarity
from lib.training.values import Trained, TrainingEvent, TrainingSet
from tests.unit.evaluation.worth_made import Scripted

NOW = datetime(2026, 11, 21, tzinfo=UTC)
IN_VOICE = "Cellar desk: noted, it is so. We look into it and write by noon. Mind the rind."


class House:
    """Scripted learners: the style adapter keeps the voice, the facts adapter knows what it was trained on."""

    def __init__(self, *, ready: frozenset[Lesson] = frozenset()) -> None:
        self.trained: list[Lesson] = []
        self.ready = ready
        answers = {row.input: row.output for row in facts_material().training_set.train}
        self.facts = Scripted(lambda messages: answers.get(messages[-1].content, "It costs 77.00 pounds."))

    def train(self, lesson: Lesson, training_set: TrainingSet) -> Iterator[TrainingEvent]:
        self.trained.append(lesson)
        yield Trained(8, 8, 12.0, "finished")

    def tools(self, *, rag: bool = True) -> ExperimentTools:
        golds = {case.question: case.answer or "" for case in facts_material().cases}

        def answer(question: str) -> Answer:
            return Answer(question, ApproachName.RAG, "scripted", f"It is {golds[question]}.", abstained=False)

        return ExperimentTools(
            train=self.train,
            is_ready=lambda lesson, _set: lesson in self.ready,
            trained=lambda lesson: LessonTrained(lesson, 12.0, 48),
            base=lambda: Scripted(lambda messages: "I do not know the answer."),
            tuned=lambda lesson: self.facts if lesson is Lesson.FACTS else Scripted(lambda messages: IN_VOICE),
            rag=answer if rag else None,
        )


def run(house: House, *, most: int = 8, rag: bool = True) -> list[object]:
    material = some(style_material(), most), some(facts_material(), most)
    return list(style_or_facts(house.tools(rag=rag), *material, now=NOW, stopped=lambda: False))


def found_in(events: list[object]) -> StyleOrFacts:
    last = events[-1]
    assert isinstance(last, StyleOrFacts)
    return last


def test_both_are_trained_one_after_the_other_and_then_asked() -> None:
    house = House()
    events = run(house)
    assert house.trained == [Lesson.STYLE, Lesson.FACTS]
    assert [event for event in events if isinstance(event, LessonBegun)] == [
        LessonBegun(Lesson.STYLE, ready=False),
        LessonBegun(Lesson.FACTS, ready=False),
    ]
    answers = [event for event in events if isinstance(event, StyleAnswer | FactAnswer)]
    assert [event.answers for event in events if isinstance(event, ScoringBegun)] == [len(answers)]
    assert found_in(events).finished
    assert found_in(events).trained == tuple(LessonTrained(lesson, 12.0, 48) for lesson in Lesson)
    assert found_in(events).is_fair


def test_an_adapter_that_is_there_already_is_not_trained_again() -> None:
    house = House(ready=frozenset({Lesson.STYLE}))
    run(house)
    assert house.trained == [Lesson.FACTS]


def test_base_and_rag_are_asked_the_unseen_facts_alone() -> None:
    found = found_in(run(House()))
    counts = {(one, kind): len(answers_of(found, one, kind)) for one in Learner for kind in Familiarity}
    assert {key for key, count in counts.items() if count == 8} == {
        (Learner.TUNED, Familiarity.SEEN),
        (Learner.TUNED, Familiarity.PARAPHRASED),
        (Learner.TUNED, Familiarity.UNSEEN),
        (Learner.BASE, Familiarity.UNSEEN),
        (Learner.RAG, Familiarity.UNSEEN),
    }
    assert {answer.learner for answer in found_in(run(House(), rag=False)).facts} == {Learner.TUNED, Learner.BASE}


def test_a_sure_wrong_answer_is_invented_and_a_refusal_is_not() -> None:
    found = found_in(run(House()))
    tuned, base = (fact_figures(found, one, Familiarity.UNSEEN) for one in (Learner.TUNED, Learner.BASE))
    seen = fact_figures(found, Learner.TUNED, Familiarity.SEEN)
    assert tuned is not None
    assert base is not None
    assert seen is not None
    assert (tuned.right.value, tuned.invented.value) == (0.0, 1.0)
    assert (base.right.value, base.invented.value) == (0.0, 0.0)
    assert (seen.right.value, seen.invented.value) == (1.0, 0.0)


def test_the_voice_counts_only_where_every_rule_is_kept() -> None:
    found = found_in(run(House()))
    tuned, base = rules_kept(found, Learner.TUNED), rules_kept(found, Learner.BASE)
    assert tuned is not None
    assert base is not None
    assert (tuned.value, base.value) == (1.0, 0.0)
    assert found.style[-1].broken == ("starts with “Cellar desk: noted,”", "ends with “Mind the rind.”")


def test_the_closing_line_gives_figures_with_intervals_and_the_lesson_only_where_they_carry_it() -> None:
    said = closing_line(found_in(run(House())))
    assert "all rules kept in 100 % (" in said
    assert "0 % (0–" in said
    assert "of 8 that were not trained 0 % (" in said
    assert "form is trained, facts are looked up" in said
    few = closing_line(found_in(run(House(), most=4)))
    assert "form is trained" not in few


def test_a_lesson_that_ran_out_of_time_makes_the_comparison_unfair() -> None:
    short = (LessonTrained(Lesson.STYLE, 96.0, 48), LessonTrained(Lesson.FACTS, 90.0, 15))
    assert not StyleOrFacts(NOW, trained=short).is_fair


def test_stopping_in_training_leaves_no_answers() -> None:
    house = House()
    material = some(style_material(), 4), some(facts_material(), 4)
    events = list(style_or_facts(house.tools(), *material, now=NOW, stopped=lambda: True))
    assert house.trained == [Lesson.STYLE]
    assert found_in(events) == StyleOrFacts(NOW)


def test_the_material_keeps_training_and_questions_apart() -> None:
    style, facts = style_material(), facts_material()
    trained = {row.input for row in (*style.training_set.train, *style.training_set.validation)}
    assert not trained & set(style.messages)
    assert all(keeps(rule, row.output) for rule in STYLE_RULES for row in style.training_set.examples)
    questions = {row.input for row in facts.training_set.train}
    kinds = {tag: [case for case in facts.cases if tag in case.tags] for tag in ("seen", "paraphrased", "unseen")}
    assert {case.question for case in kinds["seen"]} <= questions
    assert not {case.question for kind in ("paraphrased", "unseen") for case in kinds[kind]} & questions
    assert [len(kind) for kind in kinds.values()] == [23, 23, 24]
    outputs = {row.id: row.output for row in facts.training_set.train}
    assert all((case.answer or "") in outputs[f"fact-{case.id[-2:]}"] for case in kinds["seen"])
    assert some(facts, 3).training_set == replace(facts).training_set
