"""Each kind of bad file is rejected with a reason that names it, and with a way out."""

import struct
import zipfile
from io import BytesIO

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption

from lib.corpus.parsing import SUPPORTED, parse
from lib.errors import FileRejected
from lib.settings import LIMITS
from tests.unit.corpus.parsing import made

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
ENCRYPTED_OFFICE = OLD_OFFICE + "EncryptedPackage".encode("utf-16-le") + bytes(64)


def reason(name: str, content: bytes) -> str:
    with pytest.raises(FileRejected) as caught:
        parse(name, content)
    assert caught.value.hint
    assert "\n" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize("suffix", SUPPORTED)
def test_an_empty_file_is_rejected(suffix: str) -> None:
    assert reason(f"a{suffix}", b"") == "is empty (0 bytes)"


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".html", ".htm", ".md", ".markdown", ".txt"])
def test_white_space_alone_is_no_text(suffix: str) -> None:
    assert reason(f"a{suffix}", b" \n\t \n") == "holds no text: nothing readable in its 5 bytes"


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".docx", made.docx(lambda document: None)),
        (".xlsx", made.xlsx({"Sheet1": []})),
        (".json", b"[]"),
        (".html", b"<html><body><script>x()</script></body></html>"),
    ],
)
def test_a_file_of_the_right_form_without_text_is_rejected(suffix: str, content: bytes) -> None:
    assert reason(f"a{suffix}", content).startswith("holds no text")


def test_a_file_above_the_limit_is_rejected_with_both_sizes() -> None:
    content = b"a" * (LIMITS.file_bytes + 1024 * 1024)
    assert reason("a.txt", content) == "is too large: 26.0 MB, the limit is 25 MB"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", made.pdf_pages(["x"]), "ends in .txt, but the content is a PDF"),
        ("a.pdf", PNG, "ends in .pdf, but the content is a PNG image"),
        ("a.pdf", b"just words", "ends in .pdf, but the content is not a PDF"),
        ("a.docx", made.xlsx({"S": [["a"]]}), "ends in .docx, but the content is an Excel workbook"),
        ("a.xlsx", made.pptx(), "ends in .xlsx, but the content is a PowerPoint deck"),
        ("a.md", made.docx(), "ends in .md, but the content is a Word document"),
        ("a.pptx", made.with_member(made.pptx(), "x", b"").replace(b"ppt/", b"qqq/"), "is a ZIP archive of"),
        ("a.docx", OLD_OFFICE, "ends in .docx, but the content is an old Office file"),
        ("a.csv", b"<!DOCTYPE html><html><p>Sign in</p></html>", "ends in .csv, but the content is a web page"),
        ("a.html", b"{\\rtf1 x}", "ends in .html, but the content is a rich text file"),
        ("a.csv", b"a,b\x00\x01\x02,c\n" * 9, "the content is binary, not text (9 zero bytes in 81)"),
        ("a.txt", bytes(range(1, 32)) * 20, "the content is binary, not text"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_rejected(name: str, content: bytes, says: str) -> None:
    message = reason(name, content)
    assert message.startswith("is not what its extension says: ")
    assert says in message


@pytest.mark.parametrize("suffix", [".doc", ".xls", ".pages", ".odt", ".rtf", ".zip", ".docm"])
def test_foreign_formats_are_named_with_the_way_out(suffix: str) -> None:
    with pytest.raises(FileRejected, match=f"({suffix})") as caught:
        parse(f"report{suffix}", b"anything")
    assert "ave it as" in caught.value.hint or "xport" in caught.value.hint or "npack" in caught.value.hint


@pytest.mark.parametrize(("name", "says"), [("a.exe", "has the extension .exe"), ("README", "has no extension")])
def test_unknown_formats_are_told_what_can_be_read(name: str, says: str) -> None:
    with pytest.raises(FileRejected, match=says) as caught:
        parse(name, b"anything")
    assert ".docx" in caught.value.hint


def test_an_encrypted_pdf_is_rejected_as_encrypted() -> None:
    content = made.pdf_pages(["secret"], encrypt=StandardEncryption("open sesame", canPrint=0))
    assert reason("a.pdf", content) == "is encrypted: it opens only with a password"


def test_a_pdf_that_only_forbids_printing_is_read() -> None:
    content = made.pdf_pages(["Not secret."], encrypt=StandardEncryption("", ownerPassword="owner", canPrint=0))
    assert parse("a.pdf", content).text == "Not secret."


@pytest.mark.parametrize("suffix", [".docx", ".pptx", ".xlsx"])
def test_an_encrypted_office_file_is_rejected_as_encrypted(suffix: str) -> None:
    assert reason(f"a{suffix}", ENCRYPTED_OFFICE) == "is encrypted: it opens only with a password"


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".pdf", made.pdf_pages(["x"] * 40)),
        (".docx", made.docx()),
        (".pptx", made.pptx()),
        (".xlsx", made.xlsx({"S": [["a", 1]]})),
    ],
)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_rejected_as_damaged(suffix: str, content: bytes, share: float) -> None:
    assert reason(f"a{suffix}", content[: int(len(content) * share)]).startswith("is damaged: ")


