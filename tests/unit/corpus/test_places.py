"""A place is said in the words of the file, for spans of every kind."""

from lib.corpus.parsing import parse
from lib.corpus.places import Places
from lib.domain import Document, Part, PartKind, Place
from tests.unit.corpus.parsing import made


def places(name: str, content: bytes) -> tuple[Places, str]:
    parsed = parse(name, content)
    return Places(Document("id", name, parsed.text, parsed.media, parsed.parts, parsed.pages)), parsed.text


def at(name: str, content: bytes, words: str) -> Place:
    found, text = places(name, content)
    start = text.index(words)
    return found.at(start, start + len(words))


def test_a_pdf_span_names_its_page_or_pages() -> None:
    content = made.pdf_pages(["First page."], ["Second page."])
    assert at("a.pdf", content, "Second") == Place("page 2", 2)
    assert at("a.pdf", content, "page.\n\nSecond") == Place("pages 1-2", 1)


def test_a_page_and_its_heading_path() -> None:
    text = "Leave\n\nAll of it.\n\nParental leave\n\nEighteen weeks."
    parts = (
        Part(PartKind.PAGE, 0, "", 4),
        Part(PartKind.HEADING, 0, "Leave", level=1),
        Part(PartKind.HEADING, 19, "Parental leave", level=2),
    )
    document = Document("id", "a.pdf", text, "", parts, 9)
    assert Places(document).at(text.index("Eighteen"), len(text)) == Place("page 4 · Leave › Parental leave", 4)
    assert Places(document).at(7, 17) == Place("page 4 · Leave", 4)


def test_a_slide_with_its_title() -> None:
    assert at("a.pptx", made.pptx(["Start", "Roadmap"]), "All about Roadmap") == Place("slide 2 · Roadmap", 2)


def test_rows_of_a_sheet() -> None:
    content = made.xlsx(
        {"Prices": [["Name", "Price"], ["Lamp", 1], ["Desk", 2]], "Towns": [["City", "Zip"], ["Bath", 3]]}
    )
    assert at("a.xlsx", content, "Name: Lamp") == Place("sheet Prices · row 2")
    assert at("a.xlsx", content, "Price: 1\nName: Desk") == Place("sheet Prices · rows 2-3")
    assert at("a.xlsx", content, "City: Bath") == Place("sheet Towns · row 2")
    assert at("a.xlsx", content, "Towns\n\nCity") == Place("sheet Towns · row 2")


def test_the_heading_path_of_markdown_leaves_closed_headings() -> None:
    content = b"# Top\n\n## One\n\naaa\n\n### Deep\n\nbbb\n\n## Two\n\nccc\n"
    assert at("a.md", content, "bbb") == Place("Top › One › Deep")
    assert at("a.md", content, "ccc") == Place("Top › Two")


def test_a_title_followed_at_once_by_a_heading_speaks_for_the_deeper_one() -> None:
    assert at("a.md", b"# Top\n\n## One\n\naaa\n", "# Top\n\n## One") == Place("Top › One")


def test_a_json_item_with_its_name() -> None:
    content = b'{"items": [{"name": "Lamp", "n": 1}, {"name": "Desk", "n": 2}]}'
    assert at("a.json", content, "n: 2") == Place("items · row 2 · Desk")


def test_before_the_first_heading_and_without_parts_there_is_no_place() -> None:
    assert at("a.md", b"intro\n\n# Top\n", "intro") == Place("")
    assert at("a.txt", b"plain words", "words") == Place("")
