"""Compare: two answers at the same time, what the documents say of the first, and what the example teaches."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.domain import (
    Answer,
    Answered,
    AnswerEvent,
    ApproachName,
    Chunk,
    Citation,
    Passage,
    RuleVerdict,
    TextPiece,
    Timings,
    Usage,
)
from lib.errors import ModelUnreachable, NotFound
from lib.lab import Lab
from lib.settings import ChunkSettings, ModelChoice, RetrievalSettings, Strategy, Workspace
from lib.training.adapter_store import AdapterStore
from pages.ui import compare_figures, services
from tests.support.kept_adapters import keep_adapter

WAIT_S = 30.0
Open = Callable[[str], AppTest]
Indexed = Callable[..., None]
LEAVE = "# Leave\n\nEmployees receive eighteen weeks of paid parental leave."
PASSAGE = Passage(Chunk("d", "leave.md", 0, len(LEAVE), LEAVE, 12), 1, 0.9)
PROBES = "# Probes\n\nCompare each probe with a reference every nine months."


def words(app: AppTest) -> str:
    return "\n".join(
        element.value for element in (*app.markdown, *app.caption, *app.subheader, *app.info, *app.warning, *app.error)
    )


def drawn(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def answers_read(app: AppTest) -> list[str]:
    """The words of the finished answers, as their component was given them."""
    given = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return ["".join(piece["text"] for piece in data["pieces"]) for data in given if "pieces" in data]


def marks(app: AppTest) -> list[str]:
    """The verdicts that stand behind the sentences of both answers, in order."""
    given = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return [piece["verdict"] for data in given for piece in data.get("pieces", []) if piece["verdict"]]


def sent(app: AppTest, question: str) -> AppTest:
    app.text_input(key="compare.question").set_value(question)
    return app.button(key="FormSubmitter:compare.question.form-Compare").click().run()


def compared(app: AppTest, question: str) -> AppTest:
    return settled(sent(app, question), lambda page: "What the numbers mean" in page_labels(page))


def settled(app: AppTest, done: Callable[[AppTest], bool]) -> AppTest:
    """Run the page, as its polling does, until `done` says that what was asked for is there."""
    ends = time.monotonic() + WAIT_S
    while not done(app):
        assert time.monotonic() < ends, f"the page never settled: {words(app)}"
        time.sleep(0.05)
        app.run()
    return app


def page_labels(app: AppTest) -> list[str]:
    return [popover.proto.popover.label for popover in app.get("popover")]


@pytest.fixture
def compare(open_page: Open, indexed: Indexed) -> AppTest:
    indexed(leave=LEAVE, probes=PROBES)
    return open_page("compare")


def test_without_documents_the_next_step_is_to_load_a_sample(open_page: Open) -> None:
    app = open_page("compare")
    assert "No documents yet" in words(app)
    assert app.button(key="empty.pages/start.py.go").label == "Load a sample corpus"


def test_without_a_question_it_says_what_to_do_and_an_empty_one_is_not_sent(compare: AppTest) -> None:
    assert "Nothing compared yet" in words(compare)
    assert "Type a question first" in words(sent(compare, "  "))


def test_both_answers_stand_with_sources_and_figures(compare: AppTest) -> None:
    app = compared(compare, "How many weeks of paid parental leave?")
    assert not app.exception
    html = drawn(app)
    assert [figure in html for figure in ("time in all", "tokens in", "cost", "sources", "abstained")] == [True] * 5
    assert "Prompt-only</th>" in html
    assert "RAG</th>" in html
    headings = [element.value for element in app.markdown]
    assert any("Prompt-only" in heading for heading in headings)
    assert any(heading.endswith(" RAG") for heading in headings)
    assert any(button.key.startswith("compare.rag.open.") for button in app.button)
    assert not any(button.key.startswith("compare.prompt-only.open.") for button in app.button)


def test_statements_of_the_prompt_only_answer_are_held_against_the_documents(
    compare: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, prompt_only="Employees receive eighteen weeks of paid parental leave. Dogs bark at night.")
    app = compared(compare, "How long is parental leave?")
    assert "**1 of 2** statements stand in the documents" in words(app)
    assert "supported**] · Employees receive eighteen weeks" in words(app)
    assert "not mentioned**] · Dogs bark at night" in words(app)
    assert app.button(key="compare.statement.prompt-only.1").label == "leave\\.md"


def test_a_statement_that_the_documents_contradict_stands_first_with_both_sentences(
    compare: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "Dogs bark at night. Employees receive twelve weeks of paid parental leave."
    answers(monkeypatch, prompt_only=said, rag="It is eighteen weeks.")
    app = compared(compare, "How long is parental leave?")
    assert "**0 of 2** statements stand in the documents (higher is better); **1** is contradicted by them." in words(
        app
    )
    assert "leave\\.md says eighteen weeks; the statement says twelve weeks" in words(app).replace("\\;", ";")
    text = words(app)
    assert text.index("**contradicted") < text.index("Dogs bark at night")
    assert "“Employees receive eighteen weeks of paid parental leave.”" in drawn(app)


def test_each_sentence_of_both_answers_wears_its_verdict(compare: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(
        monkeypatch,
        prompt_only="Dogs bark at night.",
        rag="Employees receive eighteen weeks of paid parental leave.",
    )
    app = compared(compare, "How long is parental leave?")
    assert marks(app) == ["? not mentioned", "✓ supported"]
    assert any("carries it" in button.label for button in app.button if button.key.startswith("compare-rag.cite"))


def test_the_example_names_the_row_of_the_framework_with_its_reason(
    compare: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, prompt_only="It is twelve weeks.", rag="It is eighteen weeks.")
    app = compared(compare, "How long is parental leave?")
    assert "This example is a case for RAG" in words(app)
    assert "documents that are private" in drawn(app)
    assert any(link.proto.page.endswith("decide") for link in app.get("page_link"))


def test_an_answer_of_rag_without_a_source_is_marked_as_such(compare: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, prompt_only="It is twelve weeks.", rag="It is a coin.", sourced=False)
    app = compared(compare, "How long is parental leave?")
    assert "No source: nothing that it read says this" in words(app)
    assert "This example shows a limit of RAG" in words(app)


def test_a_model_that_says_it_does_not_know_is_a_result_in_its_column(
    compare: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, prompt_only="I do not know.", abstained=True)
    app = compared(compare, "How long is parental leave?")
    assert "The model says that it does not know." in words(app)
    assert "It said that it does not know." in words(app)
    assert "abstained</th><td>yes</td><td>no</td>" in drawn(app)


def test_a_failure_of_one_model_call_leaves_the_other_answer_standing(
    compare: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, prompt_only=ModelUnreachable("Nothing answers at port 9.", hint="Start it."), rag="Eighteen.")
    app = compared(compare, "How long is parental leave?")
    assert [error.value for error in app.error] == ["**Nothing answers at port 9\\.**\n\nStart it\\."]
    assert answers_read(app) == ["Eighteen."]
    assert "This example" not in words(app)


def test_stop_ends_all_and_keeps_what_had_come(compare: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    answers(monkeypatch, prompt_only="one two", rag="three four", gate=let_go)
    app = settled(sent(compare, "How long is parental leave?"), lambda page: "one" in drawn(page))
    assert "next in turn" in words(app)
    app.button(key="compare.stop").click().run()
    let_go.set()
    assert words(app).count("Stopped by you") == 2
    assert answers_read(app) == ["one"]
    assert "This example" not in words(app)


def test_another_page_and_back_does_not_lose_the_answers(compare: AppTest) -> None:
    app = compared(compare, "How many weeks of paid parental leave?")
    before = answers_read(app)
    assert len(before) == 2
    assert all(before)
    app.switch_page("pages/ask.py").run()
    app.switch_page("pages/compare.py").run()
    assert answers_read(app) == before


def test_answers_to_another_question_than_the_one_in_the_box_say_so(compare: AppTest) -> None:
    app = compared(compare, "How many weeks of paid parental leave?")
    assert "The answers below are to" not in words(app)
    app.switch_page("pages/ask.py").run()
    app.text_input(key="ask.question").set_value("Which probe?")
    app.button(key="FormSubmitter:ask.question.form-Ask").click().run()
    app.switch_page("pages/compare.py").run()
    assert "The answers below are to: “How many weeks of paid parental leave" in words(app)


def test_the_extractive_answerer_leaves_prompt_only_empty_until_the_built_in_model_is_lent(
    open_page: Open, indexed: Indexed
) -> None:
    indexed(leave=LEAVE, probes=PROBES)
    services.lab().keep(replace(Workspace(), model=ModelChoice("extractive")))
    app = compared(open_page("compare"), "How many weeks of paid parental leave?")
    assert "Nothing to quote from" in words(app)
    assert "Prompt-only</th>" not in drawn(app)
    app.button(key="compare.lend.prompt-only").click().run()
    settled(app, lambda page: "Prompt-only</th>" in drawn(page))
    assert services.lab().workspace("default").model.kind == "extractive"


def test_all_four_approaches_stand_in_their_order_with_one_table(
    open_page: Open, indexed: Indexed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed(leave=LEAVE, probes=PROBES)
    keep_adapter(tmp_path / "data", "tickets")
    services.lab().keep(replace(Workspace(), adapter="tickets"))
    app = open_page("compare")
    assert app.button_group(key="compare.approaches").value == ["prompt-only", "rag", "fine-tuned", "hybrid"]
    answers(monkeypatch, prompt_only="Dogs bark.", fine_tuned="Employees receive twelve weeks of paid parental leave.")
    app = compared(app, "How long is parental leave?")
    assert not app.exception
    assert len(answers_read(app)) == 4
    pieces = drawn(app).split("<div")
    table = next(html for html in pieces if html.startswith(' class="ob-compared"'))
    heads = [table.index(f">{name}</th>") for name in ("Prompt-only", "RAG", "Fine-tuned", "Hybrid")]
    assert heads == sorted(heads)
    assert "rules kept</th>" + '<td><span class="ob-none">none</span></td>' * 3 + "<td>1 of 1</td>" in table
    assert "<td>tickets</td><td>tickets</td>" in table
    assert "What the documents say of the fine-tuned answer" in words(app)
    assert "leave\\.md says eighteen weeks" in words(app)
    assert "This example shows a limit of Fine-tuned" in words(app)
    assert "What RAG and Hybrid read" in words(app)


def test_without_an_adapter_fine_tuned_leads_to_training_and_the_rest_answers(compare: AppTest) -> None:
    compare.button_group(key="compare.approaches").set_value(["prompt-only", "rag", "fine-tuned", "hybrid"]).run()
    app = compared(compare, "How many weeks of paid parental leave?")
    assert not app.exception
    assert "No adapter is chosen" in words(app)
    assert any(link.proto.page.endswith("fine_tune") for link in app.get("page_link"))
    assert len(answers_read(app)) == 3
    assert "Fine-tuned</th>" not in drawn(app)


def test_an_adapter_that_was_deleted_meanwhile_is_a_message_in_its_column(
    open_page: Open, indexed: Indexed, tmp_path: Path
) -> None:
    indexed(leave=LEAVE, probes=PROBES)
    keep_adapter(tmp_path / "data", "tickets")
    services.lab().keep(replace(Workspace(), adapter="tickets"))
    app = open_page("compare")
    AdapterStore(tmp_path / "data").remove("default", "tickets")
    app.button_group(key="compare.approaches").set_value(["prompt-only", "rag"]).run()
    asked = replace(services.lab().workspace("default"), question="How long is parental leave?")
    with pytest.raises(NotFound, match="There is no adapter 'tickets'"):
        services.lab().approach(ApproachName.FINE_TUNED, asked)
    app.button_group(key="compare.approaches").set_value(["prompt-only", "fine-tuned"]).run()
    assert "Train an adapter" in [link.proto.label for link in compared(app, asked.question).get("page_link")]


def test_one_approach_alone_is_no_comparison(compare: AppTest) -> None:
    compare.button_group(key="compare.approaches").set_value(["rag"]).run()
    assert "Choose at least two approaches" in words(sent(compare, "How long is parental leave?"))


def test_two_settings_answer_side_by_side_and_say_what_b_changed(compare: AppTest) -> None:
    compare.button_group(key="compare.kind").set_value("settings").run()
    compare.selectbox(key="compare.b.retriever").set_value("dense").run()
    compare.slider(key="compare.b.top_k").set_value(1).run()
    app = compared(compare, "How many weeks of paid parental leave?")
    assert not app.exception
    assert "What B changed" in words(app)
    assert len([button for button in app.button if button.key.startswith("compare.b.open.")]) == 1
    assert len([button for button in app.button if button.key.startswith("compare.a.open.")]) == 2
    assert services.lab().workspace("default").retrieval.top_k == RetrievalSettings().top_k


def test_a_variation_that_needs_embedding_is_costed_and_indexed_in_the_background(compare: AppTest) -> None:
    compare.button_group(key="compare.kind").set_value("settings").run()
    compare.selectbox(key="compare.b.strategy").set_value("sentence").run()
    assert "To apply" in words(compare) or "applying is instant" in words(compare)
    app = compared(compare, "How many weeks of paid parental leave?")
    variation = replace(services.lab().workspace("default").chunking, strategy=Strategy.SENTENCE)
    assert services.lab().plan("default", variation).applied
    assert services.lab().workspace("default").chunking.strategy == "recursive"
    assert "B's index is there" in words(app.run())


def test_b_that_is_the_same_as_a_says_so(compare: AppTest) -> None:
    compare.button_group(key="compare.kind").set_value("settings").run()
    compare.selectbox(key="compare.b.retriever").set_value("hybrid").run()
    assert "B is the same as A" in words(compare)


def test_ready_questions_are_grouped_by_what_they_show_and_say_why_after_the_answer(
    open_page: Open, indexed: Indexed
) -> None:
    indexed(leave=LEAVE, probes=PROBES)
    corpus = next(each for each in services.corpora() if each.id == "company")
    services.lab().keep(replace(Workspace(), corpus=corpus.id))
    app = open_page("compare")
    groups = {group.key for group in app.button_group if group.key.startswith("compare.ready.")}
    assert groups == {f"compare.ready.{ready.shows.replace(' ', '-')}" for ready in corpus.questions}
    ready = next(each for each in corpus.questions if each.shows == "general knowledge")
    app.button_group(key="compare.ready.general-knowledge").set_value(ready.question).run()
    settled(app, lambda page: "What the numbers mean" in page_labels(page))
    assert app.text_input(key="compare.question").value == ready.question
    assert "Chosen to show: general knowledge" in words(app)
    assert "This example is a case for Prompt-only" in words(app)


def test_the_bar_of_time_has_one_scale_for_both_columns_and_a_text() -> None:
    answer = Answer("q", ApproachName.RAG, "m", "a", False, timings=Timings(retrieve=100, first_token=300, total=500))
    html = compare_figures.timeline(answer, 1_000)
    assert 'aria-label="Time: search 100 ms, until the first word 200 ms, writing 200 ms"' in html
    assert [f"width:{share}%" in html for share in ("10.00", "20.00")] == [True, True]


def answers(
    monkeypatch: pytest.MonkeyPatch,
    *,
    prompt_only: str | ModelUnreachable,
    rag: str = "Eighteen weeks.",
    fine_tuned: str = "Twelve weeks.",
    hybrid: str = "Eighteen weeks of leave.",
    abstained: bool = False,
    sourced: bool = True,
    gate: threading.Event | None = None,
) -> None:
    """Let the approaches say exactly this; with a `gate` they wait after the first word until it is set."""

    class Fixed:
        def __init__(self, name: ApproachName) -> None:
            self.name = name

        def answer(self, question: str) -> Iterator[AnswerEvent]:
            alone = self.name in (ApproachName.PROMPT_ONLY, ApproachName.FINE_TUNED)
            said = {
                ApproachName.PROMPT_ONLY: prompt_only,
                ApproachName.RAG: rag,
                ApproachName.FINE_TUNED: fine_tuned,
                ApproachName.HYBRID: hybrid,
            }[self.name]
            if isinstance(said, ModelUnreachable):
                raise said
            first, *rest = said.split(" ", 1)
            yield TextPiece(first)
            if gate is not None:
                gate.wait(20)
            yield TextPiece(" " + "".join(rest))
            answer = Answer(question, self.name, "m", said, abstained and alone)
            if self.name is ApproachName.HYBRID:
                answer = replace(answer, verdicts=(RuleVerdict("Cites a passage", True, "It cites [1]."),))
            if self.name in (ApproachName.FINE_TUNED, ApproachName.HYBRID):
                answer = replace(answer, adapter="tickets")
            cited = () if alone or not sourced else (Citation(1, len(said), len(said), PASSAGE, 0, 5),)
            read = () if alone else (PASSAGE,)
            answer = replace(answer, citations=cited, passages=read)
            yield Answered(replace(answer, usage=Usage(9, 3), timings=Timings(None, 5, 9)))

    monkeypatch.setattr(Lab, "approach", lambda _lab, name, _workspace, *, key="": Fixed(name))


def test_an_answer_waits_for_the_others_index_so_that_times_can_be_compared(
    compare: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    apply, variation_only = Lab.apply, Strategy.SENTENCE

    def slow_apply(self: Lab, workspace_id: str, chunking: ChunkSettings, **rest: object) -> Iterator[object]:
        for number, event in enumerate(apply(self, workspace_id, chunking, **rest)):  # type: ignore[arg-type]
            yield event
            if number == 0 and chunking.strategy is variation_only:
                let_go.wait(20)

    monkeypatch.setattr(Lab, "apply", slow_apply)
    compare.button_group(key="compare.kind").set_value("settings").run()
    compare.selectbox(key="compare.b.strategy").set_value("sentence").run()
    app = sent(compare, "How many weeks of paid parental leave?")
    time.sleep(0.5)
    app.run()
    assert "waiting for the index" in words(app)
    assert answers_read(app) == []
    let_go.set()
    settled(app, lambda page: "What the numbers mean" in page_labels(page))
    assert len(answers_read(app)) == 2
