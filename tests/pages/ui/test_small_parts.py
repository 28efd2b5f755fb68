"""Prompt versions, the context bar and an answer's figures say what they should."""

import re

from hypothesis import given
from hypothesis import strategies as st

from lib.corpus.outcomes import Progress
from lib.domain import Answer, ApproachName, Chunk, Citation, Part, PartKind, Passage, PromptSegment, Timings, Usage
from lib.settings import Example
from pages.ui import answer as drawn
from pages.ui import answer_pieces, context_bar, progress, prompt_editor, reading

LINE = st.text(alphabet="abc ?é[1].", min_size=1, max_size=30).map(str.strip).filter(bool)


@given(st.lists(st.builds(Example, LINE, LINE), max_size=4))
def test_worked_examples_survive_being_written_and_read_again(examples: list[Example]) -> None:
    assert prompt_editor.parse_examples(prompt_editor.format_examples(tuple(examples))) == tuple(examples)


def test_lines_that_are_no_pair_are_passed_over() -> None:
    assert prompt_editor.parse_examples("hello\nQ: a?\nA: b\nQ: alone") == (Example("a?", "b"),)


def widths(html: str) -> list[float]:
    return [float(width) for width in re.findall(r"width:([\d.]+)%", html)]


def test_the_bar_shows_each_part_as_its_share_of_the_window() -> None:
    html = context_bar.bar_html(
        (PromptSegment("instruction", "Rules", 100), PromptSegment("question", "Q", 50)), 1000, 200
    )
    assert widths(html) == [10.0, 5.0, 20.0]


def test_what_did_not_fit_is_hatched_and_never_counted_as_sent() -> None:
    html = context_bar.bar_html(
        (PromptSegment("passage", "1", 600), PromptSegment("passage", "2", 900, dropped=True)), 1000, 100
    )
    assert html.count("ob-dropped") == 1
    assert "Passages 600" in html
    assert sum(widths(html)) <= 100.1


def test_a_hostile_file_name_stays_inside_the_bars_attribute() -> None:
    html = context_bar.bar_html((PromptSegment("document", '"><script>alert(1)</script>', 10),), 100, 10)
    assert "<script" not in html


def test_figures_carry_their_units() -> None:
    answer = Answer(
        "q", ApproachName.RAG, "m", "t", False,
        usage=Usage(120, 31), timings=Timings(retrieve=12.4, first_token=400, total=1400), cost_usd=None,
    )  # fmt: skip
    said = drawn.figures(answer)
    assert "120 tokens in, 31 out" in said
    assert "found in 12 ms" in said
    assert "1.4 s in all" in said
    assert "30 tokens/s" in said
    assert "no price known" in said


def test_a_price_is_not_read_as_a_formula() -> None:
    assert drawn.dollars(0.25) == "\\$0.25"
    assert drawn.dollars(0.000012) == "\\$0.000012"


def test_an_answer_is_cut_at_its_markers_and_nothing_of_it_is_lost() -> None:
    text = "<img src=x> Two years [1]. Or three [2]."
    passage = Passage(Chunk("d", "a.md", 0, 3, "abc", 1), 1, 0.5)
    cited = (Citation(2, 36, 39, passage, 0, 3), Citation(1, 22, 25, passage, 0, 3), Citation(9, 23, 24, passage, 0, 3))
    pieces = answer_pieces.pieces(Answer("q", ApproachName.RAG, "m", text, False, citations=cited))
    assert "".join(piece.text for piece in pieces) == text
    assert [(piece.text, piece.marker, piece.hint) for piece in pieces if piece.marker] == [
        ("[1]", 1, "a.md"),
        ("[2]", 2, "a.md"),
    ]


def test_a_stage_says_how_far_how_fast_and_how_long_still() -> None:
    said = progress.line(Progress("embedded", 50, 200, "chunks", 25.0, 6.0))
    assert said.replace("\\", "") == "Embedding 50 of 200 chunks · 25.0 chunks/s · about 6 s left"


def test_a_sheet_of_rows_is_outlined_by_sheet_not_by_row() -> None:
    from lib.domain import Document

    parts = (Part(PartKind.SHEET, 0, "Prices"), *(Part(PartKind.ROW, n, f"row {n}", n) for n in range(1, 9)))
    assert [part.label for part in reading.outline_of(Document("i", "p.xlsx", "x" * 20, "xlsx", parts))] == ["Prices"]
