"""Whatever the bytes and whatever the name: text with sound parts, or a reason."""

import contextlib
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.corpus.parsing import SUPPORTED, parse
from lib.errors import FileRejected
from tests.unit.corpus.parsing import made

WHOLE = {
    ".pdf": made.pdf_pages(["One line of text.", "Another."], ["Second page."]),
    ".docx": made.docx(),
    ".pptx": made.rich_pptx(),
    ".xlsx": made.xlsx({"S": [["Name", "Age"], ["Ann", 3]]}),
}


def check(name: str, content: bytes) -> None:
    with contextlib.suppress(FileRejected):
        parsed = parse(name, content)
        starts = [part.start for part in parsed.parts]
        assert all(before <= after for before, after in pairwise(starts))
        assert all(0 <= start <= len(parsed.text) for start in starts)
        assert unicodedata.is_normalized("NFC", parsed.text)
        assert parsed.text.strip()
        assert not set(parsed.text) & set("\x00\x02\r\ufffe\ufeff")
        parsed.text.encode()


@given(content=st.binary(max_size=300), suffix=st.sampled_from(SUPPORTED))
@settings(max_examples=150, deadline=None)
def test_random_bytes_are_read_or_rejected(content: bytes, suffix: str) -> None:
    check(f"a{suffix}", content)


@given(content=st.text(max_size=300), suffix=st.sampled_from([".txt", ".md", ".html", ".csv", ".json", ".jsonl"]))
@settings(max_examples=150, deadline=None)
def test_random_text_is_read_or_rejected(content: str, suffix: str) -> None:
    check(f"a{suffix}", content.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("suffix", sorted(WHOLE))
@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_files_with_bytes_overwritten_are_read_or_rejected(suffix: str, data: st.DataObject) -> None:
    content = bytearray(WHOLE[suffix])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    check(f"a{suffix}", bytes(content))
