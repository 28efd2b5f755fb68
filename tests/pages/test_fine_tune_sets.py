import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.domain import Answer, ApproachName
from lib.records import EvalCase, EvalSet, GoldEvidence, Origin, Remarks, Review, ReviewState, RunRecord
from lib.settings import LIMITS
from lib.training.set_rows import pair
from lib.training.set_store import sample_training_set
from lib.training.values import TrainingExample, TrainingSet
from pages.ui import services, tune_set_table

Open = Callable[[str], AppTest]
Index = Callable[..., None]

TICKETS = "Support tickets"
WAIT_S = 30.0


def row(number: int, asked: str, answer: str = "yes") -> TrainingExample:
    return TrainingExample(f"r{number}", pair(asked, answer))


def keep(name: str, *train: TrainingExample, held_out: tuple[TrainingExample, ...] = ()) -> None:
    services.lab().tuning.sets.keep("default", TrainingSet(name, train, (), held_out))


def kept(name: str) -> TrainingSet:
    return services.lab().tuning.sets.load("default", name)


def names() -> tuple[str, ...]:
    return services.lab().tuning.sets.names("default")


def said(app: AppTest) -> str:
    drawn = (*app.markdown, *app.caption, *app.success, *app.warning, *app.error, *app.info)
    return "\n".join(str(element.value) for element in drawn).replace("\\", "")


def part(app: AppTest, name: str) -> AppTest:
    app.session_state["tune.set.part"] = name
    app.run()
    assert not app.exception, app.exception
    return app


