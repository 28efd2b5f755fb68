"""What a comparison asks of whom, what its figures are, and what it says of whether training was worth it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.domain import Message
from lib.errors import BadInput, ModelFailed, NotFound, StoreDamaged
from lib.evaluation.forgetting import GENERAL_QUESTIONS, GeneralAnswer, GeneralQuestion, forgetting
from lib.evaluation.task_form import task_form
from lib.evaluation.worth import Trial, WorthBegun, compare_held_out, fitting_examples, rows_of
from lib.evaluation.worth_figures import EXACT, LABEL, SCHEMA, TOKENS, difference, figures, forgotten, main_measure
from lib.evaluation.worth_records import Contender, Familiarity, Worth, WorthAnswer
from lib.evaluation.worth_store import WorthStore
from lib.evaluation.worth_verdict import tokens_saved, verdict
from lib.training.values import TrainingSet
from tests.unit.evaluation.worth_made import Scripted, animal_set, example, knows

NOW = datetime(2026, 11, 21, tzinfo=UTC)
GENERAL = (GeneralQuestion("sum", "What is 2 + 2?", r"\b4\b", "arithmetic"),)


def trial(**changes: object) -> Trial:
    found = animal_set()
    base, tuned = Scripted(lambda messages: "a bird, I think"), Scripted(knows(found))
    return replace(Trial("ticket", found, base, tuned, general=GENERAL), **changes)  # type: ignore[arg-type]


def worth_of(given: Trial) -> Worth:
    last = list(compare_held_out(given, now=NOW))[-1]
    assert isinstance(last, Worth)
    return last


def test_each_contender_answers_its_rows_and_the_number_is_told_before() -> None:
    events = list(compare_held_out(trial(), now=NOW))
    answers = [event for event in events if isinstance(event, WorthAnswer)]
    assert events[0] == WorthBegun(len(events) - 2)
    counted = {
        (c, f): sum(a.contender == c and a.familiarity == f for a in answers) for c in Contender for f in Familiarity
    }
    unseen, known = 18, 12
    assert counted == {
        (Contender.BASE, Familiarity.UNSEEN): unseen,
        (Contender.BASE, Familiarity.SEEN): 0,
        (Contender.BASE, Familiarity.PARAPHRASED): 0,
        (Contender.FEW_SHOT, Familiarity.UNSEEN): unseen,
        (Contender.FEW_SHOT, Familiarity.SEEN): 0,
        (Contender.FEW_SHOT, Familiarity.PARAPHRASED): 0,
        (Contender.FINE_TUNED, Familiarity.UNSEEN): unseen,
        (Contender.FINE_TUNED, Familiarity.SEEN): known,
        (Contender.FINE_TUNED, Familiarity.PARAPHRASED): known,
        (Contender.FLOOR, Familiarity.UNSEEN): unseen,
        (Contender.FLOOR, Familiarity.SEEN): known,
        (Contender.FLOOR, Familiarity.PARAPHRASED): known,
    }


def test_the_tuned_model_reads_the_training_form_and_the_base_an_instruction_and_examples() -> None:
    given = trial()
    worth_of(given)
    assert isinstance(given.base, Scripted)
    assert isinstance(given.tuned, Scripted)
    row = given.training_set.held_out[0]
    assert (Message("user", row.input),) in given.tuned.sent
    alone = (Message("system", task_form(given.training_set.train).instruction), Message("user", row.input))
    assert alone in given.base.sent
    [few_shot] = [sent for sent in given.base.sent if len(sent) > 2 and sent[-1].content == row.input]
    first, second = given.training_set.train[0], given.training_set.train[6]
    assert few_shot[1:5] == (*first.messages, *second.messages)


def test_few_shot_takes_as_many_examples_as_fit_one_of_each_label_in_turn() -> None:
    given = trial()
    form = task_form(given.training_set.train)
    whole = fitting_examples(given, form, given.training_set.held_out)
    assert len(whole) == 12
    narrow = replace(given, base=Scripted(lambda messages: "", window=230))
    some = fitting_examples(narrow, form, given.training_set.held_out)
    assert 0 < len(some) < 12
    assert some == whole[: len(some)]
    assert {form.label_of(row.output) for row in some[:2]} == {"fish", "bird"}


def test_a_window_without_room_leaves_few_shot_out() -> None:
    found = worth_of(trial(base=Scripted(lambda messages: "no", window=100)))
    assert found.shots == 0
    assert found.of(Contender.FEW_SHOT) == ()
    assert found.finished


def test_rows_marked_as_paraphrases_are_taken_instead_of_made_ones_and_are_not_unseen() -> None:
    found = animal_set()
    marked = example("said otherwise", "A trout has left us.", found.train[0].output, "paraphrase")
    rows = rows_of(trial(training_set=replace(found, held_out=(*found.held_out, marked))))
    assert [row.id for kind, row in rows if kind is Familiarity.PARAPHRASED] == ["said otherwise"]
    assert "said otherwise" not in [row.id for kind, row in rows if kind is Familiarity.UNSEEN]


def test_a_mechanical_paraphrase_has_other_words_and_the_same_wanted_answer() -> None:
    rows = rows_of(trial())
    seen = {row.id: row for kind, row in rows if kind is Familiarity.SEEN}
    reworded = {row.id: row for kind, row in rows if kind is Familiarity.PARAPHRASED}
    assert seen.keys() == reworded.keys()
    assert all(reworded[id].output == seen[id].output and reworded[id].input != seen[id].input for id in seen)


def test_more_rows_than_are_wanted_are_drawn_by_seed_in_their_order() -> None:
    drawn = [row.id for kind, row in rows_of(trial(most_rows=3)) if kind is Familiarity.UNSEEN]
    order = [row.id for row in animal_set().held_out]
    assert len(drawn) == 3
    assert drawn == [id for id in order if id in drawn]
    assert drawn == [row.id for kind, row in rows_of(trial(most_rows=3)) if kind is Familiarity.UNSEEN]


def test_stopping_keeps_what_was_answered_and_says_that_it_is_not_all() -> None:
    answered = 0

    def stopped() -> bool:
        nonlocal answered
        answered += 1
        return answered == 50

    last = list(compare_held_out(trial(), now=NOW, stopped=stopped))[-1]
    assert isinstance(last, Worth)
    assert not last.finished
    assert len(last.answers) + len(last.general) == 50


def test_a_set_without_held_out_rows_is_refused_with_the_way_out() -> None:
    with pytest.raises(BadInput, match="0 held-out rows"):
        list(compare_held_out(trial(training_set=TrainingSet("bare", animal_set().train)), now=NOW))


def test_one_failed_answer_is_wrong_and_three_in_a_row_end_the_comparison() -> None:
    found = animal_set()
    failing = found.held_out[1].input
    answer = knows(found)
    flaky = Scripted(lambda messages: "FAIL" if messages[-1].content == failing else answer(messages))
    label = figures(worth_of(trial(tuned=flaky)), Contender.FINE_TUNED).metric("label")
    assert label is not None
    assert label.value == pytest.approx(17 / 18)
    with pytest.raises(ModelFailed, match="sent nothing"):
        worth_of(trial(tuned=Scripted(lambda messages: "FAIL")))


def test_few_shot_that_fails_is_given_up_and_the_rest_is_kept() -> None:
    def base(messages: Sequence[Message]) -> str:
        return "FAIL" if len(messages) > 2 else "a bird"

    found = worth_of(trial(base=Scripted(base)))
    assert found.finished
    assert found.of(Contender.FEW_SHOT) == ()
    assert found.remarks == ("few-shot was given up: the scripted model sent nothing for 20 s",)
    assert len(found.of(Contender.BASE)) == 18
    assert verdict(found).worth_it is True


def test_figures_are_shares_of_the_rows_with_intervals() -> None:
    found = worth_of(trial())
    tuned, base = figures(found, Contender.FINE_TUNED), figures(found, Contender.BASE)
    assert [(m.name, m.value, m.cases) for m in tuned.metrics if m.name != "latency"][:3] == [
        ("label", 1.0, 18),
        ("exact", 1.0, 18),
        ("schema", 1.0, 18),
    ]
    label = tuned.metric("label")
    assert label is not None
    assert label.low is not None
    assert 0.7 < label.low < 1.0 == label.high
    wrong = base.metric("label")
    assert wrong is not None
    assert wrong.value == 0.0
    assert figures(found, Contender.FLOOR).metric("latency") is None


def test_the_same_json_in_other_spacing_is_an_exact_match() -> None:
    answer = WorthAnswer(Contender.BASE, Familiarity.UNSEEN, "1", "q", '{"a":"x","b":"y"}', '{"b": "y", "a": "x"}')
    found = replace(worth_of(trial()), answers=(answer,))
    exact = figures(found, Contender.BASE).metric(EXACT.name)
    assert exact is not None
    assert exact.value == 1.0


def test_a_label_outside_the_list_breaks_the_schema() -> None:
    answer = WorthAnswer(
        Contender.BASE, Familiarity.UNSEEN, "1", "q", '{"kind":"FISH","name":"x"}', '{"kind":"BEAST","name":"x"}'
    )
    schema = figures(replace(worth_of(trial()), answers=(answer,)), Contender.BASE).metric(SCHEMA.name)
    assert schema is not None
    assert schema.value == 0.0


def test_tokens_saved_are_the_few_shot_prompt_less_the_fine_tuned_one() -> None:
    found = worth_of(trial())
    few, tuned = (figures(found, one).metric(TOKENS.name) for one in (Contender.FEW_SHOT, Contender.FINE_TUNED))
    assert few is not None
    assert tuned is not None
    assert tokens_saved(found).difference == pytest.approx(few.value - tuned.value)
    assert tokens_saved(found).difference > 100


def test_better_than_all_three_is_worth_it() -> None:
    found = worth_of(trial())
    assert main_measure(found.form) == LABEL
    assert difference(found, LABEL, Contender.BASE, Contender.FINE_TUNED).difference == 1.0
    said = verdict(found)
    assert said.worth_it is True
    assert said.sentence.startswith("It was worth it. Label right: 100 % of 18 held-out rows")


def test_a_model_that_does_not_beat_the_floor_is_not_worth_it_and_is_told_so() -> None:
    found = worth_of(trial(tuned=Scripted(lambda messages: "a bird, I think")))
    said = verdict(found)
    assert said.worth_it is False
    assert "copying the nearest training example does as well" in said.sentence
    assert any(change.startswith("Beat the floor") for change in said.changes)


def test_whole_answers_that_are_right_more_often_than_copies_are_told_beside_equal_labels() -> None:
    said = {Contender.FINE_TUNED: '{"kind":"BIRD","name":"x"}', Contender.FLOOR: '{"kind":"BIRD","name":"other"}'}
    answers = tuple(
        WorthAnswer(who, Familiarity.UNSEEN, str(row), f"q{row}", said[Contender.FINE_TUNED], text)
        for who, text in said.items()
        for row in range(12)
    )
    found = verdict(replace(worth_of(trial()), answers=answers))
    assert found.worth_it is False
    assert found.sentence.endswith("Whole answers are another matter: 100 % exact, the copies 0 %.")


def test_learning_by_heart_is_named() -> None:
    found = animal_set()
    by_heart = {row.input: row.output for row in found.train}
    parrot = Scripted(lambda messages: by_heart.get(messages[-1].content, "{}"))
    assert any("seen rows much better" in change for change in verdict(worth_of(trial(tuned=parrot))).changes)


def test_the_forgetting_meter_compares_the_same_questions_before_and_after() -> None:
    before = [GeneralAnswer(f"q{n}", tuned=False, text="4", right=True) for n in range(12)]
    after = [GeneralAnswer(f"q{n}", tuned=True, text="{}", right=n < 2) for n in range(12)]
    found = forgetting([*before, *after], seed=0)
    assert found is not None
    assert (found.before.value, found.after.value) == (1.0, pytest.approx(1 / 6))
    assert found.sentence == "It has forgotten: 100 % of 12 general questions before training, 17 % after."
    assert forgetting(before, seed=0) is None


def test_a_comparison_asks_the_general_questions_before_and_after() -> None:
    def adds(messages: object) -> str:
        return "It is 4."

    found = forgotten(worth_of(trial(base=Scripted(adds))))
    assert found is not None
    assert (found.before.value, found.after.value) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("id", "right", "wrong"),
    [("ten-less-four", "It is 6.", "It is 60."), ("alphabet", "A, B, C", "A, E and Z"), ("water", "H₂O", "HO2")],
)
def test_general_questions_are_checked_by_whole_words(id: str, right: str, wrong: str) -> None:
    [question] = [one for one in GENERAL_QUESTIONS if one.id == id]
    assert question.is_right(right)
    assert not question.is_right(wrong)


def test_what_was_found_survives_a_restart_and_belongs_to_one_adapter(tmp_path: Path) -> None:
    found = worth_of(trial())
    (tmp_path / "default" / "adapters" / "ticket").mkdir(parents=True)
    WorthStore(lambda id: tmp_path / id).keep("default", found)
    again = WorthStore(lambda id: tmp_path / id)
    assert again.worth_of("default", "ticket") == found
    assert again.worth_of("default", "other") is None
    assert again.worth_of("elsewhere", "ticket") is None
    assert again.all_of("default") == (found,)


def test_what_was_found_of_a_deleted_adapter_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="'ticket' is gone"):
        WorthStore(lambda id: tmp_path / id).keep("default", worth_of(trial()))
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_told_of(tmp_path: Path) -> None:
    folder = tmp_path / "default" / "adapters" / "ticket"
    folder.mkdir(parents=True)
    (folder / "worth.json").write_text("{", "utf-8")
    with pytest.raises(StoreDamaged, match="'ticket' cannot be read"):
        WorthStore(lambda id: tmp_path / id).worth_of("default", "ticket")
