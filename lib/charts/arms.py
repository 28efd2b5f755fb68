"""How the set-ups of an evaluation are told apart in every chart: by colour, and by pattern and symbol beside it."""

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.domain import ApproachName
from lib.records import SetUp

APPROACH_COLOURS: Mapping[ApproachName, str] = {
    ApproachName.PROMPT_ONLY: "#2F7FC1",
    ApproachName.RAG: "#D9730D",
    ApproachName.FINE_TUNED: "#12946A",
    ApproachName.HYBRID: "#A85FA3",
    ApproachName.GOLD_CONTEXT: "#D9730D",
}
"""After Okabe and Ito's palette for the colour-blind; gold-context, a diagnostic arm, wears RAG's."""

PATTERNS = ("", "/", ".", "x", "-", "|", "+", "\\")
SHADES = (0.0, 0.45, -0.28, 0.25, -0.45, 0.58, -0.14, 0.36)
"""Lighter (above 0) and darker (below) for the set-ups of one colour, in turn."""
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "triangle-down")


@dataclass(frozen=True, slots=True)
class Arm:
    """One set-up as charts draw it; those of one approach differ in shade, pattern (bars) and symbol (points)."""

    label: str
    colour: str
    pattern: str = ""
    symbol: str = "circle"


def arms(setups: Sequence[SetUp], colours: Mapping[ApproachName, str] = APPROACH_COLOURS) -> tuple[Arm, ...]:
    """The set-ups' looks, in their order."""
    used: Counter[str] = Counter()
    drawn: list[Arm] = []
    for setup in setups:
        colour = colours.get(setup.approach, "#7A6A58")
        place = used[colour]
        used[colour] += 1
        shade = _shade(colour, SHADES[place % len(SHADES)])
        drawn.append(Arm(setup.label, shade, PATTERNS[place % len(PATTERNS)], SYMBOLS[place % len(SYMBOLS)]))
    return tuple(drawn)


def _shade(colour: str, change: float) -> str:
    """`colour` mixed with white (change above 0) or with black (below) by that share."""
    target = 255 if change > 0 else 0
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + abs(change) * (target - part)):02X}" for part in parts)


def label_text(text: str) -> str:
    """`text` for a label or hover text: plotly reads a little HTML there, and foreign markup must stay text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def label_lines(text: str, width: int = 20) -> str:
    """`label_text` on several lines, so that a long name leaves room for the chart on a narrow screen."""
    return "<br>".join(label_text(line) for line in textwrap.wrap(text, width)) or label_text(text)
