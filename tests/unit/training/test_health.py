import json
from dataclasses import replace

import pytest

from lib.records import EvalCase, EvalSet
from lib.training.findings import FindingKind, Severity
from lib.training.health import HealthReport, LabelCount, check_health
from lib.training.lengths import Lengths, TokenCount
from lib.training.mending import mend_for
from lib.training.overlap import taken_tag
from lib.training.set_rows import pair
from lib.training.set_store import sample_training_set
from lib.training.spoiling import spoil
from lib.training.values import TrainingExample, TrainingSet

SUBJECTS = "lamp boat cave wheel salt probe fogger parcel invoice door clock cheese".split()


def row(id: str, asked: str, answer: str = "ok", system: str = "") -> TrainingExample:
    return TrainingExample(id, pair(asked, answer, system))


def some(count: int = 12) -> tuple[TrainingExample, ...]:
    return tuple(row(f"s{n}", f"{SUBJECTS[n % 12]} number {n * 31}", "yes" if n % 2 else "no") for n in range(count))


def found(training_set: TrainingSet, kind: FindingKind, *eval_sets: EvalSet) -> tuple[tuple[str, ...], ...] | None:
    """The groups of the finding of that kind; None where there is none."""
    findings = check_health(training_set, eval_sets).findings
    return next((one.groups for one in findings if one.kind is kind), None)


def of(*train: TrainingExample) -> TrainingSet:
    return TrainingSet("Mine", (*train, *some()), (row("v", "who validates this"),), (row("h", "held for the end"),))


def test_the_sample_set_is_fit_to_train_on() -> None:
    report = check_health(sample_training_set("company"), tokens=TokenCount(len, window=10_000))
    assert report.findings == ()
    assert report.label_field == "code"
    assert report.labels[0] == LabelCount("ASIDE", 10, 2, 5)
    assert report.lengths is not None
    assert report.lengths.counted == 210


def test_one_example_stops_training_and_a_few_are_said_to_be_few() -> None:
    report = check_health(TrainingSet("x", some(1)))
    assert [one.kind for one in report.stops] == [FindingKind.TOO_FEW]
    assert found(of(), FindingKind.SMALL) == ()
    assert check_health(TrainingSet("x", ())).stops[0].title == "0 examples to train on"


def test_parts_that_are_missing_are_said_and_split_off_in_one_click() -> None:
    bare = TrainingSet("x", some())
    assert {FindingKind.NOTHING_HELD_OUT, FindingKind.NOT_VALIDATED} <= {
        one.kind for one in check_health(bare).findings
    }
    mended = mend(bare, FindingKind.NOTHING_HELD_OUT)
    assert mended.held_out
    assert mended.validation


def mend(training_set: TrainingSet, kind: FindingKind, *eval_sets: EvalSet) -> TrainingSet:
    """The set after the one click that the finding of that kind offers, which is then gone."""
    finding = next(one for one in check_health(training_set, eval_sets).findings if one.kind is kind)
    way = mend_for(kind)
    assert way is not None
    mended = way.change(training_set, finding)
    assert found(mended, kind, *eval_sets) is None
    return mended


def test_rows_over_the_window_stop_training() -> None:
    long = of(row("long", "word " * 90))
    report = check_health(long, tokens=TokenCount(lambda text: len(text.split()), window=100))
    assert report.stops[0].groups == (("long",),)
    assert report.lengths == Lengths(15, 20, 107, 100, ("long",))


def test_rows_that_surely_fit_are_counted_only_in_a_sample() -> None:
    counted: list[str] = []

    def exact(text: str) -> int:
        counted.append(text)
        return len(text.split())

    tokens = TokenCount(exact, at_most=len, window=400, sampled=0)
    report = check_health(of(row("long", "word " * 90)), tokens=tokens)
    assert counted == ["word " * 90, "ok"]
    assert report.stops == ()
    assert report.lengths is not None
    assert report.lengths.longest == 107


@pytest.mark.parametrize("answer", ["N/A", "-", "null", "TODO", "..."])
def test_answers_that_say_nothing_are_found(answer: str) -> None:
    assert found(of(row("r", "What?", answer)), FindingKind.EMPTY_ANSWERS) == (("r",),)


def test_the_same_input_with_two_answers_contradicts_itself() -> None:
    both = of(row("a", "May I go home?", "yes"), row("b", "May I go home", "no"))
    assert found(both, FindingKind.CONTRADICTIONS) == (("a", "b"),)
    assert found(both, FindingKind.DUPLICATES) is None
    assert {"a", "b"}.isdisjoint(one.id for one in mend(both, FindingKind.CONTRADICTIONS).examples)


