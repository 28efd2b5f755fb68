"""The two experiments on the screen: a fact changed and put back, style or facts with adapters that are there."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.corpus.outcomes import Upload
from lib.corpus.samples import sample_uploads
from lib.evaluation.experiment_material import facts_material, style_material
from lib.evaluation.fact_change import SAMPLE_EDIT
from lib.evaluation.style_or_facts import RECIPE
from pages.ui import services, tune_experiments_job
from tests.pages.tuned_made import keep_adapter

SHEET = SAMPLE_EDIT.document


def opened(open_page: Callable[[str], AppTest], which: str) -> AppTest:
    app = open_page("fine_tune")
    app.segmented_control(key="fine_tune.view").set_value("Experiments").run()
    app.segmented_control(key="tune.experiments.which").set_value(which).run()
    assert not app.exception, app.exception
    return app


def said(app: AppTest) -> str:
    elements = (*app.markdown, *app.caption, *app.success, *app.warning, *app.info, *app.error)
    return "\n".join(str(element.value) for element in elements).replace("\\", "")


def sheet() -> Upload:
    return next(one for one in sample_uploads("company") if one.name == SHEET)


def read_in(*uploads: Upload) -> None:
    house = services.lab()
    for _ in house.ingest("default", uploads, house.workspace("default").chunking):
        pass
    services.versions().changed("default")


def stored() -> bytes:
    store = services.lab().store
    return store.file_path("default", store.entry("default", SHEET).id).read_bytes()


def test_without_documents_the_sample_company_is_offered(
    open_page: Callable[[str], AppTest], until_over: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "uploads_of", lambda corpus_id: (sheet(),))
    app = opened(open_page, "Change a fact")
    app.button(key="tune.fact.load").click().run()
    app = until_over(app)
    assert any(one.key == "tune.fact.document" and one.value == SHEET for one in app.selectbox)


def test_the_ready_fact_is_changed_and_put_back_to_the_letter(
    open_page: Callable[[str], AppTest], until_over: Callable[..., AppTest]
) -> None:
    original = sheet()
    read_in(original)
    app = opened(open_page, "Change a fact")
    assert any(area.value == SAMPLE_EDIT.new for area in app.text_area)
    [save] = [button for button in app.button if button.label == "Save the change"]
    save.click().run()
    app = until_over(app, "fact:default")
    assert "120 centimetres" in stored().decode()
    assert f"{SHEET} says now: {SAMPLE_EDIT.new}" in said(app).replace("**", "")
    assert any(metric.label == "Until it could be found" and metric.value.endswith(" ms") for metric in app.metric)
    assert "only RAG answers" in said(app)
    app.button(key="tune.fact.undo").click().run()
    app = until_over(app, "fact:default")
    assert stored() == original.content
    assert any(button.label == "Save the change" for button in app.button)


def test_a_change_survives_a_visit_elsewhere_and_the_tuned_model_answers_beside_it(
    open_page: Callable[[str], AppTest], until_over: Callable[..., AppTest]
) -> None:
    read_in(sheet())
    keep_adapter("experiment-facts", facts_material().training_set, RECIPE)
    app = opened(open_page, "Change a fact")
    [save] = [button for button in app.button if button.label == "Save the change"]
    save.click().run()
    until_over(app, "fact:default")
    app = opened(open_page, "Change a fact")
    assert any(button.key == "tune.fact.undo" for button in app.button)
    assert "its last training: 71 s of work, 64 steps" in said(app)
    assert any(button.key == "tune.fact.retrain" for button in app.button)


def test_an_unchanged_line_is_refused_with_the_way_out(
    open_page: Callable[[str], AppTest], until_over: Callable[..., AppTest]
) -> None:
    read_in(sheet())
    app = opened(open_page, "Change a fact")
    [area] = app.text_area
    area.set_value(SAMPLE_EDIT.old)
    [save] = [button for button in app.button if button.label == "Save the change"]
    save.click().run()
    app = until_over(app, "fact:default")
    assert "Nothing was changed in the text." in said(app)
    assert stored() == sheet().content


def test_style_or_facts_asks_adapters_that_are_there_and_keeps_what_it_found(
    open_page: Callable[[str], AppTest], until_over: Callable[..., AppTest]
) -> None:
    keep_adapter("experiment-style", style_material().training_set, RECIPE)
    keep_adapter("experiment-facts", facts_material().training_set, RECIPE)
    read_in(*sample_uploads("company")[1:4])
    app = opened(open_page, "Style or facts")
    app.selectbox(key="tune.experiments.questions").set_value(6).run()
    app.button(key="tune.experiments.start").click().run()
    app = until_over(app, "style-or-facts:default")
    words = said(app)
    assert "Voice: all rules kept in 0 %" in words
    assert "of 6 answers to unseen messages after training" in words
    assert "of 6 that were not trained 0 %" in words
    assert "form is trained, facts are looked up" not in words
    found = tune_experiments_job.kept().load("default")
    assert found is not None
    assert found.finished
    assert {answer.learner for answer in found.facts} == {"base", "fine-tuned"}
