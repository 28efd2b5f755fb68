"""What the answers took, in one table with a column each, and as bars of where the time went."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from lib.domain import Answer
from lib.errors import LabError
from lib.records import Verdicts
from lib.settings import BUILT_IN_READER
from pages.ui import answer as drawn
from pages.ui import compare_checks, theme
from pages.ui.compare_run import Comparison, Side

NUMBERS = """
- **Time in all**: until the last word. Lower is better. On this machine the approaches answer in turn, so each time is
  its own; the first answer after a start also waits until the models are loaded.
- **First word**: time from the question until the answer begins, search included: the wait that people feel.
- **Search**: time to find the passages; approaches that look nothing up have none.
- **Tokens in, tokens out**: what the model read and wrote, in its own word pieces. Fewer is faster and, at an endpoint,
  cheaper.
- **Cost**: US dollars at the provider's list price; what runs on this machine costs nothing.
- **Sources**: passages that the answer cites, of those that it was handed. Without any, nobody can look it up.
- **Statements supported**: sentences that its passages carry; where nothing was read, that the documents carry.
- **Rules kept**: what hybrid's validator says of the answer; what breaks a rule twice waits for a person.
- **Adapter**: what was trained on examples and put on the base model for this answer alone.
- **Abstained**: whether it said that it does not know. Yes is right where the documents are silent, and wrong where
  they hold the answer.
"""

_SEARCH, _WAIT, _WRITE = "#D9730D", "rgba(128, 118, 105, 0.5)", "#5BA7B0"

_STYLE = """<style>
.ob-compared { overflow-x: auto; }
.ob-compared table { width: 100%; border-collapse: collapse; table-layout: fixed; font-variant-numeric: tabular-nums; }
.ob-compared th, .ob-compared td { text-align: left; vertical-align: baseline; padding: 0.28rem 0.6rem 0.28rem 0;
  border: 0; border-bottom: 1px solid rgba(128, 118, 105, 0.25); overflow-wrap: anywhere; }
.ob-compared thead th { font-weight: 600; border-bottom: 3px solid var(--ob-side, transparent); padding-top: 0; }
.ob-compared tbody th { font-weight: 400; font-size: 0.88rem; opacity: 0.82; }
.ob-compared td { font-weight: 600; }
.ob-compared .ob-none { font-weight: 400; opacity: 0.6; }
@media (max-width: 640px) {
  .ob-compared th, .ob-compared td { font-size: 0.78rem; padding-right: 0.35rem; }
  .ob-compared tbody th { font-size: 0.74rem; }
}
</style>"""


@dataclass(frozen=True, slots=True)
class Column:
    """One answer of the table, with what was found out about it."""

    label: str
    colour: str
    answer: Answer
    found: Verdicts | None


Cell = Callable[[Column], str]
"""A figure as it is shown; empty where there is none."""


def draw(compared: Comparison) -> None:
    """The table of all answers that came whole."""
    st.html(_STYLE + table([_column(compared, side) for side in compared.sides if side.whole]))
    with st.popover("What the numbers mean", icon=":material/straighten:"):
        st.markdown(NUMBERS)


def table(columns: Sequence[Column]) -> str:
    """The figures as an HTML table: a row each, a column an answer; a row that no answer has is left out."""
    heads = "".join(
        f'<th scope="col" style="--ob-side:{column.colour}">{html.escape(column.label)}</th>' for column in columns
    )
    rows = "".join(_row(name, [cell(column) for column in columns]) for name, cell in _ROWS)
    return (
        '<div class="ob-compared"><table aria-label="What each answer took">'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def longest_ms(compared: Comparison) -> float:
    """How long the slowest answer took, the scale of all bars."""
    return max((side.answer.timings.total for side in compared.sides if side.answer is not None), default=0.0)


def timeline(answer: Answer, longest_ms: float) -> str:
    """Where the time went, as a bar on a scale that all columns share: search, wait for the first word, writing."""
    timings = answer.timings
    search = timings.retrieve or 0.0
    first = max(timings.first_token or timings.total, search)
    spans = (
        ("search", search, _SEARCH),
        ("until the first word" if timings.first_token else "reading the passages", first - search, _WAIT),
        ("writing", max(0.0, timings.total - first), _WRITE),
    )
    shown = [span for span in spans if span[1] >= 0.5]
    pieces = "".join(
        f'<span style="width:{100 * ms / max(longest_ms, 1.0):.2f}%;background:{colour}"></span>'
        for _, ms, colour in shown
    )
    said = ", ".join(f"{name} {drawn.milliseconds(ms)}" for name, ms, _ in shown)
    key = "".join(
        f'<span><i style="background:{colour}"></i>{name} {drawn.milliseconds(ms)}</span>' for name, ms, colour in shown
    )
    bar = f'<div class="ob-bar ob-time" role="img" aria-label="Time: {said}">{pieces}</div>'
    return f'{bar}<div class="ob-times">{key}</div>'


def _column(compared: Comparison, side: Side) -> Column:
    assert side.answer is not None
    try:
        found = compare_checks.verdicts_of(compared, side)
    except LabError:
        found = None
    return Column(side.label, theme.look(side.approach).colour, side.answer, found)


def _row(name: str, cells: Sequence[str]) -> str:
    if not any(cells):
        return ""
    shown = "".join(
        f"<td>{html.escape(cell)}</td>" if cell else '<td><span class="ob-none">none</span></td>' for cell in cells
    )
    return f'<tr><th scope="row">{name}</th>{shown}</tr>'


def _first_word(column: Column) -> str:
    ms = column.answer.timings.first_token
    return drawn.milliseconds(ms) if ms is not None else ""


def _search(column: Column) -> str:
    ms = column.answer.timings.retrieve
    return drawn.milliseconds(ms) if ms is not None else ""


def _cost(column: Column) -> str:
    cost = column.answer.cost_usd
    if cost is None:
        return "no price known"
    return "$0" if cost == 0 else f"${cost:.6f}".rstrip("0")


def _sources(column: Column) -> str:
    answer = column.answer
    if not answer.passages:
        return ""
    return f"{len({cited.marker for cited in answer.citations})} of {len(answer.passages)}"


def _supported(column: Column) -> str:
    if column.found is None or not column.found.statements:
        return "states nothing" if column.answer.abstained or not column.answer.text else "not checked"
    checks = column.found.statements
    return f"{sum(check.supported for check in checks)} of {len(checks)}"


def _adapter(column: Column) -> str:
    name = column.answer.adapter
    return "built-in reader" if name == BUILT_IN_READER else name


def _rules_kept(column: Column) -> str:
    answer = column.answer
    if not answer.verdicts:
        return ""
    after = ", held" if answer.held else ", repaired" if answer.repaired else ""
    return f"{sum(verdict.kept for verdict in answer.verdicts)} of {len(answer.verdicts)}{after}"


_ROWS: tuple[tuple[str, Cell], ...] = (
    ("time in all", lambda column: drawn.milliseconds(column.answer.timings.total)),
    ("first word", _first_word),
    ("search", _search),
    ("tokens in", lambda column: f"{column.answer.usage.input_tokens:,}"),
    ("tokens out", lambda column: f"{column.answer.usage.output_tokens:,}"),
    ("cost", _cost),
    ("sources", _sources),
    ("statements supported", _supported),
    ("rules kept", _rules_kept),
    ("adapter", _adapter),
    ("abstained", lambda column: "yes" if column.answer.abstained else "no"),
)
