"""Was it worth it?: from an adapter to figures that survive a restart, on the screen."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st  # noqa: TID251
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.evaluation.worth_records import Contender, Familiarity
from pages.ui import services, tune_worth_job
from tests.pages.tuned_made import keep_adapter
from tests.unit.evaluation.worth_made import animal_set


def opened(open_page: Callable[[str], AppTest]) -> AppTest:
    app = open_page("fine_tune")
    app.segmented_control(key="fine_tune.view").set_value("Was it worth it?").run()
    assert not app.exception, app.exception
    return app


def said(app: AppTest) -> str:
    elements = (*app.markdown, *app.caption, *app.success, *app.warning, *app.info)
    return "\n".join(str(element.value) for element in elements).replace("\\", "")


def compared(app: AppTest, until_over: Callable[..., AppTest]) -> AppTest:
    app.button(key="tune.worth.start").click().run()
    return until_over(app, "worth:default")


def test_without_an_adapter_the_way_leads_to_training(open_page: Callable[[str], AppTest]) -> None:
    app = opened(open_page)
    app.button(key="tune.worth.train").click().run()
    assert app.segmented_control(key="fine_tune.view").value == "Train"


def test_the_button_compares_and_the_screen_says_whether_it_was_worth_it(
    open_page: Callable[[str], AppTest], until_over: Callable[..., AppTest]
) -> None:
    services.lab().tuning.sets.keep("default", animal_set())
    keep_adapter("animals", animal_set())
    app = compared(opened(open_page), until_over)
    words = said(app)
    assert "Not worth it yet. Label right: 0 % of 18 held-out rows" in words
    assert "copying the nearest training example does as well" in words
    assert "Paraphrased questions are training inputs reworded by a fixed list" in words
    assert "18 of 18 rows." in words
    kept = tune_worth_job.kept().worth_of("default", "animals")
    assert kept is not None
    assert kept.finished
    assert len(kept.of(Contender.FINE_TUNED, Familiarity.UNSEEN)) == 18


def test_what_was_found_is_there_after_a_restart(
    open_page: Callable[[str], AppTest], until_over: Callable[..., AppTest]
) -> None:
    services.lab().tuning.sets.keep("default", animal_set())
    keep_adapter("animals", animal_set())
    compared(opened(open_page), until_over)
    st.cache_resource.clear()
    app = opened(open_page)
    assert "Label right: 0 % of 18 held-out rows" in said(app)
    assert app.button(key="tune.worth.start").label == "Compare again"


def test_a_set_that_changed_and_an_adapter_that_was_replaced_are_told_of(
    open_page: Callable[[str], AppTest], until_over: Callable[..., AppTest]
) -> None:
    found = animal_set()
    services.lab().tuning.sets.keep("default", found)
    keep_adapter("animals", found)
    app = compared(opened(open_page), until_over)
    assert "has changed since" not in said(app)
    services.lab().tuning.sets.keep("default", replace(found, train=found.train[1:]))
    adapter = services.lab().tuning.adapters.load("default", "animals")
    store = tune_worth_job.kept()
    worth = store.worth_of("default", "animals")
    assert worth is not None
    store.keep("default", replace(worth, adapter_sha256="another " + adapter.gguf_sha256))
    app.run()
    assert "The set has changed since this adapter was trained" in said(app)
    assert "of an earlier adapter of this name" in said(app)


def test_a_set_without_held_out_rows_says_what_is_missing(open_page: Callable[[str], AppTest]) -> None:
    bare = replace(animal_set(), held_out=())
    services.lab().tuning.sets.keep("default", bare)
    keep_adapter("animals", bare)
    app = opened(open_page)
    assert app.button(key="tune.worth.start").disabled
    assert "This set has no held-out rows" in said(app)
