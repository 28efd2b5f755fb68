import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.corpus.samples import sample_uploads
from lib.evaluation.draft_checks import Rejection
from lib.evaluation.drafting import DraftEvent
from lib.records import EvalCase, EvalSet, GoldEvidence
from lib.settings import ModelChoice
from pages.ui import eval_set_drafts, eval_set_table, services
from tests.support.fake_chat_server import FakeChatServer

TEXTS = {
    "lamps": "The big lamp burns for nine hours on one filling. It was lit first on 3 May 1881. Nobody sleeps by it.",
    "boats": "The boat holds 12 people when the sea is calm. It came from Anna Grey of Hollin. Oars are kept dry.",
}
CASE = EvalCase("q1", "How long does the lamp burn?", "nine hours", (GoldEvidence("lamps.md", "burns for nine hours"),))
STALE = EvalCase("q2", "How many does the boat hold?", "14", (GoldEvidence("boats.md", "The boat holds 14 people"),))

Open = Callable[[str], AppTest]
Index = Callable[..., None]
Wait = Callable[..., AppTest]


def keep(name: str, *cases: EvalCase) -> None:
    services.lab().measuring.eval_sets.keep("default", EvalSet(name, cases))


def kept(name: str) -> tuple[EvalCase, ...]:
    return services.lab().measuring.eval_sets.load("default", name).cases


def said(app: AppTest) -> str:
    drawn = (*app.markdown, *app.caption, *app.success, *app.warning, *app.error, *app.info)
    return "\n".join(str(element.value) for element in drawn)


@pytest.fixture
def with_set(open_page: Open, indexed: Index) -> AppTest:
    indexed(**TEXTS)
    keep("Mine", CASE, STALE)
    return open_page("evaluate")


def tab(app: AppTest, label: str) -> AppTest:
    app.session_state["evaluate.set.part"] = label
    return app.run()


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.file_uploader[0].set_value((name, content, "text/plain")).run()
    assert not app.exception, app.exception
    return app


def test_without_any_set_the_ways_to_one_are_offered(open_page: Open) -> None:
    app = open_page("evaluate")
    assert app.subheader[0].value == "No questions yet"
    app.button(key="evaluate.set.begin").click().run()
    assert services.lab().measuring.eval_sets.names("default") == ("My questions",)
    assert app.selectbox[0].value == "My questions"


def test_the_sample_set_of_the_loaded_corpus_is_there_at_once_and_read_only(open_page: Open) -> None:
    house = services.lab()
    for _ in house.ingest("default", sample_uploads("longdoc"), house.workspace("default").chunking):
        pass
    house.keep(replace(house.workspace("default"), corpus="longdoc"))
    app = open_page("evaluate")
    assert app.selectbox[0].value == "longdoc"
    assert "**51 cases**" in said(app)
    assert "all evidence stands in the documents" in said(app)
    assert app.session_state["held.evaluate.set"] == "longdoc"
    app.button(key="evaluate.set.copy_to_edit").click().run()
    assert len(kept("longdoc copy")) == 51
    assert app.selectbox[0].value == "longdoc copy"


def test_the_health_line_counts_and_names_what_is_stale_with_what_stands_there(with_set: AppTest) -> None:
    told = said(with_set)
    assert "**2 cases**" in told
    assert "1 stale" in told
    assert "holds 14 people” stands nowhere" in told.replace("\\", "")
    assert "The boat holds 12 people when the sea is calm" in told.replace("\\", "")


def test_without_documents_nothing_is_called_stale(open_page: Open) -> None:
    keep("Mine", CASE)
    assert "There are no documents here" in said(open_page("evaluate"))


def test_a_single_case_is_said_to_give_no_interval(open_page: Open, indexed: Index) -> None:
    indexed(**TEXTS)
    keep("Mine", CASE)
    assert "without an interval" in said(open_page("evaluate"))


def test_a_file_with_wrong_lines_is_told_line_by_line_and_nothing_is_kept(open_page: Open) -> None:
    app = upload(open_page("evaluate"), "bad.jsonl", b'{"question": "Q?", "answer": "A"}\n{"answer": 1}\nnonsense\n')
    told = said(app)
    assert "**Line 2**: the question is missing" in told
    assert "**Line 3**" in told
    assert services.lab().measuring.eval_sets.names("default") == ()


def test_a_good_file_is_kept_under_its_name_after_a_look_at_it(open_page: Open, indexed: Index) -> None:
    indexed(**TEXTS)
    content = "question,answer,document,quote,owner\nHow long?,nine hours,lamps.md,nine hours,me\n"
    app = upload(open_page("evaluate"), "team.csv", content.encode())
    assert "1 case read" in said(app)
    assert "owner" in said(app)
    app.button(key="evaluate.set.import").click().run()
    assert [case.answer for case in kept("team")] == ["nine hours"]
    assert app.selectbox[0].value == "team"


