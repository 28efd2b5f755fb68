import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.domain import Chunk, LegHit, Passage
from lib.settings import RetrievalSettings
from pages.ui import passage_view, services

TEXTS = {
    "travel": "Trains are booked by the desk. Nobody flies to Leeds. A refund takes ten days after the journey.\n" * 4,
    "kitchen": "The dishwasher runs at noon. Milk stands in the second fridge. Tea is free, coffee is not.\n" * 4,
    "garden": "The plants get water on Mondays. The lawn is cut in May. Roses are not to be picked.\n" * 4,
}
QUESTION = "How many days does a refund take?"

Open = Callable[[str], AppTest]
Index = Callable[..., None]
Wait = Callable[..., AppTest]


@pytest.fixture
def asked(open_page: Open, indexed: Index) -> AppTest:
    """The screen with three documents and a question."""
    indexed(**TEXTS)
    house = services.lab()
    house.keep(replace(house.workspace("default"), question=QUESTION))
    return open_page("retrieve")


def html(app: AppTest) -> str:
    return "".join(block.proto.body for block in app.get("html"))


def documents_found(app: AppTest) -> list[str]:
    return re.findall(r'<div class="d">([^<]*?) *<', html(app))


def test_without_documents_the_way_to_documents_is_offered(open_page: Open) -> None:
    assert open_page("retrieve").subheader[0].value == "Nothing to search yet"


def test_without_a_question_the_page_asks_for_one(open_page: Open, indexed: Index) -> None:
    indexed(**TEXTS)
    assert "No question yet" in open_page("retrieve").info[0].value


def test_ready_questions_of_the_sample_fill_the_box(open_page: Open, indexed: Index) -> None:
    indexed(**TEXTS)
    house = services.lab()
    house.keep(replace(house.workspace("default"), corpus="company"))
    app = open_page("retrieve")
    ready = services.ready_corpus("company")
    assert ready is not None
    app.selectbox(key="retrieve.question.ready").set_value(ready.questions[1].question).run()
    assert app.text_input(key="retrieve.question").value == ready.questions[1].question
    assert house.workspace("default").question == ready.questions[1].question


def test_the_best_passage_comes_first_with_its_numbers(asked: AppTest) -> None:
    assert documents_found(asked)[0] == "travel.md"
    first = services.passages(services.lab().workspace("default"), QUESTION)[0]
    dense, lexical = first.leg("dense"), first.leg("lexical")
    assert dense
    assert lexical
    drawn = html(asked)
    assert f"score {first.score:.3f}" in drawn
    assert f"meaning: rank {dense.rank}, cosine {dense.score:.3f}" in drawn
    assert f"words: rank {lexical.rank}, BM25 {lexical.score:.3f}" in drawn
    assert "<mark>refund</mark>" in drawn


def test_top_k_says_how_many_passages_there_are_at_most(asked: AppTest) -> None:
    assert len(documents_found(asked)) == 3
    asked.slider(key="retrieve.top_k").set_value(1).run()
    assert documents_found(asked) == ["travel.md"]


def test_the_document_filter_searches_only_there_and_is_kept(asked: AppTest) -> None:
    asked.multiselect(key="retrieve.documents").set_value(["garden.md"]).run()
    assert set(documents_found(asked)) == {"garden.md"}
    assert services.lab().workspace("default").retrieval.documents == ("garden.md",)


def test_words_alone_find_only_what_shares_a_word(asked: AppTest) -> None:
    asked.selectbox(key="retrieve.retriever").set_value("lexical").run()
    assert documents_found(asked) == ["travel.md"]
    assert "meaning:" not in html(asked)


def test_a_minimum_score_that_nothing_reaches_says_what_to_do(asked: AppTest) -> None:
    asked.selectbox(key="retrieve.retriever").set_value("dense").run()
    asked.slider(key="retrieve.min_score").set_value(1.0).run()
    assert "Lower the minimum score" in asked.warning[0].value


def test_a_passage_opens_in_its_source_with_its_span_marked(asked: AppTest) -> None:
    next(button for button in asked.button if button.label == "Open in its source").click().run()
    assert any("Passage 1 of 3" in block.value for block in asked.markdown)
    assert '<mark class="ob-span">' in html(asked)
    assert asked.button(key="source_view.earlier").disabled
    assert not asked.button(key="source_view.later").disabled


def test_the_numbers_are_explained(asked: AppTest) -> None:
    explained = next(block.value for block in asked.markdown if "cosine" in block.value)
    assert "from -1 to 1, higher is better" in explained


def test_live_search_follows_the_size_on_this_page_too(asked: AppTest, until_over: Wait) -> None:
    asked.session_state["retrieve.live"] = True
    asked.run()
    app = until_over(asked, "live:default")
    assert '<ol class="ob-live"' in html(app)


def test_a_leg_that_did_not_find_the_passage_says_so() -> None:
    passage = Passage(Chunk("d", "d.md", 0, 4, "text", 1), rank=1, score=0.5, legs=(LegHit("dense", 1, 0.5),))
    assert "words: shares no word that counts" in passage_view.card(
        passage, question="q", retrieval=RetrievalSettings()
    )