def test_nearly_the_same_input_contradicts_itself_only_with_the_same_numbers() -> None:
    near = row("a", "Water runs down the wheels in cave 5 since noon", "yes")
    same, other = "Water runs down the wheels in cave 5 since dawn", "Water runs down the wheels in cave 6 since noon"
    assert found(of(near, row("b", same, "no")), FindingKind.CONTRADICTIONS) == (("a", "b"),)
    assert found(of(near, row("b", other, "no")), FindingKind.CONTRADICTIONS) is None


def test_duplicates_keep_one_and_the_held_out_one_first() -> None:
    twice = of(row("a", "May I go home?"), row("b", "May I go home?"))
    twice = replace(twice, held_out=(*twice.held_out, row("c", "may i go home")))
    assert found(twice, FindingKind.DUPLICATES) == (("a", "b", "c"),)
    left = mend(twice, FindingKind.DUPLICATES)
    assert {"a", "b", "c"} & {one.id for one in left.examples} == {"c"}


def test_near_duplicates_across_parts_leak_and_are_split_anew() -> None:
    leaking = of(row("a", "How long is parental leave?"))
    leaking = replace(leaking, held_out=(*leaking.held_out, row("c", "How long is the parental leave?")))
    assert found(leaking, FindingKind.LEAKS) == (("a", "c"),)
    assert found(leaking, FindingKind.NEAR_DUPLICATES) == (("a", "c"),)
    mend(leaking, FindingKind.LEAKS)


def test_personal_data_is_found_and_masked() -> None:
    known = of(row("a", "I am jo@firm.example, call +44 20 7946 0958"))
    title = next(one.title for one in check_health(known).findings if one.kind is FindingKind.PERSONAL_DATA)
    assert title == "1 example with what looks like personal data: e-mail address (1), telephone number (1)"
    assert mend(known, FindingKind.PERSONAL_DATA).train[0].input == "I am [e-mail address], call [telephone number]"


def test_answers_in_another_form_than_the_usual_are_found() -> None:
    usual = tuple(row(f"j{n}", f"{one} is late", json.dumps({"code": one})) for n, one in enumerate(SUBJECTS))
    mixed = TrainingSet("x", (*usual, row("a", "what now", "code: none"), row("b", "and then", '{"Code": "x"}')))
    assert found(mixed, FindingKind.MIXED_FORMS) == (("a",), ("b",))
    assert found(of(), FindingKind.MIXED_FORMS) is None


def test_different_instructions_are_found_and_made_one() -> None:
    mixed = TrainingSet(
        "x", (row("a", "one", system="Be brief."), row("b", "two", system="Be brief."), row("c", "three"))
    )
    assert found(mixed, FindingKind.MIXED_INSTRUCTIONS) == (("c",),)
    assert mend(mixed, FindingKind.MIXED_INSTRUCTIONS).instruction == "Be brief."


def test_a_label_with_few_examples_is_named() -> None:
    rare = TrainingSet(
        "x", (*(row(f"r{n}", f"{one} {n}", "yes") for n, one in enumerate(SUBJECTS)), row("a", "rare", "no"))
    )
    report = check_health(replace(rare, train=(*rare.train, *some(4))))
    title = next(one.title for one in report.findings if one.kind is FindingKind.BALANCE)
    assert title == "'yes' has 14 examples to train on, 'no' has 3"


QUESTIONS = EvalSet("Quiz", (EvalCase("q1", "How long does the lamp burn?", "nine hours"),))


def test_what_an_eval_set_asks_stops_training_and_is_removed() -> None:
    seen = of(row("a", "How long does the big lamp burn?"))
    assert found(seen, FindingKind.EVAL_OVERLAP, QUESTIONS) == (("a",),)
    assert check_health(seen, [QUESTIONS]).stops
    assert "a" not in {one.id for one in mend(seen, FindingKind.EVAL_OVERLAP, QUESTIONS).examples}


def test_a_case_that_was_taken_on_purpose_is_noted_instead() -> None:
    taken = replace(row("a", "How long does the lamp burn?"), tags=(taken_tag("Quiz", "q1"),))
    assert found(of(taken), FindingKind.EVAL_OVERLAP, QUESTIONS) is None
    assert found(of(taken), FindingKind.TAKEN, QUESTIONS) == (("a",),)


def test_a_spoiled_copy_is_found_out() -> None:
    report: HealthReport = check_health(spoil(sample_training_set("company"), seed=0, share=0.3))
    kinds = {one.kind: len(one.examples) for one in report.of(Severity.WARN)}
    assert kinds[FindingKind.SPOILED] == 36
    assert kinds[FindingKind.DUPLICATES] == 24
    assert kinds[FindingKind.MIXED_FORMS] == 12


def test_the_gravest_comes_first() -> None:
    severities = [
        one.severity for one in check_health(of(row("a", "How long does the lamp burn?", "-")), [QUESTIONS]).findings
    ]
    assert severities == sorted(severities, key=list(Severity).index)
    assert severities[0] is Severity.STOP