def click(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception, app.exception
    return app


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.file_uploader[0].set_value((name, content, "text/plain")).run()
    assert not app.exception, app.exception
    return app


def until_made(app: AppTest) -> None:
    """Runs the page as its fragment does until the set that is made of eval cases is kept."""
    ends = time.monotonic() + WAIT_S
    while not names():
        assert time.monotonic() < ends, said(app)
        time.sleep(0.05)
        app.run()
        assert not app.exception, app.exception


@pytest.fixture
def page(open_page: Open) -> AppTest:
    return open_page("fine_tune")


@pytest.fixture
def tickets(page: AppTest) -> AppTest:
    return click(page, "tune.set.sample.company")


def test_the_sample_set_is_there_with_one_click_and_fit_to_train_on(tickets: AppTest) -> None:
    assert names() == (TICKETS,)
    assert kept(TICKETS) == replace(sample_training_set("company"), name=TICKETS)
    told = said(tickets)
    assert "**210 examples** · 120 to train on · 30 to validate · 60 held out · 12 kinds of “code”" in told
    assert "Nothing stands in the way of training" in told
    assert "Write the ticket for this message as one line of JSON" in told


def test_a_file_with_wrong_lines_is_told_line_by_line_and_nothing_is_kept(page: AppTest) -> None:
    wrong = (
        '{"input": "Q", "output": "A"}\n{"input": "Q", "output": ""}\n{"messages": [{"role": "boss", "content": 1}]}'
    )
    told = said(upload(page, "bad.jsonl", wrong.encode()))
    assert "**Line 2**: the answer is empty" in told
    assert "**Line 3**: messages has the role 'boss' in message 1" in told
    assert names() == ()


def test_a_file_with_too_many_rows_is_refused_with_a_way_out(page: AppTest) -> None:
    line = json.dumps({"input": "a", "output": "b"}) + "\n"
    told = said(upload(page, "many.jsonl", (line * (LIMITS.training_rows + 1)).encode()))
    assert "more than 5,000 examples" in told
    assert "take a random part" in told


def test_a_good_file_is_kept_split_under_its_name_after_a_look_at_it(page: AppTest) -> None:
    rows = (f"question {number} of lot {number * 7},a{number % 3},me" for number in range(40))
    content = "\n".join(["input,output,owner", *rows])
    app = upload(page, "team.csv", content.encode())
    assert "40 examples read" in said(app)
    assert "'owner' means nothing here" in said(app)
    click(app, "tune.set.import")
    assert names() == ("team",)
    made = kept("team")
    assert (len(made.train), len(made.validation), len(made.held_out)) == (26, 6, 8)


def test_what_an_eval_set_asks_is_refused_and_the_rest_may_be_kept(page: AppTest) -> None:
    case = EvalCase("q1", "How long does the lamp burn?", "nine hours", (GoldEvidence("a.md", "nine"),))
    services.lab().measuring.eval_sets.keep("default", EvalSet("Mine", (case,)))
    lines = [{"input": "How long does the big lamp burn?", "output": "9 h"}, {"input": "Who rows?", "output": "Anna"}]
    app = upload(page, "x.jsonl", "\n".join(json.dumps(line) for line in lines).encode())
    assert "1 of 2 examples of 'x' ask what the eval set 'Mine' asks" in said(app)
    click(app, "tune.set.import")
    assert [example.input for example in kept("x").examples] == ["Who rows?"]


def test_a_set_that_equals_the_eval_set_is_refused_whole(page: AppTest) -> None:
    case = EvalCase("q1", "How long does the lamp burn?", "nine hours", (GoldEvidence("a.md", "nine"),))
    services.lab().measuring.eval_sets.keep("default", EvalSet("Mine", (case,)))
    app = upload(page, "x.jsonl", b'{"input": "How long does the lamp burn?", "output": "9 h"}')
    assert "The training set 'x' is the eval set 'Mine'" in said(app)
    assert all(button.key != "tune.set.import" for button in app.button)


def _editing(monkeypatch: pytest.MonkeyPatch, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """AppTest cannot type into a data editor: what it gives back is replaced."""
    monkeypatch.setattr(tune_set_table.st, "data_editor", lambda base, **_named: edit(base))


def test_edits_in_the_table_are_saved_only_when_told_to(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    keep("Mine", row(1, "May I?"), row(2, "Must I?"))
    _editing(monkeypatch, lambda table: table.assign(output=["no", "yes"]).head(2))
    app = open_page("fine_tune")
    assert "Not saved yet" in said(app)
    assert kept("Mine").train[0].output == "yes"
    click(app, "tune.set.save")
    assert [example.output for example in kept("Mine").train] == ["no", "yes"]


def test_a_wrong_row_is_named_and_nothing_is_lost(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    keep("Mine", row(1, "May I?"), row(2, "Must I?"))
    _editing(monkeypatch, lambda table: table.assign(output=["no", ""]))
    app = click(open_page("fine_tune"), "tune.set.save")
    assert "Row 2: the answer is empty" in said(app)
    assert kept("Mine").train == (row(1, "May I?"), row(2, "Must I?"))
    assert "Not saved yet" in said(app)


def test_duplicates_are_found_and_removed_in_one_click(open_page: Open) -> None:
    keep("Mine", row(1, "May I go?"), row(2, "May I go?"), row(3, "Who rows the boat?", "Anna"))
    app = part(open_page("fine_tune"), "health")
    assert "1 example asking and answering what another one does" in said(app)
    click(app, "tune.health.duplicates.mend")
    assert [example.id for example in kept("Mine").train] == ["r1", "r3"]
    assert "1 of 3 examples were removed" in said(app)


def test_rows_over_the_window_stop_training_and_are_named(open_page: Open) -> None:
    keep("Mine", row(1, "May I go?"), row(2, "word " * 3_000))
    app = open_page("fine_tune")
    assert "Not fit to train on" in said(app)
    assert "1 example longer than the window of 512 tokens" in said(app)
    click(part(app, "health"), "tune.health.too_long.mend")
    assert [example.id for example in kept("Mine").train] == ["r1"]


def test_one_row_is_said_to_be_too_little(open_page: Open) -> None:
    keep("Mine", row(1, "May I go?"))
    assert "1 example to train on" in said(open_page("fine_tune"))


def test_personal_data_is_masked_in_one_click(open_page: Open) -> None:
    keep("Mine", row(1, "Write to jo@firm.example please"), row(2, "Who rows?", "Anna"))
    click(part(open_page("fine_tune"), "health"), "tune.health.personal_data.mend")
    assert kept("Mine").train[0].input == "Write to [e-mail address] please"


def test_the_split_shows_its_counts_before_it_is_made(tickets: AppTest) -> None:
    app = part(tickets, "split")
    app.slider(key="tune.split.held_out").set_value(50).run()
    assert [metric.value for metric in app.metric] == ["74", "31", "105"]
    assert len(kept(TICKETS).held_out) == 60
    click(app, "tune.split.go")
    assert len(kept(TICKETS).held_out) == 105


def test_a_spoiled_copy_is_marked_and_the_set_stays(tickets: AppTest) -> None:
    before = kept(TICKETS)
    app = click(part(tickets, "split"), "tune.spoil.go")
    assert names() == (TICKETS, "Support tickets (spoiled 30%)")
    assert kept(TICKETS) == before
    assert kept("Support tickets (spoiled 30%)").held_out == before.held_out
    assert "36 examples spoiled on purpose" in said(part(app, "health"))


def test_hosted_files_hold_messages_alone_and_nothing_held_out(tickets: AppTest) -> None:
    app = part(tickets, "files")
    offered = {button.label for button in app.get("download_button")}
    assert {"120 to train", "30 to validate", "Everything, JSONL", "Everything, CSV"} <= offered


def test_a_set_is_removed_only_after_a_second_click(tickets: AppTest) -> None:
    app = click(part(tickets, "files"), "tune.set.remove")
    assert names() == (TICKETS,)
    click(app, "tune.set.remove.sure")
    assert names() == ()
    assert app.subheader[0].value == "No examples yet"


def run_of(id: str, question: str, text: str) -> RunRecord:
    answer = Answer(question, ApproachName.RAG, "m", text, abstained=False)
    return RunRecord(id, datetime(2026, 1, 1, tzinfo=UTC), Origin.ASK, services.lab().workspace("default"), answer)


def test_approved_answers_become_examples_with_the_text_that_may_go_out(open_page: Open) -> None:
    log = services.lab().measuring.runs
    decided = {"a": Review("money", ReviewState.APPROVED), "b": Review("money", ReviewState.EDITED, "Ask Anna.")}
    for id, review in decided.items():
        log.add(run_of(id, f"What costs {id}?", "Nine pounds [1]."))
        log.remark("default", id, Remarks(review=review))
    log.add(run_of("c", "Never approved?", "No."))
    click(open_page("fine_tune"), "tune.make.runs")
    made = kept("Approved answers")
    assert {example.input: example.output for example in made.examples} == {
        "What costs a?": "Nine pounds.",
        "What costs b?": "Ask Anna.",
    }


def test_an_eval_set_is_divided_and_its_held_out_half_kept_as_a_set_that_judges(open_page: Open) -> None:
    cases = tuple(EvalCase(f"q{n}", f"Question {n} about thing {n * 17}?", f"a{n}") for n in range(10))
    services.lab().measuring.eval_sets.keep("default", EvalSet("Mine", cases))
    app = click(open_page("fine_tune"), "tune.make.cases")
    until_made(app)
    made, judging = kept("Mine questions"), services.lab().measuring.eval_sets.load("default", "Mine (held out)")
    learnt = {example.input for example in (*made.train, *made.validation)}
    assert len(learnt) == 5
    assert {case.question for case in judging.cases} == {case.question for case in cases} - learnt
    assert {example.input for example in made.held_out} == {case.question for case in judging.cases}
    assert "Not fit" not in said(app.run())


def test_cases_are_read_with_their_passages_and_answered_with_a_marker(open_page: Open, indexed: Index) -> None:
    indexed(lamps="The big lamp burns for nine hours on one filling. It was lit first on 3 May 1881.")
    evidence = (GoldEvidence("lamps.md", "burns for nine hours"),)
    cases = (
        EvalCase("q1", "How long does the big lamp burn?", "nine hours", evidence),
        EvalCase("q2", "Who owns the moon?", None, answerable=False),
    )
    services.lab().measuring.eval_sets.keep("default", EvalSet("Mine", cases))
    app = open_page("fine_tune")
    app.radio(key="tune.make.cases.form").set_value("passages").run()
    until_made(click(app, "tune.make.cases"))
    examples = {example.input.rpartition("Question: ")[2]: example for example in kept("Mine questions").examples}
    assert examples["How long does the big lamp burn?"].output == "nine hours [1]"
    assert "burns for nine hours" in examples["How long does the big lamp burn?"].input
    assert examples["Who owns the moon?"].output == "None of these holds the answer."
