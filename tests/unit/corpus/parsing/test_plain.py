"""Text and Markdown stay as they are, in whatever encoding they come."""

import pytest

from lib.corpus.parsing import parse
from lib.domain import PartKind

GERMAN = "Über die Größe der Straße: 12 € – „schön“, nicht wahr?\n\nZweiter Absatz.\n"


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_clean_text_is_kept_character_for_character(name: str) -> None:
    text = "\n  Leading and\ttabs \n\n\n trailing \u00a0 spaces  \n"
    assert parse(name, text.encode()).text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_the_encoding_is_found_out(encoding: str) -> None:
    parsed = parse("a.txt", GERMAN.encode(encoding))
    assert (parsed.text, parsed.warnings, parsed.parts) == (GERMAN, (), ())


def test_text_in_an_eastern_encoding_is_read() -> None:
    text = "Правила внутреннего распорядка организации и порядок предоставления отпусков. " * 5
    assert parse("a.txt", text.encode("cp1251")).text == text


def test_a_few_broken_bytes_are_warned_about() -> None:
    parsed = parse("a.txt", "Größe für alle, schön überall".encode() + b"\xff.")
    assert parsed.text == "Größe für alle, schön überall\ufffd."
    assert parsed.warnings == ("1 character could not be read as UTF-8",)


def test_text_is_normalised() -> None:
    content = "e\u0301te\u0301\r\nline\rline\u2028end\x07\x1b!".encode()
    assert parse("a.txt", content).text == "été\nline\nline\nend!"


MARKDOWN = """---
title: Not a heading
# nor this
---
# Leave **rules**

Text.

Parental
--------

```python
# a comment
```
~~~
## also not
~~~

### [Pay](http://x) and `code` ###
- item
---
    # indented code
#hashtag
"""


def test_markdown_headings_are_parts_and_code_and_front_matter_hold_none() -> None:
    parsed = parse("a.md", MARKDOWN.encode())
    assert parsed.text == MARKDOWN
    assert [(part.label, part.level, part.kind) for part in parsed.parts] == [
        ("Leave rules", 1, PartKind.HEADING),
        ("Parental", 2, PartKind.HEADING),
        ("Pay and code", 3, PartKind.HEADING),
    ]
    assert [MARKDOWN[part.start :].split("\n")[0] for part in parsed.parts] == [
        "# Leave **rules**", "Parental", "### [Pay](http://x) and `code` ###",
    ]  # fmt: skip
