"""The first screen: what this is, one click to the first answer, and the way back to it."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest  # noqa: TID251

from pages.ui import services

Open = Callable[[str], AppTest]
Wait = Callable[..., AppTest]


def words(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption, *app.subheader, *app.header))


def test_a_newcomer_reads_what_it_is_for_and_finds_one_primary_button(open_page: Open) -> None:
    app = open_page("start")
    assert "open-book exam" in words(app)
    assert "which failure are we fixing" in words(app)
    primary = [button for button in app.button if button.proto.type == "primary"]
    assert [button.label for button in primary] == ["Load the sample corpus"]


def test_the_seven_steps_start_at_none(open_page: Open) -> None:
    assert "0 of 7 steps" in words(open_page("start"))


def test_one_click_loads_the_corpus_and_asks_its_first_question(open_page: Open, until_over: Wait) -> None:
    app = open_page("start")
    corpus = services.corpora()[0]
    app.button(key=f"start.load.{corpus.id}").click().run()
    until_over(app)
    assert app.title[0].value == "Ask"
    assert app.text_input(key="ask.question").value == corpus.first_question
    assert len(services.documents("default")) == len(services.uploads_of(corpus.id))


def test_a_corpus_that_is_being_read_shows_its_stages_and_a_stop(open_page: Open, monkeypatch) -> None:
    import threading

    gate = threading.Event()
    ingest = services.lab().ingest

    def held(*arguments, **options):
        gate.wait(20)
        yield from ingest(*arguments, **options)

    monkeypatch.setattr(services.lab(), "ingest", held)
    app = open_page("start")
    app.button(key=f"start.load.{services.corpora()[0].id}").click().run()
    assert "Reading the documents" in words(app)
    app.button(key="start.stop").click().run()
    gate.set()
    job = services.ingest_job("default")
    assert job is not None
    assert job.wait(20)
    assert job.stopped
    app.run()
    assert app.title[0].value == "Openbook", "a stopped ingest does not run on to a question"


def test_who_comes_back_finds_where_they_left_off(open_page: Open, indexed: Callable[..., None]) -> None:
    indexed(handbook="# Leave\n\nEighteen weeks of parental leave.")
    app = open_page("start")
    assert "Where you left off" in words(app)
    assert "4 of 7 steps" in words(app)
