"""One bar a set-up: how many answers were right, and why the others were wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.charts.arms import label_lines
from lib.charts.picture import Picture
from lib.charts.whiskers import LEGEND_BELOW
from lib.evaluation.results import RIGHT, UNJUDGED, UNLABELLED
from lib.records import FailureLabel


@dataclass(frozen=True, slots=True)
class SegmentLook:
    """A segment's colour and pattern."""

    colour: str
    pattern: str = ""


LOOKS: Mapping[str, SegmentLook] = {
    RIGHT: SegmentLook("#C9C2B4"),
    # What the documents lack
    FailureLabel.NOT_IN_CORPUS: SegmentLook("#7A4E8A"),
    FailureLabel.STALE: SegmentLook("#C58BBE", "/"),
    # What the search lost
    FailureLabel.SPLIT: SegmentLook("#6FB3DC", "/"),
    FailureLabel.NOT_RETRIEVED: SegmentLook("#0A5C99"),
    FailureLabel.NO_KNOWLEDGE: SegmentLook("#6FB3DC", "."),
    # What the model did with what it had
    FailureLabel.IGNORED: SegmentLook("#B84300"),
    FailureLabel.UNSUPPORTED_CLAIM: SegmentLook("#E8871E", "x"),
    FailureLabel.WRONG_FORMAT: SegmentLook("#F2C744", "-"),
    FailureLabel.FORM_MISSED: SegmentLook("#D9A400", "|"),
    FailureLabel.ABSTAINED_WRONGLY: SegmentLook("#0B7A57"),
    FailureLabel.SHOULD_HAVE_ABSTAINED: SegmentLook("#5FBF98", "\\"),
    FailureLabel.MODEL_FAILED: SegmentLook("#1E1E1E", "+"),
    UNLABELLED: SegmentLook("#8A8178", "|"),
    UNJUDGED: SegmentLook("#FFFFFF", "."),
}
"""Blue for the search, orange for the model, purple for the documents, green for abstaining; patterns tell the rest."""


@dataclass(frozen=True, slots=True)
class MixBar:
    """One set-up's answers by outcome, counts in the order of `LOOKS`; an outcome that never came is absent."""

    label: str
    counts: tuple[tuple[str, int], ...]

    @property
    def answers(self) -> int:
        """How many there are in all."""
        return sum(count for _, count in self.counts)


def mix_of(label: str, outcomes: Sequence[str]) -> MixBar:
    """The bar of these outcomes."""
    counted = Counter(outcomes)
    return MixBar(label, tuple((name, counted[name]) for name in _names() if counted[name]))


def failure_mix(bars: Sequence[MixBar]) -> Picture:
    """The bars, first one on top, counts printed where there is room. `customdata` is [set-up, outcome]."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for name in _names():
        held = [(bar, dict(bar.counts)[name]) for bar in bars if name in dict(bar.counts)]
        if held:
            figure.add_trace(_segment(name, held))
    figure.update_layout(
        title={"text": "What became of every answer", "font": {"size": 14}},
        barmode="stack",
        uniformtext={"minsize": 11, "mode": "hide"},
        bargap=0.3,
        height=150 + 52 * len(bars) + 22 * -(-len(figure.data) // 3),
        xaxis={"title": {"text": "answers"}, "nticks": 6, "range": [0, max([1, *(bar.answers for bar in bars)])]},
        yaxis={
            "categoryorder": "array",
            "categoryarray": [label_lines(bar.label) for bar in reversed(bars)],
            "ticksuffix": "  ",
        },
        legend=LEGEND_BELOW,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        clickmode="event+select",
        dragmode=False,
    )
    return Picture(figure, _sentence(bars))


def _names() -> tuple[str, ...]:
    return tuple(str(name) for name in LOOKS)


def _segment(name: str, held: Sequence[tuple[MixBar, int]]) -> object:
    import plotly.graph_objects as go

    look = LOOKS[name]
    return go.Bar(
        name=name,
        x=[count for _, count in held],
        y=[label_lines(bar.label) for bar, _ in held],
        orientation="h",
        text=[str(count) for _, count in held],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": _readable_on(look.colour), "size": 13},
        customdata=[[bar.label, name] for bar, _ in held],
        hovertemplate="<b>%{y}</b><br>" + name + ": %{x} answers<extra></extra>",
        marker={
            "color": look.colour,
            "line": {"color": "#FFFFFF", "width": 1},
            "pattern": {"shape": look.pattern, "fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.55)", "size": 7},
        },
        # Plotly needs both or neither: with one alone a click ends in an error and selects nothing.
        selected={"marker": {"opacity": 1}, "textfont": {"color": _readable_on(look.colour)}},
        unselected={"marker": {"opacity": 0.55}, "textfont": {"color": _readable_on(look.colour)}},
    )


def _readable_on(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#1E1E1E" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#FFFFFF"


def _sentence(bars: Sequence[MixBar]) -> str:
    said = (f"{bar.label}: " + (", ".join(f"{count} {name}" for name, count in bar.counts) or "none") for bar in bars)
    return f"Stacked bars of what became of every answer. {'; '.join(said)}."
