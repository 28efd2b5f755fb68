"""Two set-ups case by case: of this evaluation, or of another one over the same questions."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.charts.setup_words import setting_rows
from lib.evaluation.differences import Difference, differences, other_corpus, shared_cases
from lib.evaluation.results import Results, SetUpResults
from lib.records import Evaluation
from pages.ui import eval_results_kept, markup, state

_MOST_OTHERS = 20
"""Earlier evaluations offered, newest first."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: a set-up of an evaluation."""

    evaluation: Evaluation
    label: str
    name: str


def draw(found: Results, evaluations: Sequence[Evaluation]) -> None:
    """Choose two, read the sentence, then the table."""
    sides = _sides(found, evaluations)
    if len(sides) < 2:
        return
    st.subheader("Is the difference real?", anchor=False)
    left, right = st.columns(2)
    first = _choice(left, "A", sides, 0)
    second = _choice(right, "B", sides, 1)
    if first is None or second is None or first == second:
        st.caption("Choose two different set-ups.")
        return
    _compared(sides[first], sides[second])


def _sides(found: Results, evaluations: Sequence[Evaluation]) -> dict[str, Side]:
    """Every set-up that can be chosen, by a stable key; those of this evaluation first."""
    own = found.evaluation
    others = [each for each in evaluations if each.id != own.id and each.eval_set.name == own.eval_set.name]
    sides = {
        f"{own.id}/{setup.setup.label}": Side(own, setup.setup.label, setup.setup.label)
        for setup in found.setups
        if setup.asked
    }
    for other in others[:_MOST_OTHERS]:
        for setup in other.setups:
            name = f"{setup.label} ({eval_results_kept.moment(other.at)})"
            sides[f"{other.id}/{setup.label}"] = Side(other, setup.label, name)
    return sides


def _choice(column: DeltaGenerator, label: str, sides: dict[str, Side], place: int) -> str | None:
    names = list(sides)
    key = f"evaluate.results.side.{label}.{sides[names[0]].evaluation.id}"
    if state.typed(key, names[place]) not in sides:
        state.put(key, names[place])
    state.seed(key, names[place])
    return column.selectbox(label, names, format_func=lambda name: sides[name].name, key=key)


def _compared(first: Side, second: Side) -> None:
    one, other = (_side_results(side) for side in (first, second))
    shared = shared_cases(one, other)
    if not shared:
        st.info("These two have no question in common.", icon=":material/info:")
        return
    found = differences(one, other, seed=first.evaluation.seed, names=(first.name, second.name))
    if not found:
        st.info("No figure applies to answers of both: nothing can be compared.", icon=":material/info:")
        return
    main = next((each for each in found if each.measure.name == "correct"), found[0])
    st.markdown(f"**{markup.plain(main.found.sentence)}**")
    st.caption(f"{main.title}, over {len(shared)} cases that both were asked; B against A, case by case.")
    _warnings(first, second)
    _table(found)


def _side_results(side: Side) -> SetUpResults:
    return eval_results_kept.results(side.evaluation).setup(side.label)


def _warnings(first: Side, second: Side) -> None:
    if other_corpus(first.evaluation, second.evaluation):
        st.warning(
            "These two saw **different documents**: the difference may come from them and not from the set-ups.",
            icon=":material/folder_off:",
        )
    setups = [next(each for each in side.evaluation.setups if each.label == side.label) for side in (first, second)]
    changed = [row for row in setting_rows(setups) if row.differs]
    said = "; ".join(f"{row.name} {row.values[0]} → {row.values[1]}" for row in changed)
    st.caption(f"What differs from A to B: {markup.plain(said)}." if said else "Their settings are the same.")


def _table(found: Sequence[Difference]) -> None:
    rows = [
        {
            "Figure": each.title,
            "A": each.measure.shown(each.first),
            "B": each.measure.shown(each.second),
            "B − A (95 % interval)": each.shown,
            "Told apart": _told(each),
            "Cases": each.found.cases,
        }
        for each in found
    ]
    st.dataframe(rows, hide_index=True, key="evaluate.results.differences")


def _told(each: Difference) -> str:
    if not each.found.told_apart:
        return "no"
    better = (each.found.difference > 0) == each.measure.higher_is_better
    return "B is better" if better else "A is better"
