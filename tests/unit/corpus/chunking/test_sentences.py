"""Sentences start where a reader says that they do."""

import itertools

import pytest

from lib.corpus.chunking.sentences import sentence_starts


def sentences(text: str) -> list[str]:
    edges = [0, *sentence_starts(text), len(text)]
    return [text[start:end].strip() for start, end in itertools.pairwise(edges)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Mr. Smith met Dr. Jones. They left.", ["Mr. Smith met Dr. Jones.", "They left."]),
        ("It was J. Edgar Hoover. Yes.", ["It was J. Edgar Hoover.", "Yes."]),
        ("Use tools, e.g. Excel. Then stop.", ["Use tools, e.g. Excel.", "Then stop."]),
        ("See fig. 3 and no. 7. Good.", ["See fig. 3 and no. 7.", "Good."]),
        ("Did it work? No. We tried.", ["Did it work?", "No.", "We tried."]),
        ('He said "no." She left.', ['He said "no."', "She left."]),
        ("Version 3.5 costs 1.200 euro.", ["Version 3.5 costs 1.200 euro."]),
        ("wait... what happened? fine", ["wait... what happened?", "fine"]),
        ("A heading\n\nA text", ["A heading", "A text"]),
        ("one line\nanother line", ["one line\nanother line"]),
        ("終わり。次の文。", ["終わり。", "次の文。"]),
        ("", [""]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected
