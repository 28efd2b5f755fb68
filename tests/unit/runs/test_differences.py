"""Two runs beside each other: nothing is lost, what changed is marked, and settings that differ have their names."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lib.records import RunRecord
from lib.runs.differences import Line, other_documents, settings_that_differ, side_by_side
from lib.settings import RetrievalSettings, Workspace

Made = Callable[..., RunRecord]


def test_the_same_sentence_stands_beside_itself_and_changed_words_are_marked() -> None:
    left = "Parents get 18 weeks of leave. It is paid."
    right = "Parents get 16 weeks of leave. It is paid. Ask your lead."
    assert side_by_side(left, right) == (
        Line("Parents get 18 weeks of leave.", "Parents get 16 weeks of leave.", ((12, 14),), ((12, 14),)),
        Line("It is paid.", "It is paid."),
        Line(None, "Ask your lead."),
    )


def test_a_list_is_compared_by_its_lines() -> None:
    assert [(line.left, line.right) for line in side_by_side("a\nb\nc", "a\nc")] == [
        ("a", "a"),
        ("b", None),
        ("c", "c"),
    ]


def test_two_empty_texts_have_no_lines() -> None:
    assert side_by_side("", " \n") == ()


@given(st.text(alphabet="ab .\n", max_size=40), st.text(alphabet="ab .\n", max_size=40))
def test_no_line_is_lost_and_equal_texts_have_no_difference(left: str, right: str) -> None:
    lines = side_by_side(left, right)
    assert "".join(line.left or "" for line in lines).split() or not left.strip()
    assert "".join("".join((line.left or "").split()) for line in lines) == "".join(left.split())
    assert "".join("".join((line.right or "").split()) for line in lines) == "".join(right.split())
    assert all(line.same for line in side_by_side(left, left))


@given(st.text(max_size=60), st.text(max_size=60))
def test_marks_lie_inside_their_lines(left: str, right: str) -> None:
    for line in side_by_side(left, right):
        assert all(0 <= start < end <= len(line.left or "") for start, end in line.left_spans)
        assert all(0 <= start < end <= len(line.right or "") for start, end in line.right_spans)


def test_only_settings_that_differ_are_named(made: Made) -> None:
    left = made("a", workspace=Workspace(question="one", decision=(("q", ("a",)),)), corpus_version="v1")
    changed = Workspace(question="two", retrieval=RetrievalSettings(top_k=3, documents=("a.md",)))
    right = made("b", workspace=changed, corpus_version="v2", versions=(("chroma", "1"),))
    found = {difference.name: (difference.left, difference.right) for difference in settings_that_differ(left, right)}
    assert found == {
        "retrieval, top k": ("5", "3"),
        "retrieval, documents": ("none", "a.md"),
        "documents": ("v1", "v2"),
        "version of chroma": ("-", "1"),
    }
    assert other_documents(left, right)
    assert settings_that_differ(left, replace(left, id="c")) == ()