def test_a_name_that_is_taken_gets_a_number_and_overwrites_nothing(with_set: AppTest) -> None:
    tab(with_set, "files")
    app = upload(with_set, "Mine.jsonl", b'{"question": "Q?", "answer": "A"}\n')
    app.button(key="evaluate.set.import").click().run()
    assert kept("Mine") == (CASE, STALE)
    assert [case.question for case in kept("Mine 2")] == ["Q?"]


def test_edits_in_the_table_are_saved(with_set: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    edited = _editing(
        monkeypatch, lambda table: table.assign(quote=["burns for nine hours", "The boat holds 12 people"])
    )
    app = with_set.run()
    assert "Not saved yet" in said(app)
    app.button(key="evaluate.set.save").click().run()
    assert edited
    assert not app.exception
    assert kept("Mine")[1].evidence[0].quote == "The boat holds 12 people"
    assert "stale" not in said(app)


def test_a_wrong_row_is_named_and_neither_the_set_nor_the_edits_are_lost(
    with_set: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    _editing(monkeypatch, lambda table: table.assign(question=["How long does it burn?", ""]))
    app = with_set.run()
    app.button(key="evaluate.set.save").click().run()
    assert "Row 2: the question is missing" in said(app)
    assert kept("Mine") == (CASE, STALE)
    assert "Not saved yet" in said(app)


def test_a_draft_that_came_while_the_table_was_edited_is_not_lost(
    with_set: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    _editing(monkeypatch, lambda table: table.assign(answer=["nine hours", "12"]))
    app = with_set.run()
    assert "Not saved yet" in said(app)
    services.lab().measuring.eval_sets.add("default", "Mine", (EvalCase("", "New?", "New"),))
    app.run()
    app.button(key="evaluate.set.save").click().run()
    assert [(case.question, case.answer) for case in kept("Mine")] == [
        (CASE.question, "nine hours"),
        (STALE.question, "12"),
        ("New?", "New"),
    ]


def _editing(monkeypatch: pytest.MonkeyPatch, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> list[bool]:
    """AppTest cannot type into a data editor: what it gives back is replaced."""
    seen: list[bool] = []

    def editor(base: pd.DataFrame, **_named: object) -> pd.DataFrame:
        seen.append(True)
        return edit(base)

    monkeypatch.setattr(eval_set_table.st, "data_editor", editor)
    return seen


def test_cells_that_are_missing_or_new_are_read_as_empty() -> None:
    table = eval_set_table._frame(EvalSet("x", (CASE,)))
    assert eval_set_table.rows_in(table) == eval_set_table.rows_of((CASE,))
    grown = pd.concat([table, pd.DataFrame([dict.fromkeys(table.columns)])], ignore_index=True)
    assert eval_set_table.rows_in(grown)[1].blank


def test_a_set_is_renamed_and_deleted_only_after_a_second_click(with_set: AppTest) -> None:
    tab(with_set, "files")
    with_set.text_input(key="evaluate.set.rename.name.Mine").set_value("Ours")
    next(button for button in with_set.button if button.label == "Rename it").click().run()
    assert services.lab().measuring.eval_sets.names("default") == ("Ours",)
    tab(with_set, "files")
    with_set.button(key="evaluate.set.delete").click().run()
    assert kept("Ours") == (CASE, STALE)
    with_set.button(key="evaluate.set.delete.sure").click().run()
    assert services.lab().measuring.eval_sets.names("default") == ()


def test_drafts_by_blanking_wait_for_review_and_count_only_when_accepted(with_set: AppTest) -> None:
    app = tab(with_set, "drafts")
    app.button(key="evaluate.draft.blank").click().run()
    drafts = [case for case in kept("Mine") if not case.reviewed]
    assert {draft.answer for draft in drafts} >= {"nine hours", "3 May 1881"}
    assert f"{len(drafts)} drafts to review" in said(app)
    first, second, *_ = drafts
    app.text_area(key=f"evaluate.draft.Mine.{first.id}.question").set_value("What stands there?").run()
    app.button(key=f"evaluate.draft.Mine.{first.id}.accept").click().run()
    app.button(key=f"evaluate.draft.Mine.{second.id}.drop").click().run()
    now = {case.id: case for case in kept("Mine")}
    assert now[first.id].question == "What stands there?"
    assert now[first.id].reviewed
    assert "draft" not in now[first.id].tags
    assert second.id not in now
    app.button(key="evaluate.draft.accept_all").click().run()
    assert all(case.reviewed for case in kept("Mine"))


def test_a_draft_whose_mended_quote_stands_nowhere_is_not_accepted(with_set: AppTest) -> None:
    app = tab(with_set, "drafts")
    app.button(key="evaluate.draft.blank").click().run()
    first = next(case for case in kept("Mine") if not case.reviewed)
    app.text_area(key=f"evaluate.draft.Mine.{first.id}.quote").set_value("Words that stand nowhere").run()
    app.button(key=f"evaluate.draft.Mine.{first.id}.accept").click().run()
    assert "stands nowhere" in said(app)
    assert first in kept("Mine")


@pytest.fixture
def server() -> Iterator[FakeChatServer]:
    fake = FakeChatServer()
    yield fake
    fake.close()


def test_the_chosen_model_drafts_in_the_background_and_what_is_dropped_is_told(
    open_page: Open, indexed: Index, until_over: Wait, server: FakeChatServer
) -> None:
    indexed(**TEXTS)
    house = services.lab()
    choice = ModelChoice("endpoint", "drafts", server.base_url)
    house.keep(replace(house.workspace("default"), model=choice))
    keep("Mine", CASE)
    app = tab(open_page("evaluate"), "drafts")
    app.button(key="evaluate.draft.model").click().run()
    until_over(app, "drafting:default")
    drafts = [case for case in kept("Mine") if not case.reviewed]
    assert {draft.answer for draft in drafts} <= {"3", "12"}
    assert drafts
    assert "ready for review" in said(app)
    app.button(key="evaluate.draft.away").click().run()
    assert "ready for review" not in said(app)


def test_the_report_counts_what_was_dropped_by_reason() -> None:
    events = (
        DraftEvent(1, CASE),
        DraftEvent(2, rejected=Rejection.QUOTE_NOWHERE),
        DraftEvent(3, rejected=Rejection.QUOTE_NOWHERE),
        DraftEvent(4, rejected=Rejection.DUPLICATE),
    )
    told = eval_set_drafts.report(events, stopped=True)
    assert told.startswith("Stopped by you. **1 draft** from 4 tries")
    assert "2 × the quote does not stand in the document; 1 × the question is nearly the same" in told


def test_the_report_of_drafts_that_all_fell_leads_on() -> None:
    told = eval_set_drafts.report((DraftEvent(1, rejected=Rejection.NO_JSON),), stopped=False)
    assert told.startswith("**No draft stands** after 1 try: blank facts instead")


def test_a_damaged_set_is_told_and_the_page_lives(open_page: Open, indexed: Index) -> None:
    indexed(**TEXTS)
    keep("Mine", CASE)
    path = next(services.lab().store.folder("default").glob("evalsets/*.jsonl"))
    path.write_text(json.dumps({"question": 3}))
    assert "Mine.jsonl" in said(open_page("evaluate")).replace("\\", "")


# A marked passage


@pytest.fixture
def found(open_page: Open, indexed: Index) -> AppTest:
    indexed(**TEXTS)
    house = services.lab()
    house.keep(replace(house.workspace("default"), question="How many people does the boat hold?"))
    return open_page("retrieve")


def mark(app: AppTest) -> str:
    """Opens the form of the first passage; the start of its widgets' keys."""
    first = services.passages(services.lab().workspace("default"), "How many people does the boat hold?")[0].chunk
    app.button(key=f"retrieve.case.{first.id}").click().run()
    assert not app.exception, app.exception
    return f"case.{first.document}.{first.start}-{first.end}"


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception, app.exception
    return app


def test_a_found_passage_becomes_a_case_with_its_question_and_quote_filled_in(found: AppTest) -> None:
    key = mark(found)
    assert found.text_area(key=f"{key}.question").value == "How many people does the boat hold?"
    assert found.text_area(key=f"{key}.quote").value == "The boat holds 12 people when the sea is calm."
    found.text_input(key=f"{key}.answer").set_value("12")
    press(found, "Keep the case")
    assert kept("My questions") == (
        EvalCase(
            "case-001",
            "How many people does the boat hold?",
            "12",
            (GoldEvidence("boats.md", "The boat holds 12 people when the sea is calm."),),
        ),
    )
    assert found.session_state["held.evaluate.set"] == "My questions"


def test_a_quote_that_does_not_stand_in_the_document_is_not_kept(found: AppTest) -> None:
    key = mark(found)
    found.text_area(key=f"{key}.quote").set_value("The boat holds 15 people")
    press(found, "Keep the case")
    mark(found)
    assert "do not stand in" in said(found)
    assert services.lab().measuring.eval_sets.names("default") == ()