@pytest.mark.parametrize("suffix", [".docx", ".pptx", ".xlsx"])
def test_an_archive_with_a_broken_member_is_rejected_as_damaged(suffix: str) -> None:
    content = {".docx": made.docx, ".pptx": made.pptx, ".xlsx": lambda: made.xlsx({"S": [["a"]]})}[suffix]()
    middle = len(content) // 2
    broken = content[:middle] + bytes(200) + content[middle + 200 :]
    assert reason(f"a{suffix}", broken).startswith("is damaged: ")


@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.xlsx"])
def test_an_office_file_whose_xml_is_broken_is_rejected_as_damaged(name: str) -> None:
    main = {"a.docx": "word/document.xml", "a.pptx": "ppt/presentation.xml", "a.xlsx": "xl/workbook.xml"}[name]
    content = {"a.docx": made.docx, "a.pptx": made.pptx, "a.xlsx": lambda: made.xlsx({"S": [["a"]]})}[name]()
    assert reason(name, made.with_member(content, main, b"<not><closed>")).startswith("is damaged: ")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"a": 1,\n "b": }', "line 2, column 7"),
        (b'{"a": [1, 2', "line 1, column"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_broken_json_says_where(content: bytes, says: str) -> None:
    assert says in reason("a.json", content)


def test_broken_json_lines_say_which_line() -> None:
    assert reason("a.jsonl", b'{"a": 1}\n{"a": \n').startswith("is damaged: line 2 is not valid JSON")


@pytest.mark.parametrize(
    ("name", "member"), [("a.docx", "word/media/a.xml"), ("a.pptx", "ppt/a.bin"), ("a.xlsx", "xl/b.xml")]
)
def test_a_zip_bomb_by_ratio_is_rejected(name: str, member: str) -> None:
    content = {"a.docx": made.docx, "a.pptx": made.pptx, "a.xlsx": lambda: made.xlsx({"S": [["a"]]})}[name]()
    message = reason(name, made.with_member(content, member, bytes(40 * 1024 * 1024)))
    assert message.startswith("unpacks too far: to ")
    assert message.endswith("times its size, the limit is 100 times")


def test_a_zip_bomb_by_size_is_rejected_with_its_size() -> None:
    message = reason("a.docx", made.with_member(made.docx(), "word/x", bytes(230 * 1024 * 1024)))
    assert message == "unpacks too far: to 231 MB, the limit is 200 MB"


def test_an_archive_that_lies_about_its_size_is_rejected() -> None:
    content = made.with_member(made.docx(), "word/x.xml", b"<a>" + b" " * 900_000 + b"</a>")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        true_size = archive.getinfo("word/x.xml").file_size
    lying = content.replace(struct.pack("<I", true_size), struct.pack("<I", 10))
    assert lying != content
    assert reason("a.docx", lying).startswith("is damaged: ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.xlsx"])
def test_nested_entities_never_reach_a_parser(name: str, encoding: str) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]><x>&l9;</x>'
    main = {"a.docx": "word/document.xml", "a.pptx": "ppt/presentation.xml", "a.xlsx": "xl/workbook.xml"}[name]
    content = {"a.docx": made.docx, "a.pptx": made.pptx, "a.xlsx": lambda: made.xlsx({"S": [["a"]]})}[name]()
    message = reason(name, made.with_member(content, main, bomb.encode(encoding)))
    assert message == f"declares XML entities in {main}, which no Office program writes and attacks use"


def test_a_scan_is_rejected_with_its_pages() -> None:
    message = reason("a.pdf", made.pdf_pages([], []))
    assert message == "holds no text: pages 1, 2 are blank or hold pictures of text (a scan?)"


def test_a_pdf_of_too_many_pages_is_rejected() -> None:
    content = made.pdf(lambda canvas: [canvas.showPage() for _ in range(1_001)] and None)
    assert reason("a.pdf", content) == "has 1,001 pages, the limit is 1,000"


@pytest.mark.parametrize("suffix", [".txt", ".csv", ".html", ".json"])
def test_too_much_text_is_rejected(suffix: str) -> None:
    words = b"word " * 1_000_001
    content = b'"' + words + b'"' if suffix == ".json" else words
    assert reason(f"a{suffix}", content) == "holds more than 5,000,000 characters of text"


def test_a_file_with_one_character_less_than_too_much_is_read() -> None:
    assert len(parse("a.txt", b"word " * 1_000_000).text) == LIMITS.text_characters
