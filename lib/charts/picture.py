"""What every chart gives back: the figure, and the sentence that stands for it where it cannot be seen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure and its text alternative, which states what the figure shows with its numbers."""

    figure: "go.Figure"
    alt: str
