"""The two pictures of style or facts: the voice kept before and after, and what became of each fact asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.charts.amounts import said
from lib.charts.arms import APPROACH_COLOURS, label_lines
from lib.charts.picture import Picture
from lib.charts.whiskers import LEGEND_BELOW, whiskers
from lib.domain import ApproachName
from lib.evaluation.scoring import Group, Measure
from lib.evaluation.style_or_facts import Learner, StyleOrFacts
from lib.evaluation.style_or_facts_words import answers_of, fact_figures, rules_kept
from lib.evaluation.worth_records import Familiarity

_KEPT = Measure("rules", "All rules kept", Group.ANSWERS, "")
_COLOURS = {
    Learner.BASE: APPROACH_COLOURS[ApproachName.PROMPT_ONLY],
    Learner.TUNED: APPROACH_COLOURS[ApproachName.FINE_TUNED],
    Learner.RAG: APPROACH_COLOURS[ApproachName.RAG],
}
_WIDTH = 18


@dataclass(frozen=True, slots=True)
class _Fate:
    """What can become of a fact that is asked: name, colour, and a pattern for those who see no colours."""

    name: str
    colour: str
    pattern: str


_RIGHT = _Fate("right", "#12946A", "")
_REFUSED = _Fate("said that it does not know", "#A79C8E", ".")
_INVENTED = _Fate("invented", "#B5505F", "/")
_GROUPS: Sequence[tuple[str, Learner, Familiarity]] = (
    ("Fine-tuned, as trained", Learner.TUNED, Familiarity.SEEN),
    ("Fine-tuned, in other words", Learner.TUNED, Familiarity.PARAPHRASED),
    ("Fine-tuned, facts not trained", Learner.TUNED, Familiarity.UNSEEN),
    ("Base, same facts", Learner.BASE, Familiarity.UNSEEN),
    ("RAG, same facts", Learner.RAG, Familiarity.UNSEEN),
)


def voice_bars(found: StyleOrFacts) -> Picture:
    """The share of unseen messages answered in the voice, before and after."""
    import plotly.graph_objects as go

    names = {Learner.BASE: "base, told the rules", Learner.TUNED: "fine-tuned"}
    held = [(one, metric) for one in names if (metric := rules_kept(found, one))]
    figure = go.Figure(
        go.Bar(
            x=[100 * metric.value for _, metric in held],
            y=[label_lines(names[one], _WIDTH) for one, _ in held],
            orientation="h",
            marker={"color": [_COLOURS[one] for one, _ in held]},
            error_x=whiskers([metric for _, metric in held], scale=100),
            hovertext=[f"{names[one]}: {said(_KEPT, metric)}" for one, metric in held],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    _laid_out(figure, "Voice: all rules kept, on unseen messages", rows=len(held))
    listed = "; ".join(f"{names[one]} {said(_KEPT, metric)}" for one, metric in held)
    return Picture(figure, f"Bars: all rules of the voice kept on unseen messages. {listed or 'nothing yet'}.")


def fact_bars(found: StyleOrFacts) -> Picture:
    """Each group of questions as one bar: right, refused, invented; together 100 %."""
    import plotly.graph_objects as go

    shown = [group for group in _GROUPS if answers_of(found, group[1], group[2])]
    shares = {title: _shares(found, learner, kind) for title, learner, kind in shown}
    figure = go.Figure()
    for place, fate in enumerate((_RIGHT, _REFUSED, _INVENTED)):
        figure.add_trace(
            go.Bar(
                name=fate.name,
                x=[shares[title][place] for title, _, _ in shown],
                y=[label_lines(title, _WIDTH) for title, _, _ in shown],
                orientation="h",
                marker={
                    "color": fate.colour,
                    "pattern": {"shape": fate.pattern, "fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.7)"},
                },
                hovertemplate=f"{fate.name}: %{{x:.0f}} %<extra></extra>",
            )
        )
    _laid_out(figure, "Facts: what became of each question", rows=len(shown))
    figure.update_layout(barmode="stack", legend=LEGEND_BELOW, height=170 + 46 * len(shown))
    return Picture(figure, f"Stacked bars. {_sentence(found, shown) or 'Nothing yet.'}")


def _shares(found: StyleOrFacts, learner: Learner, kind: Familiarity) -> tuple[float, float, float]:
    asked = answers_of(found, learner, kind)
    right = 100 * sum(answer.right for answer in asked) / len(asked)
    invented = 100 * sum(answer.invented for answer in asked) / len(asked)
    return right, 100 - right - invented, invented


def _sentence(found: StyleOrFacts, shown: Sequence[tuple[str, Learner, Familiarity]]) -> str:
    lines = []
    for title, learner, kind in shown:
        figures = fact_figures(found, learner, kind)
        if figures:
            lines.append(f"{title}: {said(_KEPT, figures.right)} right, {said(_KEPT, figures.invented)} invented.")
    return " ".join(lines)


def _laid_out(figure: object, title: str, *, rows: int) -> None:
    figure.update_layout(  # type: ignore[attr-defined]
        title={"text": title, "font": {"size": 14}},
        height=110 + 46 * rows,
        margin={"l": 10, "r": 30, "t": 44, "b": 10},
        bargap=0.3,
        dragmode=False,
        xaxis={"title": {"text": "% of the answers"}, "range": [0, 101], "nticks": 6},
        yaxis={"autorange": "reversed", "ticksuffix": "  "},
    )
