"""Documents: files in, outcomes with reasons, a text to read, and out again only on a second click."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.corpus.outcomes import Upload
from pages.ui import services

Open = Callable[[str], AppTest]
Wait = Callable[..., AppTest]


def shown(app: AppTest) -> str:
    texts = [element.value for element in (*app.markdown, *app.caption, *app.info, *app.warning, *app.error)]
    return " ".join(texts).replace("\\", "")


def upload(app: AppTest, *files: tuple[str, bytes]) -> None:
    for name, content in files:
        app.file_uploader[0].upload(name, content)
    app.run()
    app.button(key="documents.read").click().run()


def test_an_empty_workspace_says_the_next_step(open_page: Open) -> None:
    app = open_page("documents")
    assert "Nothing here yet" in shown(app)
    assert any(button.label == "Load the sample corpus" for button in app.button)


def test_uploaded_files_end_as_indexed_or_rejected_with_a_reason(open_page: Open, until_over: Wait) -> None:
    app = open_page("documents")
    upload(app, ("leave.md", b"# Leave\n\nEighteen weeks."), ("empty.txt", b""))
    until_over(app)
    assert "leave.md** indexed" in shown(app)
    rejected = next(line for line in shown(app).split("**") if "rejected ·" in line)
    assert len(rejected.split("rejected ·")[1].strip()) > 5, "the reason is told"
    assert [entry.name for entry in services.documents("default") if entry.status == "indexed"] == ["leave.md"]


def test_a_new_version_under_the_same_name_says_what_changed(open_page: Open, until_over: Wait) -> None:
    app = open_page("documents")
    upload(app, ("leave.md", b"Eighteen weeks.\n"))
    until_over(app)
    upload(app, ("leave.md", b"Twenty weeks.\nFor both.\n"))
    until_over(app)
    assert "replaces" in shown(app)
    assert len(services.documents("default")) == 1


def test_pasted_text_becomes_a_document_under_its_name(open_page: Open, until_over: Wait) -> None:
    app = open_page("documents")
    app.text_input(key="documents.paste.name").set_value("minutes")
    app.text_area(key="documents.paste.text").set_value("We agreed on Tuesday.")
    next(button for button in app.button if button.label == "Read this text").click().run()
    until_over(app)
    assert services.document("default", "minutes.md").text.strip() == "We agreed on Tuesday."


def test_a_document_can_be_read_as_plain_text_whatever_it_holds(open_page: Open, indexed: Callable[..., None]) -> None:
    indexed(evil="# Head\n\n<img src=x onerror=alert(1)> and :red[x]")
    app = open_page("documents")
    drawn = " ".join(element.value for element in app.html)
    assert "&lt;img src=x" in drawn
    assert "<img" not in drawn


def test_removing_asks_first(open_page: Open, indexed: Callable[..., None]) -> None:
    indexed(one="First text.", two="Second text.")
    app = open_page("documents")
    app.button(key="documents.remove_all").click().run()
    assert len(services.documents("default")) == 2
    app.button(key="documents.remove.sure").click().run()
    assert services.documents("default") == ()


def test_a_reading_that_was_cut_off_is_offered_again_and_finished(open_page: Open, until_over: Wait) -> None:
    house = services.lab()
    events = house.ingest("default", [Upload("leave.md", b"Leave is 18 weeks.")], house.workspace("default").chunking)
    next(event for event in events if getattr(event, "stage", "") == "embedded")
    events.close()  # type: ignore[attr-defined]
    app = open_page("documents")
    assert "1 file came and was not indexed" in shown(app)
    app.button(key="documents.resume").click().run()
    until_over(app)
    assert [entry.name for entry in services.documents("default")] == ["leave.md"]
    assert "not indexed" not in shown(app)


def test_the_index_can_be_made_again_from_the_files(
    open_page: Open, indexed: Callable[..., None], until_over: Wait
) -> None:
    indexed(leave="Leave is 18 weeks.")
    [text] = services.lab().store.folder("default").glob("text/*")
    text.unlink()
    app = open_page("documents")
    app.button(key="documents.rebuild").click().run()
    until_over(app)
    assert "Index made again" in shown(app)
    assert services.lab().verify("default").problems == ()
