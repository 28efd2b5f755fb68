import re
from collections.abc import Callable

from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.settings import ChunkSettings, Strategy
from pages.ui import services

HANDBOOK = "\n\n".join(
    f"# Section {number}\n\nRule {number} says that colleagues in office {number} water the plants every week."
    for number in range(40)
)
TRAVEL = (
    "Trains are booked by the desk. Nobody flies to Leeds. A refund takes ten days after the journey is over.\n" * 8
)

Open = Callable[[str], AppTest]
Index = Callable[..., None]
Wait = Callable[..., AppTest]


def drag(app: AppTest, slider: str, value: int) -> AppTest:
    """What the browser sends while the slider is dragged."""
    app.session_state[slider] = {"value": value}
    return app.run()


def html(app: AppTest) -> str:
    return "".join(block.proto.body for block in app.get("html"))


def count(app: AppTest) -> int:
    said = next(block.value for block in app.markdown if "chunks**" in block.value)
    found = re.search(r"\*\*([\d,]+) chunks\*\*", said)
    assert found, said
    return int(found.group(1).replace(",", ""))


def spans_found(drawn: str) -> list[str]:
    return re.findall(r'<ol class="ob-live" data-spans="([^"]+)"', drawn)


def test_without_documents_the_way_to_documents_is_offered(open_page: Open) -> None:
    app = open_page("chunks")
    assert app.subheader[0].value == "Nothing to cut yet"
    app.button(key="empty.pages/documents.py.go").click().run()
    assert app.title[0].value == "Documents"


def test_smaller_chunks_are_more_chunks_before_anything_is_applied(open_page: Open, indexed: Index) -> None:
    indexed(handbook=HANDBOOK)
    app = open_page("chunks")
    before = count(app)
    assert count(drag(app, "chunks.size", 40)) > before
    assert services.lab().workspace("default").chunking.size == 200


def test_the_cuts_are_drawn_on_the_documents_own_text(open_page: Open, indexed: Index) -> None:
    indexed(handbook=HANDBOOK)
    app = drag(open_page("chunks"), "chunks.size", 40)
    drawn = html(app)
    first, second = services.chunks("default", ChunkSettings(size=40))[:2]
    assert f'title="chunk 1: {first.tokens} tokens, characters {first.start:,} to {first.end:,}"' in drawn
    assert f'title="chunk 2: {second.tokens} tokens, characters {second.start:,} to {second.end:,}"' in drawn


def test_overlap_is_shaded_and_never_more_than_half_the_size(open_page: Open, indexed: Index) -> None:
    indexed(travel=TRAVEL)
    app = drag(open_page("chunks"), "chunks.size", 60)
    assert '<span class="o"' not in html(app)
    assert '<span class="o"' in html(drag(app, "chunks.overlap", 30))
    drag(app, "chunks.size", 20)
    assert not app.exception
    assert not app.error


def test_another_strategy_cuts_elsewhere(open_page: Open, indexed: Index) -> None:
    indexed(handbook=HANDBOOK)
    app = open_page("chunks")
    app.button_group(key="chunks.strategy").set_value(Strategy.FIXED).run()
    fixed = services.chunks("default", ChunkSettings(Strategy.FIXED))
    assert fixed[0].end != services.chunks("default", ChunkSettings())[0].end
    assert f"characters {fixed[1].start:,} to {fixed[1].end:,}" in html(app)


def test_the_cost_is_told_before_and_applying_changes_every_screen(
    open_page: Open, indexed: Index, until_over: Wait
) -> None:
    indexed(handbook=HANDBOOK)
    app = drag(open_page("chunks"), "chunks.size", 40)
    cuts = count(app)
    assert any(f"To apply: {cuts:,} of {cuts:,} chunks to embed" in block.value for block in app.markdown)
    app.button(key="chunks.apply").click().run()
    app = until_over(app, "apply:default")
    assert services.lab().workspace("default").chunking == ChunkSettings(size=40)
    assert any("In use now." in block.value for block in app.markdown)


def test_going_back_to_the_first_size_is_announced_as_instant(
    open_page: Open, indexed: Index, until_over: Wait
) -> None:
    indexed(handbook=HANDBOOK)
    app = drag(open_page("chunks"), "chunks.size", 40)
    app.button(key="chunks.apply").click().run()
    app = drag(until_over(app, "apply:default"), "chunks.size", 200)
    assert any("applying is instant" in block.value for block in app.markdown)


def test_a_question_shows_what_it_finds_at_the_size_under_the_finger(
    open_page: Open, indexed: Index, until_over: Wait
) -> None:
    indexed(handbook=HANDBOOK, travel=TRAVEL)
    app = open_page("chunks")
    app.text_input(key="chunks.question").set_value("How long does a refund take?")
    next(button for button in app.button if button.label == "Watch").click().run()
    app = drag(until_over(app, "live:default"), "chunks.size", 30)
    drawn = html(app)
    assert '<ol class="ob-live"' in drawn
    assert "<mark>refund</mark>" in drawn
    assert "travel.md" in drawn
    assert spans_found(drawn) != spans_found(html(drag(app, "chunks.size", 120)))


def test_text_of_a_document_cannot_become_markup(open_page: Open, indexed: Index) -> None:
    indexed(evil="<script>alert(1)</script> <img src=x onerror=alert(2)> The refund takes ten days.")
    drawn = html(open_page("chunks"))
    assert "&lt;script&gt;" in drawn
    assert "<script" not in drawn
    assert "<img" not in drawn
