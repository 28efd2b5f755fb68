"""PowerPoint decks: each slide a part with its title, its shapes' text, its tables and charts, its notes."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from lib.corpus.parsing.archive import check_archive
from lib.corpus.parsing.draft import Draft, Parsed, numbers_of, one_line
from lib.corpus.parsing.rows import cell_line
from lib.corpus.parsing.sniff import Kind
from lib.domain import PartKind

if TYPE_CHECKING:
    from pptx.chart.chart import Chart
    from pptx.shapes.base import BaseShape
    from pptx.slide import Slide
    from pptx.table import Table
    from pptx.text.text import TextFrame


def read_pptx(content: bytes) -> Parsed:
    """The slides' text in their order. Hidden slides are read too; a slide without text is warned about."""
    check_archive(content)
    from pptx import Presentation

    draft = Draft()
    silent: list[int] = []
    slides = list(Presentation(BytesIO(content)).slides)
    for number, slide in enumerate(slides, start=1):
        draft.mark(PartKind.SLIDE, _title(slide), number=number)
        blocks = [draft.add(block) for block in _blocks(slide)]
        if not any(blocks):
            silent.append(number)
    if silent:
        draft.warn(f"{numbers_of(silent, 'slide')} {'holds' if len(silent) == 1 else 'hold'} no text (pictures?)")
    return draft.parsed(Kind.PPTX.value, pages=len(slides))


def _title(slide: "Slide") -> str:
    title = slide.shapes.title
    return one_line(title.text_frame.text) if title is not None else ""


def _blocks(slide: "Slide") -> Iterator[str]:
    title = slide.shapes.title
    yield _title(slide)
    for shape in _flat(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape_blocks(shape)
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if frame is not None and frame.text.strip():
        yield f"Notes: {_frame_text(frame)}"


def _flat(shapes: "Iterable[BaseShape]") -> "Iterator[BaseShape]":
    """The shapes in their order, groups opened."""
    from pptx.shapes.group import GroupShape

    for shape in shapes:
        if isinstance(shape, GroupShape):
            yield from _flat(shape.shapes)
        else:
            yield shape


def _shape_blocks(shape: "BaseShape") -> Iterator[str]:
    from pptx.shapes.autoshape import Shape
    from pptx.shapes.graphfrm import GraphicFrame

    if isinstance(shape, GraphicFrame):
        if shape.has_table:
            yield _table_text(shape.table)
        elif shape.has_chart:
            yield _chart_text(shape.chart)
    elif isinstance(shape, Shape):
        yield _frame_text(shape.text_frame)


def _frame_text(frame: "TextFrame") -> str:
    """One line a paragraph, indented by its level: slides are lists more often than prose."""
    lines = (f"{'  ' * paragraph.level}{_paragraph_text(paragraph.text)}" for paragraph in frame.paragraphs)
    return "\n".join(line for line in lines if line.strip())


def _paragraph_text(text: str) -> str:
    return "\n".join(one_line(line) for line in text.replace("\v", "\n").split("\n"))


def _table_text(table: "Table") -> str:
    rows = (cell_line([cell.text_frame.text for cell in row.cells if not cell.is_spanned]) for row in table.rows)
    return "\n".join(filter(None, rows))


def _chart_text(chart: "Chart") -> str:
    """The chart's title, then one line a category with the value of each series."""
    title = one_line(chart.chart_title.text_frame.text) if chart.has_title and chart.chart_title.has_text_frame else ""
    lines = [title]
    for plot in chart.plots:
        for index, category in enumerate(plot.categories):
            values = (
                f"{series.name}: {series.values[index]:g}" for series in plot.series if _has_value(series.values, index)
            )
            lines.append(" | ".join([str(category), *values]))
    return "\n".join(filter(None, lines))


def _has_value(values: tuple[float | None, ...], index: int) -> bool:
    return index < len(values) and values[index] is not None
